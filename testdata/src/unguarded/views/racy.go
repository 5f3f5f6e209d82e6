// Package views has goroutines and callers that reach one map in different ways.
package views

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// A stage has its cues in a part, and runs them as soon as it is there.
type stage struct {
	cues cues
	out  io.Writer
}

type cues struct {
	byLine map[string]string
}

func (c *cues) set(line, cue string) { c.byLine[line] = cue } // want "write to c.byLine with no lock held: the goroutine started at"

func (c *cues) get(line string) string { return c.byLine[line] }

func Open(script io.Reader, out io.Writer) *stage {
	s := &stage{cues: cues{byLine: map[string]string{}}, out: out}
	go s.play(bufio.NewScanner(script))
	return s
}

func (s *stage) Cue(line, cue string) { s.cues.set(line, cue) }

func (s *stage) play(sc *bufio.Scanner) {
	for sc.Scan() {
		fmt.Fprintln(s.out, s.cues.get(sc.Text()))
	}
}

// A tide table is filled by one goroutine and shown by the pages of another type.
type tides struct {
	byPort map[string]float64
}

func (t *tides) note(port string, h float64) { t.byPort[port] = h } // want "write to t.byPort in the goroutine started at"

func (t *tides) of(port string) (float64, bool) {
	h, ok := t.byPort[port]
	return h, ok
}

type harbour struct {
	tides *tides
	wg    sync.WaitGroup
}

type page struct {
	from  *tides
	title string
}

type reading struct {
	port   string
	height float64
}

func Watch(in <-chan reading) *harbour {
	h := &harbour{tides: &tides{byPort: map[string]float64{}}}
	h.wg.Add(1)
	go h.follow(in)
	return h
}

func (h *harbour) follow(in <-chan reading) {
	defer h.wg.Done()
	for r := range in {
		h.tides.note(r.port, r.height)
	}
}

func (h *harbour) Handler(title string) http.Handler {
	p := &page{from: h.tides, title: title}
	return http.HandlerFunc(p.show)
}

func (p *page) show(w http.ResponseWriter, r *http.Request) {
	height, ok := p.from.of(r.FormValue("port"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	fmt.Fprintf(w, "%s: %.1f", p.title, height)
}

// soundings returns what has come in when the time is up.
type sounding struct {
	mu     sync.Mutex
	depths map[string]float64
}

func (s *sounding) measure(spot string, ask func(string) float64) {
	d := ask(spot)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.depths[spot] = d
}

func soundings(spots []string, ask func(string) float64, limit time.Duration) (map[string]float64, bool) {
	s := &sounding{depths: make(map[string]float64)}
	var wg sync.WaitGroup
	for _, spot := range spots {
		wg.Go(func() { s.measure(spot, ask) })
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return s.depths, true
	case <-time.After(limit):
		return s.depths, false // want "s.depths is returned while the goroutine started at .* may still write to it under s.mu"
	}
}
