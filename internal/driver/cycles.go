package driver

// edges returns the units that a unit imports.
func (m *moment) edges(u *Unit) []*Unit {
	if !u.editable && u.export != "" {
		return nil // what cannot change has no way back
	}
	var list []*Unit
	for _, id := range m.imports(u) {
		if d := m.units[id]; d != nil {
			list = append(list, d)
		}
	}
	return list
}

// cyclic reports whether an import of u leads back to it. The import is an
// error, and is not followed: so all else is free of cycles, also where several
// goroutines wait for each other's work.
func (m *moment) cyclic(u, d *Unit) bool {
	return u == d || m.cycles.of(u) == m.cycles.of(d)
}

// components are the strongly connected components of a graph, found by
// Tarjan's algorithm as far as they are asked for.
type components struct {
	next  func(*Unit) []*Unit
	seen  map[*Unit]*visited
	stack []*Unit
	count int
}

type visited struct {
	index, low int
	component  int // counts from 1; 0 while it is not known
}

// of returns the number of a unit's component.
func (c *components) of(u *Unit) int {
	if v := c.seen[u]; v != nil && v.component != 0 {
		return v.component
	}
	return c.visit(u).component
}

func (c *components) visit(u *Unit) *visited {
	v := &visited{index: len(c.seen), low: len(c.seen)}
	c.seen[u] = v
	c.stack = append(c.stack, u)
	for _, d := range c.next(u) {
		switch w := c.seen[d]; {
		case w == nil:
			v.low = min(v.low, c.visit(d).low)
		case w.component == 0:
			v.low = min(v.low, w.index)
		}
	}
	if v.low != v.index {
		return v
	}
	c.count++
	for {
		last := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		c.seen[last].component = c.count
		if last == u {
			return v
		}
	}
}
