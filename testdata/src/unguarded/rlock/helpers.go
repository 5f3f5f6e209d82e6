package rlock

import (
	"slices"
	"sync"
)

// Store has a helper that is only called with the shared lock.
type Store struct {
	mu    sync.RWMutex
	users map[string]int
	seen  map[string]bool
}

func (s *Store) mark(name string) {
	s.seen[name] = true // want `^write to s\.seen under s\.mu\.RLock.*\[unguarded\]$`
}

func (s *Store) User(name string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.mark(name)
	return s.users[name]
}

func (s *Store) Users(names []string) (ids []int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, n := range names {
		s.mark(n)
		ids = append(ids, s.users[n])
	}
	return ids
}

func (s *Store) Unseen() (names []string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for n := range s.users {
		if !s.seen[n] {
			names = append(names, n)
		}
	}
	return names
}

func (s *Store) Set(name string, id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[name] = id
	delete(s.seen, name)
}

// Names has a helper that is called both ways, one of which is wrong.
type Names struct {
	mu    sync.RWMutex
	taken map[string]int
	next  int
}

func (n *Names) intern(name string) int {
	id, ok := n.taken[name]
	if !ok {
		n.next++
		id = n.next
		n.taken[name] = id // want `^write to n\.taken under n\.mu\.RLock, as called at helpers\.go:\d+, .*\[unguarded\]$`
	}
	return id
}

func (n *Names) Intern(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.intern(name)
}

func (n *Names) InternAll(names []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, name := range names {
		n.intern(name)
	}
}

func (n *Names) Lookup(name string) int {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.intern(name)
}

func (n *Names) Release(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.taken, name)
}

// Grid runs functions under its lock.
type Grid struct {
	mu    sync.RWMutex
	cells map[[2]int]rune
}

func (g *Grid) read(f func())  { g.mu.RLock(); defer g.mu.RUnlock(); f() }
func (g *Grid) write(f func()) { g.mu.Lock(); defer g.mu.Unlock(); f() }

func (g *Grid) Set(x, y int, r rune) {
	g.write(func() { g.cells[[2]int{x, y}] = r })
}

func (g *Grid) At(x, y int) (r rune) {
	g.read(func() { r = g.cells[[2]int{x, y}] })
	return r
}

func (g *Grid) Erase(x, y int) {
	g.read(func() {
		delete(g.cells, [2]int{x, y}) // want `^write to g\.cells under g\.mu\.RLock.*\[unguarded\]$`
	})
}

// fill writes to the map that it is given.
func fill(cells map[[2]int]rune, w, h int) {
	for x := range w {
		for y := range h {
			cells[[2]int{x, y}] = '.'
		}
	}
}

func (g *Grid) Fill(w, h int) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fill(g.cells, w, h) // want `^(write to g\.cells|fill writes g\.cells) under g\.mu\.RLock.*\[unguarded\]$`
}

// Hit passes a literal to a function that calls it at once.
func (g *Grid) Hit(points [][2]int) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return slices.ContainsFunc(points, func(p [2]int) bool {
		hit := g.cells[p] == '*'
		delete(g.cells, p) // want `^write to g\.cells under g\.mu\.RLock.*\[unguarded\]$`
		return hit
	})
}

// Gate locks through methods of its own.
type Gate struct {
	mu   sync.RWMutex
	open map[string]bool
}

func (g *Gate) rlock()   { g.mu.RLock() }
func (g *Gate) runlock() { g.mu.RUnlock() }

func (g *Gate) IsOpen(name string) bool {
	g.rlock()
	defer g.runlock()
	return g.open[name]
}

func (g *Gate) Open(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open[name] = true
}

func (g *Gate) Shut(name string) {
	g.rlock()
	defer g.runlock()
	g.open[name] = false // want `^write to g\.open under g\.mu\.RLock.*\[unguarded\]$`
}

// Locker writes under the lock's reading half.
func (g *Gate) Locker(name string) {
	l := g.mu.RLocker()
	l.Lock()
	defer l.Unlock()
	delete(g.open, name) // want `^write to g\.open under g\.mu\.RLock.*\[unguarded\]$`
}

// Wide has the lock that most accesses hold, but the wrong half of it, on all
// ways to the write.
func (g *Gate) Wide(name string, quick bool) bool {
	if quick {
		g.mu.RLock()
	} else {
		g.rlock()
	}
	defer g.mu.RUnlock()
	was := g.open[name]
	g.open[name] = !was // want `^write to g\.open under g\.mu\.RLock.*\[unguarded\]$`
	return was
}
