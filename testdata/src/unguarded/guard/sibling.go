// Package guard has maps of which most accesses hold one lock, whatever form
// that lock has.
package guard

import (
	"fmt"
	"io"
	"sync"
	"time"
)

type login struct {
	user    string
	expires time.Time
}

// Logins forgets the lock in one reader of three.
type Logins struct {
	mu   sync.Mutex
	byID map[string]login
}

// NewLogins has nobody to share with yet.
func NewLogins() *Logins {
	return &Logins{byID: make(map[string]login)}
}

func (s *Logins) Open(id, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[id] = login{user, time.Now().Add(time.Hour)}
}

func (s *Logins) Close(id string) {
	s.mu.Lock()
	delete(s.byID, id)
	s.mu.Unlock()
}

func (s *Logins) User(id string) string {
	return s.byID[id].user // want `^read of s\.byID without s\.mu, which guards it at .*\[unguarded/likely\]$`
}

// Quota forgets it in a writer.
type Quota struct {
	mu   sync.Mutex
	used map[string]int64
}

func (q *Quota) Add(tenant string, n int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.used[tenant] += n
}

func (q *Quota) Used(tenant string) int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.used[tenant]
}

func (q *Quota) Tenants() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.used)
}

func (q *Quota) Forgive(tenant string) {
	q.used[tenant] = 0 // want `^write to q\.used without q\.mu, which guards it at .*\[unguarded/likely\]$`
}

// Presence forgets it in a range.
type Presence struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

func (p *Presence) Beat(host string) {
	p.mu.Lock()
	p.seen[host] = time.Now()
	p.mu.Unlock()
}

func (p *Presence) Leave(host string) {
	p.mu.Lock()
	delete(p.seen, host)
	p.mu.Unlock()
}

func (p *Presence) Since(host string) time.Duration {
	p.mu.Lock()
	t := p.seen[host]
	p.mu.Unlock()
	return time.Since(t)
}

func (p *Presence) WriteTo(w io.Writer) (n int64, err error) {
	for host, t := range p.seen { // want `^read of p\.seen without p\.mu, which guards it at .*\[unguarded/likely\]$`
		c, err := fmt.Fprintln(w, host, t.Unix())
		n += int64(c)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Resolver looks before it locks.
type Resolver struct {
	mu    sync.Mutex
	addrs map[string]string
	query func(string) string
}

func (r *Resolver) Resolve(name string) string {
	if a, ok := r.addrs[name]; ok { // want `^read of r\.addrs without r\.mu, .*\[unguarded/likely\]$`
		return a
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if a, ok := r.addrs[name]; ok {
		return a
	}
	a := r.query(name)
	r.addrs[name] = a
	return a
}

func (r *Resolver) Forget(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.addrs, name)
}

// Exchange takes the wrong lock of two.
type Exchange struct {
	askMu sync.Mutex
	bidMu sync.Mutex
	asks  map[string]int
	bids  map[string]int
}

func (x *Exchange) Ask(sym string, price int) {
	x.askMu.Lock()
	defer x.askMu.Unlock()
	x.asks[sym] = price
}

func (x *Exchange) Bid(sym string, price int) {
	x.bidMu.Lock()
	defer x.bidMu.Unlock()
	x.bids[sym] = price
}

func (x *Exchange) BestAsk(sym string) int {
	x.askMu.Lock()
	defer x.askMu.Unlock()
	return x.asks[sym]
}

func (x *Exchange) BestBid(sym string) int {
	x.bidMu.Lock()
	defer x.bidMu.Unlock()
	return x.bids[sym]
}

func (x *Exchange) CancelAsk(sym string) {
	x.askMu.Lock()
	defer x.askMu.Unlock()
	delete(x.asks, sym)
}

func (x *Exchange) CancelBid(sym string) {
	x.askMu.Lock()
	defer x.askMu.Unlock()
	delete(x.bids, sym) // want `^write to x\.bids without x\.bidMu, .*\[unguarded/likely\]$`
}
