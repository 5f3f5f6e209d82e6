package guard

import (
	"net"
	"sync"
)

// connTable has no lock of its own: that of its server guards it.
type connTable struct {
	byID map[int]net.Conn
	next int
}

// Server keeps a table of its connections.
type Server struct {
	mu    sync.Mutex
	table connTable
}

func (s *Server) Accepted(c net.Conn) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.table.next++
	s.table.byID[s.table.next] = c
	return s.table.next
}

func (s *Server) Drop(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.table.byID, id)
}

func (s *Server) Conn(id int) net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.table.byID[id]
}

func (s *Server) Conns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.table.byID)
}

func (s *Server) Shutdown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.table.byID {
		c.Close()
	}
	clear(s.table.byID)
}

func (s *Server) Broadcast(msg []byte) {
	for _, c := range s.table.byID { // want `^read of s\.table\.byID without s\.mu, .*\[unguarded/likely\]$`
		c.Write(msg)
	}
}

// Hub guards all of its rooms with one lock.
type Hub struct {
	mu    sync.Mutex
	rooms []*Room
}

// Room reaches that lock through its hub.
type Room struct {
	hub     *Hub
	members map[string]chan<- string
}

func (h *Hub) NewRoom() *Room {
	r := &Room{hub: h, members: make(map[string]chan<- string)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rooms = append(h.rooms, r)
	return r
}

func (r *Room) Join(name string, c chan<- string) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.members[name] = c
}

func (r *Room) Leave(name string) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	delete(r.members, name)
}

func (r *Room) Say(text string) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	for _, c := range r.members {
		select {
		case c <- text:
		default:
		}
	}
}

func (r *Room) Has(name string) bool {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	_, ok := r.members[name]
	return ok
}

func (r *Room) Rename(old, name string) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.members[name] = r.members[old]
	delete(r.members, old)
}

func (r *Room) Kick(name string) {
	delete(r.members, name) // want `^write to r\.members without r\.hub\.mu, .*\[unguarded/likely\]$`
}
