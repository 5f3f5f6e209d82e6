// Package sealed has maps that leave their lock when a flag under it forbids changes.
package sealed

import "sync"

// Batch collects events until it is sealed.
type Batch struct {
	mu     sync.Mutex
	sealed bool
	events map[string]int
}

func (b *Batch) Add(k string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sealed {
		return false
	}
	b.events[k]++
	return true
}

func (b *Batch) Seal(sink func(map[string]int)) {
	b.mu.Lock()
	if b.sealed {
		b.mu.Unlock()
		return
	}
	ev := b.events
	b.sealed = true
	b.mu.Unlock()
	sink(ev)
}

func (b *Batch) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.events)
}
