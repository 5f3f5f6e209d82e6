// Package fill has functions that fill the maps that they are given.
package fill

import "maps"

type User struct {
	ID   int
	Name string
}

func Index(m map[int]User, users []User) { // want Index:`fills 0 by len\(1\)`
	for _, u := range users {
		m[u.ID] = u
	}
}

func Numbers(xs []string, m map[int]string) { // want Numbers:`fills 1 by len\(0\)`
	for i, x := range xs {
		m[i] = x
	}
}

func Merge(dst, src map[string]int) { maps.Copy(dst, src) } // want Merge:`fills 0 by len\(1\)`

func Marks(m map[string]bool, names ...string) { // want Marks:`fills 0 by len\(1\)`
	for _, n := range names {
		m[n] = true
	}
}

// Countries has no known number of keys.
func Countries(m map[string]bool, users []User) {
	for _, u := range users {
		m[u.Name[:2]] = true
	}
}

// Drain empties the map again.
func Drain(m map[int]User, users []User) {
	for _, u := range users {
		m[u.ID] = u
	}
	clear(m)
}

// Replaced fills another map.
func Replaced(m map[int]User, users []User) {
	m = make(map[int]User, len(users))
	for _, u := range users {
		m[u.ID] = u
	}
}
