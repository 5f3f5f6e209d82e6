package behind

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Bell rings its listeners from a goroutine of its own.
type Bell interface{ Listen(do func(hour int)) }

type ChanBell struct{ hours <-chan int }

func (b ChanBell) Listen(do func(hour int)) {
	go func() {
		for h := range b.hours {
			do(h)
		}
	}()
}

// Tower has one map for all bells.
func Tower(bells []Bell) func() int {
	rung := make(map[int]int)
	count := func(hour int) {
		rung[hour]++ // want "write to rung in goroutines started by the loop at racy.go:29, no lock held"
	}
	for _, b := range bells {
		b.Listen(count)
	}
	return func() int { return len(rung) }
}

// Meter is asked under the lock of the one who sorts.
type Meter interface{ Weight(s string) int }

type syllables struct{ known map[string]int }

func (s *syllables) Weight(line string) int {
	n, ok := s.known[line]
	if !ok {
		n = strings.Count(line, "a")
		s.known[line] = n // want "write to s.known under p.mu.RLock"
	}
	return n
}

func (s *syllables) forget(line string) { delete(s.known, line) }

type Poem struct {
	mu    sync.RWMutex
	lines []string
	meter *syllables
}

func (p *Poem) Change(i int, line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.meter.forget(p.lines[i])
	p.lines[i] = line
}

func (p *Poem) Longest() int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return longest(p.lines, p.meter)
}

func longest(lines []string, m Meter) (n int) {
	for _, l := range lines {
		n = max(n, m.Weight(l))
	}
	return n
}

// A Pavilion has guests that all requests share.
type guest struct {
	prefix string
	header http.Header
}

type Pavilion struct{ guests []*guest }

func NewPavilion(g ...*guest) *Pavilion { return &Pavilion{guests: g} }

func (p *Pavilion) guest(path string) *guest {
	for _, g := range p.guests {
		if strings.HasPrefix(path, g.prefix) {
			return g
		}
	}
	return nil
}

func (p *Pavilion) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g := p.guest(r.URL.Path)
	if g == nil {
		http.NotFound(w, r)
		return
	}
	h := g.header
	h.Set("X-Path", r.URL.Path) // want "write to g.header in a handler|write to p.guests"
	r.Header = h
}

// A Regatta gives up waiting, and hands out what its boats still write to.
type board struct {
	mu    sync.Mutex
	left  int
	times map[string]int
	full  chan struct{}
}

func (b *board) note(boat string, t int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.times[boat] = t
	if b.left--; b.left == 0 {
		close(b.full)
	}
}

type Result struct {
	Times map[string]int
	Late  bool
}

func Regatta(boats []string, row func(string) int, limit time.Duration) Result {
	b := &board{left: len(boats), times: make(map[string]int), full: make(chan struct{})}
	for _, n := range boats {
		go func() { b.note(n, row(n)) }()
	}
	select {
	case <-b.full:
		return Result{Times: b.times}
	case <-time.After(limit):
		return Result{Times: b.times, Late: true} // want "b.times is returned while the goroutine started at"
	}
}
