package odd

import "sync"

// Names shadows what it calls.
type Names struct {
	mu sync.Mutex
	by map[string]int
}

func (n *Names) Add(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.by[name]++
}

func (n *Names) Get(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.by[name]
}

func (n *Names) Remove(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.by, name)
}

// Shadowed calls functions that have the names of builtins, and touches no
// map at all.
func (n *Names) Shadowed(
	delete func(*Names, string),
	clear func(*Names),
	len func(*Names) int,
) int {
	delete(n, "")
	clear(n)
	return len(n)
}

// Methods has them as methods.
func (n *Names) Methods() {
	n.delete("")
	n.clear()
	print(n.len())
}

func (n *Names) delete(name string) { n.Remove(name) }
func (n *Names) clear()             { n.Remove("") }
func (n *Names) len() int           { return n.Get("") }

// Shadows has a local map and a lock with the names of the fields.
func (n *Names) Shadows(names []string) int {
	var mu, by = new(sync.Mutex), map[string]int{}
	mu.Lock()
	for i, name := range names {
		by[name] = i
	}
	mu.Unlock()
	{
		n := Names{by: by}
		n.by["x"] = 1
		delete(n.by, "y")
	}
	return len(by)
}

// All is ranged over by functions that hold the lock around the loop.
func (n *Names) all(yield func(string, int) bool) {
	for name, c := range n.by {
		if !yield(name, c) {
			return
		}
	}
}

func (n *Names) Double() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for name, c := range n.all {
		n.by[name] = 2 * c
		if c > 100 {
			delete(n.by, name)
			continue
		}
		if c < 0 {
			return
		}
	}
}

// Locked yields under the lock.
func (n *Names) Locked(yield func(string, int) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all(yield)
}

// Prune writes in the body of a range over such a function.
func (n *Names) Prune() {
	for name, c := range n.Locked {
		if c == 0 {
			delete(n.by, name)
		}
	}
}

// Ackermann calls itself in its own argument, with a memo under the lock.
func (n *Names) Ackermann(a, b int) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	var ack func(a, b int) int
	ack = func(a, b int) int {
		n.by["calls"]++
		switch {
		case a == 0:
			return b + 1
		case b == 0:
			return ack(a-1, 1)
		}
		return ack(a-1, ack(a, b-1))
	}
	return ack(a, b)
}

// ping and pong call each other, and themselves, on all ways.
func (n *Names) ping(i int) int {
	if i == 0 {
		return n.by["ping"]
	}
	n.by["ping"] = i
	return n.pong(i-1) + n.ping(i-1)
}

func (n *Names) pong(i int) int {
	if i == 0 {
		return n.by["pong"]
	}
	n.by["pong"] = i
	return n.ping(i-1) + n.pong(i-1)
}

func (n *Names) Play() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ping(9) + n.pong(9)
}

// visitor has its calls behind an interface.
type visitor interface{ visit(name string) }

type counter struct{ n *Names }

func (c counter) visit(name string) { c.n.Add(name) }

func Visit(v visitor, names ...string) {
	for _, name := range names {
		v.visit(name)
	}
	if c, ok := v.(counter); ok {
		c.n.Add("visits")
	}
}

var _ visitor = counter{}

// Pool keeps its maps to be used again, each by one at a time.
var pool = sync.Pool{New: func() any { return make(map[string]int) }}

func Count(words []string) int {
	m := pool.Get().(map[string]int)
	defer pool.Put(m)
	clear(m)
	for _, w := range words {
		m[w]++
	}
	return len(m)
}
