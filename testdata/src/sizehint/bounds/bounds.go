// Package bounds holds the ways to say how often a loop runs.
package bounds

type matrix struct {
	rows, cols int
	cells      []string
}

func lessEqual(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, n\+1;`
	for i := 0; i <= n; i++ {
		m[i] = true
	}
	return m
}

func fromOne(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, n-1;`
	for i := 1; i < n; i++ {
		m[i] = true
	}
	return m
}

func fromOneToN(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, n;`
	for i := 1; i <= n; i++ {
		m[i] = true
	}
	return m
}

func between(a, b int) map[int]bool {
	m := make(map[int]bool) // want `without its size, b-a;`
	for i := a; i < b; i++ {
		m[i] = true
	}
	return m
}

func downward(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, n;`
	for i := n - 1; i >= 0; i-- {
		m[i] = true
	}
	return m
}

func downwardTo(n, low int) map[int]bool {
	m := make(map[int]bool) // want `without its size, n-low;`
	for i := n; i > low; i-- {
		m[i] = true
	}
	return m
}

func downwardFromConstant(grid *[20]string, low []string) map[int]bool {
	m := make(map[int]bool) // want `without its size, 20-len\(low\);`
	for i := len(grid) - 1; i >= len(low); i-- {
		m[i] = true
	}
	return m
}

func steps(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, \(n\+1\)/2;`
	for i := 0; i < n; i += 2 {
		m[i] = true
	}
	return m
}

func stepsSpelledOut(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, \(n\+2\)/3;`
	for i := 0; i < n; i = i + 3 {
		m[i] = true
	}
	return m
}

func unequal(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, n;`
	for i := 0; i != n; i++ {
		m[i] = true
	}
	return m
}

func turned(n int) map[int]bool {
	m := make(map[int]bool) // want `without its size, n;`
	for i := 0; n > i; i++ {
		m[i] = true
	}
	return m
}

func wide(n int64) map[int64]bool {
	m := make(map[int64]bool) // want `without its size, n;`
	for i := int64(0); i < n; i++ {
		m[i] = true
	}
	return m
}

func wideSum(n int64, xs []string) map[int64]bool {
	m := make(map[int64]bool) // want `without its size, int\(n\)\+len\(xs\);`
	for i := int64(0); i < n; i++ {
		m[i] = true
	}
	for i := range xs {
		m[-1-int64(i)] = true
	}
	return m
}

func fields(x *matrix) map[int]string {
	m := make(map[int]string) // want `without its size, len\(x.cells\);`
	for i, c := range x.cells {
		m[i] = c
	}
	return m
}

func fieldsProduct(x matrix) map[[2]int]string {
	m := make(map[[2]int]string) // want `without its size, x.rows\*x.cols;`
	for i := 0; i < x.rows; i++ {
		for j := 0; j < x.cols; j++ {
			m[[2]int{i, j}] = x.cells[i*x.cols+j]
		}
	}
	return m
}

func sliced(xs []string) map[int]string {
	m := make(map[int]string) // want `without its size, len\(xs\[1:\]\);`
	for i, x := range xs[1:] {
		m[i] = x
	}
	return m
}

func lastButOne(xs []string) map[int]string {
	m := make(map[int]string) // want `without its size, len\(xs\)-1;`
	for i := 0; i < len(xs)-1; i++ {
		m[i] = xs[i]
	}
	return m
}

func table() map[string]int {
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	m := make(map[string]int) // want `without its size, len\(names\); 10 entries: `
	for i, n := range names {
		m[n] = i
	}
	return m
}
