// Package annotate says which lock guards a map.
package annotate

import "sync"

// Once is accessed in one place only, which does not lock.
type Once struct {
	mu sync.Mutex
	m  map[string]int //mapdiag:guardedby mu
}

func (o *Once) Inc(k string) {
	o.m[k]++ // want `^write to o\.m without o\.mu\b.*\[unguarded/likely\]$`
}

// Above has its annotation on the line above, and more accesses without the
// lock than with it.
type Above struct {
	mu sync.RWMutex
	//mapdiag:guardedby mu
	m map[string]int
}

func (a *Above) Set(k string, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.m[k] = n
}

func (a *Above) Get(k string) int {
	return a.m[k] // want `^read of a\.m without a\.mu\b.*\[unguarded/likely\]$`
}

func (a *Above) Len() int {
	return len(a.m) // want `^read of a\.m without a\.mu\b.*\[unguarded/likely\]$`
}

func (a *Above) Clear() {
	clear(a.m) // want `^write to a\.m without a\.mu\b.*\[unguarded/likely\]$`
}

func (a *Above) Touch(k string) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	a.m[k]++ // want `^write to a\.m under a\.mu\.RLock.*\[unguarded\]$`
}

// Other is mostly accessed under another lock than the one that is meant.
type Other struct {
	mu   sync.Mutex
	ioMu sync.Mutex
	// open holds the files that are in use.
	//
	//mapdiag:guardedby mu
	open map[string]bool
}

func (o *Other) Open(name string) {
	o.ioMu.Lock()
	defer o.ioMu.Unlock()
	o.open[name] = true // want `^write to o\.open without o\.mu\b.*\[unguarded/likely\]$`
}

func (o *Other) Close(name string) {
	o.ioMu.Lock()
	defer o.ioMu.Unlock()
	delete(o.open, name) // want `^write to o\.open without o\.mu\b.*\[unguarded/likely\]$`
}

func (o *Other) IsOpen(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.open[name]
}

// Kinds has locks of other kinds.
type Kinds struct {
	shared *sync.RWMutex
	lock   sync.Locker
	gate   gate
	sync.Mutex

	a map[int]int //mapdiag:guardedby shared
	b map[int]int //mapdiag:guardedby lock
	c map[int]int //mapdiag:guardedby gate
	d map[int]int //mapdiag:guardedby Mutex
}

// gate is a lock by its methods.
type gate struct{ mu sync.Mutex }

func (g *gate) Lock()   { g.mu.Lock() }
func (g *gate) Unlock() { g.mu.Unlock() }

func (k *Kinds) All(n int) {
	k.a[n] = n // want `^write to k\.a without k\.shared\b.*\[unguarded/likely\]$`
	k.b[n] = n // want `^write to k\.b without k\.lock\b.*\[unguarded/likely\]$`
	k.c[n] = n // want `^write to k\.c without k\.gate\b.*\[unguarded/likely\]$`
	k.d[n] = n // want `^write to k\.d without k\b.*\[unguarded/likely\]$`
}

// Generic is annotated too.
type Generic[K comparable] struct {
	mu sync.Mutex
	m  map[K]bool //mapdiag:guardedby mu
}

func (g *Generic[K]) Add(k K) {
	g.mu.Lock()
	g.mu.Unlock()
	g.m[k] = true // want `^write to g\.m without g\.mu\b.*\[unguarded/likely\]$`
}

func (g *Generic[K]) add(k K) { g.m[k] = true }

func (g *Generic[K]) AddAll(ks []K) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, k := range ks {
		g.add(k)
	}
}

func (g *Generic[K]) AddTwo(a, b K) {
	g.mu.Lock()
	g.add(a)
	g.mu.Unlock()
	g.add(b) // want `^g\.add writes g\.m without g\.mu\b.*\[unguarded/likely\]$`
}
