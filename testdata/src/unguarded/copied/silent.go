package copied

import (
	"maps"
	"sync"
)

// Pointer is changed through a pointer.
type Pointer struct {
	mu sync.Mutex
	m  map[string]int
}

func (p *Pointer) Inc(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.m[name]++
}

func add(p *Pointer, name string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.m[name] += n
}

func Add(p *Pointer) { add(p, "all", 1) }

// Shared is copied together with a pointer to its mutex.
type Shared struct {
	mu *sync.Mutex
	m  map[string]int
}

func NewShared() Shared {
	return Shared{mu: new(sync.Mutex), m: make(map[string]int)}
}

func (s Shared) Inc(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[name]++
}

func set(s Shared, name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[name] = n
}

func Set(s Shared) { set(s, "all", 1) }

// View embeds a pointer to what has the mutex.
type View struct {
	*Pointer
	prefix string
}

func (v View) Put(name string, n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.m[v.prefix+name] = n
}

// Locker is handed round with its interface.
type Locker struct {
	sync.Locker
	m map[string]int
}

func (l Locker) Delete(name string) {
	l.Lock()
	defer l.Unlock()
	delete(l.m, name)
}

// Ref points to a mutex and a map elsewhere.
type Ref struct{ target *Pointer }

func (r Ref) Clear() {
	r.target.mu.Lock()
	defer r.target.mu.Unlock()
	clear(r.target.m)
}

// Headers has no mutex: copies of it are meant to share the map.
type Headers struct{ m map[string]string }

func (h Headers) Set(k, v string) { h.m[k] = v }

// Plan is copied to be changed: the copy gets a map of its own first.
type Plan struct {
	mu    sync.Mutex
	steps map[string]int
}

func (p Plan) With(step string, n int) map[string]int {
	p.steps = maps.Clone(p.steps)
	p.steps[step] = n
	return p.steps
}

// Local changes a map of its own under the copy.
func (p Plan) Local(step string) map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := make(map[string]int)
	seen[step]++
	return seen
}

// globalMu is not copied, whatever else is.
var (
	globalMu sync.Mutex
	global   = make(map[string]int)
)

func (p Plan) Global(step string) {
	globalMu.Lock()
	defer globalMu.Unlock()
	global[step]++
}
