// Command mapwork does every kind of work on maps for a while and writes a
// CPU and a heap profile of it. A comment behind a line names the operations
// that may be found there; where there is none, there is no map work.
package main

import (
	"flag"
	"maps"
	"os"
	"reflect"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync"
	"time"
)

type pair struct {
	A int
	S string
}

type big [160]byte

var (
	cpu  = flag.String("cpu", "cpu.pb.gz", "file of the CPU profile")
	heap = flag.String("heap", "heap.pb.gz", "file of the heap profile")
	long = flag.Duration("for", 2*time.Second, "how long to work")

	ints    map[int]int
	words   map[string]int
	pairs   map[pair]int
	bigs    map[int]big
	keep    map[string]int
	copied  map[int]int
	sum     int
	names   []string
	shared  sync.Map
	anymaps map[any]int
)

//go:noinline
func fill(n int) {
	ints = map[int]int{} // make
	for i := range n {
		ints[i] = i // assign grow make
	}
}

//go:noinline
func fillSized(n int) {
	words = make(map[string]int, n) // make
	for _, s := range names[:n] {
		words[s]++ // assign
	}
}

//go:noinline
func look(n int) {
	for i := range n {
		sum += ints[i]         // access
		sum += words[names[i]] // access
	}
}

//go:noinline
func structs(n int) {
	pairs = map[pair]int{} // make
	for i := range n {
		pairs[pair{i & 255, names[i&255]}]++ // assign grow make
	}
}

//go:noinline
func interfaces(n int) {
	anymaps = map[any]int{} // make
	for i := range n {
		anymaps[names[i&255]]++                // assign grow make
		anymaps[pair{i & 255, names[i&127]}]++ // assign grow make
	}
}

//go:noinline
func indirect(n int) {
	bigs = make(map[int]big, n) // make
	for i := range n {
		bigs[i] = big{} // assign indirect
	}
}

//go:noinline
func remove() {
	for k := range ints { // iterate
		if k&1 == 0 {
			delete(ints, k) // delete grow
		}
	}
}

//go:noinline
func iterate() {
	for _, v := range ints { // iterate
		sum += v
	}
	for k := range maps.Keys(ints) { // iterate
		sum += k
	}
}

//go:noinline
func collect() {
	ks := slices.Sorted(maps.Keys(ints)) // iterate
	sum += len(ks)
	m := maps.Collect(maps.All(ints)) // assign grow make iterate
	sum += len(m)
}

//go:noinline
func clone() {
	copied = maps.Clone(ints) // clone
	dst := map[int]int{}      // make
	maps.Copy(dst, copied)    // assign grow make iterate
	sum += len(dst)
	clear(copied) // clear
}

//go:noinline
func reflection() {
	v := reflect.ValueOf(words)
	for it := v.MapRange(); it.Next(); { // iterate
		sum += int(it.Value().Int()) // iterate
	}
	for _, k := range v.MapKeys()[:10] { // iterate
		v.SetMapIndex(k, reflect.ValueOf(1)) // assign
		sum += int(v.MapIndex(k).Int())      // access
	}
}

//go:noinline
func syncmap(n int) {
	for i := range n {
		shared.Store(i&1023, i)       // sync.Map
		_, ok := shared.Load(i & 511) // sync.Map
		if ok {
			sum++
		}
	}
	shared.Range(func(k, v any) bool { // sync.Map
		sum += keep[names[k.(int)]] // access
		return true
	})
}

func group[K comparable](xs []K) map[K]int {
	m := map[K]int{} // make
	for _, x := range xs {
		m[x]++ // assign grow make
	}
	return m
}

// A mapassign of one's own, and a package's worth of names like the runtime's.
type table struct{ slots [1024]int }

//go:noinline
func (t *table) rehash(n int) {
	for i := range n {
		t.slots[i*7919&1023] += i
	}
}

//go:noinline
func mapassign(t *table, n int) { t.rehash(n) }

// spin is work that has nothing to do with maps.
//
//go:noinline
func spin(n int) {
	x := uint(1)
	for range n {
		x = x*1664525 + 1013904223
	}
	sum += int(x & 1)
}

func main() {
	flag.Parse()
	runtime.MemProfileRate = 4096
	for i := range 4096 {
		names = append(names, "name-"+strconv.Itoa(i*7919))
	}
	f, err := os.Create(*cpu)
	if err != nil {
		panic(err)
	}
	runtime.SetCPUProfileRate(500) // pprof complains that it is set, and leaves it
	if err := pprof.StartCPUProfile(f); err != nil {
		panic(err)
	}
	for start := time.Now(); time.Since(start) < *long; {
		fill(4000)
		fillSized(4000)
		look(4000)
		structs(4000)
		interfaces(2000)
		indirect(1000)
		remove()
		iterate()
		collect()
		clone()
		reflection()
		syncmap(4000)
		keep = group(names)
		mapassign(new(table), 50000)
		spin(50000)
	}
	pprof.StopCPUProfile()
	f.Close()
	h, err := os.Create(*heap)
	if err != nil {
		panic(err)
	}
	if err := pprof.Lookup("allocs").WriteTo(h, 0); err != nil {
		panic(err)
	}
	h.Close()
}
