package guard

import (
	"sync"
	"time"
)

// Inventory locks through methods of its own.
type Inventory struct {
	mu    sync.Mutex
	since time.Time
	stock map[string]int
}

func (v *Inventory) lock() {
	v.mu.Lock()
	v.since = time.Now()
}

func (v *Inventory) unlock() {
	v.since = time.Time{}
	v.mu.Unlock()
}

func (v *Inventory) Receive(sku string, n int) {
	v.lock()
	defer v.unlock()
	v.stock[sku] += n
}

func (v *Inventory) Ship(sku string, n int) bool {
	v.lock()
	defer v.unlock()
	if v.stock[sku] < n {
		return false
	}
	v.stock[sku] -= n
	return true
}

func (v *Inventory) Scrap(sku string) {
	delete(v.stock, sku) // want `^write to v\.stock without v\.mu, .*\[unguarded/likely\]$`
}

// Journal has a method that returns how to unlock.
type Journal struct {
	mu      sync.Mutex
	entries map[uint64]string
}

func (j *Journal) acquire() func() {
	j.mu.Lock()
	return j.mu.Unlock
}

func (j *Journal) Append(seq uint64, line string) {
	defer j.acquire()()
	j.entries[seq] = line
}

func (j *Journal) Truncate(before uint64) {
	release := j.acquire()
	for seq := range j.entries {
		if seq < before {
			delete(j.entries, seq)
		}
	}
	release()
}

func (j *Journal) Line(seq uint64) string {
	return j.entries[seq] // want `^read of j\.entries without j\.mu, .*\[unguarded/likely\]$`
}

// Ring runs what is to be done under its lock.
type Ring struct {
	mu    sync.RWMutex
	nodes map[uint32]string
}

func (r *Ring) locked(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

func (r *Ring) shared(f func(nodes map[uint32]string)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	f(r.nodes)
}

func (r *Ring) Add(h uint32, node string) {
	r.locked(func() { r.nodes[h] = node })
}

func (r *Ring) Remove(h uint32) {
	r.locked(func() {
		delete(r.nodes, h)
	})
}

func (r *Ring) Node(h uint32) (node string) {
	r.shared(func(nodes map[uint32]string) { node = nodes[h] })
	return node
}

func (r *Ring) Size() (n int) {
	r.shared(func(map[uint32]string) { n = len(r.nodes) })
	return n
}

func (r *Ring) Rename(h uint32, node string) {
	r.nodes[h] = node // want `^write to r\.nodes without r\.mu, .*\[unguarded/likely\]$`
}

// with holds any lock during a call.
func with(l sync.Locker, f func()) {
	l.Lock()
	defer l.Unlock()
	f()
}

// Leases uses it.
type Leases struct {
	mu sync.Mutex
	by map[string]time.Time
}

func (l *Leases) Take(name string) (ok bool) {
	with(&l.mu, func() {
		if _, taken := l.by[name]; !taken {
			l.by[name] = time.Now()
			ok = true
		}
	})
	return ok
}

func (l *Leases) Release(name string) {
	with(&l.mu, func() { delete(l.by, name) })
}

func (l *Leases) Expired(d time.Duration) (names []string) {
	for name, t := range l.by { // want `^read of l\.by without l\.mu, .*\[unguarded/likely\]$`
		if time.Since(t) > d {
			names = append(names, name)
		}
	}
	return names
}
