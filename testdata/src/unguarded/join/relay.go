package join

import (
	"sync"
	"time"
)

// Relayed waits for its goroutines through another one, which tells the end.
func Relayed(hosts []string) map[string]int {
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	up := make(map[string]int)
	for _, h := range hosts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n := probe(h)
			mu.Lock()
			defer mu.Unlock()
			up[h] = n
		}()
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
loop:
	for {
		select {
		case <-done:
			break loop
		case <-tick.C:
			mu.Lock()
			println(len(up))
			mu.Unlock()
		}
	}
	up["all"] = len(up)
	return up
}

// TooSoon tells the end before it has waited for it.
func TooSoon(hosts []string) int {
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	up := make(map[string]int)
	for _, h := range hosts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n := probe(h)
			mu.Lock()
			defer mu.Unlock()
			up[h] = n
		}()
	}
	begun := make(chan struct{})
	go func() { close(begun); wg.Wait() }()
	<-begun
	return len(up) // want `^read of up with no lock held: .*\[unguarded/likely\]$`
}

// A Poller changes its targets only while it has stopped its workers.
type Poller struct {
	running sync.Mutex
	stop    chan struct{}
	workers sync.WaitGroup
	targets map[string]int
}

func (p *Poller) Start(targets map[string]int) {
	p.running.Lock()
	defer p.running.Unlock()
	p.halt()
	clear(p.targets)
	for t, n := range targets {
		p.targets[t] = n
	}
	p.stop = make(chan struct{})
	p.workers.Add(2)
	go p.poll(p.stop)
	go p.poll(p.stop)
}

func (p *Poller) Stop() {
	p.running.Lock()
	defer p.running.Unlock()
	p.halt()
}

func (p *Poller) halt() {
	if p.stop != nil {
		close(p.stop)
		p.workers.Wait()
		p.stop = nil
	}
}

func (p *Poller) poll(stop chan struct{}) {
	defer p.workers.Done()
	for {
		select {
		case <-stop:
			return
		default:
		}
		for t := range p.targets {
			probe(t)
		}
	}
}
