// Package p is what the generated functions, which stand in files of their
// own beside this one, have in common.
package p

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

type (
	pair struct{ a, b int }
	user struct {
		ID   int
		Name string
		Tags []string
		Boss *user
	}
	box struct {
		m     map[int]int
		names map[string]int
		deep  map[string]map[int]int
		items []int
		words []string
		n     int
		n64   int64
		arr   [12]int
		ptr   *[10]int
		boss  *user
		next  *box
	}
	counts                      map[int]int
	tally                       map[string]int
	set                         map[int]struct{}
	dict[K comparable, V any]   map[K]V
	intMap                      = map[int]int
	wordMap                     = map[string]int
	color                       string
	holder[K comparable, V any] struct{ m map[K]V }
	list[T any]                 []T
	number                      interface{ ~int | ~int64 | ~uint8 }
	integer                     interface {
		~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
	}
)

const (
	limit   = 14
	neg     = -6
	typed   = int64(16)
	red     = color("red")
	green   = color("green")
	epsilon = 0.5
)

var (
	table  = []string{"p", "q", "r", "s", "t", "u", "v", "w", "x", "y"}
	primes = []int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29}
	shared = []int{1, 2, 3}
	total  = 12
	matrix [9][11]int
	grid   [][]int
	lists  *[]int
	sizes  *int

	errOdd = errors.New("odd")
)

func (b *box) add(k int)       { b.m[k] = k }
func (b *box) grow()           { b.items = append(b.items, len(b.items)); b.n++ }
func (b *box) size() int       { return len(b.items) }
func (b *box) list() []int     { trace("list"); return b.items }
func (b *box) cut()            { b.items = b.items[:len(b.items)/2]; b.n /= 2 }
func (b box) count() int       { return len(b.items) + b.n }
func (u *user) tags() []string { return u.Tags }

func (l list[T]) each(f func(int, T)) {
	for i, x := range l {
		f(i, x)
	}
}

func ints(n int) []int {
	trace("ints")
	var list []int
	for i := range min(n, 40) {
		list = append(list, i*5%17)
	}
	return list
}

func words(n int) []string {
	var list []string
	for i := range min(n, 40) {
		list = append(list, fmt.Sprint("w", i*5%17))
	}
	return list
}

func pairs(n int) ([]int, error) {
	if n > 20 {
		return nil, errOdd
	}
	return ints(n), nil
}

func check(x any) error {
	if s := fmt.Sprint(x); len(s)%7 == 6 {
		return errOdd
	}
	return nil
}

func even(x any) bool { return len(fmt.Sprint(x))%2 == 0 }

func stream(n int) chan int {
	c := make(chan int, max(n, 0))
	for i := range n {
		c <- i
	}
	close(c)
	return c
}

