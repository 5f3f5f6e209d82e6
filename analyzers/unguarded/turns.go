package unguarded

import (
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// inTurn reports whether a context is that of functions which one goroutine receives
// and runs, and an access in another context is made by that goroutine as well.
func (c *checker) inTurn(x, y *context, b *access) bool {
	if x.spawn == nil || x.spawn.Executor == nil {
		return false
	}
	if y.spawn != nil && y.spawn.Executor == x.spawn.Executor {
		return true
	}
	runner := c.locks.Executing(x.spawn.Executor)
	return runner != nil && slices.Contains(c.in[runner], y) && slices.Contains(c.runBy(runner), b.Func)
}

// runBy returns a function and those that it calls, directly or not.
func (c *checker) runBy(f *lockset.Func) []*lockset.Func {
	list, ok := c.runs[f]
	if ok {
		return list
	}
	list = []*lockset.Func{f}
	for i := 0; i < len(list) && i < maxRunBy; i++ {
		for _, e := range list[i].Events {
			if e.Kind != lockset.Calls {
				continue
			}
			for _, g := range c.locks.Runs(e) {
				if !slices.Contains(list, g) {
					list = append(list, g)
				}
			}
		}
	}
	if c.runs == nil {
		c.runs = make(map[*lockset.Func][]*lockset.Func)
	}
	c.runs[f] = list
	return list
}

// maxRunBy bounds the functions that are followed from one.
const maxRunBy = 64
