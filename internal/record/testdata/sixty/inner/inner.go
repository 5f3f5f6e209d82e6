// Package inner has makes that are inlined into another package.
package inner

type Set[K comparable] struct{ m map[K]struct{} }

func NewSet[K comparable]() *Set[K] {
	return &Set[K]{m: make(map[K]struct{})} // make 5 map[int]struct {} 3 map[string]struct {} 2
}

func (s *Set[K]) Add(k K) { s.m[k] = struct{}{} }

func Small() map[string]int { return make(map[string]int) } // make 4

func Filled(n int) map[int]int {
	m := make(map[int]int, n) // make 6
	for i := range n {
		m[i] = i
	}
	return m
}

func init() {
	Table = map[string]int{} // make 1
	Table["x"] = 1
}

var Table map[string]int

//go:noinline
func Grow(m map[int]int, n int) {
	for i := range n {
		m[i] = i
	}
}
