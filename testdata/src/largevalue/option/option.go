// Package option is checked with -largevalue.bytes=40.
package option

type v40 [5]int
type v48 [6]int

func read(a map[int]v40, b map[int]v48) (n int) { // want `values of 48 bytes: 1 range copying 48 bytes a step \[`
	for _, v := range a {
		n += v[0]
	}
	for _, v := range b {
		n += v[0]
	}
	return n
}

func modify(a map[int]v40, b map[int]v48, k int) { // want `values of 48 bytes: 1 read-modify-write`
	v := a[k]
	v[0]++
	a[k] = v
	w := b[k]
	w[0]++
	b[k] = w
}
