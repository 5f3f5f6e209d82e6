// Package order holds maps whose size cannot be computed early, or only
// there: something else would be seen, or another panic.
package order

import "fmt"

type store struct {
	m     map[int]int
	items []int
	grid  [][]int
	n     int
}

var state int

// The assignment would not be seen after a panic.
func assigned(xs []int) map[int]int {
	state = 1
	m, _ := make(map[int]int), 0 // want `without its size, len\(xs\[1:\]\)`
	state = 2
	for i := range xs[1:] {
		m[i] = 1
	}
	return m
}

// The index may be out of range first.
func panics(s *store, xs []int) map[int]int {
	m, first := make(map[int]int), xs[3] // want `without its size, len\(s.items\)`
	for i := range s.items {
		m[i] = first
	}
	return m
}

func panicsBetween(s *store, xs []int) {
	s.m = make(map[int]int) // want `without its size, len\(s.items\)`
	first := xs[3]
	for i := range s.items {
		s.m[i] = first
	}
}

// Either way it is the same nil pointer.
func same(s *store) {
	s.m = make(map[int]int) // want `without its size, len\(s.items\)`
	for i := range s.items {
		s.m[i] = 1
	}
}

// The bound is written through a pointer, by a function literal, as an
// element.

func pointer(n int) map[int]int {
	m := make(map[int]int) // want `without its size, n`
	p := &n
	*p += 3
	for i := range n {
		m[i] = 1
	}
	return m
}

func byLiteral(xs []int) map[int]int {
	grow := func() { xs = append(xs, 1) }
	m := make(map[int]int) // want `without its size, len\(xs\)`
	grow()
	for i := range xs {
		m[i] = 1
	}
	return m
}

func element(s *store) map[int]int {
	m := make(map[int]int) // want `without its size, len\(s.grid\[0\]\)`
	s.grid[0] = append(s.grid[0], 1)
	for i := range s.grid[0] {
		m[i] = 1
	}
	return m
}

func whole(s *store) map[int]int {
	m := make(map[int]int) // want `without its size, s.n`
	*s = store{n: 12}
	for i := range s.n {
		m[i] = 1
	}
	return m
}

// Types in which the sum could overflow, and a plus that is no sum.

func narrow(n uint8) map[int]int {
	m := make(map[int]int) // want `without its size, \(int\(n\)\+2\)/3`
	for i := uint8(0); i < n; i += 3 {
		m[int(i)] = 1
	}
	return m
}

func narrowFrom(low, high int8) map[int8]string {
	m := make(map[int8]string) // want `without its size, int\(high\)-int\(low\)`
	for i := low; i < high; i++ {
		m[i] = fmt.Sprint(i)
	}
	return m
}

func plus(xs []int, n int) map[int]int {
	m := make(map[int]int) // want `without its size, len\(xs\)\+\(\+n\)`
	for i := range xs {
		m[i] = 1
	}
	for i := range +n {
		m[i+5] = 1
	}
	return m
}
