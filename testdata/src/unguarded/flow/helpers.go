package flow

import (
	"errors"
	"sync"
)

var errClosed = errors.New("closed")

// A Store locks through helpers, of which some take the lock by a condition.
type Store struct {
	mu     sync.Mutex
	closed bool
	rows   map[string]int
	remote interface{ Flush() error }
}

func (s *Store) lockIfOpen() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errClosed
	}
	return nil
}

func (s *Store) Put(k string, v int) error {
	if err := s.lockIfOpen(); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.rows[k] = v
	return nil
}

func (s *Store) Delete(k string) error {
	if err := s.lockIfOpen(); err != nil {
		return err
	}
	delete(s.rows, k)
	s.mu.Unlock()
	return nil
}

func (s *Store) Get(k string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[k]
}

func (s *Store) Has(k string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.rows[k]
	return ok
}

func (s *Store) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.rows)
	s.bump("clear", false)
}

// bump is called with the lock and without it, and is told which.
func (s *Store) bump(k string, locks bool) {
	lock := func() {
		if locks {
			s.mu.Lock()
		}
	}
	unlock := func() {
		if locks {
			s.mu.Unlock()
		}
	}
	lock()
	if s.closed {
		unlock()
		return
	}
	s.rows[k]++
	unlock()
}

func (s *Store) Bump(k string) { s.bump(k, true) }

// flush lets go of its caller's lock while it waits.
func (s *Store) flush() error {
	s.mu.Unlock()
	defer s.mu.Lock()
	if s.remote == nil {
		return errClosed
	}
	return s.remote.Flush()
}

func (s *Store) Sync() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.flush()
	return len(s.rows), err
}

// setLimit takes the lock only where it is told to.
func (s *Store) setLimit(k string, locked bool) {
	if !locked {
		s.mu.Lock()
		if s.rows[k] > 0 {
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
	s.closed = k == ""
}

func (s *Store) Limit(k string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setLimit(k, true)
	return s.rows[k]
}

// Peek forgets the lock.
func (s *Store) Peek(k string) int {
	return s.rows[k] // want `^read of s\.rows without s\.mu, .*\[unguarded/likely\]$`
}

// Early uses what flush has let go of, in a function that has no lock.
func (s *Store) Early() int {
	s.mu.Lock()
	s.mu.Unlock()
	return len(s.rows) // want `^read of s\.rows without s\.mu, .*\[unguarded/likely\]$`
}
