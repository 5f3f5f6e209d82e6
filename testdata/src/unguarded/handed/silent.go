// Package handed has locks that are handed over as references.
package handed

import "sync"

// Deck holds cards under the lock of the table.
type Deck struct {
	guard *sync.RWMutex
	cards map[string]int
}

func newDeck(mu *sync.RWMutex) *Deck { return &Deck{guard: mu, cards: map[string]int{}} }

type Table struct {
	mu    sync.RWMutex
	left  *Deck
	right *Deck
	names map[string]string
}

func NewTable() *Table {
	t := &Table{names: map[string]string{}}
	t.left = newDeck(&t.mu)
	t.right = newDeck(&t.mu)
	return t
}

func (d *Deck) Put(c string) { d.guard.Lock(); d.cards[c]++; d.guard.Unlock() }
func (d *Deck) Has(c string) bool {
	d.guard.RLock()
	defer d.guard.RUnlock()
	return d.cards[c] > 0
}
func (d *Deck) Take(c string) { d.guard.Lock(); defer d.guard.Unlock(); delete(d.cards, c) }

func (t *Table) Swap() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for c, n := range t.left.cards {
		t.right.cards[c] += n
		delete(t.left.cards, c)
	}
}

func (t *Table) Count() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.left.cards) + len(t.right.cards)
}

// Lockable gives its lock away.
type Lockable struct {
	mu  sync.Mutex
	set map[int]bool
}

func (l *Lockable) Locker() sync.Locker { return &l.mu }
func (l *Lockable) Put(i int)           { l.mu.Lock(); l.set[i] = true; l.mu.Unlock() }
func (l *Lockable) Del(i int)           { l.mu.Lock(); delete(l.set, i); l.mu.Unlock() }
func (l *Lockable) Has(i int) bool      { l.mu.Lock(); defer l.mu.Unlock(); return l.set[i] }

type View struct {
	lk  sync.Locker
	src *Lockable
}

func NewView(l *Lockable) *View { return &View{lk: l.Locker(), src: l} }

func (v *View) All() (n int) {
	v.lk.Lock()
	defer v.lk.Unlock()
	for range v.src.set {
		n++
	}
	return n
}

// with lock passed as argument
func locked(mu sync.Locker, f func()) { mu.Lock(); defer mu.Unlock(); f() }

type Pile struct {
	mu sync.Mutex
	m  map[string]int
}

func (p *Pile) A(k string) { locked(&p.mu, func() { p.m[k]++ }) }
func (p *Pile) B(k string) int {
	var n int
	locked(&p.mu, func() { n = p.m[k] })
	return n
}
func (p *Pile) C(k string) { p.mu.Lock(); defer p.mu.Unlock(); delete(p.m, k) }
