package unguarded

import (
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// neverForWrites returns the lock beside a map that is held at all that reads the map and
// at nothing that changes it, where it can be meant for nothing else: those who change
// the map have forgotten it.
func (c *checker) neverForWrites(as *accesses, candidates []*guard) *guard {
	for _, g := range candidates {
		if g.writes > 0 || g.evidence == nil || !c.beside(as, g.relation) || c.open(as, g.relation) {
			continue
		}
		readers := make(map[*lockset.Func]bool)
		forgotten, fetched, released := 0, 0, 0
		all := true
		for _, a := range as.list {
			switch {
			case !counts(a) || a.op == lockset.Alias:
			case c.mode(a, g.relation) != 0:
				all = all && !a.op.Changes()
				readers[a.Func.Declared()] = true
			case a.op == lockset.Assign && c.initialises(a, g):
			case c.gotten(a) && as.depth > 0 && c.bareAccess(a):
				fetched++
				if a.op.Writes() {
					forgotten++
				}
			case a.op.Changes() && c.bareAccess(a):
				forgotten++
				if lock := c.lockOf(a, g.relation); lock != nil && slices.Contains(a.State.Off, lock) && readers[a.Func.Declared()] {
					released++ // it was held before, for a look at the map
				}
			case !a.op.Changes() && slices.ContainsFunc(as.list, func(w *access) bool { return w.op.Writes() && w.Func == a.Func && c.mode(w, g.relation) == 0 }):
				// The one who writes may look first.
			default:
				all = false
			}
		}
		if !all || forgotten == 0 || len(readers) == 0 || released < forgotten && (len(readers) < 2 || !c.onlyFor(as, g.relation)) {
			continue
		}
		g.fetched = fetched > 0
		g.clear = g.total
		return g
	}
	return nil
}

// bareAccess reports whether an access is made without any lock by what anybody may
// call, or what runs in a goroutine, on an object that is not being built there.
func (c *checker) bareAccess(a *access) bool {
	return len(a.held) == 0 && len(a.State.Maybe) == 0 && c.bare(a.Func, a.path, 2) && !c.assumed(a.Func) && !c.deliberate(a.Event) &&
		!c.creates(a) && !c.setsUp(a.Func, a.Pos(), a.path)
}

// onlyFor reports whether all functions that take a lock use the maps of a class, or those
// that hold these, under it.
func (c *checker) onlyFor(as *accesses, relation *path.Path) bool {
	uses := make(map[*lockset.Func]bool)
	for _, o := range c.order {
		if o.v == as.v {
			for _, a := range o.list {
				uses[a.Func.Declared()] = true
			}
		}
	}
	for _, f := range c.locks.Funcs {
		for _, e := range f.Events {
			if e.Kind == lockset.Lock && e.Path != nil && e.Path.Obj == relation.Obj && !f.Test && !uses[f.Declared()] {
				return false
			}
		}
	}
	return true
}
