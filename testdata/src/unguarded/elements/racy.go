package elements

import "sync"

type drawer struct {
	sync.Mutex
	socks map[string]int
}

// Chest forgets the locks of its drawers in one method.
type Chest struct{ drawers []*drawer }

func (c *Chest) Put(i int, k string)  { d := c.drawers[i]; d.Lock(); d.socks[k]++; d.Unlock() }
func (c *Chest) Take(i int, k string) { d := c.drawers[i]; d.Lock(); delete(d.socks, k); d.Unlock() }
func (c *Chest) Count() (n int) {
	for _, d := range c.drawers {
		d.Lock()
		n += len(d.socks)
		d.Unlock()
	}
	for _, d := range c.drawers {
		clear(d.socks) // want "write to d.socks without d.Mutex"
	}
	return n
}
