package underlock

import (
	"strings"
	"sync"
)

// A Herbarium searches its drawers side by side while it keeps everybody else out.
type Herbarium struct {
	mu      sync.RWMutex
	sheets  map[string]string
	drawers [4]map[string]int
}

func (h *Herbarium) Press(k, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sheets[k] = text
	h.drawers[len(k)%4][k]++
}

func (h *Herbarium) Lift(k string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sheets, k)
	delete(h.drawers[len(k)%4], k)
}

// Count waits for its goroutines before it lets go of the lock.
func (h *Herbarium) Count() (n int) {
	var sums [4]int
	h.mu.RLock()
	var wg sync.WaitGroup
	for i := range h.drawers {
		wg.Go(func() {
			for _, c := range h.drawers[i] {
				sums[i] += c
			}
		})
	}
	wg.Wait()
	h.mu.RUnlock()
	for _, s := range sums {
		n += s
	}
	return n
}

// Matches has them tell on a channel.
func (h *Herbarium) Matches(words []string) int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	found := make(chan int)
	for _, w := range words {
		go func() {
			n := 0
			for _, text := range h.sheets {
				n += strings.Count(text, w)
			}
			found <- n
		}()
	}
	sum := 0
	for range words {
		sum += <-found
	}
	return sum
}

// Longest waits as the last thing but for the unlock, which is deferred before.
func (h *Herbarium) Longest() (a, b int) {
	var wg sync.WaitGroup
	h.mu.RLock()
	defer h.mu.RUnlock()
	defer wg.Wait()
	wg.Add(2)
	go func() {
		defer wg.Done()
		for _, s := range h.sheets {
			a = max(a, len(s))
		}
	}()
	go func() {
		defer wg.Done()
		for k := range h.sheets {
			b = max(b, len(k))
		}
	}()
	return a, b
}

// both runs functions side by side and waits for them.
func both(fs ...func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
}

func (h *Herbarium) Size() (a, b int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	both(
		func() { a = len(h.sheets) },
		func() { b = len(h.drawers[0]) },
	)
	return a, b
}

// Empty starts its goroutine in another method.
func (h *Herbarium) Empty() bool {
	var wg sync.WaitGroup
	h.mu.RLock()
	defer h.mu.RUnlock()
	empty := false
	h.look(&wg, &empty)
	wg.Wait()
	return empty
}

func (h *Herbarium) look(wg *sync.WaitGroup, empty *bool) {
	wg.Add(1)
	go func() {
		defer wg.Done()
		*empty = len(h.sheets) == 0
	}()
}

// doubles returns a map that is complete when its channel has been closed.
func doubles(in <-chan string) (<-chan string, map[string]int) {
	out := make(chan string)
	twice := make(map[string]int)
	go func() {
		defer close(out)
		seen := make(map[string]bool)
		for s := range in {
			if seen[s] {
				twice[s]++
				continue
			}
			seen[s] = true
			out <- s
		}
	}()
	return out, twice
}

// Copies has waited for that.
func Copies(in <-chan string) (int, map[string]int) {
	once, twice := doubles(in)
	n := 0
	for range once {
		n++
	}
	return n, twice
}

// lengths returns what has to be called before its map may be read.
func lengths(words []string) (map[string]int, func()) {
	var wg sync.WaitGroup
	m := make(map[string]int)
	wg.Add(1)
	go func() {
		defer wg.Done()
		for _, w := range words {
			m[w] = len(w)
		}
	}()
	return m, wg.Wait
}

func Length(words []string, w string) int {
	m, wait := lengths(words)
	wait()
	return m[w]
}

// A Lighthouse has its lamp trimmed beside by who has got the lock, which is released
// there.
type Lighthouse struct {
	trimming sync.Mutex
	wicks    map[string]int
	oil      map[string]int
}

func (l *Lighthouse) Light(k string) {
	if l.trimming.TryLock() {
		go func() {
			defer l.trimming.Unlock()
			l.trim(k)
		}()
		return
	}
	l.trimming.Lock()
	defer l.trimming.Unlock()
	l.trim(k)
}

// trim is called with trimming held.
func (l *Lighthouse) trim(k string) {
	l.wicks[k]--
	if l.wicks[k] < 0 {
		clear(l.wicks)
	}
}

func (l *Lighthouse) Fill(k string) {
	l.trimming.Lock()
	go l.pour(k)
}

func (l *Lighthouse) pour(k string) {
	l.oil[k]++
	l.trimming.Unlock()
}

func (l *Lighthouse) Oil(k string) int {
	l.trimming.Lock()
	defer l.trimming.Unlock()
	return l.oil[k]
}

// A Tannery gives its workers a hide with the lock of it.
type hide struct {
	mu    sync.Mutex
	spots map[string]int
}

// soak is for the worker alone, who has got the lock.
func (h *hide) soak() {
	for k := range h.spots {
		delete(h.spots, k)
	}
}

type order struct {
	hide *hide
	done func()
}

type Tannery struct{ orders chan order }

func NewTannery() *Tannery {
	t := &Tannery{orders: make(chan order)}
	go t.work()
	return t
}

func (t *Tannery) work() {
	for o := range t.orders {
		o.hide.soak()
		o.done()
	}
}

func (t *Tannery) Take(h *hide) {
	h.mu.Lock()
	t.orders <- order{hide: h, done: h.mu.Unlock}
}

func (h *hide) Mark(k string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.spots[k]++
}

func (h *hide) Marks() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.spots)
}
