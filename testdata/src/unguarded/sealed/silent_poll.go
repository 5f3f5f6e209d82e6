package sealed

import "sync"

type Poll struct {
	mu    sync.Mutex
	votes map[string]int
	ended bool
	log   func(string, int)
}

func (p *Poll) Vote(k string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.votes[k]++
}

func (p *Poll) Finish() {
	p.mu.Lock()
	first := !p.ended
	p.ended = true
	votes := p.votes
	p.mu.Unlock()
	if !first {
		return
	}
	for k, n := range votes {
		p.log(k, n)
	}
}

func (p *Poll) Count(k string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.votes[k]
}
