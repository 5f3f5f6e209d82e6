// Package moved holds makes that stand above what tells the size.
package moved

import (
	"errors"
	"strings"
)

type user struct {
	ID   int
	Name string
}

type client struct{}

func (client) list() ([]user, error) { return nil, nil }
func (client) users() []user         { return nil }

func load() []user { return nil }

func later() map[int]user {
	m := make(map[int]user) // want `without its size, len\(users\)`
	users := load()
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func comments() map[int]user {
	println("first")

	// The users by their number.
	m := make(map[int]user) // want `without its size, len\(users\)`

	users := load()
	// Fill it.
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func grown(more []user) map[int]user {
	var users []user
	m := map[int]user{} // want `without its size, len\(users\)`
	users = append(users, more...)
	users = append(users, user{})
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func failing(c client) (map[int]user, error) {
	var m = make(map[int]user) // want `without its size, len\(users\)`
	users, err := c.list()
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		m[u.ID] = u
	}
	return m, nil
}

func mayBeNil(c *struct{ users []user }) (map[int]user, error) {
	m := make(map[int]user) // want `without its size, len\(c.users\)`
	if c == nil {
		return nil, errors.New("no users")
	}
	for _, u := range c.users {
		m[u.ID] = u
	}
	return m, nil
}

func call(c client) map[int]user {
	m := make(map[int]user) // want `without its size, the length of what c.users\(\) returns`
	for _, u := range c.users() {
		m[u.ID] = u
	}
	return m
}

func split(s string) map[string]bool {
	// The words.
	m := make(map[string]bool) // want `without its size, the length of what strings.Fields\(s\) returns`
	// Each of them.
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func multiline() map[string]map[string]user {
	m := make( // want `without its size, len\(users\)`
		map[string]map[string]user,
	)
	users := load()
	for _, u := range users {
		m[u.Name] = map[string]user{u.Name: u}
	}
	return m
}
