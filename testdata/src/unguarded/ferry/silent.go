package ferry

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"sync/atomic"
)

// Decks counts what stands on the decks, and writes it under the lock.
type Decks struct {
	mu   sync.Mutex
	cars map[string]int
}

func (d *Decks) Drive(on string)  { d.mu.Lock(); d.cars[on]++; d.mu.Unlock() }
func (d *Decks) Leave(off string) { d.mu.Lock(); d.cars[off]--; d.mu.Unlock() }

func (d *Decks) Write(w io.Writer) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return json.NewEncoder(w).Encode(map[string]any{"cars": d.cars})
}

// Crossing is published when it is over; the next one has a map of its own.
type Crossing struct{ sold map[string]int }

type Till struct {
	mu   sync.Mutex
	sold map[string]int
	last atomic.Pointer[Crossing]
}

func (t *Till) Sell(kind string) { t.mu.Lock(); t.sold[kind]++; t.mu.Unlock() }
func (t *Till) Undo(kind string) { t.mu.Lock(); t.sold[kind]--; t.mu.Unlock() }

func (t *Till) Landed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last.Store(&Crossing{sold: t.sold})
	t.sold = map[string]int{}
}

// Log hands over what was noted since the last time, and begins anew.
type Log struct {
	mu    sync.Mutex
	dirty bool
	notes map[string]string
}

func (l *Log) Note(what, text string) {
	l.mu.Lock()
	l.notes[what], l.dirty = text, true
	l.mu.Unlock()
}

func (l *Log) Page() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.dirty {
		return nil
	}
	l.dirty = false
	page := l.notes
	l.notes = map[string]string{}
	return page
}

// Fares are the prices; who changes them for a trip does so in a map of the trip.
type Fares struct{ cents map[string]int }

func discount(f Fares, kind string) { f.cents[kind] /= 2 }

type Office struct{ fares Fares }

func (o *Office) trip(kind string) int {
	own := o.fares
	own.cents = map[string]int{kind: o.fares.cents[kind]}
	discount(own, kind)
	return own.cents[kind]
}

func (o *Office) Trips(kinds []string) {
	var wg sync.WaitGroup
	for _, k := range kinds {
		wg.Go(func() { o.trip(k) })
	}
	wg.Wait()
}

// Radar tells of ships until its context ends.
type Radar interface {
	Watch(ctx context.Context, seen func(ship string)) error
}

// Chart is read when the radar is off.
type Chart struct{ ships map[string]int }

func (c *Chart) see(ship string) { c.ships[ship]++ }

func (c *Chart) Count(ctx context.Context, r Radar) int {
	off := make(chan error)
	go func() { off <- r.Watch(ctx, c.see) }()
	<-off
	return len(c.ships)
}
