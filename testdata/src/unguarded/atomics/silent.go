package atomics

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Settings copies on write.
type Settings struct {
	mu sync.Mutex
	v  atomic.Value // of map[string]string
}

func NewSettings() *Settings {
	s := new(Settings)
	m := make(map[string]string)
	m["lang"] = "en"
	s.v.Store(m)
	return s
}

func (s *Settings) Get(k string) string {
	return s.v.Load().(map[string]string)[k]
}

func (s *Settings) All() map[string]string {
	return s.v.Load().(map[string]string)
}

func (s *Settings) Set(k, v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.v.Load().(map[string]string)
	next := make(map[string]string, len(old)+1)
	for k, v := range old {
		next[k] = v
	}
	next[k] = v
	s.v.Store(next)
}

func (s *Settings) Unset(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.v.Load().(map[string]string)
	m = maps.Clone(m)
	delete(m, k)
	s.v.Store(m)
}

// Table copies on write with a pointer, and tries again.
type Table struct {
	p atomic.Pointer[map[string]int]
}

func (t *Table) Get(k string) int {
	if p := t.p.Load(); p != nil {
		return (*p)[k]
	}
	return 0
}

func (t *Table) Add(k string, n int) {
	for {
		old := t.p.Load()
		next := make(map[string]int)
		if old != nil {
			maps.Copy(next, *old)
		}
		next[k] += n
		if t.p.CompareAndSwap(old, &next) {
			return
		}
	}
}

func (t *Table) Delete(k string) {
	old := t.p.Load()
	if old == nil {
		return
	}
	next := maps.Clone(*old)
	delete(next, k)
	t.p.Store(&next)
}

func (t *Table) Reset() {
	m := make(map[string]int)
	m[""] = 1
	t.p.Store(&m)
}

// Total changes a map of its own by what it has loaded.
func (t *Table) Total(into map[string]int) {
	for k, n := range *t.p.Load() {
		into[k] += n
	}
}

type user struct{ hits atomic.Int64 }

// Users writes to what the elements point to, not to the map.
type Users struct {
	cur   atomic.Pointer[users]
	cache sync.Map
}

type users struct {
	mu     sync.Mutex
	byName map[string]*user
	byID   map[int]string
}

func (u *Users) Hit(name string) {
	us := u.cur.Load()
	us.byName[name].hits.Add(1)
	u.cache.Store(name, us.byName[name])
	u.cache.Delete("")
}

func (u *Users) Replace(names []string) {
	next := &users{byName: make(map[string]*user), byID: make(map[int]string)}
	for i, n := range names {
		next.byName[n] = new(user)
		next.byID[i] = n
	}
	u.cur.Store(next)
}

// SetID writes to a map of a loaded value that has a lock for it.
func (u *Users) SetID(id int, name string) {
	us := u.cur.Load()
	us.mu.Lock()
	defer us.mu.Unlock()
	us.byID[id] = name
}

func (u *Users) Name(id int) string {
	us := u.cur.Load()
	us.mu.Lock()
	defer us.mu.Unlock()
	return us.byID[id]
}

// Cached is all done by sync.Map.
type Cached struct{ m sync.Map }

func (c *Cached) Get(k string, load func() string) string {
	if v, ok := c.m.Load(k); ok {
		return v.(string)
	}
	v, _ := c.m.LoadOrStore(k, load())
	return v.(string)
}

func (c *Cached) Fill(keys []string) {
	var wg sync.WaitGroup
	for _, k := range keys {
		wg.Go(func() {
			c.m.Store(k, k)
			c.m.Delete(k + k)
		})
	}
	wg.Wait()
	c.m.Clear()
}

// Lens copies what it has loaded into a map of the stack.
func (c *Cached) Lens() map[string]int {
	n := make(map[string]int)
	c.m.Range(func(k, v any) bool {
		n[k.(string)] = len(v.(string))
		return true
	})
	return n
}
