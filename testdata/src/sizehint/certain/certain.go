// Package certain holds maps whose keys cannot repeat.
package certain

import (
	"maps"
	"slices"
	"strconv"
)

type point struct{ x, y int }

func index(xs []string) map[int]string {
	m := make(map[int]string) // want `without its size, len\(xs\); 100 entries: .* instead of .*; 10 000 entries: .* \[sizehint\]`
	for i, x := range xs {
		m[i] = x
	}
	return m
}

func counter(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, n; .* \[sizehint\]`
	for i := 0; i < n; i++ {
		m[i] = true
	}
	return m
}

func integer(n uint16) map[uint16]bool {
	m := make(map[uint16]bool) // want `without its size, n; .* \[sizehint\]`
	for i := range n {
		m[i] = true
	}
	return m
}

func keysOfMap(src map[string]int) map[string]struct{} {
	m := make(map[string]struct{}) // want `without its size, len\(src\); .* \[sizehint\]`
	for k := range src {
		m[k] = struct{}{}
	}
	return m
}

func iterators(src map[string]int, xs []string) (map[string]int, map[int]string) {
	a := make(map[string]int) // want `without its size, len\(src\); .* \[sizehint\]`
	for k, v := range maps.All(src) {
		a[k] = v + 1
	}
	b := make(map[int]string) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i, x := range slices.All(xs) {
		b[i] = x
	}
	return a, b
}

func keysIterator(src map[string]int) map[string]bool {
	m := make(map[string]bool) // want `without its size, len\(src\); .* \[sizehint\]`
	for k := range maps.Keys(src) {
		m[k] = true
	}
	return m
}

func converted(xs []string) map[string]string {
	m := make(map[string]string) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i, x := range xs {
		m[strconv.Itoa(i+1)] = x
	}
	return m
}

func composite(xs []int) map[point]int {
	m := make(map[point]int) // want `without its size, len\(xs\); .* \[sizehint\]`
	for i, x := range xs {
		m[point{i, 0}] = x
	}
	return m
}

func constant() map[int]int {
	m := make(map[int]int) // want `without its size, 100; 100 entries: 4.5 KiB in 11 allocations instead of 2.3 KiB in 4 \[sizehint\]`
	for i := 0; i < 100; i++ {
		m[i] = i * i
	}
	return m
}

const limit = 64

func named() map[int]int {
	m := make(map[int]int) // want `without its size, limit; 64 entries: .* \[sizehint\]`
	for i := range limit {
		m[i] = i
	}
	return m
}

func array(a *[20]string) map[int]string {
	m := map[int]string{} // want `without its size, len\(a\); 20 entries: .* \[sizehint\]`
	for i, x := range a {
		m[i] = x
	}
	return m
}

func grid(w, h int) map[point]int {
	m := make(map[point]int) // want `without its size, w\*h; .* \[sizehint\]`
	for x := range w {
		for y := range h {
			m[point{x, y}] = x * y
		}
	}
	return m
}

func sum(a, b []string) map[int]string {
	m := make(map[int]string) // want `without its size, len\(a\)\+len\(b\); .* \[sizehint/likely\]`
	for i, x := range a {
		m[i] = x
	}
	for i, x := range b {
		m[-1-i] = x
	}
	return m
}

func straight(v int) map[string]int {
	m := make(map[string]int) // want `without its size, 10; 10 entries: .* \[sizehint\]`
	m["a"] = v
	m["b"] = v
	m["c"] = v
	m["d"] = v
	m["e"] = v
	m["f"] = v
	m["g"] = v
	m["h"] = v
	m["i"] = v
	m["j"] = v
	m["a"] = v + 1
	return m
}
