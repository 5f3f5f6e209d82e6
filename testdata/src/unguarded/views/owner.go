package views

import (
	"net/http"
	"strconv"
	"sync"
)

// roster has no lock of its own: its owner locks.
type roster struct {
	byDay map[string]string
}

func (r *roster) set(day, who string) bool {
	if r.byDay[day] == who {
		return false
	}
	r.byDay[day] = who
	return true
}

func (r *roster) drop(day string) { delete(r.byDay, day) }

func (r *roster) size() int { return len(r.byDay) }

func (r *roster) idle() (n int) {
	for _, who := range r.byDay { // want "read of r.byDay without w.lock, as called at owner.go:.*, which guards it at"
		if who == "" {
			n++
		}
	}
	return n
}

type ward struct {
	lock   sync.Mutex
	roster *roster
}

func (w *ward) Set(day, who string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.roster.set(day, who)
}

func (w *ward) Drop(day string) {
	w.lock.Lock()
	w.roster.drop(day)
	w.lock.Unlock()
}

// Size takes the lock.
func (w *ward) Size() int {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.roster.size()
}

func (w *ward) free() int { return w.roster.idle() }

type counter interface{ free() int }

type Board struct{ from counter }

func (w *ward) Board() *Board { return &Board{from: w} }

func (b *Board) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Write([]byte(strconv.Itoa(b.from.free())))
}

// agenda is checked by its owner before anybody else has it.
type agenda struct {
	byHour map[int]string
}

func (a *agenda) set(hour int, what string) { a.byHour[hour] = what }
func (a *agenda) get(hour int) string       { return a.byHour[hour] }
func (a *agenda) clear()                    { clear(a.byHour) }
func (a *agenda) full() bool                { return len(a.byHour) == 24 }

type office2 struct {
	mu     sync.Mutex
	agenda *agenda
	opened chan struct{}
}

func newOffice2(a *agenda) *office2 {
	o := &office2{agenda: a}
	if o.agenda.full() {
		o.agenda.clear()
	}
	return o
}

func (o *office2) Set(hour int, what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.agenda.set(hour, what)
}

func (o *office2) Get(hour int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.agenda.get(hour)
}

func (o *office2) Clear() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.agenda.clear()
}
