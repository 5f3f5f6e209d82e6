package janitor

import (
	"sync"
	"time"
)

type event struct {
	id   uint64
	done bool
}

// watch keeps a local map for as long as it runs.
func watch(events <-chan event, tick <-chan time.Time) {
	last := make(map[uint64]time.Time)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return
			}
			last[e.id] = time.Now()
		case now := <-tick:
		old:
			for id, t := range last { // want `this purge leaves last as large`
				switch {
				case now.Sub(t) < time.Minute:
					continue old
				}
				delete(last, id)
			}
		}
	}
}

// deliver gives up early where sending fails, with what is left kept.
type outbox struct {
	pending map[uint64]event
	in      chan event
	send    func(event) error
}

func (o *outbox) run() {
	for {
		e := <-o.in
		o.pending[e.id] = e
		o.flush()
	}
}

func (o *outbox) flush() {
	for id, e := range o.pending { // want `this purge leaves o.pending as large`
		if err := o.send(e); err != nil {
			continue
		}
		delete(o.pending, id)
	}
}

func start(in chan event, send func(event) error) {
	o := &outbox{in: in, send: send}
	o.pending = make(map[uint64]event)
	go o.run()
}

// expiring has a janitor of its own, and an explicit delete.
type expiring struct {
	mu sync.Mutex
	m  map[string]time.Time
}

func newExpiring() *expiring {
	e := &expiring{m: make(map[string]time.Time)}
	go e.janitor(time.NewTicker(time.Minute))
	return e
}

func (e *expiring) janitor(t *time.Ticker) {
	for range t.C {
		e.expire()
	}
}

func (e *expiring) set(k string)    { e.m[k] = time.Now() }
func (e *expiring) delete(k string) { delete(e.m, k) }
func (e *expiring) expire() {
	e.mu.Lock()
	for k, t := range e.m { // want `this purge leaves e.m as large`
		if time.Since(t) > time.Hour {
			delete(e.m, k)
		}
	}
	e.mu.Unlock()
}
