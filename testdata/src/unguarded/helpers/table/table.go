// Package table is used by package helpers, which knows it by its facts.
package table

import "sync"

// Table lets its users lock it.
type Table struct {
	Mu   sync.Mutex
	Rows map[string]int

	subscribers []func(name string)
}

func New() *Table {
	return &Table{Rows: make(map[string]int)}
}

// BumpLocked needs Mu, which its callers can hold.
func (t *Table) BumpLocked(name string) {
	t.Rows[name]++
	for _, f := range t.subscribers {
		f(name)
	}
}

func (t *Table) Bump(name string) {
	t.Mu.Lock()
	defer t.Mu.Unlock()
	t.BumpLocked(name)
}

func (t *Table) BumpAll() {
	t.Mu.Lock()
	defer t.Mu.Unlock()
	for name := range t.Rows {
		t.BumpLocked(name)
	}
}

func (t *Table) Get(name string) int {
	t.Mu.Lock()
	defer t.Mu.Unlock()
	return t.Rows[name]
}

func (t *Table) Delete(name string) {
	t.Mu.Lock()
	defer t.Mu.Unlock()
	delete(t.Rows, name)
}

// Each calls f for each row before it returns, under the lock.
func (t *Table) Each(f func(name string, n int)) {
	t.Mu.Lock()
	defer t.Mu.Unlock()
	for name, n := range t.Rows {
		f(name, n)
	}
}

// OnChange keeps f for later.
func (t *Table) OnChange(f func(name string)) {
	t.Mu.Lock()
	defer t.Mu.Unlock()
	t.subscribers = append(t.subscribers, f)
}

// Gate is a lock of another name.
type Gate struct{ mu sync.Mutex }

func (g *Gate) Enter() { g.mu.Lock() }
func (g *Gate) Leave() { g.mu.Unlock() }

// Do runs f inside.
func (g *Gate) Do(f func()) {
	g.Enter()
	defer g.Leave()
	f()
}

// A Journal has no lock: it is for one goroutine.
type Journal struct {
	Notes map[string]int
}

// Note counts a note.
func (j *Journal) Note(what string) { j.Notes[what]++ }
