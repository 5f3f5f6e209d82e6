package mapstat

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"

	"github.com/mapdiag/mapdiag/mapstat/internal/layout"
)

var (
	// ErrLocked is the error of a map whose lock was not to be had in time.
	ErrLocked = errors.New("mapstat: the map's lock is held")

	errCollected = errors.New("mapstat: the map was collected")
)

// A Registry is a set of maps to watch, and of metrics to tell about them. It is safe
// for use by many goroutines. Make one with [NewRegistry].
type Registry struct {
	thresholds Thresholds

	mu      sync.Mutex
	maps    map[string]*Tracked
	order   []*Tracked // in the order in which they came; those stopped are swept out now and then
	metrics []Metric
	next    int // in order, of the next sample

	samples, torn, locked, spent atomic.Int64
}

// Default is the registry of [Track] and [Register].
var Default = NewRegistry(DefaultThresholds())

// NewRegistry returns a registry without maps, with the metrics of [Builtin].
func NewRegistry(t Thresholds) *Registry {
	return &Registry{thresholds: t, maps: make(map[string]*Tracked), metrics: Builtin()}
}

// Track watches the map in the variable at m under the given name in [Default]; see
// [Registry.Track].
func Track[M ~map[K]V, K comparable, V any](name string, m *M, lock sync.Locker) (*Tracked, error) {
	return Default.Track(name, m, lock)
}

// Register adds a metric to [Default]; see [Registry.Register].
func Register(m Metric) error { return Default.Register(m) }

