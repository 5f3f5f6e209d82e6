package demands

import (
	"sync"
	"time"
)

// A cattery's timer takes the lock, and its helper is also used before it opens.
type cattery struct {
	lock sync.Mutex
	cats map[string]int
	quit chan struct{}
}

// note counts a cat. The caller holds the lock.
func (c *cattery) note(name string) { c.cats[name]++ }

func openCattery(names ...string) *cattery {
	c := &cattery{cats: make(map[string]int)}
	for _, n := range names {
		c.note(n)
	}
	return c
}

func (c *cattery) Note(name string) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.note(name)
	time.AfterFunc(time.Hour, func() {
		c.lock.Lock()
		defer c.lock.Unlock()
		c.note(name)
	})
}

// again is called with the lock, through a function value.
func (c *cattery) again(names []string) {
	for _, n := range names {
		c.note(n)
	}
}

func (c *cattery) Notes(names []string) {
	c.lock.Lock()
	defer c.lock.Unlock()
	f := c.again
	f(names)
}

func (c *cattery) Count(name string) int {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.cats[name]
}

// Start sets the cattery up before its goroutine runs.
func (c *cattery) Start(names ...string) {
	c.quit = make(chan struct{})
	for _, n := range names {
		c.note(n)
	}
	go func() {
		for {
			select {
			case <-c.quit:
				return
			case <-time.After(time.Minute):
				c.Note("tick")
			}
		}
	}()
}

// A barn's map is replaced, never changed: it may be handed out.
type barn struct {
	mu    sync.Mutex
	goats map[string]int
}

func (b *barn) set(m map[string]int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.goats = m
}

func (b *barn) all() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.goats
}

func (b *barn) Total() (sum int) {
	goats := b.all()
	for _, n := range goats {
		sum += n
	}
	return sum + len(goats)
}

func (b *barn) Reset() { b.set(map[string]int{}) }
