package nan

// reflexive keys are found by delete.
func reflexive(a map[int]int, b map[string]int, c map[struct {
	_ float64
	n int
}]int, d map[[0]float64]int, e map[*float64]int) {
	for k := range a {
		delete(a, k)
	}
	for k := range b {
		delete(b, k)
	}
	for k := range c {
		delete(c, k)
	}
	for k := range d {
		delete(d, k)
	}
	for k := range e {
		delete(e, k)
	}
}

// interfaces may hold NaN, but hardly ever do.
func interfaces(m map[any]int) {
	for k := range m {
		delete(m, k)
	}
}

func anyKey[K comparable](m map[K]int) {
	for k := range m {
		delete(m, k)
	}
}

func number[N ~int | ~float64](m map[N]int) {
	for k := range m {
		delete(m, k)
	}
}

// some deletes by a condition: it does not mean to empty the map.
func some(m map[float64]int) {
	for k, n := range m {
		if n == 0 {
			delete(m, k)
		}
	}
}

// cleared is right.
func cleared(m map[float64]int) { clear(m) }

// whole has no key that is not a number.
func whole(xs []int) {
	m := make(map[float64]int)
	m[0.5]++
	for _, x := range xs {
		m[float64(x)]++
	}
	for k := range m {
		delete(m, k)
	}
}
