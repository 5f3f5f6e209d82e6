// Package nofix holds maps that are reported, but whose fix would change more
// than their cost.
package nofix

import "errors"

type user struct {
	ID   int
	Name string
}

type store struct{ users []user }

func load() []user     { return nil }
func use(map[int]user) {}
func refresh(s *store) {}

// Something uses the map before its size is known.
func used() map[int]user {
	m := make(map[int]user) // want `without its size, len\(users\)`
	use(m)
	users := load()
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

// A closure may use it.
func captured() map[int]user {
	m := make(map[int]user) // want `without its size, len\(users\)`
	get := func(id int) user { return m[id] }
	users := load()
	get(0)
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

// The map is returned where the store is nil.
func nilStore(s *store) map[int]user {
	m := make(map[int]user) // want `without its size, len\(s.users\)`
	if s == nil {
		return m
	}
	for _, u := range s.users {
		m[u.ID] = u
	}
	return m
}

// Evaluated early, s.users would panic where the code does not.
func guarded(s *store) map[int]user {
	m := make(map[int]user) // want `without its size, len\(s.users\)`
	if s != nil {
		for _, u := range s.users {
			m[u.ID] = u
		}
	}
	return m
}

// The named result is part of what is returned.
func result() (m map[int]user, err error) {
	m = make(map[int]user) // want `without its size, len\(users\)`
	users := load()
	if users == nil {
		return nil, errors.New("none")
	}
	for _, u := range users {
		m[u.ID] = u
	}
	return m, nil
}

// A field may be seen by what is called.
func field(c *struct{ m map[int]user }) {
	c.m = make(map[int]user) // want `without its size, len\(users\)`
	users := load()
	for _, u := range users {
		c.m[u.ID] = u
	}
}

func shadowedLen(users []user) map[int]user {
	len := 3
	m := make(map[int]user) // want `without its size, len\(users\)`
	for _, u := range users {
		m[u.ID+len] = u
	}
	return m
}

func shadowedMake(users []user) map[int]user {
	make := 3
	m := map[int]user{} // want `without its size, len\(users\)`
	for _, u := range users {
		m[u.ID+make] = u
	}
	return m
}

func shadowedBound(users []user) map[int]user {
	var m map[int]user
	if users := load(); users != nil {
		m = make(map[int]user) // want `without its size, len\(users\)`
		_ = users
	}
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func comment(users []user) map[int]user {
	m := map[int]user{ // want `without its size, len\(users\)`
		// filled below
	}
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

// A call in between may change the length.
func changed(s *store) map[int]user {
	m := make(map[int]user) // want `without its size, len\(s.users\)`
	use(m)
	refresh(s)
	for _, u := range s.users {
		m[u.ID] = u
	}
	return m
}

func labelled() map[int]user {
	m := make(map[int]user) // want `at most len\(users\)`
	users := load()
outer:
	for _, u := range users {
		for i := range 10 {
			if i == u.ID {
				continue outer
			}
		}
		m[u.ID] = u
	}
	return m
}
