package shards

import (
	"maps"
	"sync"
)

// Swap locks both shards, in the order of their indexes.
func (c *Cache) Swap(i, j int, k string) {
	if i > j {
		i, j = j, i
	}
	a, b := &c.shards[i], &c.shards[j]
	a.mu.Lock()
	defer a.mu.Unlock()
	if a != b {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	n := a.items[k]
	a.items[k] = b.items[k]
	b.items[k] = n
}

// All locks one shard after the other.
func (c *Cache) All() map[string]int {
	all := make(map[string]int)
	for i := range c.shards {
		func(s *shard) {
			s.mu.RLock()
			defer s.mu.RUnlock()
			maps.Copy(all, s.items)
		}(&c.shards[i])
	}
	return all
}

// Freeze locks all shards at once.
func (c *Cache) Freeze(f func(items map[string]int)) {
	for i := range c.shards {
		c.shards[i].mu.Lock()
	}
	for i := range c.shards {
		f(c.shards[i].items)
	}
	for i := range c.shards {
		c.shards[i].mu.Unlock()
	}
}

// Grown makes a cache that has all of the other's entries.
func Grown(old *Cache) *Cache {
	c := NewCache()
	for k, n := range old.All() {
		c.shard(k).items[k] = n
	}
	return c
}

// Replace swaps the whole topic, under the lock of the table.
func (t *Topics) Replace(name string) {
	p := &topic{subs: make(map[int]chan<- string)}
	p.subs[0] = make(chan string, 1)
	t.mu.Lock()
	t.byName[name] = p
	t.mu.Unlock()
}

// Merge holds all three locks that it needs.
func (t *Topics) Merge(from, to string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, b := t.byName[from], t.byName[to]
	a.mu.Lock()
	defer a.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, c := range a.subs {
		b.subs[id] = c
	}
	clear(a.subs)
	delete(t.byName, from)
}

// Split counts in parallel: each goroutine has the map of its index.
func Split(words []string, n int) map[string]int {
	parts := make([]map[string]int, n)
	var wg sync.WaitGroup
	for i := range parts {
		parts[i] = make(map[string]int)
		wg.Go(func() {
			for j := i; j < len(words); j += n {
				parts[i][words[j]]++
			}
		})
	}
	wg.Wait()
	for _, p := range parts[1:] {
		for w, c := range p {
			parts[0][w] += c
		}
	}
	return parts[0]
}

// Rows does so with an inner map of a map, taken out before the go.
func Rows(names []string) map[string]map[string]int {
	rows := make(map[string]map[string]int)
	var wg sync.WaitGroup
	for _, n := range names {
		row := make(map[string]int)
		rows[n] = row
		wg.Go(func() { row[n] = len(n) })
	}
	wg.Wait()
	return rows
}

// Pages has a cache for each of its methods, all of one type, and one that
// only one goroutine uses.
type Pages struct {
	hot  shard
	cold shard
}

func (p *Pages) Hot(k string) {
	p.hot.mu.Lock()
	defer p.hot.mu.Unlock()
	p.hot.items[k]++
}

func (p *Pages) Cold(k string) {
	p.cold.mu.Lock()
	defer p.cold.mu.Unlock()
	p.cold.items[k]++
}

func (p *Pages) Cool(k string) {
	p.hot.mu.Lock()
	n := p.hot.items[k]
	delete(p.hot.items, k)
	p.hot.mu.Unlock()
	p.cold.mu.Lock()
	p.cold.items[k] += n
	p.cold.mu.Unlock()
}

// Sum adds up in a shard of its own, which needs no lock.
func (p *Pages) Sum() *shard {
	sum := shard{items: make(map[string]int)}
	for _, s := range []*shard{&p.hot, &p.cold} {
		s.mu.RLock()
		for k, n := range s.items {
			sum.items[k] += n
		}
		s.mu.RUnlock()
	}
	return &sum
}
