package guard

import "sync"

// Fleet reaches the same lock on many ways.
type Fleet struct{ yard *yard }

type yard struct {
	mu     sync.RWMutex
	trucks map[string]int
}

func (f *Fleet) Add(id string) {
	f.yard.mu.Lock()
	defer f.yard.mu.Unlock()
	f.yard.trucks[id] = 0
}

func (f *Fleet) Drive(id string, km int) {
	y := f.yard
	y.mu.Lock()
	defer y.mu.Unlock()
	y.trucks[id] += km
}

func (f *Fleet) Remove(id string) {
	mu := &f.yard.mu
	mu.Lock()
	defer mu.Unlock()
	delete(f.yard.trucks, id)
}

func (f *Fleet) Distance(id string) int {
	r := f.yard.mu.RLocker()
	r.Lock()
	defer r.Unlock()
	return f.yard.trucks[id]
}

func (f *Fleet) Size() (n int) {
	y := f.yard
	with(y.mu.RLocker(), func() { n = len(y.trucks) })
	return n
}

// shift takes lock and map from its caller.
func shift(mu sync.Locker, trucks map[string]int, from, to string) {
	mu.Lock()
	defer mu.Unlock()
	trucks[to] += trucks[from]
	delete(trucks, from)
}

func (f *Fleet) Merge(from, to string) {
	shift(&f.yard.mu, f.yard.trucks, from, to)
}

func (v *Volume) Retag(from, to string) {
	v.guarded.mu.Lock()
	defer v.guarded.mu.Unlock()
	v.tags[to] = v.guarded.tags[from]
	delete(v.tags, from)
}

func DropTemplate(name string) {
	t := &templates
	t.Lock()
	defer t.Unlock()
	delete(t.parsed, name)
}

// value runs f under a lock and hands on its result.
func value[T any](mu *sync.Mutex, f func() T) T {
	mu.Lock()
	defer mu.Unlock()
	return f()
}

func (l *Leases) Count() int {
	return value(&l.mu, func() int { return len(l.by) })
}

// Crawler bounds its fetches with a channel of four slots. That is no lock,
// and none is needed: only the loop in Run touches the map.
type Crawler struct {
	slots chan struct{}
	found chan string
	depth map[string]int
	fetch func(url string, found chan<- string)
}

func NewCrawler(fetch func(string, chan<- string)) *Crawler {
	return &Crawler{
		slots: make(chan struct{}, 4),
		found: make(chan string, 100),
		depth: make(map[string]int),
		fetch: fetch,
	}
}

func (c *Crawler) Run(max int) int {
	for url := range c.found {
		if _, seen := c.depth[url]; seen {
			continue
		}
		c.slots <- struct{}{}
		c.depth[url] = len(c.depth)
		last := len(c.depth) >= max
		go func() {
			defer func() { <-c.slots }()
			c.fetch(url, c.found)
		}()
		if last {
			break
		}
	}
	return len(c.depth)
}

// Totals has a local map named like the field.
type Totals struct {
	mu    sync.Mutex
	byDay map[string]int
}

func (t *Totals) Add(day string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byDay[day] += n
}

func (t *Totals) Day(day string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byDay[day]
}

func (t *Totals) ByMonth(days []string) map[string]int {
	byDay := make(map[string]int)
	for _, d := range days {
		byDay[d[:7]] += t.Day(d)
	}
	return byDay
}

// Combine adds up in a value that it makes itself.
func Combine(all []*Totals, days []string) *Totals {
	sum := &Totals{byDay: make(map[string]int)}
	for _, t := range all {
		for _, d := range days {
			sum.byDay[d] += t.Day(d)
		}
	}
	return sum
}
