// Command sixty makes maps in all the ways there are. The comment "make N" stands on each
// line that makes N maps on the heap, "grow N" on each make of which the map begins
// on the stack and outgrows it N times, "stack N" where the runtime is called for a map on the stack, and "lost N" where
// the compiler has a make that was inlined at the line of the call.
package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"example.com/sixty/inner"
)

// sink lets maps escape.
var sink any

var (
	global        = make(map[string]int)                              // make 1
	table         = map[string]int{"a": 1, "b": 2}                    // make 1
	first, second = make(map[int]bool), map[int]string{1: ""}         // make 2
	byFunc        = func() map[int]int { return make(map[int]int) }() // make 1
)

type record struct {
	byName map[string]*record
	tags   map[string]string
	nested struct{ m map[int]int }
}

type named map[string]int

type pair[K comparable, V any] struct {
	left  map[K]V
	right map[V2]K
}

type V2 struct{ a, b int }

func newRecord() *record {
	return &record{
		byName: make(map[string]*record), // make 7
		tags:   map[string]string{},      // make 7
	}
}

func (r *record) index(n int) {
	r.nested.m = make(map[int]int, n) // make 3
	for i := range n {
		r.nested.m[i] = i
	}
}

func (r record) copied() map[string]string {
	out := make(map[string]string, len(r.tags)) // make 2
	for k, v := range r.tags {
		out[k] = v
	}
	return out
}

func newPair[K comparable, V any]() *pair[K, V] {
	p := new(pair[K, V])
	p.left = make(map[K]V) // make 3 map[string]int 2 map[int]string 1
	p.right = map[V2]K{}   // make 3 map[main.V2]string 2 map[main.V2]int 1
	return p
}

func group[T any, K comparable](list []T, key func(T) K) map[K][]T {
	m := make(map[K][]T) // make 2
	for _, x := range list {
		m[key(x)] = append(m[key(x)], x)
	}
	return m
}

func hinted() {
	for i := range 10 {
		m := make(map[int]int, 20) // make 10
		m[i] = i
		sink = m
	}
}

func twoOnALine() {
	a, b := make(map[int]int), make(map[int]int) // make 2
	a[1], b[1] = 1, 1
	sink = []any{a, b}
	c, d := make(map[string]int), make(map[int]string) // make 2
	sink = []any{c, d}
}

func multiLine() {
	m := make( // make 1
		map[string]map[int]bool,
	)
	m["x"] = map[int]bool{ // make 1
		1: true,
		2: false,
	}
	sink = m
}

func closures() {
	f := func() map[int]int {
		return make(map[int]int) // make 3
	}
	sink = []any{f(), f(), f()}
	var fs []func()
	for i := range 4 {
		fs = append(fs, func() {
			m := map[int]int{i: i} // make 4
			sink = m
		})
	}
	for _, f := range fs {
		f()
	}
	func() {
		sink = make(map[string]bool) // make 1
	}()
}

func goroutines() {
	var wg sync.WaitGroup
	results := make([]map[int]int, 8)
	for i := range results {
		wg.Add(1)
		go func() {
			defer wg.Done()
			m := make(map[int]int) // make 8
			for j := range 10 * i {
				m[j] = j
			}
			results[i] = m
		}()
	}
	wg.Wait()
	sink = results
	done := make(chan map[string]int)
	go func() { done <- map[string]int{"a": 1} }() // make 1
	sink = <-done
}

func deferred() (m map[string]int) {
	defer func() {
		if m == nil {
			m = make(map[string]int) // make 1
		}
	}()
	return nil
}

func onStack(n int) int {
	m := make(map[int]int) // grow 1
	for i := range n {
		m[i] = i
	}
	return len(m)
}

func onStackLiteral(words []string) int {
	seen := map[string]bool{} // grow 1
	other := map[string]bool{}
	for _, w := range words {
		seen[w] = true
	}
	other["x"] = true
	return len(seen) + len(other)
}

func onStackPassed(n int) int {
	m := make(map[int]int) // grow 1
	inner.Grow(m, n)
	return len(m)
}

func onStackHint(n int) int {
	m := make(map[int]int, 100) // stack 1
	for i := range n {
		m[i] = i
	}
	return len(m)
}

