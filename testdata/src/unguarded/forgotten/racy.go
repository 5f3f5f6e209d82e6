package forgotten

import (
	"errors"
	"sync"
)

// A Dialect takes its lock to look words up, and not to learn them.
type Dialect struct {
	mu    sync.RWMutex
	words map[string]string
}

func (d *Dialect) Learn(w, meaning string) error {
	if w == "" {
		return errors.New("no word")
	}
	if _, ok := d.words[w]; ok { // want "read of d.words without d.mu"
		return errors.New("known")
	}
	d.words[w] = meaning // want "write to d.words without d.mu, which guards it at 2 of 4 accesses"
	return nil
}

func (d *Dialect) Translate(w string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.words[w]
}

func (d *Dialect) Size() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.words)
}

// A Smelter looks up under its lock, lets go of it for the work, and stores without.
type Smelter struct {
	mu     sync.Mutex
	ingots map[string]int
	looks  int
}

func (s *Smelter) Smelt(ore string, melt func(string) int) int {
	s.mu.Lock()
	s.looks++
	if n, ok := s.ingots[ore]; ok {
		s.mu.Unlock()
		return n
	}
	s.mu.Unlock()
	n := melt(ore)
	s.ingots[ore] = n // want "write to s.ingots without s.mu"
	return n
}

func (s *Smelter) Looks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looks
}

// A Marina hands out the inner map of a pier under its lock, and fills it without.
type Marina struct {
	mu    sync.RWMutex
	piers map[string]map[int]string
}

func (m *Marina) pier(name string) map[int]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.piers[name]
	if !ok {
		p = make(map[int]string)
		m.piers[name] = p
	}
	return p // want "is returned and then used without m.mu"
}

func (m *Marina) Moor(name string, berth int, boat string) {
	p := m.pier(name)
	p[berth] = boat // want "write to m.piers\\[name\\] through p without m.mu"
}

func (m *Marina) At(name string, berth int) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.piers[name][berth]
}

func (m *Marina) Boats(name string) (list []string) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, b := range m.piers[name] {
		list = append(list, b)
	}
	return list
}

// A Purse says of its helpers that their callers hold the lock; one of them does not.
type Purse struct {
	mu    sync.Mutex
	coins map[string]int
}

// take needs p.mu held.
func (p *Purse) take(kind string) bool {
	if p.coins[kind] == 0 { // want "read of p.coins without p.mu"
		return false
	}
	p.coins[kind]-- // want "write to p.coins without p.mu, which guards it at 2 of 3 accesses"
	return true
}

func (p *Purse) Pay(kind string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.take(kind)
}

func (p *Purse) Change(from, to string) {
	if !p.take(from) {
		return
	}
	delete(p.coins, to) // want "write to p.coins without p.mu"
}

// A Tally has a helper that one of two callers calls without the lock.
type Tally struct {
	mu  sync.Mutex
	sum map[string]int
}

func (t *Tally) add(k string, n int) {
	t.sum[k] += n // want "write to t.sum without t.mu"
}

func (t *Tally) Try(k string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sum[k] > 10 {
		return false
	}
	t.add(k, 1)
	return true
}

func (t *Tally) Of(k string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sum[k]
}

func (t *Tally) Follow(in <-chan string) {
	for k := range in {
		t.add(k, 1)
	}
}

// A Lexicon looks before it locks.
type Lexicon struct {
	mu     sync.Mutex
	senses map[string][]string
	parse  func(string) []string
}

func (l *Lexicon) Senses(w string) []string {
	if s, ok := l.senses[w]; ok { // want "read of l.senses without l.mu"
		return s
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.parse(w)
	l.senses[w] = s
	return s
}

// A Watermill hands a map to a helper when it has let go of the lock, after it has
// taken another one for itself.
type Watermill struct {
	mu    sync.Mutex
	sacks map[string]int
	flour map[string]int
}

func NewWatermill() *Watermill {
	return &Watermill{sacks: make(map[string]int), flour: make(map[string]int)}
}

func (w *Watermill) Bring(k string, n int) {
	w.mu.Lock()
	w.sacks[k] += n
	w.mu.Unlock()
}

func (w *Watermill) Grind(k string) {
	w.mu.Lock()
	w.flour[k]++
	w.mu.Unlock()
}

func (w *Watermill) Sell() int {
	w.mu.Lock()
	sacks := w.sacks
	w.sacks = make(map[string]int, len(sacks))
	flour := w.flour
	w.mu.Unlock()
	n := len(sacks)
	return n + weigh(flour) // want "weigh reads w.flour without w.mu"
}

func weigh(m map[string]int) (n int) {
	for _, k := range m {
		n += k
	}
	return n
}

// A Shelf has its own lock, but for one method, whose caller holds another.
type Shelf struct {
	rw   sync.RWMutex
	jars map[string]int
}

func (s *Shelf) sort(keep map[string]bool) {
	for j := range s.jars { // want "read of s.jars without s.rw"
		if !keep[j] {
			delete(s.jars, j) // want "write to s.jars without s.rw"
		}
	}
}

func (s *Shelf) put(j string) {
	s.rw.Lock()
	defer s.rw.Unlock()
	s.jars[j]++
}

func (s *Shelf) take(j string) bool {
	s.rw.Lock()
	defer s.rw.Unlock()
	if s.jars[j] == 0 {
		return false
	}
	s.jars[j]--
	return true
}

type Larder struct {
	doorMu sync.Mutex
	opened int
	shelf  *Shelf
}

func (l *Larder) Tidy(keep map[string]bool) {
	l.doorMu.Lock()
	defer l.doorMu.Unlock()
	l.opened++
	l.shelf.sort(keep)
}

func (l *Larder) Put(j string)       { l.shelf.put(j) }
func (l *Larder) Take(j string) bool { return l.shelf.take(j) }

// A Chart has one method that takes the lock for the number alone.
type Chart struct {
	sync.RWMutex
	isles  map[string]int
	number int
}

func (c *Chart) Draw(name string, depth int) bool {
	c.Lock()
	defer c.Unlock()
	if _, ok := c.isles[name]; ok {
		return false
	}
	c.isles[name] = depth
	return true
}

func (c *Chart) Depth(name string) int {
	c.RLock()
	defer c.RUnlock()
	return c.isles[name]
}

func (c *Chart) Sink(limit int) {
	for name, depth := range c.isles { // want "read of c.isles without c.RWMutex"
		if depth > limit {
			delete(c.isles, name) // want "write to c.isles without c.RWMutex, which guards it at 3 of 5 accesses"
		}
	}
	c.Lock()
	c.number++
	c.Unlock()
}

// A Turnstile reads through a helper, which one of two calls without the lock.
type Turnstile struct {
	mu    sync.Mutex
	turns map[string]int
}

func (t *Turnstile) now(gate string) int {
	return t.turns[gate] // want "read of t.turns without t.mu"
}

func (t *Turnstile) Turn(gate string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.now(gate)
	if n > 9 {
		return false
	}
	t.turns[gate] = n + 1
	return true
}

func (t *Turnstile) Left(gate string) int { return 10 - t.now(gate) }
