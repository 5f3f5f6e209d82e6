package commands

import "context"

// Game runs its commands on the tick goroutine.
type Game struct {
	units   map[int]*unit
	inbox   chan command
	stopped chan struct{}
}
type unit struct{ x, y int }
type command func(g *Game) error

func Start(ctx context.Context) *Game {
	g := &Game{units: make(map[int]*unit), inbox: make(chan command), stopped: make(chan struct{})}
	go g.run(ctx)
	return g
}

func (g *Game) run(ctx context.Context) {
	defer close(g.stopped)
	for {
		select {
		case c := <-g.inbox:
			if err := c(g); err != nil {
				clear(g.units)
			}
		case <-ctx.Done():
			return
		}
	}
}

func (g *Game) send(c command) bool {
	errs := make(chan error, 1)
	select {
	case g.inbox <- func(g *Game) error { err := c(g); errs <- err; return err }:
		return <-errs == nil
	case <-g.stopped:
		return false
	}
}

func (g *Game) Move(id, x, y int) bool {
	return g.send(func(g *Game) error {
		u := g.units[id]
		if u == nil {
			u = &unit{}
			g.units[id] = u
		}
		u.x, u.y = x, y
		return nil
	})
}

func (g *Game) Kill(id int) bool {
	return g.send(func(*Game) error { delete(g.units, id); return nil })
}
