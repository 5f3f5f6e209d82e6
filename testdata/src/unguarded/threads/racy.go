// Package threads has goroutines that start more of their kind.
package threads

import "sync"

type Machine struct {
	wg   sync.WaitGroup
	regs map[int]int
}

type prog struct {
	code []int
	sub  []*prog
}

func (m *Machine) Run(p *prog) {
	m.wg.Add(1)
	go m.exec(p)
}

func (m *Machine) exec(p *prog) {
	defer m.wg.Done()
	for i, c := range p.code {
		if c < 0 {
			m.Run(p.sub[-c])
			continue
		}
		m.regs[c] = i // want "write to m.regs in goroutines started at"
	}
}
