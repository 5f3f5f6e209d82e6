// Package basket has a struct whose maps are open and whose lock is not.
package basket

import "sync"

// A Basket is filled by several, and read when it is full.
type Basket struct {
	mu    sync.Mutex
	Items map[string]int
	Notes map[string]string
}

func (b *Basket) Add(k string, n int) {
	b.mu.Lock()
	if b.Items == nil {
		b.Items = map[string]int{}
	}
	b.Items[k] += n
	b.mu.Unlock()
}

func (b *Basket) Sum() (n int) {
	for _, k := range b.Items {
		n += k
	}
	return n
}

func (b *Basket) Has(k string) bool { return b.Items[k] > 0 }

func (b *Basket) Note(k, s string) {
	b.mu.Lock()
	b.Notes[k] = s
	b.mu.Unlock()
}

func (b *Basket) Noted(k string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Notes[k]
}

func (b *Basket) Strike(k string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.Notes, k)
}

func (b *Basket) Count() int { return len(b.Notes) } // want "read of b.Notes without b.mu"

// A box keeps its map to itself: only its methods read it.
type box struct {
	mu    sync.Mutex
	items map[string]int
}

func (b *box) Add(k string, n int) {
	b.mu.Lock()
	b.items[k] += n
	b.mu.Unlock()
}

func (b *box) Sum() int { return len(b.items) } // want "read of b.items without b.mu"

// Shared is open as a whole.
type Shared struct {
	Mu    sync.Mutex
	Items map[string]int
}

func (s *Shared) Add(k string, n int) {
	s.Mu.Lock()
	s.Items[k] += n
	s.Mu.Unlock()
}

func (s *Shared) Drop(k string) {
	s.Mu.Lock()
	delete(s.Items, k)
	s.Mu.Unlock()
}
