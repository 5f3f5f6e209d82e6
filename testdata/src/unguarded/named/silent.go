package named

import "sync"

type Tasks struct {
	mu    sync.Mutex
	live  map[int]string
	notes map[int]string
}

func (t *Tasks) Start(id int, s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noteLocked(id, s)
}

// End takes the lock again.
func (t *Tasks) End(id int) {
	t.mu.Lock()
	delete(t.live, id)
	t.mu.Unlock()
	t.mu.Lock()
	t.noteLocked(id, "")
	t.mu.Unlock()
}

func (t *Tasks) noteLocked(id int, s string) { t.notes[id] = s }

// Build fills what nobody knows yet.
func Build() *Tasks {
	t := &Tasks{live: map[int]string{}, notes: map[int]string{}}
	t.noteLocked(0, "first")
	return t
}
