// Package copied locks copies of mutexes, which exclude nobody.
package copied

import "sync"

// Counter has a method that gets a copy of it, mutex included. The map is
// the same.
type Counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c Counter) Inc(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[name]++ // want `^write to c\.n under a copy of its mutex.*\[unguarded/likely\]$`
}

func (c *Counter) Get(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[name]
}

// Quotas embeds its mutex.
type Quotas struct {
	sync.RWMutex
	left map[string]int
}

func (q Quotas) Set(name string, n int) {
	q.Lock()
	q.left[name] = n // want `^write to q\.left under a copy of its mutex.*\[unguarded/likely\]$`
	q.Unlock()
}

func (q Quotas) Drop(names ...string) {
	q.Lock()
	defer q.Unlock()
	for _, n := range names {
		delete(q.left, n) // want `^write to q\.left under a copy of its mutex.*\[unguarded/likely\]$`
	}
}

// Batch is passed by value.
type Batch struct {
	mu   sync.Mutex
	rows map[int]string
}

func store(b Batch, id int, row string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows[id] = row // want `^write to b\.rows under a copy of its mutex.*\[unguarded/likely\]$`
}

func Fill(rows []string) *Batch {
	b := &Batch{rows: make(map[int]string)}
	var wg sync.WaitGroup
	for i, r := range rows {
		wg.Go(func() { store(*b, i, r) })
	}
	wg.Wait()
	return b
}

// Node has its mutex one level down.
type Node struct {
	name  string
	state state
}

type state struct {
	mu   sync.Mutex
	vars map[string]string
}

func (n Node) Set(k, v string) {
	n.state.mu.Lock()
	defer n.state.mu.Unlock()
	n.state.vars[k] = v // want `^write to n\.state\.vars under a copy of its mutex.*\[unguarded/likely\]$`
}

// Pairs is generic.
type Pairs[K comparable, V any] struct {
	mu sync.Mutex
	m  map[K]V
}

func (p Pairs[K, V]) Put(k K, v V) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.m[k] = v // want `^write to p\.m under a copy of its mutex.*\[unguarded/likely\]$`
}

func (p *Pairs[K, V]) Get(k K) V {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.m[k]
}

// Reset has a literal with a parameter by value.
func Reset(counters []*Counter) {
	reset := func(c Counter) {
		c.mu.Lock()
		defer c.mu.Unlock()
		clear(c.n) // want `^write to c\.n under a copy of its mutex.*\[unguarded/likely\]$`
	}
	for _, c := range counters {
		reset(*c)
	}
}
