package guard

import "sync"

// A Gateway has two locks. All writes to pending hold its own: that is the
// guard, though as many accesses are made under the other.
type Gateway struct {
	mu    sync.Mutex
	conns map[int]string

	pendingMu sync.Mutex
	pending   map[int]string
}

func (g *Gateway) Greet(id int, name string) {
	g.pendingMu.Lock()
	g.pending[id] = name
	g.pendingMu.Unlock()
}

func (g *Gateway) Drop(id int) {
	g.pendingMu.Lock()
	delete(g.pending, id)
	g.pendingMu.Unlock()
}

func (g *Gateway) Accept(id int, name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.conns[id] = name
}

func (g *Gateway) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.conns)
	g.pendingMu.Lock()
	for id := range g.pending {
		g.conns[id] = ""
	}
	g.pendingMu.Unlock()
}

func (g *Gateway) Load() int {
	g.mu.Lock()
	n := len(g.conns) + len(g.pending) // want `^read of g\.pending without g\.pendingMu, .*\[unguarded/likely\]$`
	g.mu.Unlock()
	return n
}

func (g *Gateway) Names() (names []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.pending { // want `^read of g\.pending without g\.pendingMu, .*\[unguarded/likely\]$`
		names = append(names, n)
	}
	return names
}

// A Batch hands its map over to a helper, after it has put another in its place.
type Batch struct {
	mu   sync.Mutex
	rows map[string]bool
}

func (b *Batch) Add(k string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rows == nil {
		b.rows = make(map[string]bool)
	}
	b.rows[k] = true
}

func (b *Batch) Has(k string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rows[k]
}

func (b *Batch) Run() {
	for {
		b.mu.Lock()
		rows := b.rows
		b.rows = nil
		b.mu.Unlock()
		if len(rows) == 0 {
			return
		}
		b.send(rows)
	}
}

func (b *Batch) send(rows map[string]bool) {
	for k := range rows {
		println(k)
	}
}

// Keys is set while the lock is held for something else, and not again: whether
// somebody reads it meanwhile cannot be told.
type Keys struct {
	mu    sync.Mutex
	path  string
	known map[string]bool
}

func (k *Keys) Open(path string, names ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	known := make(map[string]bool)
	for _, n := range names {
		known[n] = true
	}
	k.path, k.known = path, known
}

func (k *Keys) Reopen(names ...string) {
	known := make(map[string]bool)
	for _, n := range names {
		known[n] = true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known = known
}

func (k *Keys) Verify(s string) bool {
	return k.known[s]
}
