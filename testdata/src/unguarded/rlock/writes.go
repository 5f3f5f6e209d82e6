// Package rlock writes to maps while it holds their locks for reading only.
package rlock

import (
	"maps"
	"sync"
)

// Cache counts its hits where it reads.
type Cache struct {
	mu    sync.RWMutex
	pages map[string][]byte
	hits  map[string]int
	bad   map[string]bool
}

func (c *Cache) Put(path string, page []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages[path] = page
	c.hits[path] = 0
	c.bad[path] = len(page) == 0
}

func (c *Cache) Get(path string) []byte {
	c.mu.RLock()
	defer c.mu.RUnlock()
	c.hits[path]++ // want `^write to c\.hits under c\.mu\.RLock.*\[unguarded\]$`
	return c.pages[path]
}

func (c *Cache) Stats() (pages, hits int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, n := range c.hits {
		hits += n
	}
	return len(c.pages), hits
}

func (c *Cache) Bad(path string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.bad[path]
}

// Fetch fills the cache where it misses.
func (c *Cache) Fetch(path string, load func(string) []byte) []byte {
	c.mu.RLock()
	page, ok := c.pages[path]
	if !ok {
		page = load(path)
		c.pages[path] = page // want `^write to c\.pages under c\.mu\.RLock.*\[unguarded\]$`
	}
	c.mu.RUnlock()
	return page
}

// Check removes what it finds to be bad.
func (c *Cache) Check(ok func([]byte) bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for path, page := range c.pages {
		if !ok(page) {
			delete(c.pages, path) // want `^write to c\.pages under c\.mu\.RLock.*\[unguarded\]$`
		}
	}
}

// Merge reads one map, but not that of the lock.
func (c *Cache) Merge(hits map[string]int) {
	c.mu.RLock()
	maps.Copy(c.hits, hits) // want `^write to c\.hits under c\.mu\.RLock.*\[unguarded\]$`
	c.mu.RUnlock()
}

func (c *Cache) Zero() {
	c.mu.RLock()
	defer c.mu.RUnlock()
	clear(c.hits) // want `^write to c\.hits under c\.mu\.RLock.*\[unguarded\]$`
}

func (c *Cache) Forgive() {
	c.mu.RLock()
	defer c.mu.RUnlock()
	maps.DeleteFunc(c.bad, func(_ string, bad bool) bool { return bad }) // want `^write to c\.bad under c\.mu\.RLock.*\[unguarded\]$`
}

// Lazy makes its map where it first reads it.
type Lazy struct {
	sync.RWMutex
	zones map[string]string
}

func (l *Lazy) Zone(name string) string {
	l.RLock()
	defer l.RUnlock()
	if l.zones == nil {
		l.zones = make(map[string]string) // want `^write to l\.zones under l\.(RWMutex\.)?RLock.*\[unguarded\]$`
	}
	return l.zones[name]
}

func (l *Lazy) SetZone(name, file string) {
	l.Lock()
	defer l.Unlock()
	if l.zones == nil {
		l.zones = make(map[string]string)
	}
	l.zones[name] = file
}

// Downgrade takes the lock for reading too early.
func (l *Lazy) Downgrade(name, file string) string {
	l.Lock()
	old := l.zones[name]
	l.Unlock()
	l.RLock()
	defer l.RUnlock()
	if old == "" {
		l.zones[name] = file // want `^write to l\.zones under l\.(RWMutex\.)?RLock.*\[unguarded\]$`
	}
	return l.zones[name]
}

var (
	aliasMu sync.RWMutex
	aliases = make(map[string]string)
)

func Alias(name, target string) {
	aliasMu.Lock()
	defer aliasMu.Unlock()
	aliases[name] = target
}

// Resolve compresses the paths on which it goes.
func Resolve(name string) string {
	aliasMu.RLock()
	defer aliasMu.RUnlock()
	target, ok := aliases[name]
	for ok {
		next, more := aliases[target]
		if more {
			aliases[name] = next // want `^write to aliases under aliasMu\.RLock.*\[unguarded\]$`
			target = next
		}
		ok = more
	}
	return target
}

// Usage nests maps.
type Usage struct {
	mu    sync.RWMutex
	bytes map[string]map[int]int64
}

func (u *Usage) Add(user string, day int, n int64) {
	u.mu.RLock()
	defer u.mu.RUnlock()
	u.bytes[user][day] += n // want `^write to u\.bytes.* under u\.mu\.RLock.*\[unguarded\]$`
}

func (u *Usage) Day(user string, day int) int64 {
	u.mu.RLock()
	defer u.mu.RUnlock()
	return u.bytes[user][day]
}

func (u *Usage) Open(user string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.bytes[user] = make(map[int]int64)
}

// Counter is generic.
type Counter[K comparable] struct {
	mu sync.RWMutex
	n  map[K]int
}

func (c *Counter[K]) Inc(k K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[k]++
}

func (c *Counter[K]) Take(k K) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n := c.n[k]
	delete(c.n, k) // want `^write to c\.n under c\.mu\.RLock.*\[unguarded\]$`
	return n
}
