package shards

import "sync"

// Usage guards a map of maps with one lock.
type Usage struct {
	mu    sync.Mutex
	bytes map[string]map[string]int64
}

func (u *Usage) Add(user, host string, n int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.bytes[user] == nil {
		u.bytes[user] = make(map[string]int64)
	}
	u.bytes[user][host] += n
}

func (u *Usage) Of(user, host string) int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.bytes[user][host]
}

func (u *Usage) Total(user string) (sum int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, n := range u.bytes[user] {
		sum += n
	}
	return sum
}

func (u *Usage) Forget(user string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.bytes, user)
}

func (u *Usage) ForgetHost(host string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, hosts := range u.bytes {
		delete(hosts, host)
	}
}

// Users holds no lock for the outer map.
func (u *Usage) Users() int {
	return len(u.bytes) // want `^read of u\.bytes without u\.mu, .*\[unguarded/likely\]$`
}

// Charge finds it under the lock, and writes to it when that is gone.
func (u *Usage) Charge(user, host string, n int64) {
	u.mu.Lock()
	hosts, ok := u.bytes[user]
	u.mu.Unlock()
	if ok {
		hosts[host] -= n // want `^write to u\.bytes.* through hosts.*\[unguarded/likely\]$`
	}
}

// Grid guards a slice of maps with one lock.
type Grid struct {
	mu   sync.Mutex
	rows []map[int]rune
}

func (g *Grid) Set(x, y int, r rune) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rows[y][x] = r
}

func (g *Grid) At(x, y int) rune {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.rows[y][x]
}

func (g *Grid) Width(y int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.rows[y])
}

func (g *Grid) Wipe() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, row := range g.rows {
		clear(row)
	}
}

func (g *Grid) Swap(y, a, b int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	row := g.rows[y]
	row[a], row[b] = row[b], row[a]
}

func (g *Grid) Erase(x, y int) {
	delete(g.rows[y], x) // want `^write to g\.rows.* without g\.mu, .*\[unguarded/likely\]$`
}

// Striped has a slice of locks beside its slice of maps.
type Striped struct {
	locks []sync.Mutex
	parts []map[uint64]string
}

func (s *Striped) Put(k uint64, v string) {
	i := k % uint64(len(s.parts))
	s.locks[i].Lock()
	defer s.locks[i].Unlock()
	s.parts[i][k] = v
}

func (s *Striped) Get(k uint64) string {
	i := k % uint64(len(s.parts))
	s.locks[i].Lock()
	defer s.locks[i].Unlock()
	return s.parts[i][k]
}

func (s *Striped) Delete(k uint64) {
	i := k % uint64(len(s.parts))
	s.locks[i].Lock()
	delete(s.parts[i], k)
	s.locks[i].Unlock()
}

func (s *Striped) Has(k uint64) bool {
	i := k % uint64(len(s.parts))
	s.locks[i].Lock()
	defer s.locks[i].Unlock()
	_, ok := s.parts[i][k]
	return ok
}

func (s *Striped) Sum() (n int) {
	for i := range s.parts {
		s.locks[i].Lock()
		n += len(s.parts[i])
		s.locks[i].Unlock()
	}
	return n
}

func (s *Striped) Drop(k uint64) {
	i := k % uint64(len(s.parts))
	delete(s.parts[i], k) // want `^write to s\.parts.* without s\.locks.*\[unguarded/likely\]$`
}

// Stores is a map of values that have a lock each.
type Stores map[string]*shard

func (s Stores) Put(name, k string, n int) {
	sh := s[name]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.items[k] = n
}

func (s Stores) Get(name, k string) int {
	sh := s[name]
	return sh.items[k] // want `^read of sh\.items without sh\.mu, .*\[unguarded/likely\]$`
}