func seq(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func fill(m map[int]int, keys []int) {
	for i, k := range keys {
		m[k] = i
	}
}

func index[K comparable](m map[K]int, keys ...K) {
	for i, k := range keys {
		m[k] = i
	}
}

func opaque(m map[int]int) {
	if m != nil {
		m[-77] = 1
		m[-78] = 2
	}
}

func keep[K comparable, V any](m map[K]V) func(K, V) {
	return func(k K, v V) { m[k] = v }
}

func touch() { shared = append(shared, len(shared)); total++ }

func reset() {
	shared = []int{1, 2, 3}
	total = 12
	grid = [][]int{{1, 2, 3}, {4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, nil}
	lists, sizes = &[]int{5, 6, 7, 8}, new(13)
}

// Out is what the function that runs has written.
var (
	Out  strings.Builder
	lock sync.Mutex
)

func trace(s string) bool {
	lock.Lock()
	defer lock.Unlock()
	if Out.Len() < 20_000 {
		Out.WriteString(s + "\n")
	}
	return true
}

func out(args ...any) { trace(fmt.Sprintln(args...)) }

func show[M ~map[K]V, K comparable, V any](m M) {
	out(len(m), m == nil, mix(m))
}

// mix returns a number that depends on the entries of a map but not on
// their order.
func mix[M ~map[K]V, K comparable, V any](m M) (sum uint32) {
	for k, v := range m {
		sum += hash(text(k) + "=" + text(v))
	}
	return sum
}

func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// text writes a value without addresses.
func text(x any) string {
	switch x := x.(type) {
	case *user:
		if x == nil {
			return "no user"
		}
		return x.Name
	case map[int]int:
		return fmt.Sprint(x == nil, len(x), mix(x))
	case map[string]int:
		return fmt.Sprint(x == nil, len(x), mix(x))
	case func() int:
		return "func"
	}
	return fmt.Sprint(x)
}

// end notes the number of entries that a map has in the end.
func end(n int) { out("end", n) }

// A Violation is a map that came to hold more entries than its hint.
type Violation struct {
	Unit, Map     string
	Hint, Entries int
}

// Violations are those since it was last set to nil.
var Violations []Violation

type tracked struct {
	Violation
	m any // keeps the map, so that no other one takes its address
}

var trackedMaps = make(map[uintptr]tracked)

// track notes the hint of a new map, and ended compares it.
func track[M ~map[K]V, K comparable, V any, N integer](unit, name string, m M, hint N) M {
	lock.Lock()
	defer lock.Unlock()
	trackedMaps[reflect.ValueOf(m).Pointer()] = tracked{Violation{Unit: unit, Map: name, Hint: int(hint)}, m}
	return m
}

func ended[M ~map[K]V, K comparable, V any](m M) {
	end(len(m))
	lock.Lock()
	defer lock.Unlock()
	if t, ok := trackedMaps[reflect.ValueOf(m).Pointer()]; ok && len(m) > max(t.Hint, 0) {
		t.Entries = len(m)
		Violations = append(Violations, t.Violation)
	}
}

// Args are the arguments of all generated functions.
type Args struct {
	b   *box
	xs  []int
	ss  []string
	us  []*user
	src map[string]int
	im  map[int]int
	n   int
	n64 int64
	u8  uint8
}

// Sizes are the inputs on which each function runs.
var Sizes = []int{0, 1, 3, 9, 21, -1}

func newArgs(size int) *Args {
	if size < 0 {
		return &Args{n: -3, n64: -3, src: nil}
	}
	a := &Args{n: size, n64: int64(size), u8: uint8(size), src: make(map[string]int), im: make(map[int]int)}
	a.b = &box{n: size + 2, n64: int64(size), ptr: new([10]int), boss: &user{Name: "boss", Tags: words(size)}}
	for i := range size {
		a.xs = append(a.xs, i*3%(size+1))
		a.ss = append(a.ss, fmt.Sprint("s", i*7%19))
		a.us = append(a.us, &user{ID: i, Name: fmt.Sprint("u", i), Tags: words(i % 5), Boss: a.b.boss})
		a.src[fmt.Sprint("k", i)] = i % 4
		a.im[i*2] = i
		a.b.items = append(a.b.items, i)
		a.b.words = append(a.b.words, fmt.Sprint("b", i))
		a.b.arr[i%12] = i
	}
	a.b.next = &box{items: []int{4, 5, 6}, n: 3, m: make(map[int]int)}
	return a
}

// A Unit is one generated function.
type Unit struct {
	Name string
	Call func(a *Args)
}

// Run runs a function on the input of a size and returns what it wrote.
func Run(u Unit, size int) (written string) {
	Out.Reset()
	reset()
	a := newArgs(size)
	Out.Reset()
	defer func() {
		if p := recover(); p != nil {
			trace(fmt.Sprint("panic: ", p))
		}
		if a.b != nil {
			out(a.b.n, len(a.b.items), mix(a.b.m), mix(a.b.names), mix(a.b.deep))
		}
		out(len(a.src), len(a.im), len(shared), total)
		written = Out.String()
	}()
	u.Call(a)
	return ""
}
