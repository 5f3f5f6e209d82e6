// Package measured holds maps of which a profile tells how many entries they
// had at most, and in the end.
package measured

import (
	"os"
	"sync"
)

// cache had a peak.
type cache struct {
	mu      sync.Mutex
	entries map[string]int
}

func newCache() *cache {
	return &cache{entries: make(map[string]int)} // measured: 2 maps of 100000; alive 1000
}

func (c *cache) put(k string, e int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[k] = e
}

func (c *cache) purge(now int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.entries { // want `this purge leaves c.entries as large as it was, since maps never shrink: that is fine while the number of entries is steady, but after a peak the memory of the peak stays \(measured: 2 maps with 200 000 entries at most and 2000 in the end, which keep 5.9 MiB; profile of 2026-11-20\) \[deletechurn/likely\]$`
		if e < now {
			delete(c.entries, k)
		}
	}
}

// steady had none.
type steady struct {
	mu      sync.Mutex
	entries map[string]int
}

func newSteady() *steady {
	return &steady{entries: make(map[string]int)} // measured: 1 map of 100000; alive 90000
}

func (c *steady) put(k string, e int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[k] = e
}

func (c *steady) purge(now int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.entries {
		if e < now {
			delete(c.entries, k)
		}
	}
}

// small kept next to nothing.
type small struct {
	mu      sync.Mutex
	entries map[string]int
}

func newSmall() *small {
	return &small{entries: make(map[string]int)} // measured: 1 map of 200; alive 1
}

func (c *small) put(k string, e int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[k] = e
}

func (c *small) purge(now int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.entries {
		if e < now {
			delete(c.entries, k)
		}
	}
}

// changed was another one when it was measured, and of bounds one knows too little.
type changed struct {
	mu            sync.Mutex
	entries, rest map[string]int
}

func newChanged() *changed {
	return &changed{
		entries: make(map[string]int), // measured: 1 map of 200; alive 1; stale
		rest:    make(map[string]int), // measured: 1 map of 200; untracked; stale
	}
}

func (c *changed) put(k string, e int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[k] = e
	c.rest[k] = e
}

func (c *changed) purge(now int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.entries { // want `after a peak the memory of the peak stays \(a peak of 10 000 entries keeps 384 KiB\) \[deletechurn/possible\]$`
		if e < now {
			delete(c.entries, k)
		}
	}
}

func (c *changed) purgeRest(now int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.rest { // want `a peak of 10 000 entries keeps`
		if e < now {
			delete(c.rest, k)
		}
	}
}

var (
	index = make(map[string]int) // measured: 1 map of 5000; final 0
	few   = make(map[string]int) // measured: 1 map of 12; final 0
	names []string
)

func init() {
	for i, w := range os.Args {
		index[w] = i
		few[w] = i
	}
	for w := range index {
		names = append(names, w)
	}
	clear(index) // want `index is filled once and emptied here, .*, so its memory stays \(measured: 5000 entries at most and 0 in the end, which keep 192 KiB; profile of 2026-11-20\) \[deletechurn\]$`
	//mapdiag:ignore deletechurn it is small
	clear(few)
}

func Position(w string) int { return index[w] + few[w] }

// byPair has many more slots than it ever had entries, idle as many as it needs.
var byPair = map[[2]int64]bool{} // measured: 1 map of 1000; alive 1000; slots 8192 // want `entries of byPair come and go, .*: under steady churn it takes 2 to 8 times the slots of a fresh map \(measured: 1000 entries at most, which take 192 KiB instead of 48.0 KiB; profile of 2026-11-20\) \[deletechurn/likely\]$`

func start(a, b int64) { byPair[[2]int64{a, b}] = true }
func end(a, b int64)   { delete(byPair, [2]int64{a, b}) }

var idle = map[[2]int64]bool{} // measured: 1 map of 1000; alive 10

func startIdle(a, b int64) { idle[[2]int64{a, b}] = true }
func endIdle(a, b int64)   { delete(idle, [2]int64{a, b}) }
