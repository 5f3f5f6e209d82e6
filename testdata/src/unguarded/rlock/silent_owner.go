package rlock

import "sync"

// Worker counts in a map that only its loop touches. That it looks up its
// settings at the same place under a shared lock has nothing to do with it.
type Worker struct {
	in    chan string
	out   chan map[string]int
	mu    sync.RWMutex
	limit int
	seen  map[string]int
}

func NewWorker() *Worker {
	w := &Worker{in: make(chan string), out: make(chan map[string]int), limit: 10, seen: make(map[string]int)}
	go w.loop()
	return w
}

func (w *Worker) SetLimit(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limit = n
}

func (w *Worker) loop() {
	for name := range w.in {
		w.mu.RLock()
		w.seen[name]++
		full := w.seen[name] >= w.limit
		w.mu.RUnlock()
		if full {
			delete(w.seen, name)
		}
		if len(w.seen) > 100 {
			clear(w.seen)
		}
	}
	close(w.out)
}

// Rows has a helper that fills what its caller owns, under a shared lock.
type Rows struct {
	mu    sync.RWMutex
	cells map[string]int
}

func (r *Rows) collect(into map[string]int) {
	for k, n := range r.cells {
		into[k] += n
	}
}

func (r *Rows) Set(k string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cells[k] = n
}

func (r *Rows) Sum(others ...*Rows) map[string]int {
	sum := make(map[string]int)
	for _, o := range append(others, r) {
		o.mu.RLock()
		o.collect(sum)
		o.mu.RUnlock()
	}
	return sum
}

// Copy fills a value that it makes, while it reads another.
func (r *Rows) Copy() *Rows {
	c := &Rows{cells: make(map[string]int)}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for k, n := range r.cells {
		c.cells[k] = n
	}
	r.collect(c.cells)
	return c
}
