package told

import (
	"sync"
	"time"
)

// Cond-based readiness.
type Boot struct {
	mu    sync.Mutex
	c     *sync.Cond
	ready bool
	conf  map[string]string
}

func NewBoot() *Boot {
	b := &Boot{conf: map[string]string{}}
	b.c = sync.NewCond(&b.mu)
	go b.load()
	return b
}

func (b *Boot) load() {
	b.conf["a"] = "b"
	b.mu.Lock()
	b.ready = true
	b.mu.Unlock()
	b.c.Broadcast()
}

func (b *Boot) wait() {
	b.mu.Lock()
	for !b.ready {
		b.c.Wait()
	}
	b.mu.Unlock()
}

func (b *Boot) Get(k string) string {
	b.wait()
	return b.conf[k]
}

type Late struct {
	fin chan struct{}
	m   map[string]int
}

func StartLate() *Late {
	l := &Late{fin: make(chan struct{}), m: map[string]int{}}
	go func() {
		defer close(l.fin)
		for i := range 10 {
			l.m[string(rune(i))] = i
		}
	}()
	return l
}

func (l *Late) within(d time.Duration) (ok bool) {
	select {
	case <-l.fin:
		ok = true
	case <-time.After(d):
	}
	return ok
}

func (l *Late) Sum() (n int) {
	if !l.within(time.Second) {
		return -1
	}
	for _, v := range l.m {
		n += v
	}
	return n
}

func (l *Late) isDone() bool {
	select {
	case <-l.fin:
		return true
	default:
		return false
	}
}

func (l *Late) Peek(k string) (int, bool) {
	switch {
	case l.isDone():
		return l.m[k], true
	}
	return 0, false
}
