// Package again has goroutines that look a key up without the lock.
package again

import (
	"net"
	"sync"
)

type peers struct {
	mu   sync.Mutex
	byIP map[string]*peer
}

type peer struct{ n int }

// Serve begins to read from a socket.
func (p *peers) Serve(c net.PacketConn) {
	go func() {
		buf := make([]byte, 512)
		for {
			_, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			p.peer(from.String())
		}
	}()
}

func (p *peers) peer(ip string) *peer {
	if x := p.byIP[ip]; x != nil { // want "read of p.byIP without p.mu"
		return x
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if x := p.byIP[ip]; x != nil {
		return x
	}
	x := &peer{}
	p.byIP[ip] = x
	return x
}

func (p *peers) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.byIP)
}

// The one goroutine that writes needs no lock to read, and knows it.
type hosts struct {
	mu     sync.Mutex
	byName map[string]*peer
}

func (h *hosts) Watch(names <-chan string) {
	go func() {
		for name := range names {
			h.host(name)
		}
	}()
}

func (h *hosts) host(name string) *peer {
	if x := h.byName[name]; x != nil {
		return x
	}
	x := &peer{}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.byName) < 100 {
		h.byName[name] = x
	}
	return x
}

func (h *hosts) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.byName)
}
