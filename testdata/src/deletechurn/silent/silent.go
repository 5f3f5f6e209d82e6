// Package silent has no finding: what looks like a map that keeps its
// high-water mark is bounded, refilled, replaced or short-lived.
package silent

import (
	"maps"
	"sync"
	"time"
)

// rebuilt does what the fix would do.
type rebuilt struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (r *rebuilt) add(k string) { r.m[k] = time.Now() }
func (r *rebuilt) purge() {
	before := len(r.m)
	for k, t := range r.m {
		if t.IsZero() {
			delete(r.m, k)
		}
	}
	if len(r.m) < before/4 {
		n := make(map[string]time.Time, len(r.m))
		maps.Copy(n, r.m)
		r.m = n
	}
}

// replaced starts anew now and then.
type replaced struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (r *replaced) add(k string) { r.m[k] = time.Now() }
func (r *replaced) reset()       { r.m = make(map[string]time.Time) }
func (r *replaced) purge() {
	for k, t := range r.m {
		if t.IsZero() {
			delete(r.m, k)
		}
	}
}

// dropped goes with the value around it.
type dropped struct {
	mu sync.Mutex
	m  map[string]time.Time
}

type owner struct{ d *dropped }

func (o *owner) reload()        { o.d = &dropped{m: map[string]time.Time{}} }
func (d *dropped) add(k string) { d.m[k] = time.Now() }
func (d *dropped) purge() {
	for k, t := range d.m {
		if t.IsZero() {
			delete(d.m, k)
		}
	}
}

// overwritten gets a new map by a new value in its place.
type overwritten struct {
	mu *sync.Mutex
	m  map[string]time.Time
}

func (o *overwritten) reset()       { *o = overwritten{mu: o.mu, m: map[string]time.Time{}} }
func (o *overwritten) add(k string) { o.m[k] = time.Now() }
func (o *overwritten) purge() {
	for k, t := range o.m {
		if t.IsZero() {
			delete(o.m, k)
		}
	}
}

// capped never grows beyond its limit.
type capped struct {
	mu  sync.Mutex
	max int
	m   map[string]time.Time
}

func (c *capped) add(k string) {
	if len(c.m) >= c.max {
		c.purge()
	}
	c.m[k] = time.Now()
}
func (c *capped) purge() {
	for k, t := range c.m {
		if time.Since(t) > time.Minute {
			delete(c.m, k)
		}
	}
}

// inflight deletes one entry for each request.
type inflight struct {
	mu sync.Mutex
	m  map[string]chan struct{}
}

func (f *inflight) do(k string) {
	f.m[k] = make(chan struct{})
	defer delete(f.m, k)
}

// lru evicts one entry at a time.
type lru struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (l *lru) add(k string) {
	for victim, t := range l.m {
		if !t.IsZero() {
			delete(l.m, victim)
			break
		}
	}
	l.m[k] = time.Now()
}
func (l *lru) remove(t time.Time) bool {
	for k, u := range l.m {
		if u.Equal(t) {
			delete(l.m, k)
			return true
		}
	}
	return false
}

// scratch is cleared and refilled.
type scratch struct {
	mu sync.Mutex
	m  map[string]bool
}

func (s *scratch) distinct(keys []string) int {
	clear(s.m)
	for _, k := range keys {
		s.m[k] = true
	}
	return len(s.m)
}

// batch is flushed and fills up again.
type batch struct {
	mu      sync.Mutex
	pending map[string]int
}

func (b *batch) add(k string) { b.pending[k]++ }
func (b *batch) flush(send func(string, int)) {
	for k, n := range b.pending {
		send(k, n)
		delete(b.pending, k)
	}
}

// pooled maps go back to the pool empty.
var pool = sync.Pool{New: func() any { return make(map[string]int) }}

func count(keys []string) int {
	m := pool.Get().(map[string]int)
	defer pool.Put(m)
	for _, k := range keys {
		m[k]++
	}
	n := len(m)
	clear(m)
	return n
}

// local maps end with their function.
func filter(keys []string) int {
	m := make(map[string]int)
	for _, k := range keys {
		m[k]++
	}
	for k, n := range m {
		if n < 2 {
			delete(m, k)
		}
	}
	return len(m)
}

