// Package callers has accesses whose lock somebody else holds, or whose map
// somebody else cannot reach.
package callers

import (
	"sync"
	"time"
)

// Sessions keeps a callback beside the lock that it is called under.
type Sessions struct {
	mu    sync.Mutex
	names map[string]string
	timer *expirer
}

type expirer struct {
	mu     *sync.Mutex
	until  map[string]time.Time
	expire func(id string)
}

func (e *expirer) loop(tick <-chan time.Time) {
	for now := range tick {
		e.mu.Lock()
		for id, t := range e.until {
			if now.After(t) {
				e.expire(id)
				delete(e.until, id)
			}
		}
		e.mu.Unlock()
	}
}

func (s *Sessions) Start(tick <-chan time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	drop := func(id string) {
		if _, ok := s.names[id]; ok {
			delete(s.names, id)
		}
	}
	s.timer = &expirer{mu: &s.mu, until: make(map[string]time.Time), expire: drop}
	go s.timer.loop(tick)
}

func (s *Sessions) Put(id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[id] = name
}

func (s *Sessions) Name(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names[id]
}

func (s *Sessions) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.names)
}

// Hub gives each listener a function that is only called under the lock of the
// hub.
type Hub struct {
	mu        sync.Mutex
	listeners map[string][]*listener
}

type listener struct {
	hub    *Hub
	remove func()
	lost   func()
}

func (h *Hub) Listen(topic string) *listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := &listener{hub: h}
	h.listeners[topic] = append(h.listeners[topic], l)
	l.remove = func() {
		if len(h.listeners[topic]) == 1 {
			delete(h.listeners, topic)
		}
	}
	l.lost = func() {
		delete(h.listeners, topic) // want `^write to h\.listeners without h\.mu\b`
	}
	return l
}

func (h *Hub) Topics() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners)
}

func (l *listener) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	l.remove()
}

func (l *listener) Drop() { l.lost() }

// Store runs what it is given in a transaction, of which only those know who
// implement it.
type Store struct {
	tx    transactor
	mu    sync.RWMutex
	dirty map[string]bool
}

type transactor interface {
	Update(f func() error) error
}

func (s *Store) Mark(name string) error {
	return inside(s.tx, func() error {
		s.dirty[name] = true
		return nil
	})
}

func inside(tx transactor, f func() error) error {
	if tx == nil {
		return f()
	}
	return tx.Update(f)
}

func (s *Store) Clean() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.dirty {
		names = append(names, name)
	}
	clear(s.dirty)
	return names
}

func (s *Store) Clear(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dirty, name)
}
