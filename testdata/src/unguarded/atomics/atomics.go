// Package atomics publishes maps atomically, and then writes to them.
package atomics

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Config is published as an atomic.Value.
type Config struct {
	v atomic.Value // of map[string]string
}

func (c *Config) Load(vals map[string]string) {
	c.v.Store(maps.Clone(vals))
}

func (c *Config) Get(k string) string {
	return c.v.Load().(map[string]string)[k]
}

func (c *Config) Set(k, s string) {
	vals := c.v.Load().(map[string]string)
	vals[k] = s // want `^write to the map .*\[unguarded\]$`
}

func (c *Config) Unset(k string) {
	delete(c.v.Load().(map[string]string), k) // want `^write to the map .*\[unguarded\]$`
}

func (c *Config) SetIfAny(k, s string) {
	if vals, ok := c.v.Load().(map[string]string); ok {
		vals[k] = s // want `^write to the map .*\[unguarded\]$`
	}
}

// Routes is published as an atomic.Pointer to a map.
type Routes struct {
	p atomic.Pointer[map[string]string]
}

func (r *Routes) Replace(m map[string]string) { r.p.Store(&m) }

func (r *Routes) Lookup(path string) string { return (*r.p.Load())[path] }

func (r *Routes) Add(path, handler string) {
	(*r.p.Load())[path] = handler // want `^write to the map .*\[unguarded\]$`
}

func (r *Routes) Clear() {
	m := *r.p.Load()
	clear(m) // want `^write to the map .*\[unguarded\]$`
}

func (r *Routes) Merge(from map[string]string) {
	p := r.p.Load()
	if p == nil {
		r.Replace(maps.Clone(from))
		return
	}
	maps.Copy(*p, from) // want `^write to the map .*\[unguarded\]$`
}

// snapshot is published with its maps.
type snapshot struct {
	loaded time.Time
	byName map[string]int
}

// Names is published as an atomic.Pointer to a struct. That its writers
// exclude each other does not help its readers.
type Names struct {
	mu  sync.Mutex
	cur atomic.Pointer[snapshot]
}

func NewNames() *Names {
	n := new(Names)
	n.cur.Store(&snapshot{loaded: time.Now(), byName: make(map[string]int)})
	return n
}

func (n *Names) ID(name string) int { return n.cur.Load().byName[name] }

func (n *Names) Set(name string, id int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.cur.Load()
	s.byName[name] = id // want `^write to the map .*\[unguarded\]$`
}

func (n *Names) Forget(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.cur.Load().byName, name) // want `^write to the map .*\[unguarded\]$`
}

var limits atomic.Value

func SetLimits(m map[string]int) { limits.Store(m) }

func Limit(name string) int {
	m, _ := limits.Load().(map[string]int)
	return m[name]
}

// Use writes to one of two maps, one of which is published.
func Use(name string) {
	m, ok := limits.Load().(map[string]int)
	if !ok {
		m = make(map[string]int)
	}
	m[name]-- // want `^write to the map .*\[unguarded\]$`
}

// vals hides the load from Rename.
func (c *Config) vals() map[string]string {
	return c.v.Load().(map[string]string)
}

func (c *Config) Rename(from, to string) {
	vals := c.vals()
	vals[to] = vals[from]  // want `^write to the map .*\[unguarded\]$`
	delete(c.vals(), from) // want `^write to the map .*\[unguarded\]$`
}
