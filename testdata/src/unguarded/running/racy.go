package running

import (
	"context"
	"sync"
	"time"
)

// gauge does not ask in Value.
type gauge struct {
	mu     sync.Mutex
	runs   bool
	cancel context.CancelFunc
	ended  chan struct{}
	values map[string]int
}

func (g *gauge) Add(name string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.runs {
		return errRuns
	}
	g.values[name] = 0
	return nil
}

func (g *gauge) Value(name string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.values[name]
}

func (g *gauge) Remove(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.values, name)
}

func (g *gauge) Start() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.runs {
		return errRuns
	}
	ctx, cancel := context.WithCancel(context.Background())
	g.runs, g.cancel, g.ended = true, cancel, make(chan struct{})
	go g.loop(ctx, g.ended)
	return nil
}

func (g *gauge) loop(ctx context.Context, ended chan<- struct{}) {
	defer close(ended)
	for ctx.Err() == nil {
		g.values["loop"]++ // want "write to g.values without g.mu"
		time.Sleep(time.Second)
	}
}

// Stop does not wait.
func (g *gauge) Stop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.runs {
		return
	}
	g.cancel()
	g.runs = false
	clear(g.values)
}
