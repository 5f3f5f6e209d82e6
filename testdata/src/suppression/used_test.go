package suppression

// In tests, rules about cost report nothing by default, but what would
// silence them is needed where -tests is given.
func helper(n int) map[int]int {
	m := make(map[int]int) //mapdiag:ignore sizehint n is never reached
	for i := range n {
		m[i] = i
	}
	return m
}

func hintedHelper(n int) map[int]int {
	m := make(map[int]int, n) /* want "suppresses nothing" */ //mapdiag:ignore sizehint n is never reached
	for i := range n {
		m[i] = i
	}
	return m
}
