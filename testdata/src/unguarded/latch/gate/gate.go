// Package gate has locks that one may give up waiting for.
package gate

import "context"

// Gate lets one in at a time.
type Gate struct{ in chan struct{} }

// New returns an open gate.
func New() *Gate { return &Gate{in: make(chan struct{}, 1)} }

// Enter goes in, unless ctx ends before.
func (g *Gate) Enter(ctx context.Context) error {
	select {
	case g.in <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Leave opens the gate again.
func (g *Gate) Leave() { <-g.in }
