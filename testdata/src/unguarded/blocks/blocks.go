package blocks

import "sync"

// A Foundry has two locks; one method takes the wrong one.
type Foundry struct {
	ordersMu sync.Mutex
	orders   []string

	castMu sync.Mutex
	cast   map[string]int
}

func (f *Foundry) Order(name string) bool {
	f.ordersMu.Lock()
	defer f.ordersMu.Unlock()
	if f.cast[name] > 0 { // want "read of f.cast without f.castMu"
		return false
	}
	f.cast[name] = 1 // want "write to f.cast without f.castMu, which guards it at 2 of 4 accesses"
	f.orders = append(f.orders, name)
	return true
}

func (f *Foundry) Done(name string) {
	f.castMu.Lock()
	defer f.castMu.Unlock()
	f.cast[name] = 2
}

func (f *Foundry) State(name string) int {
	f.castMu.Lock()
	defer f.castMu.Unlock()
	return f.cast[name]
}

// A Loft does not tell by its blocks which lock is whose.
type Loft struct {
	a, b  sync.Mutex
	sails map[string]int
	ropes []string
}

func (l *Loft) Sew(k string) {
	l.a.Lock()
	defer l.a.Unlock()
	l.sails[k]++
}

func (l *Loft) Count(k string) int {
	l.a.Lock()
	defer l.a.Unlock()
	return l.sails[k]
}

func (l *Loft) Splice(k string) {
	l.b.Lock()
	defer l.b.Unlock()
	l.ropes = append(l.ropes, k)
	l.sails[k]--
}

func (l *Loft) Has(k string) bool {
	l.b.Lock()
	defer l.b.Unlock()
	return l.sails[k] > 0
}
