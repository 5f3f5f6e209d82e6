package threads

import "sync"

// Locked takes its lock.
type Locked struct {
	mu   sync.Mutex
	regs map[int]int
}

func (m *Locked) Run(p *prog) { go m.exec(p) }

func (m *Locked) exec(p *prog) {
	for i, c := range p.code {
		if c < 0 {
			m.Run(p.sub[-c])
			continue
		}
		m.mu.Lock()
		m.regs[c] = i
		m.mu.Unlock()
	}
}

// Restarts goes on in another goroutine, and ends.
type Restarts struct {
	seen map[int]int
}

func (m *Restarts) Run(p *prog) { go m.exec(p) }

func (m *Restarts) exec(p *prog) {
	for i, c := range p.code {
		m.seen[c] = i
	}
	m.Run(p.sub[0])
}

// Own has a map for each.
type Own struct {
	regs map[int]int
}

func (m *Own) Run(p *prog) {
	child := &Own{regs: map[int]int{}}
	go child.exec(p)
}

func (m *Own) exec(p *prog) {
	for i, c := range p.code {
		if c < 0 {
			m.Run(p.sub[-c])
			continue
		}
		m.regs[c] = i
	}
}

// Turns waits for each that it starts.
type Turns struct {
	end  chan bool
	regs map[int]int
}

func (m *Turns) Run(p *prog) { go m.exec(p) }

func (m *Turns) exec(p *prog) {
	for i, c := range p.code {
		if c < 0 {
			m.Run(p.sub[-c])
			<-m.end
			continue
		}
		m.regs[c] = i
	}
	m.end <- true
}
