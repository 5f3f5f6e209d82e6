// Package clone holds loops that copy a map.
package clone

import "strconv"

// The source was made here and only grew.
func fresh(n int) (map[string]int, map[string]int) {
	src := make(map[string]int, n)
	for i := range n {
		src[strconv.Itoa(i)] = i
	}
	dst := make(map[string]int) // want `without its size, len\(src\)`
	for k, v := range src {
		dst[k] = v
	}
	return src, dst
}

// A parameter may be nil, and then the clone would be.
func parameter(src map[string]int) map[string]int {
	dst := make(map[string]int) // want `without its size, len\(src\)`
	for k, v := range src {
		dst[k] = v
	}
	return dst
}

// A clone keeps the room of what was deleted.
func shrunk(n int) map[string]int {
	src := make(map[string]int, n)
	for i := range n {
		src[strconv.Itoa(i)] = i
	}
	delete(src, "0")
	dst := make(map[string]int) // want `without its size, len\(src\)`
	for k, v := range src {
		dst[k] = v
	}
	return dst
}

// Others may have deleted from it.
func passed(drop func(map[string]int)) map[string]int {
	src := map[string]int{"a": 1}
	drop(src)
	dst := make(map[string]int) // want `without its size, len\(src\)`
	for k, v := range src {
		dst[k] = v
	}
	return dst
}

// The types differ.
func named(n int) map[string]int {
	type counts map[string]int
	src := make(counts, n)
	src["a"] = n
	dst := make(map[string]int) // want `without its size, len\(src\)`
	for k, v := range src {
		dst[k] = v
	}
	return dst
}

// More than a copy.
func changed(n int) map[string]int {
	src := make(map[string]int, n)
	src["a"] = n
	dst := make(map[string]int) // want `without its size, len\(src\)`
	for k, v := range src {
		dst[k] = v + 1
	}
	return dst
}

// A comment would be lost.
func commented(n int) map[string]int {
	src := make(map[string]int, n)
	src["a"] = n
	dst := make(map[string]int) // want `without its size, len\(src\)`
	for k, v := range src {
		dst[k] = v // as it is
	}
	return dst
}
