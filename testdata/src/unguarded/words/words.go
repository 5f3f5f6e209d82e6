// Package words has functions whose documentation leaves locking to their callers,
// in various words.
package words

import "sync"

var tills sync.Mutex

// TillLocker returns what guards the tills.
func TillLocker() sync.Locker { return &tills }

var open = map[string]int{}

func Pay(till string, n int) {
	tills.Lock()
	open[till] += n
	tills.Unlock()
}

// Clear forgets them all. Its caller needs to hold TillLocker before calling.
func Clear() { open = nil }

// Fill requires a whole block, by the clock.
func Fill(till string) { open[till] = 0 } // want "write to open without tills"

func Total() (n int) {
	tills.Lock()
	defer tills.Unlock()
	for _, k := range open {
		n += k
	}
	return n
}

type Shop struct {
	mu    sync.Mutex
	stock map[string]int
	bills map[int]string
}

func (s *Shop) Put(k string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stock[k] += n
}

func (s *Shop) Take(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stock[k]--
}

// Count returns how many there are. Requires the shop's lock.
func (s *Shop) Count(k string) int { return s.stock[k] }

// Left needs s.mu.
func (s *Shop) Left(k string) bool { return s.stock[k] > 0 }

// hold shop lock before calling
func (s *Shop) Sold(k string) { delete(s.stock, k) }

// Empty says whether nothing is left; call it when holding the shop lock.
func (s *Shop) Empty() bool { return len(s.stock) == 0 }

type Mart struct {
	mu    sync.Mutex
	stock map[string]int
}

func (m *Mart) Put(k string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stock[k] += n
}

func (m *Mart) Take(k string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stock[k]--; m.stock[k] == 0 {
		delete(m.stock, k)
	}
}

func (m *Mart) Move(k, to string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stock[to] = m.stock[k]
	delete(m.stock, k)
}

// Size requires no lock.
func (m *Mart) Size() int { return len(m.stock) } // want "read of m.stock without m.mu"

// Has does not need the lock.
func (m *Mart) Has(k string) bool { return m.stock[k] > 0 } // want "read of m.stock without m.mu"

// Find needs to lock nothing, and requires a block of its own.
func (m *Mart) Find(k string) int { return m.stock[k] } // want "read of m.stock without m.mu"

type Bazaar struct {
	mu    sync.Mutex
	rugs  map[string]int
	lamps map[string]int
}

func (b *Bazaar) Hang(k string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rugs[k], b.lamps[k] = b.rugs[k]+n, b.lamps[k]+n
}

func (b *Bazaar) Sell(k string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.rugs, k)
	delete(b.lamps, k)
}

func (b *Bazaar) Rugs(k string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rugs[k] + b.lamps[k]
}

// Drop empties the stalls. A lock on mu is required.
func (b *Bazaar) Drop() { clear(b.rugs) }

// Peek looks at a rug. No lock on mu is required.
func (b *Bazaar) Peek(k string) int { return b.rugs[k] } // want "read of b.rugs without b.mu"

// Each goes over the lamps, and not its goroutines.
func (b *Bazaar) Each(do func(string)) {
	for k := range b.lamps { // want "read of b.lamps without b.mu"
		do(k)
	}
}

// Spread is not goroutine-safe.
func (b *Bazaar) Spread(k string, n int) { b.rugs[k] = n }
