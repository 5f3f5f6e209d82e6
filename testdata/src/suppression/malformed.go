package suppression

// The expectations are block comments before the suppression, since all that
// follows one on its line is its reason.

func noRule(n int) map[int]int {
	m := make(map[int]int, n) /* want "names no rule; write //mapdiag:ignore <rule> <reason>" */ //mapdiag:ignore
	for i := range n {
		m[i] = i
	}
	return m
}

func onlyReason(n int) map[int]int {
	/* want "names no rule" */ //mapdiag:ignore // n is never reached
	m := make(map[int]int, n)
	for i := range n {
		m[i] = i
	}
	return m
}

func unknownRule(n int) map[int]int {
	/* want `names the unknown rule "sizehnt"; the rules are sizehint, ` */ //mapdiag:ignore sizehnt n is never reached
	m := make(map[int]int, n)
	for i := range n {
		m[i] = i
	}
	return m
}

// noReason is a suppression all the same: one report, not two.
func noReason(n int) map[int]int {
	m := make(map[int]int) /* want "mapdiag:ignore sizehint lacks its reason" */ //mapdiag:ignore sizehint
	for i := range n {
		m[i] = i
	}
	return m
}

func oneOfTwo(n int) map[int]int {
	/* want "suppresses nothing: largevalue finds nothing here" */ //mapdiag:ignore sizehint,largevalue n is never reached
	m := make(map[int]int)
	for i := range n {
		m[i] = i
	}
	return m
}

// all is a name of golangci-lint's form alone: a suppression with a reason is
// about one rule.
func all(n int) map[int]int {
	/* want `names the unknown rule "all"` */ //mapdiag:ignore all n is never reached
	m := make(map[int]int, n)
	for i := range n {
		m[i] = i
	}
	return m
}
