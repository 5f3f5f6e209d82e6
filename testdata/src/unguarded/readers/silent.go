// Package readers has locks for many readers that are made by hand.
package readers

import (
	"sync"
	"sync/atomic"
)

const slots = 4

// Tokens, in the struct of the map.
type zones struct {
	slot   chan struct{}
	change sync.Mutex
	byName map[string]string
}

func newZones() *zones {
	return &zones{slot: make(chan struct{}, slots), byName: make(map[string]string)}
}

func (z *zones) Find(name string) string {
	z.slot <- struct{}{}
	defer func() { <-z.slot }()
	return z.byName[name]
}

func (z *zones) Put(name, to string) {
	z.change.Lock()
	defer z.change.Unlock()
	for range slots {
		z.slot <- struct{}{}
	}
	z.byName[name] = to
	for range slots {
		<-z.slot
	}
}

func (z *zones) Drop(name string) {
	z.change.Lock()
	defer z.change.Unlock()
	for range slots {
		z.slot <- struct{}{}
	}
	delete(z.byName, name)
	for range slots {
		<-z.slot
	}
}

// A number and a condition variable.
type gate struct {
	mu    sync.Mutex
	empty *sync.Cond
	in    int
	write sync.Mutex
}

func newGate() *gate {
	g := &gate{}
	g.empty = sync.NewCond(&g.mu)
	return g
}

func (g *gate) enter() {
	g.mu.Lock()
	g.in++
	g.mu.Unlock()
}

func (g *gate) leave() {
	g.mu.Lock()
	if g.in--; g.in == 0 {
		g.empty.Broadcast()
	}
	g.mu.Unlock()
}

func (g *gate) shut() {
	g.write.Lock()
	g.mu.Lock()
	for g.in > 0 {
		g.empty.Wait()
	}
}

func (g *gate) open() {
	g.mu.Unlock()
	g.write.Unlock()
}

type prices struct {
	gate *gate
	of   map[string]int
}

func newPrices() *prices { return &prices{gate: newGate(), of: make(map[string]int)} }

func (p *prices) Price(of string) int {
	p.gate.enter()
	defer p.gate.leave()
	return p.of[of]
}

func (p *prices) Set(of string, price int) {
	p.gate.shut()
	defer p.gate.open()
	p.of[of] = price
}

func (p *prices) Remove(of string) {
	p.gate.shut()
	defer p.gate.open()
	delete(p.of, of)
}

// An atomic number, of which nobody is in.
type slow struct {
	write sync.Mutex
	in    atomic.Int32
	terms map[string]int
}

func (s *slow) Term(name string) int {
	for {
		s.in.Add(1)
		if s.write.TryLock() {
			s.write.Unlock()
			break
		}
		s.in.Add(-1)
	}
	n := s.terms[name]
	s.in.Add(-1)
	return n
}

func (s *slow) Set(name string, n int) {
	s.write.Lock()
	defer s.write.Unlock()
	for s.in.Load() > 0 {
	}
	if s.terms[name] != n {
		s.terms[name] = n
	}
}
