// Package given has structs that are given the map of another one.
package given

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
)

type state struct {
	n      int
	limits map[string]int
}

type limiter struct {
	mu  sync.Mutex
	now atomic.Pointer[state]
}

func (l *limiter) Limit(name string) int { return l.now.Load().limits[name] }

func (l *limiter) Set(name string, n int, all map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.now.Load()
	next := &state{n: old.n + 1}
	if all != nil {
		next.limits = all
		l.now.Store(next)
		return
	}
	next.limits = old.limits
	next.limits[name] = n // want "write to the map that l.now holds"
	l.now.Store(next)
}

func (l *limiter) Copy(name string, n int, all map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.now.Load()
	next := &state{n: old.n + 1}
	next.limits = old.limits
	if all != nil {
		next.limits = all
	} else {
		next.limits = maps.Clone(old.limits)
	}
	next.limits[name] = n
	l.now.Store(next)
}

func (l *limiter) Clone(name string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.now.Load()
	next := &state{limits: old.limits}
	next.n = old.n + 1
	next.limits = maps.Clone(next.limits)
	next.limits[name] = n
	l.now.Store(next)
}

// Caller may be used by several goroutines.
type Caller struct {
	base    string
	headers http.Header
	trailer http.Header
}

func NewCaller(base string) *Caller {
	return &Caller{base: base, headers: http.Header{"Accept": {"*/*"}}, trailer: http.Header{}}
}

func (c *Caller) Do(ctx context.Context, id string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base, nil)
	if err != nil {
		return nil, err
	}
	req.Header = c.headers
	req.Header.Set("X-Id", id) // want "write to .*, though the documentation of Caller says"
	req.Trailer = c.trailer.Clone()
	req.Trailer.Set("X-Id", id)
	return http.DefaultClient.Do(req)
}

type options struct {
	tags map[string]string
	n    int
}

type service struct {
	mu   sync.Mutex
	opts options
}

func (s *service) Tag(k, v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.tags[k] = v
}

// With changes a copy.
func (s *service) With(k, v string) *service {
	opts := s.opts
	opts.tags = map[string]string{}
	opts.tags[k] = v
	return &service{opts: opts}
}
