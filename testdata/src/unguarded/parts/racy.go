package parts

import "sync"

// Depot takes the wrong one of its locks.
type Depot struct {
	stockMu sync.RWMutex
	stock   map[string]int
	vanMu   sync.Mutex
	vans    map[string]bool
}

func (d *Depot) Store(k string) { d.stockMu.Lock(); d.stock[k]++; d.stockMu.Unlock() }
func (d *Depot) Has(k string) bool {
	d.stockMu.RLock()
	defer d.stockMu.RUnlock()
	return d.stock[k] > 0
}
func (d *Depot) Arrive(v string)    { d.vanMu.Lock(); d.vans[v] = true; d.vanMu.Unlock() }
func (d *Depot) Here(v string) bool { d.vanMu.Lock(); defer d.vanMu.Unlock(); return d.vans[v] }
func (d *Depot) Vans() int          { d.vanMu.Lock(); defer d.vanMu.Unlock(); return len(d.vans) }
func (d *Depot) Leave(v string) {
	d.stockMu.Lock()
	defer d.stockMu.Unlock()
	if d.vans[v] { // want "read of d.vans without d.vanMu"
		delete(d.vans, v) // want "write to d.vans without d.vanMu"
	}
}

// Dial embeds what it counts with.
type counts struct{ n map[string]int }

func (c *counts) turn(k string) { c.n[k]++ }

type Dial struct {
	sync.Mutex
	counts
}

func (d *Dial) Left(k string)  { d.Lock(); d.turn(k); d.Unlock() }
func (d *Dial) Right(k string) { d.turn(k) } // want "d.turn writes .* without d.Mutex, which 1 of its 2 callers hold"
func (d *Dial) Sum() (t int) {
	d.Lock()
	defer d.Unlock()
	for _, n := range d.n {
		t += n
	}
	return t + len(d.n)
}

// Flags hands its inner struct to callbacks.
type flags struct{ on, seen map[string]bool }
type Flags struct {
	mu sync.RWMutex
	in flags
}

func (f *Flags) look(do func(*flags))   { f.mu.RLock(); defer f.mu.RUnlock(); do(&f.in) }
func (f *Flags) change(do func(*flags)) { f.mu.Lock(); defer f.mu.Unlock(); do(&f.in) }
func (f *Flags) Set(k string)           { f.change(func(in *flags) { in.on[k] = true; clear(in.seen) }) }
func (f *Flags) On(k string) (on bool) {
	f.look(func(in *flags) {
		on = in.on[k]
		in.seen[k] = true // want "write to in.seen under"
	})
	return on
}

// Profile gives a copy away that shares its map.
type prefs struct {
	lang string
	keys map[string]string
}
type Profile struct {
	mu  sync.Mutex
	cur prefs
}

func (p *Profile) Current() prefs {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cur // want "p.cur.keys is returned"
}
func (p *Profile) Bind(k, v string) { p.mu.Lock(); p.cur.keys[k] = v; p.mu.Unlock() }
func (p *Profile) Show() (n int) {
	c := p.Current()
	for range c.keys {
		n += len(c.keys)
	}
	return n
}
