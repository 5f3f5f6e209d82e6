package helpers

import (
	"sync"
	"time"
)

type conn struct{ closed []func() }

func (c *conn) onClose(f func()) { c.closed = append(c.closed, f) }

// Pool has literals that run after the lock is gone.
type Pool struct {
	mu    sync.Mutex
	conns map[string]*conn
	hook  func(addr string)
	dial  func(addr string) *conn
}

func (p *Pool) Put(addr string, c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[addr] = c
}

func (p *Pool) Get(addr string) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conns[addr]
}

func (p *Pool) Close(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, addr)
}

func (p *Pool) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

func (p *Pool) Move(from, to string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[to] = p.conns[from]
	delete(p.conns, from)
}

func (p *Pool) Swap(a, b string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ca, cb := p.conns[a], p.conns[b]
	p.conns[a] = cb
	p.conns[b] = ca
}

// Go starts a goroutine, which does not inherit the lock.
func (p *Pool) Go(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	go func() {
		c := p.dial(addr)
		p.conns[addr] = c // want `^write to p\.conns without p\.mu, which guards it at .*\[unguarded/likely\]$`
	}()
}

// Expire is called back by a timer.
func (p *Pool) Expire(addr string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	time.AfterFunc(d, func() {
		delete(p.conns, addr) // want `^write to p\.conns without p\.mu, .*\[unguarded/likely\]$`
	})
}

// Watch stores a literal with the connection.
func (p *Pool) Watch(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.conns[addr]
	c.onClose(func() {
		delete(p.conns, addr) // want `^write to p\.conns without p\.mu, .*\[unguarded/likely\]$`
	})
}

// Hook stores a literal in a field, to be called by others.
func (p *Pool) Hook() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hook = func(addr string) {
		p.conns[addr] = nil // want `^write to p\.conns without p\.mu, .*\[unguarded/likely\]$`
	}
}

// Lookup returns a literal, which outlives the lock.
func (p *Pool) Lookup() func(addr string) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return func(addr string) *conn {
		return p.conns[addr] // want `^read of p\.conns without p\.mu, .*\[unguarded/likely\]$`
	}
}

// Grants has a helper that is also called by a goroutine and by a timer.
type Grants struct {
	mu  sync.Mutex
	by  map[string]int
	ttl time.Duration
}

func (g *Grants) drop(who string)  { delete(g.by, who) }
func (g *Grants) dropAnonymously() { delete(g.by, "") }

func (g *Grants) Give(who string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.by[who]++
	if len(g.by) > 100 {
		g.dropAnonymously()
	}
}

func (g *Grants) Take(who string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(who)
}

func (g *Grants) TakeBoth(a, b string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(a)
	g.drop(b)
}

func (g *Grants) Ban(who string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(who)
	g.dropAnonymously()
	g.by[who] = -1
}

func (g *Grants) Later(who string) {
	go g.drop(who) // want `^g\.drop writes g\.by without g\.mu, .*\[unguarded/likely\]$`
}

func (g *Grants) Decay() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dropAnonymously()
	time.AfterFunc(g.ttl, g.dropAnonymously) // want `^g\.dropAnonymously writes g\.by without g\.mu, .*\[unguarded/likely\]$`
}
