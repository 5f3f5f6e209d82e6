// Package spin has numbers that are taken and given back as locks.
package spin

import (
	"runtime"
	"sync/atomic"
)

type Pool struct {
	busy int32
	free map[int]int
}

func (p *Pool) Get(k int) int {
	for !atomic.CompareAndSwapInt32(&p.busy, 0, 1) {
		runtime.Gosched()
	}
	v := p.free[k]
	delete(p.free, k)
	atomic.StoreInt32(&p.busy, 0)
	return v
}

func (p *Pool) Put(k, v int) {
	for !atomic.CompareAndSwapInt32(&p.busy, 0, 1) {
		runtime.Gosched()
	}
	p.free[k] = v
	atomic.StoreInt32(&p.busy, 0)
}

func (p *Pool) Fill(n int) {
	for i := range n {
		go func() { p.Put(i, i) }()
		go func() {
			for !atomic.CompareAndSwapInt32(&p.busy, 0, 1) {
			}
			defer atomic.StoreInt32(&p.busy, 0)
			p.free[i] = i
		}()
	}
}
