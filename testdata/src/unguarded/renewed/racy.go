package renewed

import "sync"

type Cache struct {
	mu   sync.Mutex
	maps map[string]map[string]int
}

func (c *Cache) Late(k string) map[string]int {
	c.mu.Lock()
	m := c.maps[k]
	c.mu.Unlock()
	if m == nil {
		m = map[string]int{}
		m["new"] = 1
		c.mu.Lock()
		c.maps[k] = m
		c.mu.Unlock()
		m["late"] = 1 // want "write to c.maps\\[k\\] through m without c.mu"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m["seen"]++
	return nil
}

func (c *Cache) Len(k string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.maps[k])
}
