package owned

import "sync"

// trail starts itself again and again, and nobody waits.
type trail struct {
	mu   sync.Mutex
	seen map[int]int
}

func (t *trail) Start() { go t.step(3) }

func (t *trail) Len() int { return len(t.seen) } // want "read of t.seen without t.mu"

func (t *trail) step(n int) {
	t.mu.Lock()
	t.seen[n]++
	delete(t.seen, n+1)
	t.mu.Unlock()
	if n > 0 {
		go t.step(n - 1)
	}
}
