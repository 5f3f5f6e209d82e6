// Package closer stands in for groups of other modules that are told to end.
package closer

import "sync"

type Closer struct {
	wg   sync.WaitGroup
	stop chan struct{}
}

func New(n int) *Closer {
	c := &Closer{stop: make(chan struct{})}
	c.wg.Add(n)
	return c
}

func (c *Closer) Stopped() <-chan struct{} { return c.stop }
func (c *Closer) Done()                    { c.wg.Done() }
func (c *Closer) Signal()                  { close(c.stop) }
func (c *Closer) SignalAndWait()           { c.Signal(); c.wg.Wait() }
