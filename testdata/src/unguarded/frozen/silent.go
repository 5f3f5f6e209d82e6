// Package frozen has maps that do not change any more after a flag is set.
package frozen

import (
	"sync"
	"sync/atomic"
)

type Atlas struct {
	mu    sync.RWMutex
	state atomic.Int32
	roads map[string]int
	names map[string]string
}

const (
	building = iota
	sealed
)

func (a *Atlas) Road(k string, n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state.Load() == sealed {
		return false
	}
	a.roads[k] = n
	a.names[k] = k
	return true
}

func (a *Atlas) Drop(k string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state.Load() != building {
		panic("sealed")
	}
	delete(a.roads, k)
}

func (a *Atlas) Seal() { a.mu.Lock(); a.state.Store(sealed); a.mu.Unlock() }

func (a *Atlas) Length(k string) int {
	switch a.state.Load() {
	case sealed:
		return a.roads[k]
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.roads[k]
}

func (a *Atlas) Total() (n int) {
	if a.state.Load() == sealed {
		for _, r := range a.roads {
			n += r
		}
		return n
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, r := range a.roads {
		n += r
	}
	return n
}

// Glossary: channel.
type Glossary struct {
	mu    sync.Mutex
	ready chan struct{}
	words map[string]string
}

func (g *Glossary) Define(k, v string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.ready:
		return
	default:
	}
	g.words[k] = v
}
func (g *Glossary) Undefine(k string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.done() {
		return
	}
	delete(g.words, k)
}
func (g *Glossary) done() bool {
	select {
	case <-g.ready:
		return true
	default:
		return false
	}
}
func (g *Glossary) Publish()               { g.mu.Lock(); defer g.mu.Unlock(); close(g.ready) }
func (g *Glossary) Lookup(k string) string { <-g.ready; return g.words[k] }

// Menu: a plain flag that is read under the lock.
type Menu struct {
	mu     sync.Mutex
	closed bool
	items  map[string]int
}

func (m *Menu) Add(k string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	m.items[k]++
}
func (m *Menu) Del(k string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		delete(m.items, k)
	}
}
func (m *Menu) Close() { m.mu.Lock(); m.closed = true; m.mu.Unlock() }
func (m *Menu) Price(k string) int {
	m.mu.Lock()
	fixed := m.closed
	m.mu.Unlock()
	if fixed {
		return m.items[k]
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.items[k]
}

func (a *Atlas) frozen() bool { return a.state.Load() == sealed }
func (a *Atlas) Name(k string) string {
	if !a.frozen() {
		a.mu.RLock()
		defer a.mu.RUnlock()
	}
	return a.names[k]
}
func (a *Atlas) Names() (l []string) {
	if a.frozen() {
		for _, n := range a.names {
			l = append(l, n)
		}
		return l
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, n := range a.names {
		l = append(l, n)
	}
	return l
}
func (a *Atlas) Rename(k, v string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.frozen() {
		a.names[k] = v
	}
}
