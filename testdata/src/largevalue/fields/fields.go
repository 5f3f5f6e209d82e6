// Package fields holds maps in structs.
package fields

import "sync"

type entry struct {
	hits int
	data [20]int
}

type cache struct {
	mu      sync.Mutex
	entries map[string]entry // want `read-modify-write`
}

var shared = &cache{entries: make(map[string]entry)}

func (c *cache) add(k string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[k] = entry{}
}

func (c *cache) hit(k string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[k]
	if !ok {
		return false
	}
	e.hits++
	c.entries[k] = e
	return true
}

// Beyond the lock only a copy may be used.
func (c *cache) get(k string) int {
	c.mu.Lock()
	if e, ok := c.entries[k]; ok {
		c.mu.Unlock()
		return e.hits + e.data[0]
	}
	c.mu.Unlock()
	return 0
}

func (c *cache) sum() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.entries {
		n += e.hits
	}
	return n
}

// Hit counts a hit in the shared cache.
func Hit(k string) bool { return shared.hit(k) }
