// Package running has maps that belong to a goroutine as long as it runs.
package running

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errRuns = errors.New("it runs")

// meter tells by a flag, and Stop waits on the channel that the loop was given.
type meter struct {
	mu     sync.Mutex
	runs   bool
	cancel context.CancelFunc
	ended  chan struct{}
	counts map[string]int
}

func (m *meter) Watch(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs {
		return errRuns
	}
	m.counts[name] = 0
	return nil
}

func (m *meter) Start() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs {
		return errRuns
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.runs, m.cancel, m.ended = true, cancel, make(chan struct{})
	go m.loop(ctx, m.ended)
	return nil
}

func (m *meter) loop(ctx context.Context, ended chan<- struct{}) {
	defer close(ended)
	for ctx.Err() == nil {
		for name := range m.counts {
			m.counts[name]++
		}
		time.Sleep(time.Second)
	}
}

func (m *meter) Stop() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.runs {
		return nil
	}
	m.cancel()
	<-m.ended
	m.runs = false
	out := make(map[string]int, len(m.counts))
	for name, n := range m.counts {
		out[name] = n
		delete(m.counts, name)
	}
	return out
}

// poller tells by a field that is not nil, and is waited for by a group.
type poller struct {
	mu    sync.Mutex
	quit  chan struct{}
	group sync.WaitGroup
	seen  map[string]time.Time
}

func (p *poller) Forget(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quit == nil {
		delete(p.seen, name)
	}
}

func (p *poller) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quit != nil {
		return -1
	}
	return len(p.seen)
}

func (p *poller) Start(names []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quit != nil {
		return
	}
	p.quit = make(chan struct{})
	quit := p.quit
	p.group.Add(1)
	go func() {
		defer p.group.Done()
		p.poll(quit, names)
	}()
}

func (p *poller) poll(quit chan struct{}, names []string) {
	for i := 0; ; i++ {
		select {
		case <-quit:
			return
		case now := <-time.After(time.Second):
			p.seen[names[i%len(names)]] = now
		}
	}
}

func (p *poller) Stop() (last time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quit == nil {
		return
	}
	close(p.quit)
	p.group.Wait()
	p.quit = nil
	for _, at := range p.seen {
		if at.After(last) {
			last = at
		}
	}
	clear(p.seen)
	return last
}
