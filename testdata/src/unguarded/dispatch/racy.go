package dispatch

import (
	"net"
	"sync"
)

// hotel is shared by all guests, who reach it through their own field.
type hotel struct{ rooms map[string]string }

func (h *hotel) check(in string) { h.rooms[in] = in } // want "write to h.rooms in goroutines started by the loop"

type guest struct {
	conn net.Conn
	at   *hotel
}

func newGuest(c net.Conn, h *hotel) *guest { return &guest{conn: c, at: h} }

func (g *guest) talk() { g.at.check("single") }

type Reception struct{ h *hotel }

func (r *Reception) Open(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		g := newGuest(c, r.h)
		go g.talk()
	}
}

// meter is the only one to measure, and all workers ask it.
type gauge interface{ measure(k string) }
type meter struct{ seen map[string]int }

func (m *meter) measure(k string) { m.seen[k]++ } // want "write to m.seen in goroutines started by the loop"

type Plant struct{ g gauge }

func NewPlant() *Plant { return &Plant{g: &meter{seen: map[string]int{}}} }

func (p *Plant) Run(in <-chan string) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for k := range in {
				p.g.measure(k)
			}
		})
	}
	wg.Wait()
}

// lru changes its map when it is read.
type memory interface {
	recall(k string) bool
	learn(k string)
}
type lru struct{ at map[string]int }

func (l *lru) recall(k string) bool {
	_, ok := l.at[k]
	delete(l.at, "oldest") // want "write to l.at under"
	return ok
}
func (l *lru) learn(k string) { l.at[k]++ }

type Parrot struct {
	mu  sync.RWMutex
	mem memory
}

func (p *Parrot) Knows(k string) bool { p.mu.RLock(); defer p.mu.RUnlock(); return p.mem.recall(k) }
func (p *Parrot) Hear(k string)       { p.mu.Lock(); defer p.mu.Unlock(); p.mem.learn(k) }
