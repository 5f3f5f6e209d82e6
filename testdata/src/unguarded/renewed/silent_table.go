package renewed

import "sync"

type Router struct {
	mu     sync.RWMutex
	tables map[int]map[string]int
}

// Table returns a table that is complete.
func (r *Router) Table(v int, load func(func(string, int))) map[string]int {
	var t map[string]int
	r.mu.RLock()
	t = r.tables[v]
	r.mu.RUnlock()
	if t == nil {
		t = make(map[string]int)
		load(func(k string, n int) { t[k] = n })
		t["self"] = v
		r.mu.Lock()
		r.tables[v] = t
		r.mu.Unlock()
	}
	return t
}

func (r *Router) Drop(v int) {
	r.mu.Lock()
	delete(r.tables, v)
	r.mu.Unlock()
}
