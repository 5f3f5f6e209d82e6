// Package flows has objects of one request or worker, with callbacks of their own.
package flows

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// per-request objects with callbacks
type flow struct {
	steps []func()
	vars  map[string]int
	hooks map[string]func(string)
}

func (f *flow) run() {
	for _, s := range f.steps {
		s()
	}
	for n, h := range f.hooks {
		h(n)
	}
}

func build() *flow {
	f := &flow{vars: map[string]int{}, hooks: map[string]func(string){}}
	f.steps = append(f.steps, f.a, f.b, func() { f.vars["c"]++ })
	f.hooks["x"] = func(s string) { f.vars[s]++ }
	return f
}
func (f *flow) a() { f.vars["a"]++ }
func (f *flow) b() { delete(f.vars, "a") }

type Svc struct{ mk func() *flow }

func (s *Svc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := build()
	f.run()
	go func() {
		g := build()
		g.run()
	}()
}

func Batch(n int) {
	var wg sync.WaitGroup
	for range n {
		f := build()
		wg.Add(1)
		go func() { defer wg.Done(); f.run() }()
		wg.Go(f2().run)
	}
	wg.Wait()
}
func f2() *flow { return build() }

func Batch2(fs []*flow) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Go(func() { f.run() })
		wg.Go(f.run2)
	}
	wg.Wait()
}
func (f *flow) run2() {}

// Scheduler: one goroutine calls the jobs; jobs own their maps; commands via channel
type Sched struct {
	jobs []job
	cmd  chan func()
}
type job struct {
	name string
	fn   func(time.Time)
}

func (s *Sched) loop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-time.After(time.Second):
			for _, j := range s.jobs {
				j.fn(now)
			}
		case c := <-s.cmd:
			c()
		}
	}
}

type pruner struct{ seen map[string]time.Time }

func (p *pruner) tick(now time.Time) {
	for k, t := range p.seen {
		if now.Sub(t) > time.Hour {
			delete(p.seen, k)
		}
	}
}

func Start(ctx context.Context) *Sched {
	p := &pruner{seen: map[string]time.Time{}}
	s := &Sched{cmd: make(chan func())}
	s.jobs = append(s.jobs, job{"prune", p.tick}, job{name: "mark", fn: func(t time.Time) { p.seen["x"] = t }})
	go s.loop(ctx)
	return s
}

// worker objects: each worker its own handler state
type worker struct {
	in    chan string
	on    func(string)
	count map[string]int
}

func (w *worker) loop() {
	for s := range w.in {
		w.on(s)
	}
}
func newWorker(in chan string) *worker {
	w := &worker{in: in, count: map[string]int{}}
	w.on = func(s string) { w.count[s]++ }
	return w
}
func Fan(n int) {
	in := make(chan string)
	for range n {
		w := newWorker(in)
		go w.loop()
	}
	ws := make([]*worker, n)
	for i := range ws {
		ws[i] = newWorker(in)
		ws[i].on = ws[i].handle
		go ws[i].loop()
	}
}
func (w *worker) handle(s string) { w.count[s]++ }

// gateway: strategy behind interface made per request; wrapper with lock
type store interface {
	get(k string) string
	put(k, v string)
}
type mem struct{ m map[string]string }

func (m *mem) get(k string) string { return m.m[k] }
func (m *mem) put(k, v string)     { m.m[k] = v }

type safe struct {
	mu sync.Mutex
	s  store
}

func (s *safe) get(k string) string { s.mu.Lock(); defer s.mu.Unlock(); return s.s.get(k) }
func (s *safe) put(k, v string)     { s.mu.Lock(); defer s.mu.Unlock(); s.s.put(k, v) }

type Gate struct{ st store }

func NewGate() *Gate { return &Gate{st: &safe{s: &mem{m: map[string]string{}}}} }
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.st.put(r.URL.Path, g.st.get("x"))
}

// visitor interface, one implementation, one per goroutine through a pool
type visitor interface{ visit(k string) }
type collect struct{ m map[string]bool }

func (c *collect) visit(k string) { c.m[k] = true }

var pool = sync.Pool{New: func() any { return &collect{m: map[string]bool{}} }}

func Visit(ks []string) {
	var wg sync.WaitGroup
	for _, k := range ks {
		wg.Go(func() {
			v := pool.Get().(visitor)
			v.visit(k)
			pool.Put(v)
		})
	}
	wg.Wait()
}
func Each(ks []string, mk func() visitor) {
	var wg sync.WaitGroup
	for _, k := range ks {
		wg.Go(func() { mk().visit(k) })
	}
	wg.Wait()
}
func One(ctx context.Context, v visitor, ks <-chan string) {
	for k := range ks {
		v.visit(k)
	}
}
func Par(ks <-chan string) {
	vs := []visitor{&collect{m: map[string]bool{}}, &collect{m: map[string]bool{}}}
	var wg sync.WaitGroup
	for _, v := range vs {
		wg.Go(func() { One(context.Background(), v, ks) })
	}
	wg.Wait()
}
