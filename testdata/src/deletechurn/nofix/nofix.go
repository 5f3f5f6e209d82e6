// Package nofix has purges to report where rebuilding could take the map from
// someone, or cannot be written.
package nofix

import (
	"maps"
	"slices"
	"sync"
	"time"
)

type returned struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (r *returned) all() map[string]time.Time { return r.m }
func (r *returned) add(k string)              { r.m[k] = time.Now() }
func (r *returned) purge() {
	for k, t := range r.m { // want `this purge leaves r.m as large`
		if time.Since(t) > time.Hour {
			delete(r.m, k)
		}
	}
}

// given has a map that its maker knows too.
type given struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func newGiven(m map[string]time.Time) *given { return &given{m: m} }

func (g *given) add(k string) { g.m[k] = time.Now() }
func (g *given) purge() {
	maps.DeleteFunc(g.m, func(_ string, t time.Time) bool { return t.IsZero() }) // want `this purge leaves g.m as large`
}

// unlocking gives up the lock on the way.
type unlocking struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (u *unlocking) add(k string) { u.m[k] = time.Now() }
func (u *unlocking) purge() {
	u.mu.Lock()
	for k, t := range u.m { // want `this purge leaves u.m as large`
		if t.IsZero() {
			u.mu.Unlock()
			println(k)
			u.mu.Lock()
			delete(u.m, k)
		}
	}
	u.mu.Unlock()
}

// nested purges while a loop over the map is under way.
type nested struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (n *nested) add(k string) { n.m[k] = time.Now() }
func (n *nested) each() {
	for k := range n.m {
		println(k)
		n.maybe()
	}
}
func (n *nested) maybe() { n.purge() }
func (n *nested) purge() {
	for k, t := range n.m { // want `this purge leaves n.m as large`
		if t.IsZero() {
			delete(n.m, k)
		}
	}
}

// around lets a caller's function run inside a loop over the map.
type around struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (a *around) add(k string) { a.m[k] = time.Now() }
func (a *around) each(f func(string)) {
	for k := range a.m {
		f(k)
	}
}
func (a *around) Purge() {
	for k, t := range a.m { // want `this purge leaves a.m as large`
		if t.IsZero() {
			delete(a.m, k)
		}
	}
}

// lazily hands out an iterator, which goes on over the map it began with.
type lazily struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (l *lazily) add(k string) { l.m[k] = time.Now() }
func (l *lazily) keys() func(func(string) bool) {
	it := maps.Keys(l.m)
	return it
}
func (l *lazily) sorted() []string { return slices.Sorted(maps.Keys(l.m)) }
func (l *lazily) purge() {
	for k, t := range l.m { // want `this purge leaves l.m as large`
		if t.IsZero() {
			delete(l.m, k)
		}
	}
}

// byValue is copied, map and all.
type byValue struct {
	m    map[string]time.Time
	tick <-chan time.Time
}

func (b byValue) run() {
	for range b.tick {
		b.m["x"+time.Now().String()] = time.Now()
		for k, t := range b.m { // want `this purge leaves b.m as large`
			if t.IsZero() {
				delete(b.m, k)
			}
		}
	}
}

// foreign has a type that this file does not import.
func (f *foreign) purge() {
	for k, b := range f.m { // want `this purge leaves f.m as large`
		if b.Len() == 0 {
			delete(f.m, k)
		}
	}
}

// callback runs nobody knows when.
type callback struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func (c *callback) add(k string) { c.m[k] = time.Now() }
func (c *callback) purger() func() {
	return func() {
		for k, t := range c.m { // want `this purge leaves c.m as large`
			if t.IsZero() {
				delete(c.m, k)
			}
		}
	}
}
