// Package generic holds maps in generic functions.
package generic

import (
	"cmp"
	. "maps"
)

func indexBy[K comparable, V any](xs []V, key func(V) K) map[K]V {
	m := make(map[K]V) // want `without its size, len\(xs\) \[sizehint/likely\]`
	for _, x := range xs {
		m[key(x)] = x
	}
	return m
}

func positions[S ~[]E, E comparable](s S) map[E]int {
	m := map[E]int{} // want `without its size, len\(s\) \[sizehint/likely\]`
	for i, e := range s {
		m[e] = i
	}
	return m
}

func clone[M ~map[K]V, K comparable, V any](src M) M {
	m := make(M) // want `without its size, len\(src\) \[sizehint\]`
	for k, v := range src {
		m[k] = v
	}
	return m
}

func upTo[N ~int | ~int64](n N) map[N]bool {
	m := make(map[N]bool)
	for i := N(0); i < n; i++ {
		m[i] = true
	}
	return m
}

type set[T cmp.Ordered] struct{ m map[T]struct{} }

func newSet[T cmp.Ordered](xs []T) *set[T] {
	s := &set[T]{m: make(map[T]struct{})} // want `without its size, len\(xs\) \[sizehint/likely\]`
	for _, x := range xs {
		s.m[x] = struct{}{}
	}
	return s
}

func (s *set[T]) replace(xs []T) {
	s.m = make(map[T]struct{}) // want `without its size, len\(xs\) \[sizehint/likely\]`
	for _, x := range xs {
		s.m[x] = struct{}{}
	}
}

func (s *set[T]) union(o *set[T]) map[T]struct{} {
	m := make(map[T]struct{}) // want `without its size, len\(s.m\)\+len\(o.m\) \[sizehint/likely\]`
	Copy(m, s.m)
	Copy(m, o.m)
	return m
}

// Dot-imported maps.Keys yields each key once.
func keys[K comparable](src map[K]int) map[K]bool {
	m := make(map[K]bool) // want `without its size, len\(src\) \[sizehint\]`
	for k := range Keys(src) {
		m[k] = true
	}
	return m
}