func onStackTwo(n int) int {
	count := make(map[string]int) // grow 1
	last := make(map[string]int)  // grow 1
	for i := range n {
		k := fmt.Sprint(i)
		count[k]++
		last[k] = i
	}
	return len(count) + len(last)
}

func mapsOfMaps() {
	m := map[string]map[string]int{ // make 1
		"a": {"x": 1}, // make 1
		"b": {},       // make 1
	}
	for i := range 5 {
		k := fmt.Sprint(i)
		if m[k] == nil {
			m[k] = make(map[string]int) // make 5
		}
		m[k]["n"]++
	}
	sink = m
}

func slicesOfMaps() {
	list := []map[string]int{
		{"a": 1},                // make 1
		{},                      // make 1
		make(map[string]int, 3), // make 1
	}
	for range 3 {
		list = append(list, map[string]int{}) // make 3
	}
	sink = list
}

func library() {
	sink = maps.Clone(table)           // make 1
	m := maps.Collect(maps.All(table)) // make 1
	sink = m
	sink = reflect.MakeMap(reflect.TypeFor[map[string]int]()).Interface()               // make 1
	sink = reflect.MakeMapWithSize(reflect.TypeFor[map[string]uint8](), 50).Interface() // make 1
	sorted := slices.Sorted(maps.Keys(m))
	_ = sorted
}

func conversions() {
	n := named{} // make 1
	n["a"] = 1
	sink = n
	sink = make(named, 12)                            // make 1
	sink = map[string]int(named{"x": 1})              // make 1
	sink = struct{ m map[int]int }{make(map[int]int)} // make 1
	sink = any(map[any]any{1: 2})                     // make 1
}

func keys() {
	sink = map[[2]int]string{}                        // make 1
	sink = map[struct{ a, b string }]int{}            // make 1
	sink = make(map[interface{ String() string }]int) // make 1
	sink = make(map[chan int][]byte)                  // make 1
	sink = map[string]func(int) error{"a": nil}       // make 1
}

func ranged(n int) {
	for i := range n {
		m := make(map[int]int) // make 5
		for j := range i * 100 {
			m[j] = j
		}
		sink = m
	}
	for range seq(3) {
		sink = make(map[uint64]bool) // make 3
	}
}

func seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		seen := map[int]bool{} // make 1
		sink = seen
		for i := range n {
			seen[i] = true
			if !yield(i) {
				return
			}
		}
	}
}

func recursion(n int) map[int]int {
	if n == 0 {
		return make(map[int]int) // make 1
	}
	m := recursion(n - 1)
	m[n] = n
	return m
}

func choose(i int) map[int]int {
	switch {
	case i == 0:
		return make(map[int]int, 1) // make 1
	case i == 1:
		return map[int]int{} // Go 1.26 forgets the line where this is inlined
	}
	return make(map[int]int, i) // make 1
}

func main() {
	for range 7 {
		sink = newRecord()
	}
	for i := range 3 {
		newRecordless().index(10 * i)
	}
	r := record{tags: table2()}
	sink = []any{r.copied(), r.copied()}
	sink = []any{newPair[string, int](), newPair[string, int](), newPair[int, string]()}
	sink = group(strings.Fields("a bb cc"), func(s string) int { return len(s) })
	sink = group([]int{1, 2, 3}, func(i int) bool { return i > 1 })
	sets := []any{inner.NewSet[int](), inner.NewSet[int](), inner.NewSet[int](), inner.NewSet[string](), inner.NewSet[string]()}
	sink = sets
	sink = []any{inner.Small(), inner.Small(), inner.Small(), inner.Small()}
	for i := range 6 {
		sink = inner.Filled(i * 30)
	}
	hinted()
	twoOnALine()
	multiLine()
	closures()
	goroutines()
	sink = deferred()
	onStack(100)
	onStackLiteral(strings.Fields("a b c d e f g h i j k l"))
	onStackPassed(100)
	onStackHint(50)
	onStackTwo(40)
	mapsOfMaps()
	slicesOfMaps()
	library()
	conversions()
	keys()
	ranged(5)
	sink = recursion(20)
	sink = []any{choose(0), choose(1), choose(2), global, first, second, byFunc} // lost 1
}

// newRecordless has no maps of its own.
func newRecordless() *record { return new(record) }

func table2() map[string]string {
	return map[string]string{"a": "b"} // stays on the stack
}
