package mapstat

import (
	"errors"
	"sync"
	"time"
	"unsafe"

	"github.com/mapdiag/mapdiag/mapstat/internal/layout"
)

const (
	// holdBudget is when a sample ends its reading under the map's lock, for the lock to be held
	// for 100 µs at most: looking at the clock, a last group and the way out take the rest.
	holdBudget = 70 * time.Microsecond

	// sampleGroups is the number of groups whose entries a sample looks up.
	sampleGroups = 64

	// groupSlots entries more or less are no change of use.
	groupSlots = 8

	// recentWindow is the length of the windows of [MapReport.Recent].
	recentWindow = 10 * time.Minute
)

// A Window is what a number of samples of a map have shown.
type Window struct {
	Start   time.Time `json:"start"`
	Samples int       `json:"samples"`

	MaxLen int `json:"maxLen"` // the high-water mark
	MinLen int `json:"minLen"`
	// MinSinceMax is the lowest Len since MaxLen was reached: what was before is how the map was
	// filled.
	MinSinceMax int `json:"minSinceMax"`
	// Rebound is the highest Len that the map rose to again, by a half at least, after it had
	// fallen; 0 if it never did. So much room it needs, whatever its Len is now.
	Rebound int `json:"rebound"`

	MaxSlots int    `json:"maxSlots"`
	MaxBytes uint64 `json:"maxBytes"`

	// Growths counts samples with more slots than the one before, Changes
	// those that differ from it in entries, tombstones or room. Churn is the sum of the
	// differences in Len, a lower bound for the entries that came and went.
	Growths int    `json:"growths"`
	Changes int    `json:"changes"`
	Churn   uint64 `json:"churn"`

	first int // Len in the first sample
}

// add takes in a sample, given the one before it.
func (w *Window) add(s, before *Stat) {
	if w.Samples == 0 {
		w.MinLen, w.first = s.Len, s.Len
	}
	w.Samples++
	switch {
	case s.Len > 2*w.MaxLen: // a new size: what was before says nothing of it
		w.Rebound, w.MinSinceMax = 0, s.Len
	case risen(w.MaxLen, w.MinSinceMax, s.Len):
		w.Rebound = max(w.Rebound, s.Len)
	}
	if w.MinSinceMax = min(w.MinSinceMax, s.Len); s.Len > w.MaxLen {
		w.MinSinceMax = s.Len
	}
	w.MaxLen, w.MinLen = max(w.MaxLen, s.Len), min(w.MinLen, s.Len)
	w.MaxSlots, w.MaxBytes = max(w.MaxSlots, s.Slots), max(w.MaxBytes, s.Bytes)
	if before == nil {
		return
	}
	if s.Slots > before.Slots && !s.Estimated && !before.Estimated {
		w.Growths++
	}
	if s.Len != before.Len || s.Tombstones != before.Tombstones || s.GrowthLeft != before.GrowthLeft {
		w.Changes++
	}
	w.Churn += uint64(max(s.Len-before.Len, before.Len-s.Len))
}

// risen reports whether a map has risen to n by a half at least after it had fallen from peak to low
// by a quarter.
func risen(peak, low, n int) bool { return low <= peak-peak/4 && n >= low+low/2+groupSlots }

// merge returns what both windows have shown, w after earlier.
func (w Window) merge(earlier Window) Window {
	if earlier.Samples == 0 {
		return w
	}
	if w.Samples == 0 {
		return earlier
	}
	low, rebound := w.MinSinceMax, max(earlier.Rebound, w.Rebound)
	switch {
	case w.MaxLen > 2*earlier.MaxLen:
		rebound = w.Rebound
	case risen(earlier.MaxLen, min(earlier.MinSinceMax, w.first), w.MaxLen):
		rebound = max(rebound, w.MaxLen)
	}
	if w.MaxLen <= earlier.MaxLen {
		low = min(earlier.MinSinceMax, w.MinLen)
	}
	return Window{
		Start:   earlier.Start,
		Samples: earlier.Samples + w.Samples,
		MaxLen:  max(earlier.MaxLen, w.MaxLen), MinLen: min(earlier.MinLen, w.MinLen),
		MaxSlots: max(earlier.MaxSlots, w.MaxSlots), MaxBytes: max(earlier.MaxBytes, w.MaxBytes),
		Growths: earlier.Growths + w.Growths, Changes: earlier.Changes + w.Changes, Churn: earlier.Churn + w.Churn,
		MinSinceMax: low, Rebound: rebound, first: earlier.first,
	}
}

