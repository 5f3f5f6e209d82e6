package helpers

import (
	"sync"

	"unguarded/helpers/table"
)

// NoteAll hands one journal of another package to several goroutines.
func NoteAll(j *table.Journal, what []string) {
	var wg sync.WaitGroup
	for _, w := range what {
		wg.Go(func() {
			j.Note(w) // want `^write to j\.Notes in goroutines started by the loop .*\[unguarded/likely\]$`
		})
	}
	wg.Wait()
}

// NoteEach gives each goroutine a journal of its own.
func NoteEach(what []string) {
	var wg sync.WaitGroup
	for _, w := range what {
		wg.Go(func() {
			j := &table.Journal{Notes: make(map[string]int)}
			j.Note(w)
		})
	}
	wg.Wait()
}

// NoteLocked keeps the goroutines apart.
func NoteLocked(j *table.Journal, what []string) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, w := range what {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			j.Note(w)
		})
	}
	wg.Wait()
}

// tagged adds to the tags that it is given, and returns them.
func tagged(tags map[string]string, k string) map[string]string {
	tags[k] = "set" // want `^write to tags in goroutines started by the loop .*\[unguarded\]$`
	return tags
}

// label gives its parameter another value before it writes.
func label(tags map[string]string, k string) int {
	tags = map[string]string{}
	tags[k] = "set"
	return len(tags)
}

// send adds to what it was given before its parameter is another map.
func send(tags map[string]string, k string) int {
	tags = tagged(tags, k)
	return len(tags)
}

// Send gives all goroutines one map.
func Send(keys []string) {
	tags := map[string]string{}
	var wg sync.WaitGroup
	for _, k := range keys {
		wg.Go(func() {
			send(tags, k)
			label(tags, k)
		})
	}
	wg.Wait()
}

// Crew has hands as the keys of a map, through which others reach them.
type Crew struct {
	mu      sync.Mutex
	workers map[*hand]bool
}

type hand struct {
	lock   sync.Mutex
	failed map[int]int
}

func (p *Crew) Start(n int) {
	w := &hand{failed: make(map[int]int)}
	p.mu.Lock()
	p.workers[w] = true
	p.mu.Unlock()
	go w.run(n)
}

func (w *hand) run(n int) {
	for i := range n {
		w.lock.Lock()
		w.failed[i]++
		w.lock.Unlock()
	}
}

func (w *hand) Failed() map[int]int {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.failed // want `^w\.failed is returned and then used without w\.lock, .*\[unguarded/likely\]$`
}
