// Package joins returns what goroutines have filled.
package joins

import (
	"context"
	"sync"
)

type Sum struct {
	By  map[string]int
	Err map[string]error
}

func SemJoin(ks []string) *Sum {
	s := &Sum{By: map[string]int{}}
	var mu sync.Mutex
	sem := make(chan struct{}, 4)
	for _, k := range ks {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			mu.Lock()
			s.By[k] = len(k)
			mu.Unlock()
		}()
	}
	for range cap(sem) {
		sem <- struct{}{}
	}
	return s
}

func CondJoin(ks []string) *Sum {
	s := &Sum{By: map[string]int{}}
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	left := len(ks)
	for _, k := range ks {
		go func() {
			mu.Lock()
			defer mu.Unlock()
			s.By[k] = len(k)
			left--
			cond.Signal()
		}()
	}
	mu.Lock()
	for left > 0 {
		cond.Wait()
	}
	mu.Unlock()
	return s
}

func CtxJoin(ctx context.Context, ks []string) (*Sum, error) {
	s := &Sum{By: map[string]int{}}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, k := range ks {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			s.By[k] = len(k)
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
		return s, nil
	case <-ctx.Done():
	}
	mu.Lock()
	defer mu.Unlock()
	c := &Sum{By: map[string]int{}}
	for k, v := range s.By {
		c.By[k] = v
	}
	return c, ctx.Err()
}

func NamedJoin(ks []string) (s *Sum) {
	s = &Sum{By: map[string]int{}}
	var mu sync.Mutex
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, k := range ks {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			s.By[k] = len(k)
		})
	}
	return s
}

type group struct {
	wg sync.WaitGroup
	n  int
}

func (g *group) spawn(f func()) { g.wg.Add(1); g.n++; go func() { defer g.wg.Done(); f() }() }
func (g *group) join()          { g.wg.Wait() }

func GroupJoin(ks []string) *Sum {
	s := &Sum{By: map[string]int{}}
	var mu sync.Mutex
	var g group
	for _, k := range ks {
		g.spawn(func() { mu.Lock(); s.By[k]++; mu.Unlock() })
	}
	g.join()
	return s
}

func ChanCount(ks []string) *Sum {
	s := &Sum{By: map[string]int{}}
	var mu sync.Mutex
	ch := make(chan bool, len(ks))
	for _, k := range ks {
		go func() { mu.Lock(); s.By[k]++; mu.Unlock(); ch <- true }()
	}
	for i := 0; i < len(ks); i++ {
		<-ch
	}
	return s
}

// a long lived object with a lock variable of its constructor
type Live struct {
	m   map[string]int
	get func(string) int
}

func NewLive(in <-chan string) *Live {
	l := &Live{m: map[string]int{}}
	var mu sync.RWMutex
	l.get = func(k string) int { mu.RLock(); defer mu.RUnlock(); return l.m[k] }
	go func() {
		for k := range in {
			mu.Lock()
			l.m[k]++
			mu.Unlock()
		}
	}()
	return l
}
func (l *Live) Get(k string) int { return l.get(k) }

// A crew keeps its task in a field, and waits for all that run it.
type crew struct {
	mu   sync.Mutex
	done map[string]bool
	task func(string)
}

func newCrew(task func(string)) *crew { return &crew{done: make(map[string]bool), task: task} }

func (c *crew) row(names []string) {
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c.task(n)
			c.mu.Lock()
			c.done[n] = true
			c.mu.Unlock()
		}()
	}
	wg.Wait()
}

func rowAll(names []string, task func(string)) {
	c := newCrew(task)
	c.row(names)
}

type Galley struct {
	mu     sync.Mutex
	blades map[string]int
}

func (g *Galley) Row(names []string) int {
	rowAll(names, func(n string) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.blades[n]++
	})
	return len(names)
}

func Count(names []string) int {
	var mu sync.Mutex
	lengths := make(map[string]int)
	rowAll(names, func(n string) {
		mu.Lock()
		lengths[n] = len(n)
		mu.Unlock()
	})
	return len(lengths)
}
