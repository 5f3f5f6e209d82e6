// Package safe has programs in which goroutines share nothing, although they
// look as if they might. The files without "silent" in their names have the
// same programs with one step too far.
package safe

import (
	"log"
	"net"
	"time"
)

// Leaky has an event loop, which owns the map, and a method that looks into
// it from outside.
type Leaky struct {
	join  chan string
	leave chan string
	users map[string]time.Time
}

func NewLeaky() *Leaky {
	l := &Leaky{join: make(chan string), leave: make(chan string), users: make(map[string]time.Time)}
	go l.run()
	return l
}

func (l *Leaky) run() {
	for {
		select {
		case u := <-l.join:
			l.users[u] = time.Now() // want `^write to l\.users .*\[unguarded/likely\]$`
		case u := <-l.leave:
			delete(l.users, u) // want `^write to l\.users .*\[unguarded/likely\]$`
		}
	}
}

func (l *Leaky) Join(user string) { l.join <- user }

func (l *Leaky) Online(user string) bool {
	_, ok := l.users[user]
	return ok
}

// Router has its last route added when it already serves.
type Router struct {
	ln     net.Listener
	routes map[string]func(net.Conn)
}

func (r *Router) serve() {
	for {
		c, err := r.ln.Accept()
		if err != nil {
			return
		}
		go r.handle(c)
	}
}

func (r *Router) handle(c net.Conn) {
	defer c.Close()
	if f := r.routes[c.LocalAddr().String()]; f != nil {
		f(c)
	}
}

func StartRouter(ln net.Listener, routes map[string]func(net.Conn)) {
	r := &Router{ln: ln, routes: make(map[string]func(net.Conn))}
	for addr, f := range routes {
		r.routes[addr] = f
	}
	go r.serve()
	r.routes["admin"] = func(c net.Conn) { log.Println(c.RemoteAddr()) } // want `^write to r\.routes .*\[unguarded/likely\]$`
}

// peer is made for each connection, but all peers have one map.
type peer struct {
	conn net.Conn
	seen map[string]bool
}

func (p *peer) loop() {
	buf := make([]byte, 64)
	for {
		n, err := p.conn.Read(buf)
		if err != nil {
			return
		}
		p.seen[string(buf[:n])] = true // want `^write to p\.seen in goroutines .*\[unguarded\]$`
	}
}

// Peers gives each connection a value of its own, and all of them the map.
func Peers(ln net.Listener) error {
	seen := make(map[string]bool)
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		p := &peer{conn: c, seen: seen}
		go p.loop()
	}
}

// Phases begins its second phase before the first is over.
func Phases(words []string) {
	index := make(map[string]int)
	for i, w := range words {
		index[w] = i
	}
	go func() {
		log.Println(len(index), "words")
	}()
	for _, w := range words {
		delete(index, w+"s") // want `^write to index .*\[unguarded/likely\]$`
	}
}

// defaults is read by the goroutines that Reload starts.
var defaults = map[string]string{"lang": "en"}

func lookup(k string, out chan<- string) { out <- defaults[k] }

// Reload starts a reader, then writes.
func Reload(lang string, out chan<- string) {
	go lookup("lang", out)
	defaults["lang"] = lang // want `^write to defaults .*\[unguarded/likely\]$`
}
