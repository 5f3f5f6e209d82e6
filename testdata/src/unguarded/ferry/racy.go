package ferry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Hold counts the freight.
type Hold struct {
	mu    sync.Mutex
	crane string
	tons  map[string]int
}

func (h *Hold) Load(what string)   { h.mu.Lock(); h.tons[what]++; h.mu.Unlock() }
func (h *Hold) Unload(what string) { h.mu.Lock(); h.tons[what]--; h.mu.Unlock() }

func (h *Hold) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Crane string
		Tons  map[string]int
	}{h.crane, h.tons}) // want "read of h.tons without h.mu"
}

func (h *Hold) Print(w io.Writer) {
	fmt.Fprintln(w, []any{h.crane, h.tons}) // want "read of h.tons without h.mu"
}

func (h *Hold) Of(what string) int { h.mu.Lock(); defer h.mu.Unlock(); return h.tons[what] }
func (h *Hold) Lost(what string)   { h.mu.Lock(); delete(h.tons, what); h.mu.Unlock() }

// View is what the bridge shows.
type View struct{ Sold map[string]int }

type Bar struct {
	mu   sync.Mutex
	sold map[string]int
	view atomic.Pointer[View]
}

func (b *Bar) Sell(drink string) { b.mu.Lock(); b.sold[drink]++; b.mu.Unlock() }

func (b *Bar) Show() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.view.Store(&View{Sold: b.sold}) // want "b.sold is stored in b.view and then used without b.mu"
}

func (b *Bar) ShowLater() {
	b.mu.Lock()
	v := &View{Sold: b.sold} // want "b.sold is stored in v and then used without b.mu"
	b.mu.Unlock()
	b.view.Store(v)
}

// Book hands out its pages, which are written to again.
type Book struct {
	mu    sync.Mutex
	dirty bool
	pages map[int]string
}

func (b *Book) Write(n int, text string) {
	b.mu.Lock()
	b.pages[n] = text
	b.dirty = true
	b.mu.Unlock()
}

func (b *Book) Read(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pages[n]
}

func (b *Book) Changed() (map[int]string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.dirty {
		return nil, false
	}
	b.dirty = false
	return b.pages, true // want "b.pages is returned and then used without b.mu"
}

// Rules are copied for each boat, but not the map in them.
type Rules struct{ knots map[string]int }

func slower(r Rules, boat string) {
	r.knots[boat]-- // want "write to r.knots in goroutines started by the loop"
}

type Harbour struct{ rules Rules }

func (h *Harbour) enter(boat string) {
	own := h.rules
	slower(own, boat)
}

func (h *Harbour) Enter(boats []string) {
	var wg sync.WaitGroup
	for _, b := range boats {
		wg.Go(func() { h.enter(b) })
	}
	wg.Wait()
}

// Buoys are drawn while the radar is on.
type Buoys struct{ at map[string]int }

func (b *Buoys) see(name string) {
	b.at[name]++ // want "write to b.at in the goroutine started"
}

func (b *Buoys) Draw(ctx context.Context, r Radar) int {
	go func() { _ = r.Watch(ctx, b.see) }()
	<-time.After(time.Second)
	return b.at["north"]
}

// Lockers are emptied by a goroutine that forgets their lock.
type Lockers struct {
	sync.Mutex
	used map[int]time.Time
}

func NewLockers() *Lockers {
	l := &Lockers{used: map[int]time.Time{}}
	go l.empty()
	return l
}

func (l *Lockers) Use(n int)  { l.Lock(); l.used[n] = time.Now(); l.Unlock() }
func (l *Lockers) Free(n int) { l.Lock(); delete(l.used, n); l.Unlock() }
func (l *Lockers) Len() int   { l.Lock(); defer l.Unlock(); return len(l.used) }

func (l *Lockers) empty() {
	for range time.Tick(time.Hour) {
		for n, t := range l.used { // want "read of l.used without l.Mutex"
			if time.Since(t) > time.Hour {
				delete(l.used, n) // want "write to l.used without l.Mutex"
			}
		}
	}
}

// Horn calls all that listen to it at once.
type Horn struct{ ears []func(string) }

func (h *Horn) OnCall(f func(string)) { h.ears = append(h.ears, f) }

func (h *Horn) Blow(signal string) {
	var wg sync.WaitGroup
	for _, f := range h.ears {
		wg.Go(func() { f(signal) })
	}
	wg.Wait()
}

func Listen(h *Horn) func() int {
	heard := map[string]int{}
	h.OnCall(func(signal string) {
		heard[signal]++ // want "write to heard in goroutines"
	})
	return func() int { return len(heard) }
}
