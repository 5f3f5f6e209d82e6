package guard

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// Sensor nests what belongs together.
type Sensor struct {
	name  string
	state struct {
		mu     sync.Mutex
		probes map[string]bool
	}
}

func (a *Sensor) Report(probe string, ok bool) {
	a.state.mu.Lock()
	defer a.state.mu.Unlock()
	a.state.probes[probe] = ok
}

func (a *Sensor) OK(probe string) bool {
	a.state.mu.Lock()
	defer a.state.mu.Unlock()
	return a.state.probes[probe]
}

func (a *Sensor) Healthy() bool {
	for _, ok := range a.state.probes { // want `^read of a\.state\.probes without a\.state\.mu, .*\[unguarded/likely\]$`
		if !ok {
			return false
		}
	}
	return true
}

// templates is a variable of a type without a name.
var templates struct {
	sync.Mutex
	parsed map[string]string
}

// glyphs has its lock as a field.
var glyphs = struct {
	mu    sync.RWMutex
	cache map[rune][]byte
}{cache: make(map[rune][]byte)}

func Template(name string) string {
	templates.Lock()
	defer templates.Unlock()
	t, ok := templates.parsed[name]
	if !ok {
		t = "<" + name + ">"
		templates.parsed[name] = t
	}
	return t
}

func ReloadTemplates() {
	clear(templates.parsed) // want `^write to templates\.parsed without templates\b.*, which guards it at .*\[unguarded/likely\]$`
}

func Glyph(r rune) []byte {
	glyphs.mu.RLock()
	g, ok := glyphs.cache[r]
	glyphs.mu.RUnlock()
	if ok {
		return g
	}
	g = []byte(string(r))
	glyphs.mu.Lock()
	glyphs.cache[r] = g
	glyphs.mu.Unlock()
	return g
}

func Glyphs() int {
	return len(glyphs.cache) // want `^read of glyphs\.cache without glyphs\.mu, .*\[unguarded/likely\]$`
}

// Index is generic.
type Index[K cmp.Ordered, V any] struct {
	mu   sync.Mutex
	rows map[K]V
}

func (x *Index[K, V]) Put(k K, v V) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rows[k] = v
}

func (x *Index[K, V]) Get(k K) (V, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	v, ok := x.rows[k]
	return v, ok
}

func (x *Index[Key, Val]) Keys() []Key {
	return slices.Sorted(maps.Keys(x.rows)) // want `^read of x\.rows without x\.mu, .*\[unguarded/likely\]$`
}

// hosts is guarded by hostsMu.
var hosts = map[string]string{"localhost": "127.0.0.1"}

// Mailer says in a comment which of its locks is meant.
type Mailer struct {
	sendMu  sync.Mutex
	queueMu sync.Mutex

	dial func() error
	// pending holds what is not sent; queueMu must be held.
	pending map[string][]byte
}

var hostsMu sync.Mutex

func SetHost(name, addr string) {
	hostsMu.Lock()
	defer hostsMu.Unlock()
	hosts[name] = addr
}

func Host(name string) string {
	hostsMu.Lock()
	defer hostsMu.Unlock()
	return hosts[name]
}

func ForgetHost(name string) {
	delete(hosts, name) // want `^write to hosts without hostsMu, .*\[unguarded/likely\]$`
}

func (m *Mailer) Queue(id string, mail []byte) {
	m.queueMu.Lock()
	defer m.queueMu.Unlock()
	m.pending[id] = mail
}

func (m *Mailer) Pending() int {
	m.queueMu.Lock()
	defer m.queueMu.Unlock()
	return len(m.pending)
}

func (m *Mailer) Send(id string) error {
	m.sendMu.Lock()
	defer m.sendMu.Unlock()
	if err := m.dial(); err != nil {
		return err
	}
	delete(m.pending, id) // want `^write to m\.pending without m\.queueMu, .*\[unguarded/likely\]$`
	return nil
}

// WordCount has lock and map on its stack.
func WordCount(texts [][]string, limit int) (map[string]int, bool) {
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		counts = make(map[string]int)
		over   bool
	)
	for _, words := range texts {
		wg.Go(func() {
			for _, w := range words {
				mu.Lock()
				if n, ok := counts[w]; ok {
					counts[w] = n + 1
				} else if len(counts) < limit {
					counts[w] = 1
				}
				mu.Unlock()
			}
			full := len(counts) == limit // want `^read of counts without mu, .*\[unguarded/likely\]$`
			mu.Lock()
			over = over || full
			mu.Unlock()
		})
	}
	wg.Wait()
	return counts, over
}
