package helpers

import (
	"fmt"
	"sync"
)

// Flags has an exported method that relies on the lock of its caller, which
// nobody outside can hold.
type Flags struct {
	mu   sync.Mutex
	vals map[string]bool
}

func (f *Flags) Toggle(name string) {
	on := f.vals[name] // want `^read of f\.vals without f\.mu, .*\[unguarded/likely\]$`
	f.vals[name] = !on // want `^write to f\.vals without f\.mu, .*\[unguarded/likely\]$`
}

func (f *Flags) Set(name string, v bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.vals[name] != v {
		f.Toggle(name)
	}
}

func (f *Flags) Get(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.vals[name]
}

func (f *Flags) Delete(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.vals, name)
}

func (f *Flags) Count() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.vals {
		if v {
			n++
		}
	}
	return n
}

func (f *Flags) Init(names []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range names {
		f.vals[n] = false
	}
}

// String satisfies fmt.Stringer, so that anybody may call it.
func (f *Flags) String() string {
	return fmt.Sprint(f.vals) // want `^read of f\.vals without f\.mu, .*\[unguarded/likely\]$`
}

// Batch has a helper that releases the lock which its caller took.
type Batch struct {
	mu    sync.Mutex
	items map[string][]byte
	flush func(map[string][]byte)
}

func (b *Batch) unlockAndFlush() {
	items := b.items
	b.items = make(map[string][]byte)
	b.mu.Unlock()
	b.flush(items)
}

func (b *Batch) Add(k string, v []byte) {
	b.mu.Lock()
	b.items[k] = v
	if len(b.items) < 100 {
		b.mu.Unlock()
		return
	}
	b.unlockAndFlush()
}

func (b *Batch) Drop(k string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.items, k)
}

func (b *Batch) AddLast(k string, v []byte) int {
	b.mu.Lock()
	b.items[k] = v
	b.unlockAndFlush()
	return len(b.items) // want `^read of b\.items without b\.mu, .*\[unguarded/likely\]$`
}
