// Package likely holds maps whose loops are written for distinct keys.
package likely

import (
	"errors"
	"slices"
	"strings"
)

type user struct {
	ID      int
	Name    string
	Country string
}

func parse(string) (user, error) { return user{}, nil }

// Elements under keys of their own.

func byID(users []*user) map[int]*user {
	m := make(map[int]*user) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		m[u.ID] = u
	}
	return m
}

func byIDIndexed(users []user) map[int]*user {
	m := map[int]*user{} // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for i := range users {
		u := &users[i]
		m[u.ID] = u
	}
	return m
}

func computed(lines []string) (map[string]user, error) {
	m := make(map[string]user, 0) // want `without its size, len\(lines\); .* \[sizehint/likely\]`
	for _, l := range lines {
		u, err := parse(l)
		if err != nil {
			return nil, err
		}
		m[u.Name] = u
	}
	return m, nil
}

func tuple(lines []string) (map[string]user, error) {
	m := make(map[string]user) // want `without its size, len\(lines\); .* \[sizehint/likely\]`
	var err error
	for _, l := range lines {
		if m[l], err = parse(l); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func inverted(ids map[string]int) map[int]string {
	m := make(map[int]string) // want `without its size, len\(ids\); .* \[sizehint/likely\]`
	for name, id := range ids {
		m[id] = name
	}
	return m
}

func positions(names []string) map[string]int {
	m := make(map[string]int) // want `without its size, len\(names\); .* \[sizehint/likely\]`
	for i, n := range names {
		m[n] = i
	}
	return m
}

// Whole elements as keys.

func set(names []string) map[string]struct{} {
	m := make(map[string]struct{}) // want `without its size, len\(names\); .* \[sizehint/likely\]`
	for _, n := range names {
		m[n] = struct{}{}
	}
	return m
}

func setOfValues(names []string) map[string]bool {
	m := make(map[string]bool) // want `without its size, len\(names\); .* \[sizehint/likely\]`
	for n := range slices.Values(names) {
		m[n] = true
	}
	return m
}

func setByIndex(names []string) map[string]bool {
	m := make(map[string]bool) // want `without its size, len\(names\); .* \[sizehint/likely\]`
	for i := 0; i < len(names); i++ {
		m[names[i]] = true
	}
	return m
}

func unique(names []string) []string {
	var out []string
	seen := make(map[string]struct{}) // want `at most len\(names\) entries; .* \[sizehint/possible\]`
	for _, n := range names {
		if _, ok := seen[n]; ok {
			continue
		}
		seen[n] = struct{}{}
		out = append(out, n)
	}
	return out
}

// A key that is there already is an error: keys are expected to be distinct.

func check(users []user) error {
	seen := make(map[string]bool) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		if seen[u.Name] {
			return errors.New("twice: " + u.Name)
		}
		seen[u.Name] = true
	}
	return nil
}

func checkOK(users []user) error {
	seen := make(map[string]struct{}) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		if _, ok := seen[u.Name]; ok {
			panic("twice: " + u.Name)
		}
		seen[u.Name] = struct{}{}
	}
	return nil
}

// Several keys per iteration.

func both(users []user) map[string]user {
	m := make(map[string]user) // want `without its size, 2\*len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		m[u.Name] = u
		m[strings.ToLower(u.Name)] = u
	}
	return m
}

// A key that all elements share is one entry.

func last(users []user, group string) map[string]int {
	m := make(map[string]int) // want `without its size, len\(users\)\+1; .* \[sizehint/likely\]`
	for i, u := range users {
		m[u.Name] = i
		m[group] = i
	}
	return m
}

// Nested loops of which only one brings keys.

func rounds(users []user, n int) map[string]user {
	m := make(map[string]user) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for range n {
		for _, u := range users {
			m[u.Name] = u
		}
	}
	return m
}

func product(users []user, days []string) map[string]user {
	m := make(map[string]user) // want `without its size, len\(users\)\*len\(days\); .* \[sizehint/likely\]`
	for _, u := range users {
		for _, d := range days {
			m[u.Name+d] = u
		}
	}
	return m
}

// One entry in either branch.

func branches(users []user) map[string]string {
	m := make(map[string]string) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		if u.ID > 10 {
			m[u.Name] = u.Country
		} else {
			m[u.Name] = u.Country + "?"
		}
	}
	return m
}

func earlyContinue(users []user) map[string]string {
	m := make(map[string]string) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		if u.ID > 10 {
			m[u.Name] = u.Country
			continue
		}
		m[u.Name] = u.Country + "?"
	}
	return m
}

func switched(users []user) map[string]string {
	m := make(map[string]string) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		switch {
		case u.ID > 10:
			m[u.Name] = u.Country
		case u.ID < 0:
			return nil
		default:
			m[u.Name] = u.Country + "?"
		}
	}
	return m
}

// Made anew for each element of an outer loop.

func perGroup(groups [][]user) []map[string]user {
	var all []map[string]user
	for _, g := range groups {
		m := make(map[string]user) // want `without its size, len\(g\); .* \[sizehint/likely\]`
		for _, u := range g {
			m[u.Name] = u
		}
		all = append(all, m)
	}
	return all
}

// What comes later is not in sight, but the first part is.

func firstPart(users []user) map[string]user {
	m := make(map[string]user) // want `gets len\(users\) entries and perhaps more; .* \[sizehint/possible\]`
	for _, u := range users {
		m[u.Name] = u
	}
	others := more(len(m))
	for _, u := range others {
		m[u.Name] = u
	}
	return m
}

func more(int) []user { return nil }

// Made in a case, filled there.
func cases(blocks []string, parse2 func(string) []user) []map[string]user {
	var all []map[string]user
	for _, b := range blocks {
		switch b {
		case "users":
			m := make(map[string]user) // want `without its size, len\(users\); .* \[sizehint/likely\]`
			users := parse2(b)
			for _, u := range users {
				m[u.Name] = u
			}
			all = append(all, m)
		}
	}
	return all
}

// Each case adds an entry.
func allCases(users []user) map[string]string {
	m := make(map[string]string) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		switch u.ID {
		case 1, 2:
			m[u.Name] = u.Country
		case 3:
			m[u.Name] = "other " + u.Country
		}
	}
	return m
}

// The value is filled from the element, whether it has a size or not.

func filled(users []user) map[string]map[string]int {
	m := make(map[string]map[string]int) // want `without its size, len\(users\); .* \[sizehint/likely\]`
	for _, u := range users {
		names := make(map[string]int)
		names[u.Name] = u.ID
		m[u.Name] = names
	}
	return m
}

func empty(users []user) map[string]map[string]int {
	m := make(map[string]map[string]int) // want `at most len\(users\) entries; .* \[sizehint/possible\]`
	for _, u := range users {
		m[u.Name] = make(map[string]int, u.ID)
	}
	return m
}
