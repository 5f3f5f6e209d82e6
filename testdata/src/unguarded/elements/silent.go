// Package elements takes the locks of all elements.
package elements

import "sync"

type part[V any] struct {
	mu sync.Mutex
	m  map[string]V
}
type Store[V any] struct {
	parts [8]part[V]
	mu    sync.RWMutex
	alias map[string]string
}

func (s *Store[V]) lockAll() {
	for i := range s.parts {
		s.parts[i].mu.Lock()
	}
}
func (s *Store[V]) unlockAll() {
	for i := range s.parts {
		s.parts[i].mu.Unlock()
	}
}
func (s *Store[V]) part(k string) *part[V] { return &s.parts[len(k)%8] }
func (s *Store[V]) Set(k string, v V)      { p := s.part(k); p.mu.Lock(); p.m[k] = v; p.mu.Unlock() }
func (s *Store[V]) Get(k string) V         { p := s.part(k); p.mu.Lock(); defer p.mu.Unlock(); return p.m[k] }
func (s *Store[V]) Del(k string)           { p := s.part(k); p.mu.Lock(); delete(p.m, k); p.mu.Unlock() }
func (s *Store[V]) Clear() {
	s.lockAll()
	defer s.unlockAll()
	for i := range s.parts {
		clear(s.parts[i].m)
	}
}
func (s *Store[V]) Snapshot() map[string]V {
	for i := range s.parts {
		s.parts[i].mu.Lock()
		defer s.parts[i].mu.Unlock()
	}
	out := map[string]V{}
	for i := range s.parts {
		for k, v := range s.parts[i].m {
			out[k] = v
		}
	}
	return out
}
func (s *Store[V]) Each(f func(string, V)) {
	s.lockAll()
	for _, p := range s.ptrs() {
		for k, v := range p.m {
			f(k, v)
		}
	}
	s.unlockAll()
}
func (s *Store[V]) ptrs() (l []*part[V]) {
	for i := range s.parts {
		l = append(l, &s.parts[i])
	}
	return l
}

type Pool struct{ shards []*bucket }
type bucket struct {
	sync.RWMutex
	n map[int]int
}

func (p *Pool) Move(a, b *bucket, k int) {
	if a == b {
		return
	}
	a.Lock()
	defer a.Unlock()
	b.Lock()
	defer b.Unlock()
	b.n[k] = a.n[k]
	delete(a.n, k)
}
func (p *Pool) Sum() (t int) {
	for _, b := range p.shards {
		b.RLock()
		defer b.RUnlock()
	}
	for _, b := range p.shards {
		for _, n := range b.n {
			t += n
		}
	}
	return t
}
func (p *Pool) Inc(k int) { b := p.shards[k%len(p.shards)]; b.Lock(); b.n[k]++; b.Unlock() }
func (p *Pool) Dec(k int) { b := p.shards[k%len(p.shards)]; b.Lock(); b.n[k]--; b.Unlock() }
