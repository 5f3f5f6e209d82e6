package shop

import "sync"

// Stock counts what is in store.
type Stock struct {
	mu    sync.Mutex
	items map[string]int
}

// NewStock returns a stock that is empty.
func NewStock() *Stock {
	return &Stock{items: map[string]int{}}
}

// Add puts items into the store.
func (s *Stock) Add(name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[name] += n
}

// Take takes an item out.
func (s *Stock) Take(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.items[name] == 0 {
		return false
	}
	s.items[name]--
	return true
}

// Count returns how many there are of an item.
func (s *Stock) Count(name string) int {
	return s.items[name]
}
