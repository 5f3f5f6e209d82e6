package forgotten

import "sync"

// A Glossary gets its entries while it is set up; its lock is there for the count.
type Glossary struct {
	mu    sync.Mutex
	terms map[string]string
	hits  int
}

func (g *Glossary) Define(t, text string) { g.terms[t] = text }

func (g *Glossary) Look(t string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hits++
	return g.terms[t]
}

func (g *Glossary) Has(t string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.terms[t]
	return ok
}

func (g *Glossary) Hits() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hits
}

// A Kiln is filled before it is returned.
type Kiln struct {
	mu   sync.RWMutex
	pots map[string]int
}

func NewKiln(names []string) *Kiln {
	k := &Kiln{pots: make(map[string]int)}
	for i, n := range names {
		k.put(n, i)
	}
	return k
}

func (k *Kiln) put(n string, i int) { k.pots[n] = i }

func (k *Kiln) Heat(n string) int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.pots[n]
}

func (k *Kiln) Len() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return len(k.pots)
}

// A Ferryman works on what he has taken out of the map under the lock.
type Ferryman struct {
	mu    sync.Mutex
	boats map[string]map[string]bool
}

func (f *Ferryman) depart(name string) map[string]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.boats[name]
	delete(f.boats, name)
	return b
}

func (f *Ferryman) Cross(name string) int {
	b := f.depart(name)
	delete(b, "captain")
	return len(b)
}

func (f *Ferryman) Board(name, who string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.boats[name]
	if b == nil {
		b = make(map[string]bool)
		f.boats[name] = b
	}
	b[who] = true
}

func (f *Ferryman) On(name, who string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.boats[name][who]
}

// A Yard lends each of its carts to one at a time.
type cart struct {
	out  bool
	load map[string]int
}

type Yard struct {
	mu    sync.Mutex
	carts []*cart
}

func (y *Yard) borrow() *cart {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, c := range y.carts {
		if !c.out {
			c.out = true
			return c
		}
	}
	return nil
}

func (y *Yard) Weigh() int {
	y.mu.Lock()
	defer y.mu.Unlock()
	n := 0
	for _, c := range y.carts {
		if !c.out {
			n += len(c.load)
		}
	}
	return n
}

func (y *Yard) Empty() {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, c := range y.carts {
		if !c.out {
			clear(c.load)
		}
	}
}

func (y *Yard) Haul(what string) bool {
	c := y.borrow()
	if c == nil {
		return false
	}
	c.load[what]++
	return true
}

// A Primer looks before it locks, but only one goroutine asks it.
type primer struct {
	mu      sync.Mutex
	letters map[rune]int
}

func (p *primer) letter(r rune) int {
	if n, ok := p.letters[r]; ok {
		return n
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters[r] = int(r)
	return int(r)
}

func Spell(text string) (sum int) {
	p := &primer{letters: make(map[rune]int)}
	for _, r := range text {
		sum += p.letter(r)
	}
	return sum
}
