// Package files holds maps that tests and generated files use.
package files

type big struct {
	id   int
	data [20]int
}

var tested = map[string]big{}

func add(k string) { tested[k] = big{} }

var generated = map[string]big{} // want `1 range`

var ignored = map[string]big{} //mapdiag:ignore largevalue it holds three entries

func sum() (n int) {
	for _, v := range ignored {
		n += v.id
	}
	return n
}

//nolint:largevalue
var nolint = map[string]big{}

func sumOther() (n int) {
	for _, v := range nolint {
		n += v.id
	}
	return n
}
