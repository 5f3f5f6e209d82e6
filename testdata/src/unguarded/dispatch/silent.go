// Package dispatch reaches maps through interfaces and constructors.
package dispatch

import (
	"context"
	"net"
	"sync"
)

type handler interface{ handle(line string) }

type session struct {
	srv  *Server
	vars map[string]string
}

func newSession(s *Server) *session { return &session{srv: s, vars: map[string]string{}} }

func (s *session) handle(line string) {
	s.vars[line] = line
	s.srv.mu.Lock()
	s.srv.seen[line]++
	s.srv.mu.Unlock()
}

type Server struct {
	mu   sync.Mutex
	seen map[string]int
	proc processor
}

func (s *Server) Serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		var h handler = newSession(s)
		go func() {
			defer c.Close()
			h.handle("x")
		}()
		ses := newSession(s)
		go ses.loop(c)
	}
}

func (s *session) loop(c net.Conn) {
	for i := range 10 {
		s.vars["i"] = string(rune(i))
		s.handle("y")
	}
}

// one worker at a time behind an interface
type processor interface{ process(k string) }
type tally struct{ n map[string]int }

func (t *tally) process(k string) { t.n[k]++ }

type Pump struct {
	mu   sync.Mutex
	proc processor
}

func NewPump() *Pump { return &Pump{proc: &tally{n: map[string]int{}}} }

func (p *Pump) Run(ctx context.Context, in <-chan string) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for k := range in {
				p.mu.Lock()
				p.proc.process(k)
				p.mu.Unlock()
			}
		})
	}
	wg.Wait()
}

type step interface{ run(k string) }
type counter struct{ n map[string]int }

func (c *counter) run(k string) { c.n[k]++ }

// each worker has its own
func Each(in <-chan string) {
	var wg sync.WaitGroup
	for range 4 {
		var s step = &counter{n: map[string]int{}}
		wg.Go(func() {
			for k := range in {
				s.run(k)
			}
		})
	}
	wg.Wait()
}

func mk() step { return &counter{n: map[string]int{}} }

func Mk(in <-chan string) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s := mk()
			for k := range in {
				s.run(k)
			}
		})
	}
	wg.Wait()
}