// task is made for each call: nothing says that it lives longer.
type task struct{ m map[string]int }

func (t *task) add(k string) { t.m[k]++ }
func (t *task) prune() {
	for k, n := range t.m {
		if n < 2 {
			delete(t.m, k)
		}
	}
}

// rounds makes a map for each round of its endless loop.
func rounds(in <-chan []string) {
	for {
		keys := <-in
		m := make(map[string]int)
		for _, k := range keys {
			m[k]++
		}
		for k, n := range m {
			if n < 2 {
				delete(m, k)
			}
		}
		println(len(m))
	}
}

// search is an algorithm, endless in form only.
func search(start int, next func(int) (int, bool)) int {
	open := map[int]bool{}
	for {
		n, ok := next(start)
		if !ok {
			return len(open)
		}
		open[n] = true
		for k := range open {
			if k < n {
				delete(open, k)
			}
		}
	}
}

// Kind is an enumeration: a map of it stays small.
type Kind int

const (
	first Kind = iota
	second
	third
)

var kinds = map[Kind]time.Time{}

func noteKind(k Kind) { kinds[k] = time.Now() }
func purgeKinds() {
	for k, t := range kinds {
		if t.IsZero() {
			delete(kinds, k)
		}
	}
}

var flags = map[string]bool{}

// setFlags uses keys that stand in the source.
func setFlags() { flags["a"], flags["b"] = true, true }
func purgeFlags() {
	for k, on := range flags {
		if !on {
			delete(flags, k)
		}
	}
}

// Shared can be replaced by other packages.
var Shared = map[string]time.Time{}

func AddShared(k string) { Shared[k] = time.Now() }
func PurgeShared() {
	for k, t := range Shared {
		if t.IsZero() {
			delete(Shared, k)
		}
	}
}

// pointed can be replaced through a pointer.
var pointed = map[string]time.Time{}

func addPointed(k string) { pointed[k] = time.Now() }
func swapPointed()        { swap(&pointed) }
func swap(m *map[string]time.Time) {
	*m = map[string]time.Time{}
}
func purgePointed() {
	for k, t := range pointed {
		if t.IsZero() {
			delete(pointed, k)
		}
	}
}

// server is done when it is closed.
type server struct {
	mu    sync.Mutex
	conns map[string]time.Time
}

func (s *server) add(k string) { s.conns[k] = time.Now() }
func (s *server) Close() error { s.closeIdle(); return nil }
func (s *server) closeIdle() {
	for k, t := range s.conns {
		if t.IsZero() {
			delete(s.conns, k)
		}
	}
}

// other deletes from another map than the one it ranges over.
type other struct {
	mu   sync.Mutex
	a, b map[string]time.Time
}

func (o *other) add(k string) { o.a[k] = time.Now(); o.b[k] = time.Now() }
func (o *other) prune() {
	for k := range o.a {
		if k == "" {
			delete(o.b, k)
		}
	}
}

// registry loses its members one by one, and all of a kind on request.
type registry struct {
	mu sync.Mutex
	m  map[string]int
}

func (r *registry) add(k string, n int) { r.m[k] = n }
func (r *registry) remove(k string)     { delete(r.m, k) }
func (r *registry) removeAll(n int) {
	for k, m := range r.m {
		if m == n {
			delete(r.m, k)
		}
	}
}

var relays = map[chan int]int{}

// Relay, Stop and Cancel work on one of several channels: Stop does not end the
// life of the map.
func Relay(c chan int, n int) { relays[c] = n }
func Stop(c chan int)         { delete(relays, c) }
func Cancel(n int) {
	for c, m := range relays {
		if m == n {
			delete(relays, c)
		}
	}
}

// A visit ends when it is deleted from the visits, with the map in it.
type visit struct {
	mu    sync.Mutex
	pages map[string]int
}

type visits struct{ byID map[string]*visit }

func (v *visits) end(id string) { delete(v.byID, id) }
func (v *visit) add(k string)   { v.pages[k]++ }
func (v *visit) prune() {
	for k, n := range v.pages {
		if n < 2 {
			delete(v.pages, k)
		}
	}
}
