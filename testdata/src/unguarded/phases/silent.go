// Package phases has locks of owners, and phases that a flag separates.
package phases

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"sync"
	"time"
)

// Registry: grandparent lock, through two pointers.
type Registry struct {
	lock  sync.RWMutex
	zones map[string]*Zone
}
type Zone struct {
	reg   *Registry
	name  string
	hosts map[string]*Host
}
type Host struct {
	zone *Zone
	tags map[string]string
	addr string
}

func (r *Registry) Zone(n string) *Zone {
	r.lock.Lock()
	defer r.lock.Unlock()
	z := r.zones[n]
	if z == nil {
		z = newZone(r, n)
		r.zones[n] = z
	}
	return z
}
func newZone(r *Registry, n string) *Zone { return &Zone{reg: r, name: n, hosts: map[string]*Host{}} }
func (z *Zone) Host(n string) *Host {
	z.reg.lock.Lock()
	defer z.reg.lock.Unlock()
	h, ok := z.hosts[n]
	if !ok {
		h = &Host{zone: z, tags: map[string]string{}}
		z.hosts[n] = h
	}
	return h
}
func (h *Host) Tag(k, v string) {
	mu := &h.zone.reg.lock
	mu.Lock()
	h.tags[k] = v
	mu.Unlock()
}
func (h *Host) Untag(k string)      { l := h.locker(); l.Lock(); defer l.Unlock(); delete(h.tags, k) }
func (h *Host) locker() sync.Locker { return &h.zone.reg.lock }
func (h *Host) Tags() (l []string) {
	h.zone.reg.lock.RLock()
	defer h.zone.reg.lock.RUnlock()
	for k := range h.tags {
		l = append(l, k)
	}
	return l
}
func (r *Registry) Find(tag string) (l []string) {
	r.lock.RLock()
	defer r.lock.RUnlock()
	for _, z := range r.zones {
		for n, h := range z.hosts {
			if _, ok := h.tags[tag]; ok {
				l = append(l, z.name+n)
			}
		}
	}
	return l
}
func (r *Registry) Expire() {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, z := range r.zones {
		z.sweep()
	}
}
func (z *Zone) sweep() {
	for n, h := range z.hosts {
		if len(h.tags) == 0 {
			delete(z.hosts, n)
			clear(h.tags)
		}
	}
}

// phases: start flag, Register before Start under a lock or not.
type Engine struct {
	mu      sync.Mutex
	started bool
	plugins map[string]func()
	state   map[string]int
}

func (e *Engine) Register(n string, f func()) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.started {
		return errors.New("started")
	}
	e.plugins[n] = f
	return nil
}
func (e *Engine) Unregister(n string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.started {
		return errors.New("started")
	}
	delete(e.plugins, n)
	return nil
}
func (e *Engine) Start(ctx context.Context) {
	e.mu.Lock()
	if e.started {
		e.mu.Unlock()
		return
	}
	e.started = true
	e.mu.Unlock()
	for _, f := range e.plugins {
		f()
	}
	go e.run(ctx)
}
func (e *Engine) run(ctx context.Context) {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			for n := range e.plugins {
				e.mu.Lock()
				e.state[n]++
				e.mu.Unlock()
			}
		}
	}
}

// http API with method on shared, all locked by middleware
type API struct {
	mu   sync.Mutex
	data map[string]int
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch r.Method {
	case "GET":
		a.get(w, r)
	case "PUT":
		a.put(w, r)
	}
}
func (a *API) get(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, a.data[r.URL.Path]) }
func (a *API) put(w http.ResponseWriter, r *http.Request) { a.data[r.URL.Path]++ }

func (a *API) Mux() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("/a", a.locked(a.get))
	m.HandleFunc("/b", a.locked(a.put))
	m.Handle("/c", a)
	return m
}
func (a *API) locked(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		h(w, r)
	}
}

// sort.Interface under the lock
type byScore struct {
	t     *Tab
	names []string
}

func (b byScore) Len() int           { return len(b.names) }
func (b byScore) Less(i, j int) bool { return b.t.score[b.names[i]] < b.t.score[b.names[j]] }
func (b byScore) Swap(i, j int)      { b.names[i], b.names[j] = b.names[j], b.names[i] }

type Tab struct {
	mu    sync.Mutex
	score map[string]int
}

func (t *Tab) Top() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var l []string
	for n := range t.score {
		l = append(l, n)
	}
	sort.Sort(byScore{t, l})
	return l
}
func (t *Tab) Add(n string) { t.mu.Lock(); t.score[n]++; t.mu.Unlock() }
func (t *Tab) Del(n string) { t.mu.Lock(); delete(t.score, n); t.mu.Unlock() }
