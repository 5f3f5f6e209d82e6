package handed

import "sync"

// Shelf shares the lock of its store.
type Shelf struct {
	lk    sync.Locker
	books map[string]int
}

type Shop struct {
	mu      sync.Mutex
	other   sync.Mutex
	front   *Shelf
	opening map[string]bool
}

func NewShop() *Shop {
	s := &Shop{opening: map[string]bool{}}
	s.front = &Shelf{lk: &s.mu, books: map[string]int{}}
	return s
}

func (f *Shelf) Put(b string)  { f.lk.Lock(); f.books[b]++; f.lk.Unlock() }
func (f *Shelf) Sell(b string) { f.lk.Lock(); defer f.lk.Unlock(); delete(f.books, b) }
func (f *Shelf) Has(b string) bool {
	f.lk.Lock()
	defer f.lk.Unlock()
	return f.books[b] > 0
}
func (f *Shelf) Empty() bool { return len(f.books) == 0 } // want "read of f.books without f.lk"

func (s *Shop) Close() {
	s.mu.Lock()
	clear(s.front.books)
	s.mu.Unlock()
}
