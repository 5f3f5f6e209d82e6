// Package lent has maps that functions are given while their lock is held.
package lent

import "sync"

type hall struct {
	seatLock sync.Mutex
	seats    map[string]int

	logLock sync.Mutex
	log     []string
}

func (h *hall) withSeats(f func(map[string]int)) {
	h.seatLock.Lock()
	defer h.seatLock.Unlock()
	f(h.seats)
}

func (h *hall) Book(name string, n int) {
	h.withSeats(func(seats map[string]int) { seats[name] += n })
	h.logLock.Lock()
	h.log = append(h.log, name)
	h.logLock.Unlock()
}

func (h *hall) Leave(name string) {
	h.withSeats(func(seats map[string]int) { delete(seats, name) })
}

func (h *hall) Taken() (n int) {
	h.withSeats(func(seats map[string]int) {
		for _, s := range seats {
			n += s
		}
	})
	return n
}

// Trim holds the lock of the other field.
func (h *hall) Trim(limit int) {
	h.logLock.Lock()
	defer h.logLock.Unlock()
	h.log = h.log[:0]
	for name, n := range h.seats { // want "read of h.seats without h.seatLock, which guards it at"
		if n > limit {
			delete(h.seats, name) // want "write to h.seats without h.seatLock"
		}
	}
}

// Here everybody goes through the function, or takes the lock.
type yard struct {
	mu     sync.RWMutex
	places map[int]string
}

func (y *yard) view(f func(map[int]string, int)) {
	y.mu.RLock()
	defer y.mu.RUnlock()
	f(y.places, len(y.places))
}

func (y *yard) change(f func(map[int]string) bool) bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return f(y.places)
}

func (y *yard) Put(at int, what string) bool {
	return y.change(func(p map[int]string) bool {
		if _, ok := p[at]; ok {
			return false
		}
		p[at] = what
		return true
	})
}

func (y *yard) Find(what string) (at int) {
	at = -1
	y.view(func(p map[int]string, n int) {
		for k, v := range p {
			if v == what {
				at = k
			}
		}
	})
	return at
}

func (y *yard) Clear() {
	y.mu.Lock()
	clear(y.places)
	y.mu.Unlock()
}
