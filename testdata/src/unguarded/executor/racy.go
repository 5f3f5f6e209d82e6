package executor

// Crew has several workers.
type Crew struct {
	work chan func()
	done map[string]bool
}

func NewCrew() *Crew {
	c := &Crew{work: make(chan func()), done: map[string]bool{}}
	for range 3 {
		go c.toil()
	}
	return c
}

func (c *Crew) toil() {
	for f := range c.work {
		f()
	}
}

func (c *Crew) add(f func()) { c.work <- f }

func (c *Crew) Paint(k string) {
	c.add(func() {
		c.done[k] = true // want "write to c.done in goroutines started at"
	})
}
