package collector

import "sync"

type Hall struct {
	doors sync.RWMutex
	rooms []*Room
}

type Room struct {
	hall   *Hall
	guests map[string]bool
}

func (r *Room) Enter(who string) {
	r.hall.doors.Lock()
	defer r.hall.doors.Unlock()
	r.guests[who] = true
}

func (r *Room) Leave(who string) {
	r.hall.doors.RLock()
	defer r.hall.doors.RUnlock()
	delete(r.guests, who) // want "write to r.guests under r.hall.doors.RLock"
}

func (h *Hall) Empty() {
	h.doors.Lock()
	defer h.doors.Unlock()
	for _, r := range h.rooms {
		clear(r.guests)
	}
}
