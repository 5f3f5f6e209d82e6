package spin

import (
	"sync"
	"sync/atomic"
	"time"
)

// Compaction runs once at a time; a lock of its own guards the map.
type Log struct {
	compacting atomic.Bool
	mu         sync.Mutex
	idx        map[string]int64
	pending    map[string]bool
}

func (l *Log) Put(k string, off int64) {
	l.mu.Lock()
	l.idx[k] = off
	n := len(l.idx)
	l.mu.Unlock()
	if n > 100 {
		go l.compact()
	}
}

func (l *Log) compact() {
	if !l.compacting.CompareAndSwap(false, true) {
		return
	}
	defer l.compacting.Store(false)
	l.pending = map[string]bool{}
	l.mu.Lock()
	for k := range l.idx {
		l.pending[k] = true
	}
	l.mu.Unlock()
	for k := range l.pending {
		time.Sleep(1)
		delete(l.pending, k)
	}
}

type ticket struct {
	next, now atomic.Uint32
	m         map[int]int
}

type gate struct{ on uint32 }

func (g *gate) Lock() {
	for !atomic.CompareAndSwapUint32(&g.on, 0, 1) {
		time.Sleep(time.Microsecond)
	}
}
func (g *gate) Unlock() { atomic.StoreUint32(&g.on, 0) }

type Tab struct {
	g gate
	m map[int]int
}

func (t *Tab) Fill(n int) {
	for i := range n {
		go func() {
			t.g.Lock()
			defer t.g.Unlock()
			t.m[i]++
		}()
	}
}
