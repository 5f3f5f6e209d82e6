// Package places holds the ways in which a map is kept.
package places

import (
	"maps"
	"slices"
	"sync"
)

type user struct {
	ID   int
	Name string
}

type index map[int]user

type cache struct {
	users  map[int]user
	byName map[string]user
	inner  struct{ ids map[int]bool }
}

var shared map[int]user

func named(users []user) index {
	m := make(index) // want `without its size, len\(users\)`
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func namedLiteral(users []user) index {
	m := index{} // want `without its size, len\(users\)`
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func result(users []user) (m map[int]user) {
	m = make(map[int]user) // want `without its size, len\(users\)`
	for _, u := range users {
		m[u.ID] = u
	}
	return
}

func declared(users []user) map[int]user {
	var m = make(map[int]user) // want `without its size, len\(users\)`
	for _, u := range users {
		m[u.ID] = u
	}
	var (
		n map[int]user = map[int]user{} // want `without its size, len\(users\)`
	)
	for _, u := range users {
		n[u.ID] = u
	}
	return n
}

func pair(users []user) (map[int]user, map[string]user) {
	a, b := make(map[int]user), map[string]user{} // want `without its size, len\(users\)` `without its size, len\(users\)`
	for _, u := range users {
		a[u.ID] = u
		b[u.Name] = u
	}
	return a, b
}

func (c *cache) reset(users []user) {
	c.users = make(map[int]user) // want `without its size, len\(users\)`
	for _, u := range users {
		c.users[u.ID] = u
	}
}

func newCache(users []user) *cache {
	c := &cache{
		users:  make(map[int]user), // want `without its size, len\(users\)`
		byName: map[string]user{},  // want `without its size, len\(users\)`
	}
	for _, u := range users {
		c.users[u.ID] = u
		c.byName[u.Name] = u
	}
	return c
}

func positional(users []user) cache {
	c := cache{make(map[int]user), nil, struct{ ids map[int]bool }{}} // want `without its size, len\(users\)`
	for _, u := range users {
		c.users[u.ID] = u
	}
	return c
}

func deep(users []user) cache {
	var c cache
	c.inner.ids = map[int]bool{} // want `at most len\(users\)`
	for _, u := range users {
		c.inner.ids[u.ID] = true
	}
	return c
}

func lazy(c *cache, users []user) {
	if c.users == nil {
		c.users = make(map[int]user) // want `gets len\(users\) entries and perhaps more; .* \[sizehint/likely\]`
	}
	for _, u := range users {
		c.users[u.ID] = u
	}
}

// What the first call adds says little about a map that all calls fill.
func lazyGlobal(users []user) {
	if shared == nil {
		shared = make(map[int]user) // want `\[sizehint/possible\]`
	}
	for _, u := range users {
		shared[u.ID] = u
	}
}

func global(users []user) {
	shared = make(map[int]user) // want `without its size, len\(users\)`
	for _, u := range users {
		shared[u.ID] = u
	}
}

func element(groups map[string][]user) map[string]map[int]user {
	m := make(map[string]map[int]user, len(groups))
	for k, users := range groups {
		m[k] = make(map[int]user) // want `without its size, len\(users\)`
		for _, u := range users {
			m[k][u.ID] = u
		}
	}
	return m
}

func inner(groups map[string][]user) map[string]map[int]user {
	m := make(map[string]map[int]user) // want `without its size, len\(groups\).*\[sizehint\]`
	for k, users := range groups {
		in := map[int]user{} // want `without its size, len\(users\)`
		for _, u := range users {
			in[u.ID] = u
		}
		m[k] = in
	}
	return m
}

func once(users []user) map[int]user {
	m := make(map[int]user) // want `without its size, len\(users\)`
	var o sync.Once
	o.Do(func() {
		for _, u := range users {
			m[u.ID] = u
		}
	})
	return m
}

func goroutines(users []user) map[int]user {
	var mu sync.Mutex
	var wg sync.WaitGroup
	m := make(map[int]user) // want `without its size, len\(users\).*\[sizehint/likely\]`
	for i, u := range users {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			m[i] = u
		})
	}
	wg.Wait()
	return m
}

func closure(users []user, extra []user) map[string]user {
	m := make(map[string]user) // want `without its size, len\(users\)\+len\(extra\).*\[sizehint/likely\]`
	add := func(u user) {
		name := u.Name
		m[name] = u
	}
	for _, u := range users {
		add(u)
	}
	for _, u := range extra {
		add(u)
	}
	return m
}

func within(users []user) func() map[int]user {
	return func() map[int]user {
		m := make(map[int]user) // want `without its size, len\(users\)`
		for _, u := range users {
			m[u.ID] = u
		}
		return m
	}
}

func copies(a, b map[int]user, xs []user) map[int]user {
	m := make(map[int]user) // want `without its size, len\(a\)\+len\(b\)\+len\(xs\)`
	maps.Copy(m, a)
	maps.Insert(m, maps.All(b))
	for _, x := range xs {
		m[x.ID] = x
	}
	return m
}

func inserted(xs []user) map[int]user {
	m := make(map[int]user) // want `without its size, len\(xs\)`
	maps.Insert(m, slices.All(xs))
	return m
}

// Another value of the same type is another map.
func mixed(a, b *cache, users []user) {
	a.users = make(map[int]user)
	for _, u := range users {
		b.users[u.ID] = u
	}
}

func swapped(a, b *cache, users []user) {
	a.users = make(map[int]user)
	a = b
	for _, u := range users {
		a.users[u.ID] = u
	}
}

func otherKey(m map[string]map[int]user, k string, users []user) {
	m[k] = make(map[int]user)
	k = "other"
	for _, u := range users {
		m[k][u.ID] = u
	}
}

// Other fields of the struct may change.
func otherFields(users []user) cache {
	c := cache{users: map[int]user{}} // want `without its size, len\(users\)`
	c.byName = nil
	c.inner.ids = nil
	for _, u := range users {
		c.users[u.ID] = u
	}
	return c
}

// The type of the map goes through a pointer, which is no reason to move it.
func (l *list) byPointer(ids []*int) map[*int]user {
	m := make(map[*int]user) // want `without its size, len\(l.users\)`
	var n int
	for i := range l.users {
		m[ids[i]] = l.users[i]
		n++
	}
	return m
}

type list struct{ users []user }
