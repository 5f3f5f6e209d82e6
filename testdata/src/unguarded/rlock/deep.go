package rlock

import "sync"

// Disks collects under its lock; one of those who want that only reads.
type Disks struct {
	mu    sync.RWMutex
	bad   map[string]bool
	stats []string
}

func (d *Disks) Collect() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.collect()
}

func (d *Disks) Stats() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.stats == nil {
		d.collect()
	}
	return d.stats
}

func (d *Disks) collect() {
	for _, p := range []string{"a", "b"} {
		d.check(p)
	}
}

func (d *Disks) check(name string) {
	if !d.bad[name] {
		d.bad[name] = true // want `^write to d\.bad under d\.mu\.RLock, as called at deep\.go:22, which others may hold`
	}
}
