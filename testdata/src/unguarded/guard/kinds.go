package guard

import "sync"

// Registry embeds its lock.
type Registry struct {
	sync.RWMutex
	plugins map[string]func() error
}

func (r *Registry) Register(name string, init func() error) {
	r.Lock()
	defer r.Unlock()
	r.plugins[name] = init
}

func (r *Registry) Lookup(name string) func() error {
	r.RLock()
	defer r.RUnlock()
	return r.plugins[name]
}

func (r *Registry) Unregister(name string) {
	delete(r.plugins, name) // want `^write to r\.plugins without r\b.*, which guards it at .*\[unguarded/likely\]$`
}

// Ballot embeds a pointer to its lock.
type Ballot struct {
	*sync.Mutex
	votes map[string]int
}

func (b *Ballot) Vote(name string) {
	b.Lock()
	defer b.Unlock()
	b.votes[name]++
}

func (b *Ballot) Votes(name string) int {
	b.Lock()
	defer b.Unlock()
	return b.votes[name]
}

func (b *Ballot) Leader() (leader string) {
	top := -1
	for name, n := range b.votes { // want `^read of b\.votes without b\b.*, which guards it at .*\[unguarded/likely\]$`
		if n > top {
			leader, top = name, n
		}
	}
	return leader
}

// guarded brings lock and map to what embeds it.
type guarded struct {
	mu   sync.Mutex
	tags map[string]string
}

// Volume gets both by embedding.
type Volume struct {
	guarded
	Size int64
}

func (v *Volume) Tag(k, s string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tags[k] = s
}

func (v *Volume) Untag(k string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.tags, k)
}

func (v *Volume) TagOf(k string) string {
	return v.tags[k] // want `^read of v\.(guarded\.)?tags without v\.(guarded\.)?mu, .*\[unguarded/likely\]$`
}

// Account shares its lock with the bank that made it.
type Account struct {
	mu     *sync.Mutex
	limits map[string]int
}

func (a *Account) SetLimit(kind string, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.limits[kind] = n
}

func (a *Account) Limit(kind string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.limits[kind]
}

func (a *Account) NoLimits() {
	a.limits = map[string]int{} // want `^write to a\.limits without a\.mu, .*\[unguarded/likely\]$`
}

// Zone reads under the shared side of its lock, with one exception.
type Zone struct {
	mu      sync.RWMutex
	records map[string][]string
}

func (z *Zone) Set(name string, addrs ...string) {
	z.mu.Lock()
	z.records[name] = addrs
	z.mu.Unlock()
}

func (z *Zone) Get(name string) []string {
	z.mu.RLock()
	defer z.mu.RUnlock()
	return z.records[name]
}

func (z *Zone) Len() int {
	z.mu.RLock()
	defer z.mu.RUnlock()
	return len(z.records)
}

func (z *Zone) Names() (names []string) {
	for n := range z.records { // want `^read of z\.records without z\.mu, .*\[unguarded/likely\]$`
		names = append(names, n)
	}
	return names
}

// Meter is handed a lock of a kind that it does not know.
type Meter struct {
	lock   sync.Locker
	counts map[string]int
}

func NewMeter(l sync.Locker) *Meter {
	return &Meter{lock: l, counts: make(map[string]int)}
}

func (m *Meter) Inc(name string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.counts[name]++
}

func (m *Meter) Read(name string) int {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.counts[name]
}

func (m *Meter) Zero(name string) {
	m.counts[name] = 0 // want `^write to m\.counts without m\.lock, .*\[unguarded/likely\]$`
}

// Mailbox guards its map with the lock of its condition.
type Mailbox struct {
	cond  *sync.Cond
	boxes map[string][]string
}

func NewMailbox() *Mailbox {
	return &Mailbox{cond: sync.NewCond(new(sync.Mutex)), boxes: make(map[string][]string)}
}

func (m *Mailbox) Deliver(to, msg string) {
	m.cond.L.Lock()
	box := m.boxes[to]
	m.boxes[to] = append(box, msg)
	m.cond.L.Unlock()
	m.cond.Broadcast()
}

func (m *Mailbox) Take(owner string) []string {
	m.cond.L.Lock()
	defer m.cond.L.Unlock()
	for len(m.boxes[owner]) == 0 {
		m.cond.Wait()
	}
	msgs := m.boxes[owner]
	delete(m.boxes, owner)
	return msgs
}

func (m *Mailbox) Pending(owner string) int {
	return len(m.boxes[owner]) // want `^read of m\.boxes without m\.cond\.L, .*\[unguarded/likely\]$`
}

func NewAccount(mu *sync.Mutex) *Account {
	return &Account{mu: mu, limits: make(map[string]int)}
}
