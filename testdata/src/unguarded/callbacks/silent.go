// Package callbacks keeps functions in fields that goroutines call.
package callbacks

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

type command func(args string)

// sess: one for each connection.
type sess struct {
	conn net.Conn
	cmds map[string]command
	vars map[string]string
}

func newSess(c net.Conn) *sess {
	s := &sess{conn: c, vars: map[string]string{}}
	s.cmds = map[string]command{"set": s.set, "del": s.del}
	return s
}

func (s *sess) set(a string) { s.vars[a] = a }
func (s *sess) del(a string) { delete(s.vars, a) }

func (s *sess) serve() {
	sc := bufio.NewScanner(s.conn)
	for sc.Scan() {
		if f, ok := s.cmds[sc.Text()]; ok {
			f("x")
		}
	}
}

func Accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		s := newSess(c)
		go s.serve()
	}
}

func Accept2(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			s := newSess(c)
			s.serve()
		}()
		go handle(c)
	}
}

func handle(c net.Conn) {
	s := newSess(c)
	s.serve()
}

// bus: one goroutine calls all listeners.
type bus struct {
	in  chan string
	fns []func(string)
}

func (b *bus) run() {
	for ev := range b.in {
		for _, f := range b.fns {
			f(ev)
		}
	}
}

type stats struct {
	mu    sync.Mutex
	count map[string]int
	last  map[string]string // of the bus
}

func Start() *stats {
	b := &bus{in: make(chan string)}
	s := &stats{count: map[string]int{}, last: map[string]string{}}
	b.fns = append(b.fns, s.onEvent, func(ev string) { s.last[ev] = "seen" })
	go b.run()
	return s
}

func (s *stats) onEvent(ev string) {
	s.mu.Lock()
	s.count[ev]++
	s.mu.Unlock()
	s.last["ev"] = ev
}

func (s *stats) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range s.count {
	}
}

// fetch: a pool whose callbacks answer one caller each.
type job struct {
	url  string
	done func(string, error)
}
type pool struct{ jobs chan job }

func newPool() *pool {
	p := &pool{jobs: make(chan job)}
	for range 4 {
		go p.work()
	}
	return p
}
func (p *pool) work() {
	for j := range p.jobs {
		j.done(j.url, nil)
	}
}
func (p *pool) get(u string, done func(string, error)) { p.jobs <- job{u, done} }

func (p *pool) one(u string) map[string]string {
	out := map[string]string{}
	ch := make(chan struct{})
	p.get(u, func(s string, err error) {
		out[u] = s
		close(ch)
	})
	<-ch
	return out
}

func (p *pool) all(us []string) map[string]string {
	var mu sync.Mutex
	var wg sync.WaitGroup
	out := map[string]string{}
	for _, u := range us {
		wg.Add(1)
		p.get(u, func(s string, err error) {
			defer wg.Done()
			mu.Lock()
			out[u] = s
			mu.Unlock()
		})
	}
	wg.Wait()
	return out
}

type page struct {
	p     *pool
	parts map[string]string
	got   chan [2]string
}

func (g *page) load(us []string) {
	for _, u := range us {
		g.p.get(u, func(s string, err error) { g.got <- [2]string{u, s} })
	}
	for range us {
		kv := <-g.got
		g.parts[kv[0]] = kv[1]
	}
}
