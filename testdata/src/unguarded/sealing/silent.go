// Package sealing has maps that are sealed by a call before they are read.
package sealing

import (
	"sync"
	"sync/atomic"
)

type verbs struct {
	closed atomic.Bool
	mu     sync.Mutex
	byName map[string]func()
}

func (v *verbs) add(name string, f func()) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed.Load() {
		return false
	}
	if v.byName[name] != nil {
		return false
	}
	v.byName[name] = f
	return true
}

func (v *verbs) Add(name string, f func()) bool { return v.add(name, f) }

func (v *verbs) close() {
	if v.closed.Load() {
		return
	}
	v.mu.Lock()
	v.closed.Store(true)
	v.mu.Unlock()
}

func (v *verbs) Run(name string) {
	v.close()
	if f := v.byName[name]; f != nil {
		f()
	}
}

// The other way round, and a number.
type units struct {
	state  int32
	mu     sync.RWMutex
	factor map[string]float64
}

func (u *units) Define(name string, f float64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if atomic.LoadInt32(&u.state) != 0 {
		panic("in use")
	}
	if _, ok := u.factor[name]; !ok {
		u.factor[name] = f
	}
}

func (u *units) freeze() {
	u.mu.Lock()
	defer u.mu.Unlock()
	atomic.StoreInt32(&u.state, 1)
}

func (u *units) Convert(v float64, name string) float64 {
	if atomic.LoadInt32(&u.state) == 0 {
		u.freeze()
	}
	return v * u.factor[name]
}

// Once.
type filters struct {
	once   sync.Once
	mu     sync.Mutex
	inUse  bool
	byType map[string][]string
}

func (f *filters) Append(typ, name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.inUse {
		return false
	}
	f.byType[typ] = append(f.byType[typ], name)
	return true
}

func (f *filters) Names(typ string) []string {
	f.once.Do(func() {
		f.mu.Lock()
		f.inUse = true
		f.mu.Unlock()
	})
	return f.byType[typ]
}

// In the section around the test.
type plans struct {
	mu    sync.Mutex
	fixed atomic.Bool
	steps map[string]int
}

func (p *plans) Step(name string, n int) {
	p.mu.Lock()
	if !p.fixed.Load() {
		p.steps[name] += n
	}
	p.mu.Unlock()
}

func (p *plans) fix() {
	if !p.fixed.Load() {
		p.mu.Lock()
		if !p.fixed.Load() {
			p.fixed.Store(true)
		}
		p.mu.Unlock()
	}
}

func (p *plans) Total() (n int) {
	p.fix()
	for _, s := range p.steps {
		n += s
	}
	return n
}
