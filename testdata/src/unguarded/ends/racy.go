package ends

import "sync"

// A Press tells that it is done before it has waited.
type Press struct {
	mu    sync.Mutex
	sheet map[string]int
	queue chan string
	done  chan struct{}
}

func (p *Press) Run(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range p.queue {
				p.print(k)
			}
		}()
	}
	close(p.done)
	wg.Wait()
}

func (p *Press) print(k string) {
	p.mu.Lock()
	p.sheet[k]++
	p.mu.Unlock()
}

func (p *Press) Has(k string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sheet[k] > 0
}

func (p *Press) Close() int {
	close(p.queue)
	<-p.done
	return len(p.sheet) // want "read of p.sheet without p.mu"
}

// A Shed lets go of its lock before the crate is complete.
type Shed struct {
	mu     sync.Mutex
	crates map[string]*Crate
}

type Crate struct {
	mu sync.Mutex
	by map[string]int
}

func (s *Shed) Crate(k string) *Crate {
	s.mu.Lock()
	c, ok := s.crates[k]
	if !ok {
		c = &Crate{by: map[string]int{}}
		s.crates[k] = c
	}
	s.mu.Unlock()
	c.by["asked"]++ // want "write to c.by without c.mu"
	return c
}

func (c *Crate) Add(k string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[k]++
}

func (c *Crate) Get(k string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[k]
}

func (c *Crate) Drop(k string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.by, k)
}
