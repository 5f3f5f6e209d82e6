// Counts makes maps of all kinds and counts them. It prints, for each function that makes maps, how
// many it made, for a test to compare with what was recorded.
package main

import (
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"sync"
)

// counted has no map, so that counting is not counted.
var counted []struct {
	name string
	n    int
}

func count(name string, n int) {
	for i := range counted {
		if counted[i].name == name {
			counted[i].n += n
			return
		}
	}
	counted = append(counted, struct {
		name string
		n    int
	}{name, n})
}

type key struct{ a, b int }

type holder struct {
	m     map[string]int
	inner map[key]*holder
}

var (
	sink    any
	sinkInt map[int]int
	global  = map[string]int{"a": 1, "b": 2}
	atInit  map[int]string
)

func init() { atInit = initMade() }

//go:noinline
func initMade() map[int]string { count("main.initMade", 1); return make(map[int]string, 100) }

//go:noinline
func small() { count("main.small", 1); m := map[int]int{}; m[1] = 1; sinkInt = m }

//go:noinline
func never() { count("main.never", 1); sinkInt = make(map[int]int) }

//go:noinline
func hinted(n int) { count("main.hinted", 1); sinkInt = make(map[int]int, n) }

//go:noinline
func filled(n int) {
	count("main.filled", 1)
	m := make(map[int]int)
	for i := range n {
		m[i] = i
	}
	sinkInt = m
}

//go:noinline
func literal() { count("main.literal", 1); sink = map[string]int{"x": 1, "y": 2, "z": 3} }

//go:noinline
func large() {
	count("main.large", 1)
	sink = map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 10, 11: 11, 12: 12, 13: 13, 14: 14, 15: 15,
		16: 16, 17: 17, 18: 18, 19: 19, 20: 20, 21: 21, 22: 22, 23: 23, 24: 24, 25: 25, 26: 26, 27: 27, 28: 28}
}

func inlined() map[string]bool { return make(map[string]bool, 20) }

//go:noinline
func callsInlined() { count("main.callsInlined", 1); sink = inlined() }

//go:noinline
func field() {
	count("main.field", 2)
	h := &holder{m: make(map[string]int)}
	h.inner = make(map[key]*holder, 50)
	h.m["x"] = 1
	sink = h
}

//go:noinline
func generic[K comparable, V any](k K, v V) {
	count("main.generic[...]", 1)
	m := make(map[K]V)
	m[k] = v
	sink = m
}

//go:noinline
func closure() func() {
	return func() { count("main.closure.func1", 1); sink = make(map[int]int, 9) }
}

//go:noinline
func inGoroutines(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			m := make(map[int]int, n)
			m[3] = 4
			runtime.Gosched()
			_ = sinkOf(m)
		}()
	}
	wg.Wait()
	count("main.inGoroutines.func1", n)
}

//go:noinline
func sinkOf(m map[int]int) int { return len(m) }

//go:noinline
func onStack(n int) int {
	if n > 8 { // others do not show
		count("main.onStack", 1)
	}
	m := map[int]int{}
	for i := range n {
		m[i] = i
	}
	return len(m)
}

//go:noinline
func onStackHinted(n int) int {
	count("main.onStackHinted", 1)
	m := make(map[int]int, n)
	m[1] = 2
	return len(m)
}

//go:noinline
func viaReflect() {
	count("main.viaReflect", 1)
	m := reflect.MakeMap(reflect.TypeFor[map[string]int]())
	m.SetMapIndex(reflect.ValueOf("x"), reflect.ValueOf(1))
	sink = m.Interface()
}

//go:noinline
func clones(m map[int]int) { count("main.clones", 1); sink = maps.Clone(m) }

//go:noinline
func cleared() {
	count("main.cleared", 1)
	m := make(map[int]int)
	for i := range 40 {
		m[i] = i
	}
	clear(m)
	for i := range 3 {
		m[i] = i
	}
	for i := range 3 {
		delete(m, i)
	}
	sinkInt = m
}

func main() {
	const n = 1000
	for range n {
		small()
		never()
		hinted(100)
		hinted(3)
		literal()
		large()
		callsInlined()
		field()
		generic(1, "x")
		generic("x", 1)
		generic(key{}, struct{}{})
		generic(&key{}, 1)
		generic(&holder{}, 1)
		closure()()
		onStack(20)
		onStack(5)
		onStackHinted(30)
		onStackHinted(4)
		viaReflect()
		cleared()
	}
	inGoroutines(n)
	for i := range 200 {
		filled(i)
	}
	filled(100_000)
	src := map[int]int{}
	for i := range 100 {
		src[i] = i
	}
	for range n {
		clones(src)
	}
	sink, sinkInt = nil, nil
	runtime.KeepAlive(src)
	for _, c := range counted {
		fmt.Println(c.name, c.n)
	}
}
