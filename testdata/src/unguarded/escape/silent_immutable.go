package escape

import (
	"iter"
	"maps"
	"sync"
)

// Routes replaces its map and never changes one that it has published.
type Routes struct {
	mu     sync.RWMutex
	byPath map[string]string
	loaded map[string]bool
	subs   []chan map[string]string
}

func NewRoutes() *Routes {
	r := &Routes{byPath: make(map[string]string)}
	r.byPath["/"] = "index"
	return r
}

func (r *Routes) Replace(byPath map[string]string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byPath = byPath
}

func (r *Routes) Add(path, handler string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := make(map[string]string, len(r.byPath)+1)
	for p, h := range r.byPath {
		next[p] = h
	}
	next[path] = handler
	r.byPath = next
	for _, c := range r.subs {
		c <- r.byPath
	}
}

func (r *Routes) Delete(path string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := maps.Clone(r.byPath)
	delete(next, path)
	r.byPath = next
}

func (r *Routes) All() map[string]string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.byPath
}

func (r *Routes) Paths() iter.Seq[string] {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return maps.Keys(r.byPath)
}

func (r *Routes) Lookup(path string) (string, bool) {
	r.mu.RLock()
	byPath := r.byPath
	r.mu.RUnlock()
	h, ok := byPath[path]
	return h, ok
}

// Tenants has an inner map for each tenant, made whole and then left alone.
type Tenants struct {
	mu     sync.Mutex
	limits map[string]map[string]int
}

func (t *Tenants) Load(name string, limits map[string]int) {
	m := make(map[string]int, len(limits))
	for k, n := range limits {
		m[k] = max(n, 1)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limits[name] = m
}

func (t *Tenants) Unload(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.limits, name)
}

func (t *Tenants) Limits(name string) map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limits[name]
}

func (t *Tenants) Limit(name, what string) int {
	t.mu.Lock()
	limits := t.limits[name]
	t.mu.Unlock()
	return limits[what]
}

// Loan takes a map out of the table that it guards: it belongs to the caller.
func (t *Tenants) Loan(name string) map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	limits := t.limits[name]
	delete(t.limits, name)
	return limits
}

// Squad stores its map within itself, under the same lock.
type Squad struct {
	mu        sync.Mutex
	players   map[string]int
	reserve   map[string]int
	snapshots []map[string]int
}

func (s *Squad) Sign(name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.players[name] = n
}

func (s *Squad) Bench(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reserve[name] = s.players[name]
	delete(s.players, name)
}

func (s *Squad) Exchange() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.players, s.reserve = s.reserve, s.players
}

func (s *Squad) Snapshot() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshots = append(s.snapshots, maps.Clone(s.players))
}

// Built returns a map of its own that goroutines filled under a lock.
func Built(names []string) map[string]int {
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		lens = make(map[string]int)
	)
	for _, n := range names {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			lens[n] = len(n)
		})
	}
	wg.Wait()
	lens[""] = 0
	return lens
}
