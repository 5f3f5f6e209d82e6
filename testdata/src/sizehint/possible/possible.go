// Package possible holds maps whose number of keys depends on the data.
package possible

import "encoding/binary"

type user struct {
	ID      int
	Name    string
	Country string
	Tags    []string
}

func marks(users []user) int {
	seen := make(map[string]struct{}) // want `at most len\(users\) entries; a hint pays off if few keys repeat or are skipped; .* \[sizehint/possible\]`
	for _, u := range users {
		seen[u.Country] = struct{}{}
	}
	return len(seen)
}

func dropped(users []user) []user {
	var out []user
	seen := make(map[string]bool) // want `at most len\(users\) entries; .* \[sizehint/possible\]`
	for _, u := range users {
		if seen[u.Name] {
			continue
		}
		seen[u.Name] = true
		out = append(out, u)
	}
	return out
}

func values(src map[string]string) map[string]bool {
	m := make(map[string]bool) // want `at most len\(src\) entries; .* \[sizehint/possible\]`
	for _, v := range src {
		m[v] = true
	}
	return m
}

// An inner loop whose bound changes would have to be counted.

func tags(users []user) map[string]string {
	m := make(map[string]string) // want `those of the nested loops, could be counted first; .* \[sizehint/possible\]`
	for _, u := range users {
		for _, t := range u.Tags {
			m[t] = u.Name + t
		}
	}
	return m
}

// The different values of a part of the elements.

func names(users []user, lower func(string) string) (map[string]string, map[string]string) {
	a := make(map[string]string) // want `at most len\(users\) entries; .* \[sizehint/possible\]`
	for _, u := range users {
		a[lower(u.Country)] = u.Country
	}
	b := make(map[string]string) // want `at most len\(users\) entries; .* \[sizehint/possible\]`
	for _, u := range users {
		country := u.Country
		b["in "+country] = country
	}
	return a, b
}

func parents(names []string, parent func(string) string) map[string]string {
	m := make(map[string]string) // want `at most len\(names\) entries; .* \[sizehint/possible\]`
	for _, n := range names {
		m[parent(n)] = n
	}
	return m
}

// More follows, under a condition.

func moreOfThem(users, others []user) map[string]user {
	m := make(map[string]user) // want `gets len\(users\) entries and perhaps more; .* \[sizehint/possible\]`
	for _, u := range users {
		m[u.Name] = u
	}
	for _, u := range others {
		if u.ID > 10 {
			m[u.Name] = u
		}
	}
	return m
}

// A number may be anything: here it is read from the input, and the loop ends
// where the input does.

func decode(n int, next func() (string, error)) (map[int]string, error) {
	m := make(map[int]string) // want `at most n entries; .* \[sizehint/possible\]`
	for i := 0; i < n; i++ {
		s, err := next()
		if err != nil {
			return nil, err
		}
		m[i] = s
	}
	return m, nil
}

// Returned empty by one of the ways.
func oneEmpty(users []user, off bool) map[string]user {
	m := make(map[string]user) // want `at most len\(users\) entries; .* \[sizehint/possible\]`
	if off {
		return m
	}
	for _, u := range users {
		m[u.Name] = u
	}
	return m
}

// Returned empty within something else.
func emptyInside(names []string) *struct{ byName map[string]int } {
	m := make(map[string]int) // want `at most len\(found\) entries; .* \[sizehint/possible\]`
	r := &struct{ byName map[string]int }{byName: m}
	if len(names) == 0 {
		return r
	}
	found := load(names)
	for i, u := range found {
		m[u.Name] = i
	}
	return r
}

func load([]string) []user { return nil }

// There is nothing to return: the size is zero, too.
func oneEmptyForNothing(users []user) map[string]user {
	m := make(map[string]user) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	if len(users) == 0 {
		return m
	}
	for _, u := range users {
		m[u.Name] = u
	}
	return m
}

// Keys of one map are expected in the other.
func union(a, b map[string]int) map[string]bool {
	m := make(map[string]bool) // want `at most len\(a\)\+len\(b\) entries; .* \[sizehint/possible\]`
	for k := range a {
		m[k] = true
	}
	for k := range b {
		if m[k] {
			continue
		}
		m[k] = true
	}
	return m
}

// A set that is only listed is there to drop duplicates.
func sorted(names []string) []string {
	set := make(map[string]struct{}) // want `at most len\(names\) entries; .* \[sizehint/possible\]`
	for _, n := range names {
		set[n] = struct{}{}
	}
	out := make([]string, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	return out
}

// Grouping adds keys of its own.
func merged(a, b map[string][]user) map[string][]user {
	m := make(map[string][]user) // want `gets len\(a\) entries and perhaps more; .* \[sizehint/possible\]`
	for k, v := range a {
		m[k] = v
	}
	for k, v := range b {
		m[k] = append(m[k], v...)
	}
	return m
}

// Elements of a kind are added later.
func kinds(users []user, others []any) map[string]user {
	m := make(map[string]user) // want `gets len\(users\) entries and perhaps more; .* \[sizehint/possible\]`
	for _, u := range users {
		m[u.Name] = u
	}
	for _, o := range others {
		switch o := o.(type) {
		case user:
			m[o.Name] = o
		case int:
			println(o)
		case string:
			println(o)
		}
	}
	return m
}

// A number from the input may be anything.
func table(data []byte) map[uint32]uint32 {
	m := make(map[uint32]uint32) // want `at most n entries; .* \[sizehint/possible\]`
	n := int(binary.BigEndian.Uint32(data))
	for i := range n {
		m[uint32(i)] = binary.BigEndian.Uint32(data[4*i:])
	}
	return m
}
