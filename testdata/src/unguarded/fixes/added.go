package fixes

import (
	"fmt"
	"net/http"
	"time"
)

// Visits has no lock at all. Its map
// has a name and comments.
type Visits struct {
	title string // shown on top
	// byPath counts requests.
	byPath  map[string]int // never nil
	started time.Time
}

func NewVisits(title string) *Visits {
	v := &Visits{title: title, byPath: make(map[string]int), started: time.Now()}
	v.byPath["/"] = 0
	return v
}

func (v *Visits) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.byPath[r.URL.Path]++ // want `^write to v\.byPath in a handler`
	fmt.Fprintln(w, v.title)
}

// Top returns the path that was asked for most.
func (v *Visits) Top() (top string) {
	for p, n := range v.byPath {
		if n > v.byPath[top] {
			top = p
		}
	}
	return top
}

// Alarm has a name that a mutex would have.
type Alarm struct {
	mu     int
	armed  map[string]bool
	silent map[string]bool
}

func (a *Alarm) Arm(zone string, d time.Duration) {
	time.AfterFunc(d, func() {
		a.armed[zone] = true   // want `^write to a\.armed `
		delete(a.silent, zone) // want `^write to a\.silent `
	})
}

func (a *Alarm) Disarm(zone string) {
	delete(a.armed, zone) // want `^write to a\.armed `
	a.silent[zone] = true // want `^write to a\.silent `
	a.mu++
}
