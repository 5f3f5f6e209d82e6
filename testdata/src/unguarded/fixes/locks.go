package fixes

import (
	"slices"
	"sync"
)

// Atlas has a lock that can be held for reading.
type Atlas struct {
	mu    sync.RWMutex
	maps  map[string]string
	views int
}

func (a *Atlas) Put(name, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.maps[name] = text
}

func (a *Atlas) Drop(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.maps, name)
}

func (a *Atlas) Get(name string) string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.maps[name]
}

// Names only reads.
func (a *Atlas) Names() []string {
	var names []string
	for n := range a.maps { // want `^read of a\.maps without a\.mu\b`
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// View reads the map, but counts too.
func (a *Atlas) View(name string) string {
	a.views++
	return a.maps[name] // want `^read of a\.maps without a\.mu\b`
}

// Redraw writes in the second of two sections.
func (a *Atlas) Redraw(name string) {
	a.mu.RLock()
	old := a.maps[name]
	a.mu.RUnlock()
	a.mu.RLock()
	if a.maps[name] == old {
		a.maps[name] = old + "'" // want `^write to a\.maps under a\.mu\.RLock`
	}
	a.mu.RUnlock()
}

// Fold has a way out in its section.
func (a *Atlas) Fold(name string) bool {
	a.mu.RLock()
	if _, ok := a.maps[name]; !ok {
		a.mu.RUnlock()
		return false
	}
	delete(a.maps, name) // want `^write to a\.maps under a\.mu\.RLock`
	a.mu.RUnlock()
	return true
}

// Burn unlocks in a literal.
func (a *Atlas) Burn() {
	a.mu.RLock()
	defer func() {
		a.views = 0
		a.mu.RUnlock()
	}()
	clear(a.maps) // want `^write to a\.maps under a\.mu\.RLock`
}

// Desk embeds its lock.
type Desk struct {
	sync.Mutex
	drawers map[int]string
}

func (d *Desk) Put(i int, s string) {
	d.Lock()
	defer d.Unlock()
	d.drawers[i] = s
}

func (d *Desk) Take(i int) string {
	d.Lock()
	defer d.Unlock()
	s := d.drawers[i]
	delete(d.drawers, i)
	return s
}

func (d *Desk) Full() bool {
	return len(d.drawers) > 3 // want `^read of d\.drawers without d\b`
}

// Wing shares the lock of its museum.
type Wing struct {
	mu    *sync.Mutex
	rooms map[string]int
}

func (w *Wing) Open(room string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rooms[room] = n
}

func (w *Wing) Close(room string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.rooms, room)
}

func (w *Wing) Seats(room string) int {
	return w.rooms[room] // want `^read of w\.rooms without w\.mu\b`
}

var (
	unitsMu sync.RWMutex
	units   = map[string]float64{"m": 1}
)

func Define(name string, x float64) {
	unitsMu.Lock()
	defer unitsMu.Unlock()
	units[name] = x
}

func Undefine(name string) {
	unitsMu.Lock()
	defer unitsMu.Unlock()
	delete(units, name)
}

func Unit(name string) (x float64, ok bool) {
	unitsMu.RLock()
	defer unitsMu.RUnlock()
	x, ok = units[name]
	return x, ok
}

func Units() int {
	unitsMu.RLock()
	defer unitsMu.RUnlock()
	return len(units)
}

func Convert(x float64, from, to string) float64 {
	return x * units[from] / units[to] // want `^read of units without unitsMu\b`
}

// Shelves has a lock for each part.
type Shelves struct {
	parts [4]struct {
		mu    sync.Mutex
		books map[string]int
	}
}

func (s *Shelves) Put(i int, title string) {
	s.parts[i].mu.Lock()
	defer s.parts[i].mu.Unlock()
	s.parts[i].books[title]++
}

func (s *Shelves) Take(i int, title string) {
	p := &s.parts[i]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.books[title]--
}

func (s *Shelves) Count() (n int) {
	for i := range s.parts {
		p := &s.parts[i]
		n += len(p.books) // want `^read of p\.books without p\.mu\b`
	}
	return n
}
