// Package escape lets guarded maps out of their locks.
package escape

import (
	"iter"
	"maps"
	"sync"
)

// Settings returns its map from under the lock, and changes it in place.
type Settings struct {
	mu   sync.RWMutex
	vals map[string]string
}

func (s *Settings) Set(k, v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vals[k] = v
}

func (s *Settings) Unset(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.vals, k)
}

func (s *Settings) Get(k string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.vals[k]
}

func (s *Settings) All() map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.vals // want `^s\.vals is returned .*\[unguarded/likely\]$`
}

// Keys is lazy: it reads the map when its caller ranges over it.
func (s *Settings) Keys() iter.Seq[string] {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return maps.Keys(s.vals) // want `s\.vals\)? is returned .*\[unguarded/likely\]$`
}

// Values is lazy too, and keeps its sequence in a variable first.
func (s *Settings) Values() iter.Seq[string] {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seq := maps.Values(s.vals)
	return seq // want `s\.vals\)? is returned .*\[unguarded/likely\]$`
}

// Each is as lazy as that, in its own words.
func (s *Settings) Each() iter.Seq2[string, string] {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return func(yield func(k, v string) bool) {
		for k, v := range s.vals { // want `^read of s\.vals without s\.mu, .*\[unguarded/likely\]$`
			if !yield(k, v) {
				return
			}
		}
	}
}

// Two returns it with an error.
func (s *Settings) Two() (map[string]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.vals, nil // want `^s\.vals is returned .*\[unguarded/likely\]$`
}

// Unlocked does the same without defer.
func (s *Settings) Unlocked() map[string]string {
	s.mu.RLock()
	vals := s.vals
	s.mu.RUnlock()
	return vals // want `^(s\.vals is returned|read of s\.vals through vals).*\[unguarded/likely\]$`
}

var (
	envMu sync.Mutex
	env   = make(map[string]string)
)

func Setenv(k, v string) {
	envMu.Lock()
	defer envMu.Unlock()
	env[k] = v
}

func Unsetenv(k string) {
	envMu.Lock()
	defer envMu.Unlock()
	delete(env, k)
}

func Getenv(k string) string {
	envMu.Lock()
	defer envMu.Unlock()
	return env[k]
}

func Size() int {
	envMu.Lock()
	defer envMu.Unlock()
	return len(env)
}

func Environ() map[string]string {
	envMu.Lock()
	defer envMu.Unlock()
	return env // want `^env is returned .*\[unguarded/likely\]$`
}

// Header is a named map; Request hands it out as it is.
type Header map[string][]string

type Request struct {
	mu     sync.Mutex
	header Header
}

func (r *Request) Set(k, v string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.header[k] = []string{v}
}

func (r *Request) Get(k string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.header[k]
}

func (r *Request) Del(k string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.header, k)
}

func (r *Request) Header() map[string][]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return map[string][]string(r.header) // want `^r\.header is returned .*\[unguarded/likely\]$`
}

// Usage returns an inner map, which is changed in place as well.
type Usage struct {
	mu    sync.Mutex
	bytes map[string]map[int]int64
}

func (u *Usage) Add(user string, day int, n int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	days := u.bytes[user]
	if days == nil {
		days = make(map[int]int64)
		u.bytes[user] = days
	}
	days[day] += n
}

func (u *Usage) Forget(user string, day int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.bytes[user], day)
}

func (u *Usage) Days(user string) map[int]int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.bytes[user] // want `^u\.bytes.* is returned .*\[unguarded/likely\]$`
}
