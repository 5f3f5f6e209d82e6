// Package measured holds maps of which a profile tells how large they became,
// in comments: how many were made, and with how many entries.
package measured

type user struct {
	id      int
	country string
}

// The code shows nothing of the size.

func channel(in <-chan user) map[int]user {
	byID := make(map[int]user) // measured: 12400 maps of 310 // want `^map is made without a size; made 12 400 times, 310 entries, 6 growths each: 117 MiB copied; a hint of 310 saves .* KiB and \d+ allocations a map, .* in the run \(profile of 2026-11-20\) \[sizehint/likely\]$`
	for u := range in {
		byID[u.id] = u
	}
	return byID
}

func literal() map[string]int {
	m := map[string]int{} // measured: 100 maps of 250, 100 maps of 300, 10 maps of 310 // want `^map is made without a size; made 210 times, p50 300, p95 300 entries|made 210 times`
	return m
}

func returned() map[string]int {
	return make(map[string]int) // measured: 1000 maps of 100 // want `made 1000 times, 100 entries, `
}

func argument(use func(map[int]bool)) {
	use(make(map[int]bool, 0)) // measured: 900 maps of 100 // want `made without a size; made 900 times`
}

// One map tells how large the input of one run was.
var table = map[string]int{} // measured: 1 map of 50000

// The hint leaves room where one of as many entries would still grow.
func boundary() map[int]int {
	return make(map[int]int) // measured: 900 maps of 897 // want `a hint of \d+ saves`
}

// By their slots alone: an upper bound.
func untracked() map[int]int {
	return make(map[int]int) // measured: 900 maps of 310; untracked // want `made 900 times, at most 448 entries, 6 growths each: .*; a hint of 448 saves`
}

func test(m map[int]int) {}

func near() {
	test(make(map[int]int)) // measured: 2 maps of 20
	test(make(map[int]int)) // measured: 1000 maps of 8
	test(make(map[int]int)) // measured: 900 maps of 310; stale
	test(make(map[int]int)) // measured: 900 maps of 310; elem 4
	test(make(map[int]int)) // measured: 900 maps of 310; at growth
	test(make(map[int]int)) // measured: 900 maps of 2, 100 maps of 1000
	test(make(map[int]int))
	test(map[int]int{1: 1, 2: 2}) // measured: 900 maps of 310
	//mapdiag:ignore sizehint nobody cares
	test(make(map[int]int)) // measured: 900 maps of 310
}

// Hints that are there.

func small() map[int]int {
	return make(map[int]int, 20) // measured: 900 maps of 300 // want `^map outgrows the size that it is made with, 20; made 900 times, 300 entries, 4 growths each: .*; a hint of 300 saves .* \[sizehint/likely\]$`
}

func large() map[int]int {
	return make(map[int]int, 1e4) // measured: 900 maps of 300 // want `^map is made with a size that is far too large, 1e4; made 900 times, 300 entries; a hint of 300 saves .* a map, `
}

func needless() map[int]int {
	return make(map[int]int, 10_000) // measured: 900 maps of 5 // want `far too large, 10_000; made 900 times, 5 entries; no hint saves`
}

const enough = 10_000

func named() map[int]int {
	return make(map[int]int, enough) // measured: 900 maps of 1 // want `far too large, enough; made 900 times, 1 entry; no hint`
}

func expression(all []user) map[int]int {
	return make(map[int]int, len(all)) // measured: 900 maps of 300; hint 10000 // want `far too large, len\(all\) \(up to 10 000 for most\); made 900 times`
}

func tooFew(all []user) map[int]int {
	return make(map[int]int, len(all)) // measured: 900 maps of 300; hint 20 // want `outgrows the size that it is made with, len\(all\) \(up to 20 for most\)`
}

func right(all []user) {
	test(make(map[int]int, len(all))) // measured: 900 maps of 300; hint 300
	test(make(map[int]int, 100))      // measured: 900 maps of 80, 20 maps of 200
	test(make(map[int]int, 200))      // measured: 900 maps of 90
}
