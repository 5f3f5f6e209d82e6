// Package twolocks takes the lock of a struct around where that of the map belongs, or
// forgets it in one function of several.
package twolocks

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

type crew struct {
	mu    sync.Mutex
	ranks map[string]int
}

type ship struct {
	crew crew

	radio sync.Mutex
	out   io.Writer
	sent  int
}

func (s *ship) Ranks() []int {
	s.crew.mu.Lock()
	defer s.crew.mu.Unlock()
	list := make([]int, 0, len(s.crew.ranks))
	for _, r := range s.crew.ranks {
		list = append(list, r)
	}
	return list
}

func (s *ship) Promote(name string) {
	s.crew.mu.Lock()
	defer s.crew.mu.Unlock()
	s.crew.ranks[name]++
}

// Sign is busy with the radio.
func (s *ship) Sign(name string) {
	s.radio.Lock()
	defer s.radio.Unlock()
	s.crew.ranks[name] = 1 // want "write to s.crew.ranks without s.crew.mu"
	s.sent++
	fmt.Fprintln(s.out, name)
}

func (s *ship) Leave(name string) {
	s.radio.Lock()
	defer s.radio.Unlock()
	delete(s.crew.ranks, name) // want "write to s.crew.ranks without s.crew.mu"
	s.sent++
}

// A pantry's one query forgets the lock throughout.
type pantry struct {
	mu    sync.RWMutex
	stock stock
}

type stock struct {
	byName map[string]int
	last   time.Time
}

func (p *pantry) Put(name string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stock.byName[name] += n
	p.stock.last = time.Now()
}

func (p *pantry) Has(name string) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	_, ok := p.stock.byName[name]
	return ok
}

type Shortage struct {
	pantry *pantry
	least  int
}

func (s *Shortage) List() []string {
	st := &s.pantry.stock
	var names []string
	for name, n := range st.byName { // want "read of st.byName without s.pantry.mu"
		if n < s.least {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return st.byName[a] - st.byName[b] // want "read of st.byName without s.pantry.mu"
	})
	return names
}

// A ledger hands its map on in what a writer prints later.
type extract struct {
	name string
	sums map[string]int
}

type printer struct{ queue chan *extract }

func (p *printer) offer(x *extract) {
	select {
	case p.queue <- x:
	default:
	}
}

type ledger struct {
	name string
	to   *printer

	mu   sync.Mutex
	sums map[string]int
	n    int
}

func (l *ledger) Book(account string, amount int) {
	l.mu.Lock()
	l.sums[account] += amount
	l.n++
	var x *extract
	if l.n%10 == 0 {
		x = &extract{name: l.name, sums: l.sums} // want "l.sums is passed on in x and then used without l.mu"
	}
	l.mu.Unlock()
	if x != nil {
		l.to.offer(x)
	}
}

func (l *ledger) Sum(account string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sums[account]
}

// Close hands on a copy.
func (l *ledger) Close() {
	l.mu.Lock()
	x := &extract{name: l.name, sums: maps.Clone(l.sums)}
	l.mu.Unlock()
	l.to.offer(x)
}

// A lamp keeps the map that it is given.
type lamp struct {
	mu     sync.RWMutex
	colors map[string]int
}

func (l *lamp) Set(colors map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.colors = colors
}

func (l *lamp) Color(name string) int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.colors[name]
}

func Refresh(l *lamp, read func() []string) {
	colors := make(map[string]int)
	for {
		clear(colors) // want "write to colors, which l.Set has kept the last time"
		for i, c := range read() {
			colors[c] = i // want "write to colors, which l.Set has kept the last time"
		}
		l.Set(colors)
		time.Sleep(time.Second)
	}
}
