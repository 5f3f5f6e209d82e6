package odd

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sync"
)

// keyed is what Sum works on.
type keyed[K comparable, V any] interface {
	~map[K]V
}

// Sum has a type parameter that is a map.
func Sum[M keyed[K, V], K comparable, V cmp.Ordered](m M) (sum V) {
	for _, v := range m {
		sum += v
	}
	return sum
}

// Set writes to one.
func Set[M ~map[K]V, K comparable, V any](m M, k K, v V) { m[k] = v }

// Index locks, and hands its map to generic functions.
type Index[K cmp.Ordered] struct {
	mu sync.RWMutex
	n  map[K]int
}

func (x *Index[K]) Add(k K) {
	x.mu.Lock()
	defer x.mu.Unlock()
	Set(x.n, k, x.n[k]+1)
}

func (x *Index[K]) Sum() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return Sum(x.n)
}

func (x *Index[K]) Sorted() iter.Seq2[K, int] {
	return func(yield func(K, int) bool) {
		x.mu.RLock()
		keys := slices.Sorted(maps.Keys(x.n))
		x.mu.RUnlock()
		for _, k := range keys {
			x.mu.RLock()
			n := x.n[k]
			x.mu.RUnlock()
			if !yield(k, n) {
				return
			}
		}
	}
}

// Ints is an instance under another name.
type Ints = Index[int]

func NewInts(ns ...int) *Ints {
	x := &Ints{n: make(map[int]int)}
	for _, n := range ns {
		x.n[n]++
	}
	Set(x.n, 0, 0)
	return x
}

// Guarded is a lock with what it guards.
type Guarded[T any] struct {
	mu sync.Mutex
	v  T
}

func (g *Guarded[T]) With(f func(v *T)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.v)
}

// Users has such a map, which it reaches in literals only.
type Users struct{ byID Guarded[map[int]string] }

func (u *Users) Set(id int, name string) {
	u.byID.With(func(m *map[int]string) {
		if *m == nil {
			*m = make(map[int]string)
		}
		(*m)[id] = name
	})
}

func (u *Users) Get(id int) (name string) {
	u.byID.With(func(m *map[int]string) { name = (*m)[id] })
	return name
}
