package guard

import "sync"

// Turnstile has a condition whose lock is its mutex: both names are of one.
type Turnstile struct {
	mu    sync.Mutex
	free  *sync.Cond
	inUse map[string]bool
}

func NewTurnstile() *Turnstile {
	t := &Turnstile{inUse: make(map[string]bool)}
	t.free = sync.NewCond(&t.mu)
	return t
}

func (t *Turnstile) Enter(name string) {
	t.free.L.Lock()
	defer t.free.L.Unlock()
	for t.inUse[name] {
		t.free.Wait()
	}
	t.inUse[name] = true
}

func (t *Turnstile) Leave(name string) {
	t.mu.Lock()
	delete(t.inUse, name)
	t.mu.Unlock()
	t.free.Broadcast()
}

func (t *Turnstile) Busy(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.inUse[name]
}

func (t *Turnstile) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.inUse)
}

func (t *Turnstile) Clear() {
	t.mu.Lock()
	clear(t.inUse)
	t.mu.Unlock()
	t.free.Broadcast()
}