// sample reads the map once, all of it if full is set, and otherwise within
// [holdBudget].
func (t *Tracked) sample(full bool) (Stat, error) {
	o := layout.Options{Groups: sampleGroups, Budget: holdBudget}
	if full {
		o = layout.Options{Groups: -1}
	}
	stat, err := t.read(o)
	now := time.Now()

	t.mu.Lock()
	defer t.mu.Unlock()
	t.at, t.err = now, err
	if err != nil {
		return stat, err
	}
	var before *Stat
	if t.total.Samples > 0 {
		before = &t.last
	} else {
		t.total.Start, t.recent[1].Start = now, now
	}
	if now.Sub(t.recent[1].Start) >= recentWindow {
		t.recent[0], t.recent[1] = t.recent[1], Window{Start: now}
	}
	t.total.add(&stat, before)
	t.recent[1].add(&stat, before)
	t.last = stat
	return stat, nil
}

func (t *Tracked) read(o layout.Options) (Stat, error) {
	variable := t.variable.get()
	if variable == nil {
		return Stat{}, errCollected
	}
	header := (*unsafe.Pointer)(variable)
	if t.lock.none {
		if watched() { // reading the variable is a race, too
			return Stat{Type: t.typ.String(), Layout: layout.Name()}, ErrTorn
		}
		return tryReadAt(t.typ, t.layout, t.unknown, *header, o)
	}
	l := t.lock.get()
	if l == nil {
		return Stat{}, errCollected
	}
	held, err := t.acquire(l)
	if err != nil {
		return Stat{Type: t.typ.String(), Layout: layout.Name()}, err
	}
	defer held.unlock()
	return readAt(t.typ, t.layout, t.unknown, *header, o)
}

// Sample reads the next maps in turn, each once at most, until all have been read or the
// budget is spent, and returns how many it has read. A budget of 0 is no limit.
func (r *Registry) Sample(budget time.Duration) int {
	start := time.Now()
	n := 0
	for {
		t := r.take(n)
		if t == nil {
			break
		}
		_, err := t.sample(false)
		r.count(err)
		n++
		if budget > 0 && time.Since(start) >= budget {
			break
		}
	}
	r.spent.Add(int64(time.Since(start)))
	return n
}

func (r *Registry) count(err error) {
	switch {
	case err == errCollected:
	case errors.Is(err, ErrTorn):
		r.torn.Add(1)
	case errors.Is(err, ErrLocked):
		r.locked.Add(1)
	default:
		r.samples.Add(1)
	}
}

// take returns the map whose turn it is, or nil if n of them were all.
func (r *Registry) take(n int) *Tracked {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n == 0 {
		r.sweep()
	}
	if n >= len(r.order) {
		return nil
	}
	r.next %= len(r.order)
	t := r.order[r.next]
	r.next++
	return t
}

// Sampling says how maps are sampled; zero fields stand for the defaults.
type Sampling struct {
	Interval time.Duration // between two rounds; 1 s

	// Budget is the time that a round takes; 1 ms. Where it does not
	// do for all maps, the next round goes on with the others.
	Budget time.Duration
}

// Start samples the maps of the registry in the background, until stop is called, which waits
// for a round under way.
func (r *Registry) Start(s Sampling) (stop func()) {
	if s.Interval <= 0 {
		s.Interval = time.Second
	}
	if s.Budget <= 0 {
		s.Budget = time.Millisecond
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(s.Interval)
		defer tick.Stop()
		for {
			r.Sample(s.Budget)
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(done); <-ended })
}
