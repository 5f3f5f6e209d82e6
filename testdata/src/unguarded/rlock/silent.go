package rlock

import (
	"maps"
	"sync"
	"sync/atomic"
)

type host struct {
	pings atomic.Int64
	load  []float64
	up    bool
	names [4]string
}

// Hosts writes to what its map points to, which is no write to the map.
type Hosts struct {
	mu     sync.RWMutex
	byName map[string]*host
	series map[string][]float64
	extra  sync.Map
}

func (h *Hosts) Add(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byName[name] = new(host)
	h.series[name] = make([]float64, 60)
}

func (h *Hosts) Ping(name string, load float64, sec int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	e := h.byName[name]
	e.pings.Add(1)
	e.up = true
	h.byName[name].up = true
	h.byName[name].names[0] = name
	h.byName[name].load[sec] = load
	h.series[name][sec] = load
	h.series[name][sec] += load
	h.extra.Store(name, load)
}

// Up collects into maps of its own.
func (h *Hosts) Up() map[string]bool {
	up := make(map[string]bool)
	h.mu.RLock()
	defer h.mu.RUnlock()
	for name, e := range h.byName {
		up[name] = e.up
	}
	delete(up, "localhost")
	return up
}

// CopyTo writes to the map of its caller.
func (h *Hosts) CopyTo(dst map[string]*host) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	clear(dst)
	maps.Copy(dst, h.byName)
}

// With changes a clone.
func (h *Hosts) With(name string) map[string]*host {
	h.mu.RLock()
	defer h.mu.RUnlock()
	hosts := maps.Clone(h.byName)
	hosts[name] = new(host)
	return hosts
}

// Ensure gives the shared lock back before it takes the other.
func (h *Hosts) Ensure(name string) *host {
	h.mu.RLock()
	e, ok := h.byName[name]
	h.mu.RUnlock()
	if ok {
		return e
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if e, ok = h.byName[name]; !ok {
		e = new(host)
		h.byName[name] = e
	}
	return e
}

// Remove does so on one of two ways only.
func (h *Hosts) Remove(name string, force bool) bool {
	if !force {
		h.mu.RLock()
		up := h.byName[name].up
		h.mu.RUnlock()
		if up {
			return false
		}
	}
	h.mu.Lock()
	delete(h.byName, name)
	h.mu.Unlock()
	return true
}

// Visit writes on that side only on which it locked for writing.
func (h *Hosts) Visit(name string, create bool) *host {
	if create {
		h.mu.Lock()
		defer h.mu.Unlock()
	} else {
		h.mu.RLock()
		defer h.mu.RUnlock()
	}
	e := h.byName[name]
	if e == nil && create {
		e = new(host)
		h.byName[name] = e
	}
	return e
}

// Farm is read while one of its barns is written.
type Farm struct {
	mu    sync.RWMutex
	barns map[string]*Barn
}

// Barn has a lock of its own, of the same name.
type Barn struct {
	mu    sync.Mutex
	stock map[string]int
}

func (f *Farm) Store(barn, what string, n int) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	b := f.barns[barn]
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stock[what] += n
}

func (f *Farm) Build(barn string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.barns[barn] = &Barn{stock: make(map[string]int)}
}

func (f *Farm) Stock(barn, what string) int {
	f.mu.RLock()
	b := f.barns[barn]
	f.mu.RUnlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stock[what]
}

// Throttle reads its settings under one lock and counts under another.
type Throttle struct {
	cfgMu  sync.RWMutex
	limit  int
	statMu sync.Mutex
	calls  map[string]int
}

func (a *Throttle) SetLimit(n int) {
	a.cfgMu.Lock()
	defer a.cfgMu.Unlock()
	a.limit = n
}

func (a *Throttle) Allow(name string) bool {
	a.cfgMu.RLock()
	defer a.cfgMu.RUnlock()
	a.statMu.Lock()
	defer a.statMu.Unlock()
	a.calls[name]++
	return a.calls[name] <= a.limit
}

func (a *Throttle) Calls(name string) int {
	a.statMu.Lock()
	defer a.statMu.Unlock()
	return a.calls[name]
}
