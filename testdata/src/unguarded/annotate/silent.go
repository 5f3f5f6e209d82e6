package annotate

import (
	"maps"
	"sync"
)

// Stock keeps to its annotations.
type Stock struct {
	mu     sync.RWMutex
	prices map[string]int //mapdiag:guardedby mu

	// left is not annotated, and is only used before the stock is shared.
	left map[string]int
}

// NewStock fills maps that nobody else can reach.
func NewStock(prices map[string]int) *Stock {
	s := &Stock{left: make(map[string]int)}
	s.prices = make(map[string]int, len(prices))
	maps.Copy(s.prices, prices)
	s.prices["gift"] = 0
	s.seed("none")
	for what := range s.prices {
		s.left[what]++
	}
	return s
}

func (s *Stock) seed(what string) { s.prices[what] = -1 }

func (s *Stock) SetPrice(what string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prices[what] = n
}

func (s *Stock) Price(what string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.prices[what]
}

func (s *Stock) Left(what string) int { return s.left[what] }

// raise relies on its callers.
func (s *Stock) raise(what string, percent int) {
	s.prices[what] += s.prices[what] * percent / 100
}

func (s *Stock) Raise(percent int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for what := range s.prices {
		s.raise(what, percent)
	}
}

// Half is locked at one access of two: the annotation is kept at that one,
// and the other touches a map of the same name.
type Half struct {
	mu     sync.Mutex
	counts map[string]int //mapdiag:guardedby mu
}

func (h *Half) Inc(k string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts[k]++
}

func (h *Half) Letters(word string) map[string]int {
	counts := make(map[string]int)
	for _, r := range word {
		counts[string(r)]++
	}
	return counts
}

// Owner has an annotation for a lock that it embeds, and one for a pointer.
type Owner struct {
	sync.Mutex
	ext *sync.Mutex

	a map[string]bool //mapdiag:guardedby Mutex
	b map[string]bool //mapdiag:guardedby ext
}

func (o *Owner) Move(k string) {
	o.Lock()
	defer o.Unlock()
	o.ext.Lock()
	defer o.ext.Unlock()
	o.b[k] = o.a[k]
	delete(o.a, k)
}

// reset gives an owner that nobody has seen its maps.
func reset() *Owner {
	var o Owner
	o.ext = new(sync.Mutex)
	o.a, o.b = make(map[string]bool), make(map[string]bool)
	o.a["first"] = true
	return &o
}

// Default is published complete.
var Default = reset()
