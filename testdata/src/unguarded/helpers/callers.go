// Package helpers reaches its maps through functions that rely on the locks
// of their callers.
package helpers

import (
	"sync"
	"time"
)

type lease struct {
	owner string
	until time.Time
}

// Leases has a helper that all callers but one call with the lock.
type Leases struct {
	mu     sync.Mutex
	byName map[string]lease
	watch  func(name string)
}

func (l *Leases) expire(name string) {
	delete(l.byName, name)
}

func (l *Leases) Acquire(name, owner string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if old, ok := l.byName[name]; ok {
		if time.Now().Before(old.until) {
			return false
		}
		l.expire(name)
	}
	l.byName[name] = lease{owner, time.Now().Add(time.Minute)}
	return true
}

func (l *Leases) Release(name, owner string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byName[name].owner == owner {
		l.expire(name)
	}
}

func (l *Leases) Sweep(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, e := range l.byName {
		if e.until.Before(now) {
			l.expire(name)
		}
	}
}

func (l *Leases) Revoke(name string) {
	l.expire(name) // want `^l\.expire writes l\.byName without l\.mu, .*\[unguarded/likely\]$`
	l.watch(name)
}

// Board has a helper that reads, and one between it and the lock.
type Board struct {
	mu     sync.Mutex
	scores map[string]int
}

func (b *Board) rank(name string) (rank int) {
	for _, n := range b.scores {
		if n > b.scores[name] {
			rank++
		}
	}
	return rank
}

func (b *Board) ahead(x, y string) bool { return b.rank(x) < b.rank(y) }

func (b *Board) Win(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.scores[name]++
}

func (b *Board) Rank(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rank(name)
}

func (b *Board) Ahead(x, y string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ahead(x, y)
}

func (b *Board) First(names []string) (first string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range names {
		if first == "" || b.ahead(n, first) {
			first = n
		}
	}
	return first
}

func (b *Board) Duel(x, y string) string {
	if b.ahead(x, y) { // want `^b\.ahead reads b\.scores without b\.mu, .*\[unguarded/likely\]$`
		return x
	}
	return y
}

// Tree walks itself under the lock, with one exception.
type Tree struct {
	mu       sync.RWMutex
	children map[string][]string
}

func (t *Tree) prune(node string) {
	for _, c := range t.children[node] {
		t.prune(c)
	}
	delete(t.children, node)
}

func (t *Tree) Add(parent, node string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.children[parent]
	t.children[parent] = append(c, node)
}

func (t *Tree) Cut(node string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.prune(node)
}

func (t *Tree) CutAll(nodes []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range nodes {
		t.prune(n)
	}
}

func (t *Tree) Reset(root string) {
	t.prune(root) // want `^t\.prune writes t\.children without t\.mu, .*\[unguarded/likely\]$`
}

// Parity has helpers that call each other.
type Parity struct {
	mu   sync.Mutex
	memo map[int]bool
}

func (p *Parity) even(n int) bool {
	if n == 0 {
		return true
	}
	if v, ok := p.memo[n]; ok {
		return v
	}
	return p.odd(n - 1)
}

func (p *Parity) odd(n int) bool {
	v := n != 0 && p.even(n-1)
	p.memo[n] = !v
	return v
}

func (p *Parity) Even(n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.even(n)
}

func (p *Parity) Odd(n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.odd(n)
}

func (p *Parity) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.memo)
}

func (p *Parity) Warm(n int) {
	for i := range n {
		p.odd(i) // want `^p\.odd writes p\.memo without p\.mu, .*\[unguarded/likely\]$`
	}
}
