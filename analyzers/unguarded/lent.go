package unguarded

import (
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// lent adds what function literals do to a map that a function gives them which they
// are handed to: it runs them, mostly under its lock.
//
//	func (r *room) with(f func(map[string]*member)) {
//		r.mu.Lock()
//		defer r.mu.Unlock()
//		f(r.members)
//	}
func (c *checker) lent(e *lockset.Event) {
	i := e.Func.Param(e.Call.Param)
	if i < 0 || e.Func.Decl == nil || e.Deferred {
		return
	}
	for k, p := range e.Call.Args {
		if p == nil || mapops.MapType(c.TypesInfo.TypeOf(e.Call.Exprs[k])) == nil {
			continue
		}
		for _, m := range e.Func.Callers() {
			if m.Async || m.Event.Kind != lockset.Calls || m.Event.Call.Fn != e.Func || i >= len(m.Event.Call.Funcs) || m.Func.Test {
				continue
			}
			lit := m.Event.Call.Funcs[i].Fn
			if lit == nil || lit.Lit == nil || k >= len(lit.Params) || lit.Params[k] == nil {
				continue
			}
			for _, a := range c.locks.Accs(lit) {
				cl, owner, ok := classOf(a.Path)
				if !ok || owner != nil || cl.v != lit.Params[k] || !a.Op.Writes() && !a.Op.Reads() {
					continue
				}
				if q := c.locks.Replace(a.Path, c.locks.Var(cl.v), p); q != nil {
					c.add(e, q, a.Op, e.Call.Exprs[k], argumentAlias(e, k), slices.Clone(c.locks.Holds(e)), a.At)
				}
			}
		}
	}
}
