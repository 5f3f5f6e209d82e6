package iterate

import (
	"iter"
	"sync"
)

// Flock is walked under the read lock.
type Flock struct {
	mu    sync.RWMutex
	birds map[int]string
	rings map[int]bool
}

func (f *Flock) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		f.mu.RLock()
		defer f.mu.RUnlock()
		for b := range f.birds {
			if !yield(b) {
				return
			}
		}
	}
}

// Each gives the lock back before it yields.
func (f *Flock) Each() iter.Seq[int] {
	return func(yield func(int) bool) {
		f.mu.RLock()
		var list []int
		for b := range f.birds {
			list = append(list, b)
		}
		f.mu.RUnlock()
		for _, b := range list {
			if !yield(b) {
				return
			}
		}
	}
}

func (f *Flock) Hatch(b int) { f.mu.Lock(); f.birds[b], f.rings[b] = "", false; f.mu.Unlock() }
func (f *Flock) Lose(b int)  { f.mu.Lock(); delete(f.birds, b); delete(f.rings, b); f.mu.Unlock() }
func (f *Flock) Ringed(b int) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.rings[b]
}

func (f *Flock) RingAll() {
	for b := range f.All() {
		f.rings[b] = true // want "write to f.rings under f.mu.RLock"
	}
}

func (f *Flock) Count() (n int) {
	for b := range f.Each() {
		if f.rings[b] { // want "read of f.rings without f.mu"
			n++
		}
	}
	return n
}
