package janitor

import "time"

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
