package nan

type point struct {
	x, y float64
	name string
}

// Values is a named map.
type Values map[float64]string

func exact(m map[float64]int) {
	for k := range m { // want `this loop does not empty m if it holds a NaN key: NaN equals no key, so delete does not find it; clear\(m\) removes all entries \[deletechurn\]$`
		delete(m, k)
	}
}

type holder struct{ Points map[point]bool }

func (h *holder) reset() {
	for p := range h.Points { // want `this loop does not empty h.Points if it holds a NaN key`
		delete(h.Points, p)
	}
}

func others(a map[complex64]int, b map[[2]float32]int, v Values) {
	for k := range a { // want `does not empty a`
		delete(a, k)
	}
	for k := range b { // want `does not empty b`
		delete(b, k)
	}
	for k, _ := range v { // want `does not empty v`
		delete(v, k)
	}
}

func generic[F ~float32 | ~float64](m map[F]int) {
	for k := range m { // want `does not empty m`
		delete(m, k)
	}
}

// commented keeps its comment, and so its loop.
func commented(m map[float64]int) {
	for k := range m { // want `does not empty m`
		// All of them.
		delete(m, k)
	}
}

// shadowed has another clear.
func shadowed(m map[float64]int, clear func()) {
	for k := range m { // want `does not empty m`
		delete(m, k)
	}
	clear()
}

// more does something for each entry, NaN included.
func more(m map[float64]func()) {
	for k, f := range m { // want `this loop does not empty m if it holds a NaN key: NaN equals no key, so delete does not find it, and each run of the loop meets it again \[deletechurn/likely\]$`
		f()
		delete(m, k)
	}
}
