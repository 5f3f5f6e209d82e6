package escape

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Rooms is read through names that outlive the lock.
type Rooms struct {
	mu      sync.Mutex
	guests  map[string]int
	byFloor map[int]map[string]bool
	report  chan map[string]int
}

// Summary carries a map of its own.
type Summary struct {
	Name   string
	Guests map[string]int
}

func (r *Rooms) Enter(room string, floor int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.guests[room]++
	if r.byFloor[floor] == nil {
		r.byFloor[floor] = make(map[string]bool)
	}
	r.byFloor[floor][room] = true
}

func (r *Rooms) Leave(room string, floor int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.guests[room]--; r.guests[room] == 0 {
		delete(r.guests, room)
		delete(r.byFloor[floor], room)
	}
}

func (r *Rooms) In(room string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.guests[room]
}

func (r *Rooms) Total() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.guests {
		n += g
	}
	return n
}

func (r *Rooms) Count(floor int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.byFloor[floor])
}

// Print ranges after the unlock.
func (r *Rooms) Print() {
	r.mu.Lock()
	guests := r.guests
	r.mu.Unlock()
	for room, n := range guests { // want `^read of r\.guests through guests.*\[unguarded/likely\]$`
		fmt.Println(room, n)
	}
}

// Evacuate writes after the unlock.
func (r *Rooms) Evacuate(rooms []string) {
	r.mu.Lock()
	guests := r.guests
	r.mu.Unlock()
	for _, room := range rooms {
		delete(guests, room) // want `^write to r\.guests through guests.*\[unguarded/likely\]$`
	}
}

// Names passes the alias on.
func (r *Rooms) Names() []string {
	r.mu.Lock()
	guests := r.guests
	r.mu.Unlock()
	return slices.Sorted(maps.Keys(guests)) // want `^read of r\.guests through guests.*\[unguarded/likely\]$`
}

// Floor keeps an inner map beyond the lock.
func (r *Rooms) Floor(floor int) (names []string) {
	r.mu.Lock()
	rooms := r.byFloor[floor]
	r.mu.Unlock()
	for name := range rooms { // want `^read of r\.byFloor.* through rooms.*\[unguarded/likely\]$`
		names = append(names, name)
	}
	return names
}

// Branch unlocks on one side before it uses the alias.
func (r *Rooms) Branch(room string, quick bool) int {
	r.mu.Lock()
	guests := r.guests
	if !quick {
		defer r.mu.Unlock()
		return guests[room]
	}
	r.mu.Unlock()
	return guests[room] // want `^read of r\.guests through guests.*\[unguarded/likely\]$`
}

// Cleared looks like a hand-over, but both names are of one map.
func (r *Rooms) Cleared() (n int) {
	r.mu.Lock()
	old := r.guests
	clear(r.guests)
	r.mu.Unlock()
	for _, g := range old { // want `^read of r\.guests through old.*\[unguarded/likely\]$`
		n += g
	}
	return n
}

// Report sends the live map.
func (r *Rooms) Report() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report <- r.guests // want `^r\.guests is sent .*\[unguarded/likely\]$`
}

// Offer sends it where somebody waits.
func (r *Rooms) Offer() {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case r.report <- r.guests: // want `^r\.guests is sent .*\[unguarded/likely\]$`
	default:
	}
}

// Summary stores it in a value that leaves.
func (r *Rooms) Summary(name string) *Summary {
	s := &Summary{Name: name}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Guests = r.guests // want `^r\.guests is (stored|returned) .*\[unguarded/likely\]$`
	return s
}

// Literal does so in a composite literal.
func (r *Rooms) Literal(name string) Summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Summary{Name: name, Guests: r.guests} // want `^r\.guests is (stored|returned) .*\[unguarded/likely\]$`
}

// current is read without any lock.
var current map[string]int

// Publish stores it in a package variable.
func (r *Rooms) Publish() {
	r.mu.Lock()
	current = r.guests // want `^r\.guests is (stored|returned) .*\[unguarded/likely\]$`
	r.mu.Unlock()
}

func Current(room string) int { return current[room] }
