package sealed

import (
	"sync"
	"sync/atomic"
)

// Seal by atomic flag read under lock.
type Schema struct {
	mu     sync.RWMutex
	final  atomic.Bool
	fields map[string]int
	kids   []*Schema
}

func (s *Schema) Add(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.final.Load() {
		panic("final")
	}
	s.fields[k] = len(s.fields)
}

func (s *Schema) Has(k string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, ok := s.fields[k]
	return ok
}

func (s *Schema) Finalize() map[string]int {
	s.mu.Lock()
	s.final.Store(true)
	f := s.fields
	s.mu.Unlock()
	for k := range f {
		println(k)
	}
	return f
}

// Swap to new value in a retry.
type Conf struct {
	mu  sync.Mutex
	cur map[string]string
}

func (c *Conf) Update(kv map[string]string) {
	c.mu.Lock()
	old := c.cur
	c.mu.Unlock()
	next := old
	if len(kv) > 0 {
		next = make(map[string]string, len(old))
		for k, v := range old {
			next[k] = v
		}
		for k, v := range kv {
			next[k] = v
		}
	}
	c.mu.Lock()
	c.cur = next
	c.mu.Unlock()
}

func (c *Conf) Get(k string) string {
	c.mu.Lock()
	m := c.cur
	c.mu.Unlock()
	return m[k]
}
