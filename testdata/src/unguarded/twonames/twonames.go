package twonames

import (
	"encoding/json"
	"maps"
	"net/http"
	"sync"
)

type settings struct{ Limits map[string]int }

// A Gate changes the map of the settings under its own lock.
type Gate struct {
	mu     sync.RWMutex
	limits map[string]int
}

func NewGate(s *settings) *Gate { return &Gate{limits: s.Limits} }

func (g *Gate) Pass(who string) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.limits[who] > 0
}

func (g *Gate) Limit(who string, n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits[who] = n
}

type Status struct{ s *settings }

func (st *Status) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	json.NewEncoder(w).Encode(st.s.Limits) // want "read of st.s.Limits with no lock held: g.limits is the same map, changed in place at twonames.go:.* under g.mu"
}

type tariffs struct{ Fees map[string]int }

// A Booth has a copy.
type Booth struct {
	mu   sync.RWMutex
	fees map[string]int
}

func NewBooth(t *tariffs) *Booth { return &Booth{fees: maps.Clone(t.Fees)} }

func (b *Booth) Fee(k string) int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.fees[k]
}

func (b *Booth) Set(k string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fees[k] = n
}

type Prices struct{ t *tariffs }

func (p *Prices) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	json.NewEncoder(w).Encode(p.t.Fees)
}
