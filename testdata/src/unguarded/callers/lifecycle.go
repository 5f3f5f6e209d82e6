package callers

import (
	"fmt"
	"sync"
)

// Links has no map before Start, and none after Stop.
type Links struct {
	mu    sync.RWMutex
	peers map[int]string
}

func (l *Links) Start() {
	l.peers = make(map[int]string)
}

func (l *Links) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.peers = nil
}

func (l *Links) Add(id int, addr string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.peers[id] = addr
}

func (l *Links) Addr(id int) string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.peers[id]
}

// Pool is emptied by a method of its own, under the lock of its caller.
type Pool struct {
	mu    sync.Mutex
	conns map[*conn]bool
}

type conn struct{ id int }

func (c *conn) close() { fmt.Println("closing", c.id) }

func (p *Pool) resetLists() { p.conns = make(map[*conn]bool) }

func (p *Pool) Add(c *conn) {
	p.mu.Lock()
	p.conns[c] = true
	p.mu.Unlock()
}

func (p *Pool) Remove(c *conn) {
	p.mu.Lock()
	delete(p.conns, c)
	p.mu.Unlock()
}

func (p *Pool) Idle() {
	p.mu.Lock()
	if p.conns == nil {
		p.mu.Unlock()
		return
	}
	conns := p.conns
	p.resetLists()
	p.mu.Unlock()
	for c := range conns {
		c.close()
	}
}

func (p *Pool) Redial() {
	p.mu.Lock()
	conns := p.conns
	p.mu.Unlock()
	for c := range conns { // want `^read of p\.conns through conns without p\.mu\b`
		c.close()
	}
}

// Members is loaded by a method that says that it is not safe.
type Members struct {
	sync.Mutex
	byID map[int]string
	load func() map[int]string
}

func (m *Members) UnsafeLoad() { m.byID = m.load() }

func (m *Members) Recover() {
	m.Lock()
	defer m.Unlock()
	m.UnsafeLoad()
}

func (m *Members) Put(id int, name string) {
	m.Lock()
	defer m.Unlock()
	m.byID[id] = name
}

func (m *Members) Name(id int) string {
	m.Lock()
	defer m.Unlock()
	return m.byID[id]
}

func (m *Members) dropForTesting(id int) { delete(m.byID, id) }

// Meta wants the lock, which is open to all, to be held.
func (m *Members) Meta() (list []string) {
	for _, name := range m.byID {
		list = append(list, name)
	}
	return list
}

func (m *Members) Save() error {
	_, err := fmt.Println(m.Meta())
	return err
}

func (m *Members) Close() error {
	m.Lock()
	defer m.Unlock()
	return m.Save()
}

// Merge is given members that others may not know yet.
func Merge(to *Members, names map[int]string) {
	for id, name := range names {
		to.byID[id] = name
	}
}

func same(m map[int]string) map[int]string { return m }

func (m *Members) Len() int {
	m.Lock()
	defer m.Unlock()
	return len(same(m.byID))
}

// Reports is complete when all that it waits for have told so.
type Reports struct {
	mu      sync.Mutex
	pending sync.WaitGroup
	rows    map[string]int
}

func (r *Reports) Begin() { r.pending.Add(1) }

func (r *Reports) Put(name string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows[name] = n
	r.pending.Done()
}

func (r *Reports) Result() map[string]int {
	r.pending.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rows
}

// Codes is filled for package variables.
var (
	codesMu sync.Mutex
	codes   = make(map[int]string)

	Unknown = Code("unknown")
	Denied  = Code("denied")
)

func Code(text string) int {
	codesMu.Lock()
	defer codesMu.Unlock()
	n := len(codes)
	if _, ok := codes[n]; !ok {
		codes[n] = text
	}
	return n
}

func Text(code int) string { return codes[code] }
