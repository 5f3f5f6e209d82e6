package helpers

import (
	"maps"
	"sync"
)

// A set is a map with methods.
type set map[string]struct{}

func (s set) add(k string)      { s[k] = struct{}{} }
func (s set) has(k string) bool { _, ok := s[k]; return ok }
func (s set) drop(k string)     { delete(s, k) }

// Groups calls them.
type Groups struct {
	mu    sync.Mutex
	users set
}

func (g *Groups) Join(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.users.add(user)
}

func (g *Groups) Member(user string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.users.has(user)
}

func (g *Groups) Leave(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.users.drop(user)
}

func (g *Groups) Rename(old, user string) {
	g.mu.Lock()
	g.users.drop(old)
	g.mu.Unlock()
	g.users.add(user) // want `^(write to g\.users|g\.users\.add writes g\.users) without g\.mu, .*\[unguarded/likely\]$`
}

// count and merge are given the map.
func count(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

func merge(to map[string]int, from map[string]int) {
	for k, v := range from {
		to[k] += v
	}
}

// Tally hands its map to them.
type Tally struct {
	mu    sync.RWMutex
	votes map[string]int
}

func (t *Tally) Vote(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.votes[name]++
}

func (t *Tally) Merge(votes map[string]int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	merge(t.votes, votes)
}

func (t *Tally) Sum() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return count(t.votes)
}

func (t *Tally) AddTo(votes map[string]int) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	merge(votes, t.votes)
}

func (t *Tally) Copy() map[string]int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return maps.Clone(t.votes)
}

func (t *Tally) Empty() bool {
	return count(t.votes) == 0 // want `^(read of t\.votes|count reads t\.votes) without t\.mu, .*\[unguarded/likely\]$`
}

func (t *Tally) Correct(votes map[string]int) {
	merge(t.votes, votes) // want `^(write to t\.votes|merge writes t\.votes) without t\.mu, .*\[unguarded/likely\]$`
}

// Parcel is changed by a function without a receiver.
type Parcel struct {
	mu     sync.Mutex
	events map[string]int
}

func note(p *Parcel, event string) { p.events[event]++ }

func (p *Parcel) Send() {
	p.mu.Lock()
	defer p.mu.Unlock()
	note(p, "sent")
}

func (p *Parcel) Deliver() {
	p.mu.Lock()
	defer p.mu.Unlock()
	note(p, "delivered")
	delete(p.events, "lost")
}

func (p *Parcel) Lose() {
	note(p, "lost") // want `^note writes p\.events without p\.mu, .*\[unguarded/likely\]$`
}