// Register adds a metric. It returns [ErrDuplicate] if there is one of that name, and another
// error if it lacks something.
func (r *Registry) Register(m Metric) error {
	if err := m.validate(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, known := range r.metrics {
		if known.Name == m.Name {
			return fmt.Errorf("%w: metric %s", ErrDuplicate, m.Name)
		}
	}
	r.metrics = append(r.metrics[:len(r.metrics):len(r.metrics)], m)
	return nil
}

// Track watches the map in a variable, given by its address, under a name. It returns
// [ErrDuplicate] if a map of that name is watched, and [ErrNotMap] if m is no
// pointer to a map.
//
// A sample reads for at most 100 µs under lock, for reading if lock is a
// [sync.RWMutex] or its RLocker, or has its methods TryRLock and RUnlock; it waits for
// a lock for 20 ms at most, see [ErrLocked]. Where lock has neither TryRLock nor TryLock, a goroutine of
// its own waits. With a nil lock the map is read as by [TryRead].
//
// The registry keeps neither the variable nor the lock alive: when the
// program has let go of one of them, the map disappears from the registry. A local variable that
// nothing uses after the call is let go at once.
func (r *Registry) Track(name string, m any, lock sync.Locker) (*Tracked, error) {
	ptr := reflect.ValueOf(m)
	if ptr.Kind() != reflect.Pointer || ptr.Type().Elem().Kind() != reflect.Map {
		return nil, fmt.Errorf("%w: Track of %q wants the address of a map, not %T", ErrNotMap, name, m)
	}
	if ptr.IsNil() {
		return nil, fmt.Errorf("%w: Track of %q: nil pointer", ErrNotMap, name)
	}
	if name == "" {
		return nil, errors.New("mapstat: Track wants a name")
	}
	t := &Tracked{name: name, typ: ptr.Type().Elem(), variable: referTo(ptr.UnsafePointer())}
	t.layout, t.unknown = layout.Of(t.typ)
	t.lock = lockOf(lock)

	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.maps[name]; old != nil && old.alive() {
		return nil, fmt.Errorf("%w: map %q", ErrDuplicate, name)
	}
	r.sweep()
	r.maps[name] = t
	r.order = append(r.order, t)
	return t, nil
}

// sweep forgets the maps that are watched no longer. The caller holds r.mu.
func (r *Registry) sweep() {
	kept, next := r.order[:0], r.next
	for i, t := range r.order {
		if t.alive() {
			kept = append(kept, t)
			continue
		}
		if r.maps[t.name] == t {
			delete(r.maps, t.name)
		}
		if i < r.next {
			next--
		}
	}
	r.next = next
	clear(r.order[len(kept):])
	r.order = kept
}

// tracked returns the maps that are watched, in the order in which they came.
func (r *Registry) tracked() []*Tracked {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	return append([]*Tracked(nil), r.order...)
}

// A Tracked is a map that is watched.
type Tracked struct {
	name     string
	typ      reflect.Type
	layout   *layout.Type
	unknown  error // of layout.Of
	variable reference
	lock     lock
	stopped  atomic.Bool
	waiting  atomic.Bool // a goroutine waits for the lock

	mu     sync.Mutex
	last   Stat
	err    error // of the last sample
	at     time.Time
	total  Window
	recent [2]Window // the last whole one and the present one
}

// Name returns the name under which the map is watched.
func (t *Tracked) Name() string { return t.name }

// Stop ends the watch. Its name can be used again.
func (t *Tracked) Stop() { t.stopped.Store(true) }

func (t *Tracked) alive() bool {
	return !t.stopped.Load() && t.variable.get() != nil && (t.lock.none || t.lock.get() != nil)
}

// A reference leads to a variable without keeping it alive.
type reference struct {
	heap   weak.Pointer[byte]
	static unsafe.Pointer // of a variable that is not on the heap, and never collected
}

func referTo(p unsafe.Pointer) reference {
	// Go 1.24's weak.Make ends the program for a variable of a package, which is on
	// no heap. AddCleanup does nothing for such, and returns the zero Cleanup.
	cleanup := runtime.AddCleanup((*byte)(p), func(struct{}) {}, struct{}{})
	if cleanup == (runtime.Cleanup{}) {
		return reference{static: p}
	}
	cleanup.Stop()
	return reference{heap: weak.Make((*byte)(p))}
}

func (r *reference) get() unsafe.Pointer {
	if r.static != nil {
		return r.static
	}
	return unsafe.Pointer(r.heap.Value())
}

// A lock is a [sync.Locker] that is not kept alive, if it is a pointer: most are the
// neighbour of their map, and would keep it alive with them.
type lock struct {
	none   bool
	typ    reflect.Type // of what a pointer points to
	target reference
	value  sync.Locker // of any other type
}

// rLocker is the type of what [sync.RWMutex.RLocker] returns, a conversion of the RWMutex'
// address.
var rLocker = reflect.TypeOf(new(sync.RWMutex).RLocker())

func lockOf(l sync.Locker) lock {
	v := reflect.ValueOf(l)
	switch {
	case !v.IsValid():
		return lock{none: true}
	case v.Kind() == reflect.Pointer && v.IsNil():
		return lock{none: true}
	case v.Type() == rLocker:
		// A RWMutex by another name, which has no way to be tried.
		return lock{typ: reflect.TypeFor[sync.RWMutex](), target: referTo(v.UnsafePointer())}
	case v.Kind() == reflect.Pointer && v.Type().Elem().Size() > 0:
		return lock{typ: v.Type().Elem(), target: referTo(v.UnsafePointer())}
	}
	return lock{value: l}
}

// get returns the lock, or nil if there is none any more.
func (l *lock) get() sync.Locker {
	if l.value != nil {
		return l.value
	}
	p := l.target.get()
	if p == nil {
		return nil
	}
	locker, _ := reflect.NewAt(l.typ, p).Interface().(sync.Locker)
	return locker
}

// patience is how long a sample waits for a lock. A program that has come to a
// standstill with its locks held can be looked at all the same.
const patience = 20 * time.Millisecond

// A held lock, for reading if r is set.
type held struct {
	l sync.Locker
	r interface{ RUnlock() }
}

func (h held) unlock() {
	if h.r != nil {
		h.r.RUnlock()
		return
	}
	h.l.Unlock()
}

type (
	tryLocker  interface{ TryLock() bool }
	tryRLocker interface {
		TryRLock() bool
		RUnlock()
	}
)

// acquire locks l, for reading where it can be, or returns [ErrLocked] after some
// time.
func (t *Tracked) acquire(l sync.Locker) (held, error) {
	reader, shared := l.(tryRLocker)
	writer, exclusive := l.(tryLocker)
	if !shared && !exclusive {
		return held{l: l}, t.wait(l)
	}
	deadline := time.Time{}
	for pause := time.Microsecond; ; pause = min(2*pause, time.Millisecond) {
		if shared && reader.TryRLock() {
			return held{r: reader}, nil
		}
		if !shared && writer.TryLock() {
			return held{l: l}, nil
		}
		now := time.Now()
		if deadline.IsZero() {
			deadline = now.Add(patience)
		}
		if now.After(deadline) {
			return held{}, ErrLocked
		}
		time.Sleep(pause)
	}
}

// wait locks l, which cannot be tried, in a goroutine of its own. Where that takes too
// long, the goroutine gives the lock back as soon as it has it; until then no other waits.
func (t *Tracked) wait(l sync.Locker) error {
	if !t.waiting.CompareAndSwap(false, true) {
		return ErrLocked
	}
	got, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer t.waiting.Store(false)
		l.Lock()
		select {
		case got <- struct{}{}:
		case <-gone:
			l.Unlock()
		}
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-got:
		return nil
	case <-timer.C:
		close(gone)
		return ErrLocked
	}
}
