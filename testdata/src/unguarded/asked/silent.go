// Package asked has functions that are called with the lock by some, and by others
// that leave it to their own callers.
package asked

import "sync"

type Hall struct {
	mu    sync.Mutex
	rooms map[string]*Room
}

type Room struct {
	hall   *Hall
	name   string
	guests map[*Guest]bool
	mu     sync.Mutex
}

type Guest struct{ room *Room }

func (h *Hall) Room(name string) *Room {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rooms[name]
}

func (h *Hall) Close(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.rooms, name)
}

// Split makes a second room of one.
func (r *Room) Split() *Room {
	r.hall.mu.Lock()
	defer r.hall.mu.Unlock()
	return r.split()
}

// Halves needs the hall's lock.
func (r *Room) Halves() (a, b *Room) { return r, r.split() }

func (r *Room) split() *Room {
	n := &Room{hall: r.hall, name: r.name + "'", guests: map[*Guest]bool{}}
	r.hall.rooms[n.name] = n
	return n
}

// New holds the hall, through which alone others find the room.
func (h *Hall) New(name string) *Guest {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := &Room{hall: h, name: name, guests: map[*Guest]bool{}}
	h.rooms[name] = r
	return r.enter()
}

func (h *Hall) Enter(name string) *Guest {
	r := h.Room(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.enter()
}

func (r *Room) Again() *Guest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.enter()
}

func (r *Room) enter() *Guest {
	g := &Guest{r}
	r.guests[g] = true
	return g
}

func (g *Guest) Leave() {
	g.room.mu.Lock()
	delete(g.room.guests, g)
	g.room.mu.Unlock()
}

// Reopen tells others of the room before it is complete, by a step of its own.
func (h *Hall) Reopen(name string, tell func(*Room)) *Room {
	restore := func(r *Room) { r.enter() }
	r := &Room{hall: h, name: name, guests: map[*Guest]bool{}}
	tell(r)
	h.mu.Lock()
	h.rooms[name] = r
	h.mu.Unlock()
	restore(r)
	return r
}
