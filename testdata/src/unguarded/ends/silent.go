// Package ends waits for what waits for goroutines.
package ends

import "sync"

// A Mill grinds until its queue is closed.
type Mill struct {
	mu    sync.Mutex
	sacks map[string]int
	queue chan string
	done  chan struct{}
}

func NewMill() *Mill {
	return &Mill{sacks: map[string]int{}, queue: make(chan string), done: make(chan struct{})}
}

func (m *Mill) Run(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range m.queue {
				m.grind(k)
			}
		}()
	}
	wg.Wait()
	close(m.done)
}

func (m *Mill) grind(k string) {
	m.mu.Lock()
	m.sacks[k]++
	m.mu.Unlock()
}

func (m *Mill) Close() map[string]int {
	close(m.queue)
	<-m.done
	return m.sacks
}

func (m *Mill) Has(k string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sacks[k] > 0
}

// A Rack makes its boxes under its own lock, by which alone others find them.
type Rack struct {
	mu    sync.Mutex
	boxes map[string]*Box
}

type Box struct {
	mu sync.Mutex
	by map[string]int
}

func (r *Rack) Box(k string) *Box {
	r.mu.Lock()
	defer r.mu.Unlock()
	b, ok := r.boxes[k]
	if ok {
		return b
	}
	b = &Box{by: map[string]int{}}
	r.boxes[k] = b
	b.by["made"] = 1
	return b
}

func (b *Box) Add(k string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.by[k]++
}

func (b *Box) Get(k string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.by[k]
}

func (b *Box) Drop(k string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.by, k)
}
