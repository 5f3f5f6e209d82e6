package told

import "sync"

// Hasty tells that it is ready before it is.
type Hasty struct {
	mu    sync.Mutex
	c     sync.Cond
	ready bool
	conf  map[string]string
}

func NewHasty() *Hasty {
	h := &Hasty{conf: map[string]string{}}
	h.c.L = &h.mu
	go h.load()
	return h
}

func (h *Hasty) load() {
	h.mu.Lock()
	h.ready = true
	h.mu.Unlock()
	h.c.Broadcast()
	h.conf["a"] = "b" // want "write to h.conf in the goroutine started at"
}

func (h *Hasty) Get(k string) string {
	h.mu.Lock()
	for !h.ready {
		h.c.Wait()
	}
	h.mu.Unlock()
	return h.conf[k]
}
