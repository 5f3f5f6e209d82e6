//go:build go1.21

// Package old is written in a version of Go where new takes no value and a
// range has one variable for all its rounds.
package old

type big struct {
	id   int
	data [20]int
}

func store(vs []big) (n int) {
	m := map[int]big{} // want `range`
	for i, v := range vs {
		m[i] = v
	}
	for _, v := range m {
		n += v.id
	}
	return n
}

func sharedVariable(vs []big) (fs []func() int) {
	m := map[int]big{} // want `insert`
	for i := range vs {
		m[i] = big{id: i}
	}
	for _, v := range m {
		v.id++
		fs = append(fs, func() int { return v.id })
	}
	return fs
}

func call(vs []big) int {
	m := map[int]big{} // want `range`
	for i := range vs {
		m[i] = build(i)
	}
	n := 0
	for _, v := range m {
		n += v.id
	}
	return n
}

func build(n int) big { return big{id: n} }
