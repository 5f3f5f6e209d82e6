package helpers

import "unguarded/helpers/table"

// SetRow knows the table of another package, but not its lock.
func SetRow(t *table.Table, name string, n int) {
	t.Rows[name] = n // want `^write to t\.Rows without t\.Mu, .*\[unguarded/likely\]$`
}

// BumpTwice calls what asks for the lock.
func BumpTwice(t *table.Table, name string) {
	t.Mu.Lock()
	t.BumpLocked(name)
	t.Mu.Unlock()
	t.BumpLocked(name) // want `^t\.BumpLocked writes t\.Rows without t\.Mu, .*\[unguarded/likely\]$`
}

// Closet locks with a type of another package.
type Closet struct {
	gate  table.Gate
	coats map[string]int
}

func (c *Closet) Hang(owner string) {
	c.gate.Enter()
	defer c.gate.Leave()
	c.coats[owner]++
}

func (c *Closet) Fetch(owner string) {
	c.gate.Enter()
	c.coats[owner]--
	c.gate.Leave()
}

func (c *Closet) Coats(owner string) (n int) {
	c.gate.Do(func() { n = c.coats[owner] })
	return n
}

func (c *Closet) Owners() (n int) {
	c.gate.Do(func() { n = len(c.coats) })
	return n
}

func (c *Closet) Empty() {
	c.gate.Do(func() { clear(c.coats) })
}

func (c *Closet) Lose(owner string) {
	delete(c.coats, owner) // want `^write to c\.coats without c\.gate\b.*, which guards it at .*\[unguarded/likely\]$`
}

// Follow hands a literal to a function that keeps it.
func (c *Closet) Follow(t *table.Table) {
	c.gate.Enter()
	defer c.gate.Leave()
	t.OnChange(func(name string) {
		c.coats[name] = 0 // want `^write to c\.coats without c\.gate\b.*, which guards it at .*\[unguarded/likely\]$`
	})
}
