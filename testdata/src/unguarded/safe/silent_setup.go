package safe

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"sync"
)

// codecs is filled by init functions, and only read afterwards.
var codecs = map[string]func([]byte) any{}

func init() {
	codecs["text"] = func(b []byte) any { return string(b) }
	register("raw", func(b []byte) any { return b })
}

func init() {
	delete(codecs, "")
	for i, n := range []string{"one", "two"} {
		codes[n] = i
	}
}

var codes = make(map[string]int)

func register(name string, f func([]byte) any) { codecs[name] = f }

func Decode(names []string, data []byte) {
	for _, n := range names {
		go func() {
			if f := codecs[n]; f != nil {
				f(data)
			}
			fmt.Println(codes[n])
		}()
	}
}

// Mux is a handler whose routes are registered before it serves.
type Mux struct {
	routes map[string]http.HandlerFunc
	names  map[string]string
}

func NewMux() *Mux {
	return &Mux{routes: make(map[string]http.HandlerFunc), names: make(map[string]string)}
}

func (m *Mux) Handle(pattern string, h http.HandlerFunc) {
	m.routes[pattern] = h
	m.name(pattern, strings.Trim(pattern, "/"))
}

func (m *Mux) name(pattern, name string) { m.names[pattern] = name }

func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, ok := m.routes[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("X-Route", m.names[r.URL.Path])
	h(w, r)
}

func Serve(addr string, extra map[string]http.HandlerFunc) error {
	m := NewMux()
	m.Handle("/", http.NotFound)
	for p, h := range extra {
		m.Handle(p, h)
	}
	m.routes["/health"] = func(w http.ResponseWriter, r *http.Request) {}
	errs := make(chan error, 1)
	go func() { errs <- http.ListenAndServe(addr, m) }()
	return <-errs
}

// Shop is configured by options before anybody can lock it.
type Shop struct {
	mu     sync.Mutex
	prices map[string]int
}

// An Option changes a shop that is being made.
type Option func(*Shop)

func WithPrice(what string, n int) Option {
	return func(s *Shop) { s.prices[what] = n }
}

func WithPrices(prices map[string]int) Option {
	return func(s *Shop) { maps.Copy(s.prices, prices) }
}

func NewShop(opts ...Option) *Shop {
	s := &Shop{prices: make(map[string]int)}
	for _, o := range opts {
		o(s)
	}
	s.prices["gift"] = 0
	return s.stocked()
}

func (s *Shop) stocked() *Shop {
	s.prices["stock"] = len(s.prices)
	return s
}

func (s *Shop) Price(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.prices[what]
}

func (s *Shop) SetPrice(what string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prices[what] = n
}

func (s *Shop) Remove(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.prices, what)
}

// Settings of a command are globals, which nobody minds.
var (
	vars    = map[string]string{}
	verbose = flag.Bool("v", false, "say more")
)

func Command() int {
	flag.Parse()
	for _, arg := range flag.Args() {
		k, v, _ := strings.Cut(arg, "=")
		setVar(k, v)
	}
	if *verbose {
		for k, v := range vars {
			fmt.Fprintln(os.Stderr, k, v)
		}
	}
	if vars["clear"] != "" {
		clear(vars)
	}
	return len(vars)
}

func setVar(k, v string) { vars[k] = v }

// Index has a phase that writes and, after it, one that reads.
func Index(docs [][]string) int {
	index := make(map[string][]int)
	for i, words := range docs {
		for _, w := range words {
			index[w] = append(index[w], i)
		}
	}
	var wg sync.WaitGroup
	hits := make([]int, len(docs))
	for i, words := range docs {
		wg.Go(func() {
			for _, w := range words {
				hits[i] += len(index[w])
			}
		})
	}
	wg.Wait()
	maps.DeleteFunc(index, func(_ string, docs []int) bool { return len(docs) == 1 })
	return len(index)
}
