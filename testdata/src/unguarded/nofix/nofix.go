// Package nofix has findings for which no fix is offered, because holding the
// lock there could do harm, or would not mend it.
package nofix

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Ledger has a mutex that guards its map.
type Ledger struct {
	mu      sync.Mutex
	entries map[string]int //mapdiag:guardedby mu
	audit   func(string)
	log     fmt.Stringer
	wake    chan string
	other   sync.Mutex
}

func (l *Ledger) Add(id string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries[id] += n
}

func (l *Ledger) Drop(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.entries, id)
}

func (l *Ledger) Sum() (sum int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.entries {
		sum += n
	}
	return sum
}

func (l *Ledger) Count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}

func (l *Ledger) total() int { return l.Sum() }

// The statement calls what takes the lock itself, two calls deep.

func (l *Ledger) Share(id string) int {
	return l.entries[id] * 100 / l.total() // want `^read of l\.entries without l\.mu\b`
}

// So it may do where that is not known: a function value, a method of an
// interface, or of a value that fmt prints.

func (l *Ledger) Audit() {
	for id := range l.entries { // want `^read of l\.entries without l\.mu\b`
		l.audit(id)
	}
}

func (l *Ledger) Log() {
	l.entries[l.log.String()]++ // want `^write to l\.entries without l\.mu\b`
}

func (l *Ledger) String() string { return fmt.Sprint(l.Sum()) }

func (l *Ledger) Print() {
	l.entries[fmt.Sprint(l)] = 0 // want `^write to l\.entries without l\.mu\b`
}

func (l *Ledger) Each(do func(id string, n int)) {
	for id, n := range l.entries { // want `^read of l\.entries without l\.mu\b`
		do(id, n)
	}
}

// A caller holds the lock already: of two, one does.

func (l *Ledger) reset(id string) {
	l.entries[id] = 0 // want `^write to l\.entries without l\.mu\b`
}

func (l *Ledger) Reset(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reset(id)
}

func (l *Ledger) ResetAll(ids []string) {
	for _, id := range ids {
		l.reset(id)
	}
}

// What was read of a key under the lock decides what is written to it.

func (l *Ledger) Once(id string) bool {
	l.mu.Lock()
	_, ok := l.entries[id]
	l.mu.Unlock()
	if ok {
		return false
	}
	l.entries[id] = 1 // want `^write to l\.entries without l\.mu\b`
	return true
}

func (l *Ledger) Twice(w http.ResponseWriter, id string) {
	if l.entries[id] == 0 { // want `^read of l\.entries without l\.mu\b`
		http.Error(w, "none", http.StatusNotFound)
		return
	}
	l.entries[id] *= 2 // want `^write to l\.entries without l\.mu\b`
}

// Nothing waits under a lock.

func (l *Ledger) Receive() {
	l.entries[<-l.wake]++ // want `^write to l\.entries without l\.mu\b`
}

func (l *Ledger) Slowly() {
	for id := range l.entries { // want `^read of l\.entries without l\.mu\b`
		time.Sleep(time.Second)
		l.entries[id]++ // want `^write to l\.entries without l\.mu\b`
	}
}

func (l *Ledger) Send() {
	for id := range l.entries { // want `^read of l\.entries without l\.mu\b`
		l.wake <- id
	}
}

// Another lock is held, and the order of the two is not known.

func (l *Ledger) Nested(id string) {
	l.other.Lock()
	defer l.other.Unlock()
	l.entries[id]++ // want `^write to l\.entries without l\.mu\b`
}

// It may be held here, on the other way.

func (l *Ledger) Either(id string, quick bool) {
	l.mu.Lock()
	if quick {
		l.mu.Unlock()
	}
	l.entries[id]++ // want `^write to l\.entries without l\.mu\b`
	if !quick {
		l.mu.Unlock()
	}
}

func (l *Ledger) Tried(id string) {
	ok := l.mu.TryLock()
	l.entries[id]++ // want `^write to l\.entries without l\.mu\b`
	if ok {
		l.mu.Unlock()
	}
}

// The map leaves: it is used when the lock is gone.

func (l *Ledger) Live() map[string]int {
	return l.entries // want `^read of l\.entries without l\.mu\b`
}

// It calls itself.

func (l *Ledger) Walk(ids []string) int {
	if len(ids) > 0 {
		l.entries[ids[0]] = l.Walk(ids[1:]) // want `^write to l\.entries without l\.mu\b`
	}
	return len(ids)
}

// A function that others are given may be called under the lock.

func (l *Ledger) touch(id string) {
	l.entries[id]++ // want `^write to l\.entries without l\.mu\b`
}

func (l *Ledger) OnTouch() { l.audit = l.touch }
