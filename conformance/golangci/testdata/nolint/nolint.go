// Package nolint shows what golangci-lint and the rules make of each other's
// suppressions. Where a finding is expected, a comment names its linter.
package nolint

func linter(n int) map[int]int {
	m := make(map[int]int) //nolint:mapdiag // golangci-lint applies it and counts it as used
	for i := range n {
		m[i] = i
	}
	return m
}

func unneeded(n int) map[int]int {
	m := make(map[int]int, n) /* want nolintlint */ //nolint:mapdiag // there is nothing to silence
	for i := range n {
		m[i] = i
	}
	return m
}

func ruleName(n int) map[int]int {
	m := make(map[int]int) //nolint:sizehint // the rule itself applies it
	for i := range n {
		m[i] = i
	}
	return m
}

//nolint:mapdiag // all of the function
func function(n int) map[int]int {
	m := make(map[int]int)
	for i := range n {
		m[i] = i
	}
	return m
}

func other(n int) map[int]int {
	m := make(map[int]int) /* want mapdiag */ //nolint:errcheck // another linter
	for i := range n {
		m[i] = i
	}
	return m
}

func own(n int) map[int]int {
	m := make(map[int]int) //mapdiag:ignore sizehint n is never reached
	for i := range n {
		m[i] = i
	}
	return m
}

func unused(n int) map[int]int {
	m := make(map[int]int, n) /* want mapdiag */ //mapdiag:ignore sizehint n is never reached
	for i := range n {
		m[i] = i
	}
	return m
}
