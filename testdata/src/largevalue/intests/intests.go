// Package intests holds a map that a test reads in a way which forbids the fix.
package intests

type big struct {
	id   int
	data [20]int
}

var entries = map[string]big{}

func sum() (n int) {
	for _, v := range entries {
		n += v.id
	}
	return n
}
