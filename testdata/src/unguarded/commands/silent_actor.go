package commands

import (
	"context"
	"errors"
	"sync"
)

// Actor with typed messages holding closures in a struct by pointer, and a sync stop.
type Actor struct {
	mail  chan *msg
	state map[string]int
	wg    sync.WaitGroup
}
type msg struct {
	apply func(map[string]int)
	done  chan struct{}
}

func NewActor(ctx context.Context) *Actor {
	a := &Actor{mail: make(chan *msg, 1), state: map[string]int{}}
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		for {
			select {
			case m := <-a.mail:
				a.handle(m)
			case <-ctx.Done():
				a.flush()
				return
			}
		}
	}()
	return a
}

func (a *Actor) handle(m *msg) {
	m.apply(a.state)
	close(m.done)
}

func (a *Actor) flush() { clear(a.state) }

func (a *Actor) Do(ctx context.Context, f func(map[string]int)) error {
	m := &msg{f, make(chan struct{})}
	select {
	case a.mail <- m:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-m.done:
		return nil
	case <-ctx.Done():
		return errors.New("late")
	}
}

func (a *Actor) Inc(ctx context.Context, k string) error {
	return a.Do(ctx, func(s map[string]int) { s[k]++ })
}

func (a *Actor) Get(ctx context.Context, k string) (n int, err error) {
	err = a.Do(ctx, func(map[string]int) { n = a.state[k] })
	return n, err
}
