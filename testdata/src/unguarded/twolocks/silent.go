package twolocks

import (
	"maps"
	"sync"
	"time"
)

// Renew gives the lamp a map of its own each time.
func Renew(l *lamp, read func() []string) {
	last := make(map[string]int)
	for {
		colors := make(map[string]int)
		for i, c := range read() {
			colors[c] = i
			last[c]++
		}
		l.Set(colors)
		time.Sleep(time.Second)
		l.Set(maps.Clone(last))
	}
}

// A filter copies what it is given.
type filter struct {
	mu    sync.Mutex
	words map[string]bool
}

func (f *filter) Set(words map[string]bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.words = maps.Clone(words)
}

func (f *filter) Has(w string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.words[w]
}

func Feed(f *filter, read func() []string) {
	words := make(map[string]bool)
	for {
		for _, w := range read() {
			words[w] = true
		}
		f.Set(words)
		time.Sleep(time.Second)
	}
}

// A fleet's boats are used under both locks where they change, under one where not.
type boats struct {
	mu   sync.Mutex
	byID map[int]string
}

type fleet struct {
	boats boats

	all  sync.Mutex
	seen int
}

func (f *fleet) Add(id int, name string) {
	f.all.Lock()
	defer f.all.Unlock()
	f.boats.mu.Lock()
	defer f.boats.mu.Unlock()
	f.boats.byID[id] = name
	f.seen++
}

func (f *fleet) Remove(id int) {
	f.all.Lock()
	defer f.all.Unlock()
	f.boats.mu.Lock()
	defer f.boats.mu.Unlock()
	delete(f.boats.byID, id)
	f.seen++
}

func (f *fleet) Name(id int) string {
	f.boats.mu.Lock()
	defer f.boats.mu.Unlock()
	return f.boats.byID[id]
}

func (f *fleet) Count() int {
	f.all.Lock()
	defer f.all.Unlock()
	f.seen++
	return len(f.boats.byID)
}

func (f *fleet) Both(a, b int) bool {
	f.all.Lock()
	defer f.all.Unlock()
	return f.boats.byID[a] == f.boats.byID[b]
}

// A draft is handed on under the lock to what is used under it as well.
type draft struct{ words map[string]int }

type desk struct {
	mu     sync.Mutex
	words  map[string]int
	drafts []*draft
}

func (d *desk) keep(x *draft) { d.drafts = append(d.drafts, x) }

func (d *desk) Write(w string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.words[w]++
	if d.words[w] == 10 {
		x := &draft{words: d.words}
		d.keep(x)
	}
}

func (d *desk) Words() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, x := range d.drafts {
		n += len(x.words)
	}
	return n + len(d.words)
}

// A chest is locked where it changes; two of its readers run before and after.
type chest struct {
	mu    sync.Mutex
	coins map[string]int
}

func (c *chest) drop(coin string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.coins[coin]++
}

func Collect(coins []string) (n int) {
	c := &chest{coins: make(map[string]int)}
	var wg sync.WaitGroup
	for _, coin := range coins {
		wg.Go(func() { c.drop(coin) })
	}
	wg.Wait()
	for _, k := range c.coins {
		n += k
	}
	return n + len(c.coins)
}
