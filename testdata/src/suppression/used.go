package suppression

// What stands here silences a finding and says why: no report.

func beside(n int) map[int]int {
	m := make(map[int]int) //mapdiag:ignore sizehint n is an upper bound that is never reached
	for i := range n {
		m[i] = i
	}
	return m
}

func above(n int) map[int]int {
	//mapdiag:ignore sizehint n is an upper bound that is never reached
	m := make(map[int]int)
	for i := range n {
		m[i] = i
	}
	return m
}

func inGroup(n int) map[int]int {
	// The map is handed out before it is filled.
	//
	//mapdiag:ignore sizehint n is an upper bound that is never reached
	// (see above).
	m := make(map[int]int)
	for i := range n {
		m[i] = i
	}
	return m
}

// possible silences a finding that would not be reported by default: with
// -sizehint.level=possible it is.
func possible(names []string) map[string]bool {
	seen := make(map[string]bool) //mapdiag:ignore sizehint there are few first letters
	for _, name := range names {
		seen[name[:1]] = true
	}
	return seen
}

func noLint(n int) (a, b, c, d map[int]int) {
	a = make(map[int]int) //nolint:sizehint
	b = make(map[int]int) //nolint:mapdiag // n is never reached
	c = make(map[int]int) //nolint
	//nolint:errcheck,sizehint // n is never reached
	d = make(map[int]int)
	for i := range n {
		a[i], b[i], c[i], d[i] = i, i, i, i
	}
	return a, b, c, d
}

//nolint:sizehint // covers the whole function, as in golangci-lint
func noLintFunc(n int) map[int]int {
	m := make(map[int]int)
	for i := range n {
		m[i] = i
	}
	return m
}

// Unneeded comments of golangci-lint are for its nolintlint to judge.
func unneeded(n int) map[int]int {
	m := make(map[int]int, n) //nolint:sizehint
	//nolint:unheard
	for i := range n {
		m[i] = i
	}
	return m
}
