package spin

import "sync/atomic"

// Bins gives its lock back too early, and has a flag that is no lock.
type Bins struct {
	busy   atomic.Int32
	begun  atomic.Bool
	counts map[string]int
	sizes  map[string]int
}

func (b *Bins) Fill(keys []string) {
	for _, k := range keys {
		go func() {
			for !b.busy.CompareAndSwap(0, 1) {
			}
			n := len(k)
			b.busy.Store(0)
			b.counts[k] = n // want "write to b.counts in goroutines started by the loop"
			b.begun.CompareAndSwap(false, true)
			b.sizes[k] = n // want "write to b.sizes in goroutines started by the loop"
		}()
	}
}
