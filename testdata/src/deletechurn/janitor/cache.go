package janitor

import (
	"sync"
	"time"
)

type entry struct {
	value   string
	expires time.Time
}

type cache struct {
	mu      sync.Mutex
	entries map[string]entry
}

func newCache() *cache {
	return &cache{entries: make(map[string]entry)}
}

func (c *cache) put(k string, e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[k] = e
}

func (c *cache) get(k string) (entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[k]
	return e, ok
}

func (c *cache) purge(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Drop what is too old.
	for k, e := range c.entries { // want `this purge leaves c.entries as large as it was, since maps never shrink: that is fine while the number of entries is steady, but after a peak the memory of the peak stays \(a peak of 10 000 entries keeps 896 KiB\)`
		if now.After(e.expires) {
			delete(c.entries, k)
		}
	} // the lock is still held
}

// unlocked purges between Lock and Unlock.
type sessions struct {
	sync.RWMutex
	byID map[int64]*entry
}

func (s *sessions) add(id int64, e *entry) {
	s.Lock()
	if s.byID == nil {
		s.byID = make(map[int64]*entry)
	}
	s.byID[id] = e
	s.Unlock()
}

func (s *sessions) sweep() {
	s.Lock()
	for id, e := range s.byID { // want `this purge leaves s.byID as large as it was`
		if !e.expires.Before(time.Now()) {
			continue
		}
		delete(s.byID, id)
	}
	s.Unlock()
	println("swept")
}
