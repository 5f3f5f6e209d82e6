package frozen

import (
	"sync"
	"sync/atomic"
)

// Queue is closed, which does not stop those who add to it.
type Queue struct {
	mu     sync.Mutex
	closed atomic.Bool
	jobs   map[string]int
}

func (q *Queue) Add(k string)  { q.mu.Lock(); q.jobs[k]++; q.mu.Unlock() }
func (q *Queue) Done(k string) { q.mu.Lock(); delete(q.jobs, k); q.mu.Unlock() }
func (q *Queue) Close()        { q.mu.Lock(); q.closed.Store(true); q.mu.Unlock() }
func (q *Queue) Len() int {
	if q.closed.Load() {
		return len(q.jobs) // want "read of q.jobs without q.mu"
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.jobs)
}

// Ledger reads before it is sealed.
type Ledger struct {
	mu     sync.Mutex
	sealed atomic.Bool
	rows   map[string]int
}

func (l *Ledger) Book(k string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.sealed.Load() {
		l.rows[k]++
	}
}
func (l *Ledger) Void(k string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.sealed.Load() {
		delete(l.rows, k)
	}
}
func (l *Ledger) Seal() { l.mu.Lock(); l.sealed.Store(true); l.mu.Unlock() }
func (l *Ledger) Row(k string) int {
	if l.sealed.Load() {
		return 0
	}
	return l.rows[k] // want "read of l.rows without l.mu"
}
