// Package parts has structs that are parts of one with a lock.
package parts

import "sync"

// Yard: orders guarded by both in turn: writers take both.
type Yard struct {
	in, out sync.Mutex
	trucks  map[string]int
	gates   map[int]bool
	queue   map[string]int
}

func (y *Yard) Add(k string) {
	y.in.Lock()
	defer y.in.Unlock()
	y.out.Lock()
	defer y.out.Unlock()
	y.trucks[k]++
	y.gates[1] = true
}
func (y *Yard) In(k string) int  { y.in.Lock(); defer y.in.Unlock(); return y.trucks[k] }
func (y *Yard) Out(k string) int { y.out.Lock(); defer y.out.Unlock(); return y.trucks[k] }
func (y *Yard) Gate() bool       { y.out.Lock(); defer y.out.Unlock(); return y.gates[1] }
func (y *Yard) Push(k string)    { y.in.Lock(); y.queue[k]++; y.in.Unlock() }
func (y *Yard) Pop(k string)     { y.in.Lock(); delete(y.queue, k); y.in.Unlock() }

// Meter embeds parts; a part's helper is used while it is built.
type parts struct{ n map[string]int }

func (p *parts) inc(k string) { p.n[k]++ }

type Meter struct {
	sync.Mutex
	parts
}

func NewMeter(ks []string) *Meter {
	m := &Meter{}
	m.n = map[string]int{}
	for _, k := range ks {
		m.inc(k)
	}
	return m
}
func Load(ks []string) (*Meter, error) {
	m := NewMeter(nil)
	register(m)
	for _, k := range ks {
		m.inc(k)
	}
	return m, nil
}

var all []*Meter

func register(m *Meter) { all = append(all, m) }

func (m *Meter) Inc(k string) { m.Lock(); m.inc(k); m.Unlock() }
func (m *Meter) Sum() (t int) {
	m.Lock()
	defer m.Unlock()
	for _, n := range m.n {
		t += n
	}
	return t
}
func (m *Meter) Get(k string) int { m.Lock(); defer m.Unlock(); return m.n[k] }

// tree behind an interface, under the lock of its owner.
type index interface {
	find(k string) (int, bool)
	insert(k string, v int)
}
type hash struct{ m map[string]int }

func (h *hash) find(k string) (int, bool) { v, ok := h.m[k]; return v, ok }
func (h *hash) insert(k string, v int)    { h.m[k] = v }

type DB struct {
	mu  sync.RWMutex
	idx index
}

func Open() *DB { d := &DB{idx: &hash{m: map[string]int{}}}; d.idx.insert("a", 1); return d }
func (d *DB) Get(k string) (int, bool) {
	d.mu.RLock()
	v, ok := d.idx.find(k)
	d.mu.RUnlock()
	if ok {
		return v, ok
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if v, ok = d.idx.find(k); !ok {
		d.idx.insert(k, 0)
	}
	return v, ok
}
func (d *DB) Fill(ks []string) {
	var wg sync.WaitGroup
	for _, k := range ks {
		wg.Go(func() { d.mu.Lock(); d.idx.insert(k, 1); d.mu.Unlock() })
	}
	wg.Wait()
}

type tally struct {
	hits map[string]int
	miss map[string]int
}
type Cache struct {
	mu sync.RWMutex
	t  tally
	m  map[string]string
}

func (c *Cache) read(f func(t tally, m map[string]string)) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	f(c.t, c.m)
}
func (c *Cache) write(f func(t *tally)) { c.mu.Lock(); defer c.mu.Unlock(); f(&c.t) }
func (c *Cache) Hit(k string)           { c.write(func(t *tally) { t.hits[k]++ }) }
func (c *Cache) Hits(k string) (n int) {
	c.read(func(t tally, m map[string]string) { n = t.hits[k] })
	return n
}
func (c *Cache) Copy() map[string]int {
	out := map[string]int{}
	c.read(func(t tally, m map[string]string) {
		for k, v := range t.hits {
			out[k] = v
		}
	})
	return out
}
func (c *Cache) Tx(f func(t *tally) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	scratch := &tally{hits: map[string]int{}}
	if err := f(scratch); err != nil {
		return err
	}
	for k, v := range scratch.hits {
		c.t.hits[k] = v
	}
	return nil
}
func (c *Cache) Reset() error { return c.Tx(func(t *tally) error { t.hits["x"] = 0; return nil }) }

// settings copied out with fresh maps
type Conf struct {
	Labels map[string]string
	N      int
}
type Holder struct {
	mu  sync.RWMutex
	cur Conf
}

func (h *Holder) Get() Conf {
	h.mu.RLock()
	defer h.mu.RUnlock()
	c := h.cur
	c.Labels = make(map[string]string, len(h.cur.Labels))
	for k, v := range h.cur.Labels {
		c.Labels[k] = v
	}
	return c
}
func (h *Holder) Set(k, v string) { h.mu.Lock(); defer h.mu.Unlock(); h.cur.Labels[k] = v }
func (h *Holder) Use() (n int) {
	c := h.Get()
	for range c.Labels {
		n++
	}
	c.Labels["mine"] = "x"
	return n
}
