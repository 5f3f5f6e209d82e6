// Package iterate has iterators that hold a lock, and structs that are copied.
package iterate

import (
	"iter"
	"maps"
	"slices"
	"sync"
)

type Graph struct {
	mu    sync.RWMutex
	nodes map[int]string
	edges map[int][]int
	marks map[int]bool
}

func (g *Graph) walk(yield func(int, string) bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	for n, s := range g.nodes {
		if !yield(n, s) {
			return
		}
	}
}

func (g *Graph) All() iter.Seq2[int, string] { return g.walk }

func (g *Graph) Exclusive() iter.Seq[int] {
	return func(yield func(int) bool) {
		g.mu.Lock()
		defer g.mu.Unlock()
		for n := range g.nodes {
			if !yield(n) {
				break
			}
		}
	}
}

func (g *Graph) Leaves() (l []int) {
	for n := range g.All() {
		if len(g.edges[n]) == 0 {
			l = append(l, n)
		}
	}
	return l
}

func (g *Graph) Mark() {
	for n := range g.Exclusive() {
		g.marks[n] = true
		if len(g.edges[n]) == 0 {
			delete(g.edges, n)
		}
	}
}

func (g *Graph) Marked() (n int) {
	seq := g.Exclusive()
	for i := range seq {
		if g.marks[i] {
			n++
		}
	}
	return n
}
func (g *Graph) Add(n int, s string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.nodes[n] = s
	g.edges[n] = nil
	g.marks[n] = false
}
func (g *Graph) Link(a, b int) { g.mu.Lock(); g.edges[a] = append(g.edges[a], b); g.mu.Unlock() }
func (g *Graph) Names() []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return slices.Sorted(maps.Values(g.nodes))
}

// value copies
type Frame struct {
	Seq  int
	Vars map[string]int
	Tags map[string]string
}

func (f Frame) with(k string, v int) Frame {
	f.Vars = maps.Clone(f.Vars)
	f.Vars[k] = v
	return f
}
func (f Frame) clean() Frame {
	tags := make(map[string]string)
	for k, v := range f.Tags {
		tags[k] = v
	}
	f.Tags = tags
	delete(f.Tags, "tmp")
	return f
}

type Stack struct {
	mu  sync.RWMutex
	top Frame
}

func (s *Stack) Peek() Frame { s.mu.RLock(); defer s.mu.RUnlock(); return s.top.clean() }
func (s *Stack) Set(k string, v int) {
	s.mu.Lock()
	s.top.Vars[k] = v
	s.top.Tags[k] = ""
	s.mu.Unlock()
}
func (s *Stack) With(k string) Frame  { s.mu.RLock(); defer s.mu.RUnlock(); return s.top.with(k, 1) }
func (s *Stack) Push(k string, v int) { s.mu.Lock(); defer s.mu.Unlock(); s.top = s.top.with(k, v) }
