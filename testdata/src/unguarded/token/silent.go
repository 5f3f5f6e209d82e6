// Package token has channels of one slot that are locks.
package token

import (
	"context"
	"time"
)

type Till struct {
	key   chan struct{}
	coins map[int]int
	log   map[string]time.Time
}

func NewTill() *Till {
	key := make(chan struct{}, 1)
	key <- struct{}{}
	t := &Till{key: key, coins: map[int]int{}, log: map[string]time.Time{}}
	go t.audit()
	return t
}

func (t *Till) Add(c int) {
	<-t.key
	t.coins[c]++
	t.key <- struct{}{}
}

func (t *Till) TryAdd(c int) bool {
	select {
	case <-t.key:
	default:
		return false
	}
	defer func() { t.key <- struct{}{} }()
	t.coins[c]++
	return true
}

func (t *Till) AddCtx(ctx context.Context, c int) error {
	select {
	case <-t.key:
	case <-ctx.Done():
		return ctx.Err()
	}
	t.coins[c]++
	t.log["add"] = time.Now()
	t.key <- struct{}{}
	return nil
}

func (t *Till) audit() {
	for {
		<-t.key
		for c, n := range t.coins {
			if n == 0 {
				delete(t.coins, c)
			}
		}
		t.log["audit"] = time.Now()
		t.key <- struct{}{}
		time.Sleep(time.Second)
	}
}

type mutex chan struct{}

func newMutex() mutex   { return make(mutex, 1) }
func (m mutex) Lock()   { m <- struct{}{} }
func (m mutex) Unlock() { <-m }
func (m mutex) TryLock() bool {
	select {
	case m <- struct{}{}:
		return true
	default:
		return false
	}
}
func (m mutex) LockContext(ctx context.Context) error {
	select {
	case m <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type Box struct {
	mu mutex
	m  map[string]int
}

func NewBox() *Box { b := &Box{mu: newMutex(), m: map[string]int{}}; go b.gc(); return b }

func (b *Box) Put(ctx context.Context, k string) error {
	if err := b.mu.LockContext(ctx); err != nil {
		return err
	}
	defer b.mu.Unlock()
	b.m[k]++
	return nil
}
func (b *Box) Get(k string) int { b.mu.Lock(); defer b.mu.Unlock(); return b.m[k] }
func (b *Box) gc() {
	b.mu.Lock()
	clear(b.m)
	b.mu.Unlock()
}

// the state itself is the token
type state struct{ m map[string]int }
type Owner struct{ st chan *state }

func NewOwner() *Owner {
	o := &Owner{st: make(chan *state, 1)}
	o.st <- &state{m: map[string]int{}}
	go o.tick()
	return o
}
func (o *Owner) Inc(k string)     { s := <-o.st; s.m[k]++; o.st <- s }
func (o *Owner) Get(k string) int { s := <-o.st; defer func() { o.st <- s }(); return s.m[k] }
func (o *Owner) tick()            { s := <-o.st; delete(s.m, "x"); o.st <- s }
