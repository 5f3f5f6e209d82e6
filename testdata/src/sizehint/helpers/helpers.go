// Package helpers hands its maps to functions that fill them.
package helpers

import "sizehint/helpers/fill"

func other(users []fill.User, xs []string) {
	a := make(map[int]fill.User) // want `without its size, len\(users\); .*\[sizehint/likely\]`
	fill.Index(a, users)
	b := make(map[int]string) // want `without its size, len\(xs\); .*\[sizehint\]`
	fill.Numbers(xs, b)
	c := make(map[string]bool) // want `without its size, len\(xs\); .*\[sizehint/likely\]`
	fill.Marks(c, xs...)
	d := make(map[string]bool)
	fill.Marks(d, "a", "b")
}

func merged(x, y map[string]int) map[string]int {
	m := make(map[string]int) // want `without its size, len\(x\)\+len\(y\); .*\[sizehint/likely\]`
	fill.Merge(m, x)
	fill.Merge(m, y)
	return m
}

func own(users []fill.User) map[string]int {
	m := make(map[string]int) // want `without its size, len\(users\); .*\[sizehint/likely\]`
	names(users, m)
	return m
}

func names(users []fill.User, m map[string]int) {
	for i, u := range users {
		m[u.Name] = i
	}
}

type list []fill.User

func (l list) fill(m map[string]fill.User) {
	for _, u := range l {
		m[u.Name] = u
	}
}

// Nothing is known of these.

func unknown(users []fill.User) {
	a := make(map[string]bool)
	fill.Countries(a, users)
	b := make(map[int]fill.User)
	fill.Drain(b, users)
	c := make(map[int]fill.User)
	fill.Replaced(c, users)
	d := make(map[string]int)
	recursive(users, d)
}

func recursive(users []fill.User, m map[string]int) {
	for i, u := range users {
		m[u.Name] = i
	}
	if len(users) > 0 {
		recursive(users[1:], m)
	}
}
