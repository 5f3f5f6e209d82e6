// Package errgroup stands in for golang.org/x/sync/errgroup: the same
// functions, written for the fixtures.
package errgroup

import (
	"context"
	"sync"
)

// A Group runs functions in goroutines of their own and keeps the first error.
type Group struct {
	running sync.WaitGroup
	cancel  context.CancelCauseFunc
	slots   chan struct{}
	first   sync.Once
	err     error
}

// WithContext returns a group and a context that ends with its first error.
func WithContext(ctx context.Context) (*Group, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	return &Group{cancel: cancel}, ctx
}

// SetLimit bounds the number of functions that run at a time; a negative
// number takes the bound away.
func (g *Group) SetLimit(n int) {
	if n < 0 {
		g.slots = nil
		return
	}
	g.slots = make(chan struct{}, n)
}

// Go runs f in a goroutine, once there is a slot for it.
func (g *Group) Go(f func() error) {
	if g.slots != nil {
		g.slots <- struct{}{}
	}
	g.start(f)
}

// TryGo runs f in a goroutine if there is a slot for it.
func (g *Group) TryGo(f func() error) bool {
	if g.slots != nil {
		select {
		case g.slots <- struct{}{}:
		default:
			return false
		}
	}
	g.start(f)
	return true
}

// Wait returns when all functions have, with the first error.
func (g *Group) Wait() error {
	g.running.Wait()
	if g.cancel != nil {
		g.cancel(g.err)
	}
	return g.err
}

func (g *Group) start(f func() error) {
	slots := g.slots
	g.running.Go(func() {
		defer func() {
			if slots != nil {
				<-slots
			}
		}()
		if err := f(); err != nil {
			g.first.Do(func() {
				g.err = err
				if g.cancel != nil {
					g.cancel(err)
				}
			})
		}
	})
}
