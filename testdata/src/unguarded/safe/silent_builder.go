package safe

import "sync"

// Menu is shared by many; a MenuBuilder composes it before.
type Menu struct {
	mu     sync.RWMutex
	prices map[string]int
}

func (m *Menu) Price(dish string) int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.prices[dish]
}

func (m *Menu) Raise(percent int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for dish, p := range m.prices {
		m.prices[dish] = p + p*percent/100
	}
}

// MenuBuilder is the only one to know its menu until Build gives it away.
type MenuBuilder struct{ menu *Menu }

func NewMenuBuilder() *MenuBuilder {
	return &MenuBuilder{menu: &Menu{prices: make(map[string]int)}}
}

func (b *MenuBuilder) Dish(name string, cents int) *MenuBuilder {
	b.menu.prices[name] = cents
	return b
}

func (b *MenuBuilder) Build() *Menu {
	m := b.menu
	b.menu = nil
	return m
}

// Gauge makes its map when it is attached, and nowhere else.
type Gauge struct {
	mu   sync.Mutex
	open map[string]int
}

func (g *Gauge) Attach(hook func(f func(host string))) {
	g.open = make(map[string]int)
	hook(g.track)
}

func (g *Gauge) track(host string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open[host]++
}

func (g *Gauge) Forget(host string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.open, host)
}
