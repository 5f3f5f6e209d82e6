package callbacks

import "sync"

// Herd runs a function on all that is put in, with several workers.
type Herd struct {
	f    func(string)
	mu   sync.Mutex
	cond sync.Cond
	todo []string
	idle int
	n    int
}

func (h *Herd) Do(n int, f func(string)) {
	h.f = f
	h.n = n
	h.cond.L = &h.mu
	for range n - 1 {
		go h.run()
	}
	h.run()
}

func (h *Herd) run() {
	for {
		h.mu.Lock()
		for len(h.todo) == 0 {
			h.idle++
			if h.idle == h.n {
				h.cond.Broadcast()
				h.mu.Unlock()
				return
			}
			h.cond.Wait()
			h.idle--
		}
		s := h.todo[0]
		h.todo = h.todo[1:]
		h.mu.Unlock()
		h.f(s)
	}
}

func Count(h *Herd) int {
	var mu sync.Mutex
	m := map[string]int{}
	h.Do(4, func(s string) {
		mu.Lock()
		defer mu.Unlock()
		m[s]++
	})
	delete(m, "")
	return len(m)
}
