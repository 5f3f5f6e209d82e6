package suppression

func hinted(n int) map[int]int {
	/* want "suppresses nothing: sizehint finds nothing here; remove the comment" */ //mapdiag:ignore sizehint n is never reached
	m := make(map[int]int, n)
	for i := range n {
		m[i] = i
	}
	return m
}

func noMap() {
	println() /* want "suppresses nothing" */ //mapdiag:ignore sizehint there is no map
}

// tooFar has the suppression on a line that is not the finding's: the map is
// reported by sizehint itself.
func tooFar(n int) map[int]int {
	/* want "suppresses nothing" */ //mapdiag:ignore sizehint n is never reached

	m := make(map[int]int)
	/* want "suppresses nothing" */ //mapdiag:ignore sizehint n is never reached
	for i := range n {
		m[i] = i
	}
	return m
}

// notAll shows that a mapdiag:ignore covers one line, not the function below.
//
/* want "suppresses nothing" */ //mapdiag:ignore sizehint n is never reached
func notAll(n int) map[int]int {
	m := make(map[int]int)
	for i := range n {
		m[i] = i
	}
	return m
}

// itself shows that a suppression cannot silence what is said about it.
func itself(n int) map[int]int {
	/* want "cannot silence suppression" */ //mapdiag:ignore suppression no reason
	m := make(map[int]int, n)               /* want "suppresses nothing: sizehint finds" "cannot silence suppression" */ //mapdiag:ignore sizehint,suppression no reason
	for i := range n {
		m[i] = i
	}
	return m
}

// mapdiag:ignore sizehint with a blank is text: nothing is silenced, and the
// finding says so.
func text() {}
