package sealed

import "sync"

type Result struct{ Counts map[string]int }

type Counter struct {
	mu     sync.Mutex
	done   bool
	counts map[string]int
	out    chan Result
}

func (c *Counter) Inc(k string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.done {
		c.counts[k]++
	}
}

func (c *Counter) Close() {
	c.mu.Lock()
	c.done = true
	r := Result{Counts: c.counts}
	c.mu.Unlock()
	c.out <- r
}
func (c *Counter) Has(k string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.counts[k]
	return ok
}
