package spin

import (
	"sync/atomic"
)

type spin struct{ v atomic.Uint32 }

func (s *spin) enter() {
	for {
		if s.v.CompareAndSwap(0, 1) {
			return
		}
	}
}
func (s *spin) leave() { s.v.Store(0) }

type Twin struct {
	s spin
	m map[int]int
	f atomic.Int32
	n map[int]int
}

func (t *Twin) Go(n int) {
	for i := range n {
		go func() {
			t.s.enter()
			t.m[i] = i
			t.s.leave()
			if !t.f.CompareAndSwap(0, 1) {
				return
			}
			t.n[i]++
			t.f.Store(0)
		}()
	}
}
