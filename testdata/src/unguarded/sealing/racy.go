package sealing

import (
	"sync"
	"sync/atomic"
)

type words struct {
	closed atomic.Bool
	mu     sync.Mutex
	byName map[string]int
}

func (w *words) Add(name string, n int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed.Load() {
		return false
	}
	if w.byName[name] == 0 {
		w.byName[name] = n
	}
	return true
}

// close may leave the map open.
func (w *words) close(force bool) {
	if !force {
		return
	}
	w.mu.Lock()
	w.closed.Store(true)
	w.mu.Unlock()
}

func (w *words) Get(name string) int {
	w.close(name != "")
	return w.byName[name] // want "read of w.byName without w.mu"
}

type signs struct {
	closed atomic.Bool
	mu     sync.Mutex
	byName map[string]int
}

func (s *signs) Add(name string, n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byName[name] == 0 {
		s.byName[name] = n // it does not ask
	}
	return !s.closed.Load()
}

func (s *signs) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed.Store(true)
}

func (s *signs) Get(name string) int {
	s.close()
	return s.byName[name] // want "read of s.byName without s.mu"
}
