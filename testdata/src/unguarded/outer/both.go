// Package outer has structs that are changed under their own lock and that of their owner.
package outer

import "sync"

type Plan struct {
	mu    sync.RWMutex
	steps map[string]*Step
}

type Step struct {
	mu    sync.Mutex
	plan  *Plan
	users map[string]bool
}

func (p *Plan) Join(step, user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.steps[step]
	s.mu.Lock()
	s.users[user] = true
	s.mu.Unlock()
	p.tell(s)
}

// Nobody changes a step while the plan is held.
func (p *Plan) tell(s *Step) {
	for u := range s.users {
		println(u)
	}
}

func (p *Plan) Leave(user string) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, s := range p.steps {
		s.mu.Lock()
		delete(s.users, user)
		s.mu.Unlock()
	}
}

func (s *Step) Has(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[user]
}

type Tour struct {
	mu    sync.RWMutex
	stops map[string]*Stop
}

type Stop struct {
	mu    sync.Mutex
	tour  *Tour
	users map[string]bool
}

func (t *Tour) Join(stop, user string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stops[stop]
	s.mu.Lock()
	s.users[user] = true
	s.mu.Unlock()
}

// Who holds the tour for reading, as those do who leave it.
func (t *Tour) Who(stop string) (list []string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	s := t.stops[stop]
	for u := range s.users { // want "read of s.users without s.mu"
		list = append(list, u)
	}
	return list
}

func (t *Tour) Leave(user string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, s := range t.stops {
		s.mu.Lock()
		delete(s.users, user)
		s.mu.Unlock()
	}
}

func (s *Stop) Has(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[user]
}
