package unguarded

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// sharedWrites reports writes while a lock is held for reading only.
func (c *checker) sharedWrites() {
	for _, as := range c.order {
		if !as.shared() {
			continue
		}
		for _, a := range as.list {
			if a.op.Changes() && !a.Func.Test {
				c.sharedWrite(as, a)
			}
		}
	}
}

func (c *checker) sharedWrite(as *accesses, a *access) {
	var lock *lockset.Hold
	for i, h := range a.held {
		if h.Mode == lockset.Exclusive {
			return // perhaps that one guards the map
		}
		if r := c.relation(a, h.Path); r != nil && lock == nil && (c.beside(as, r) || c.exclusively(as, r)) {
			lock = &a.held[i]
		}
	}
	if lock == nil || lock.Mixed || !c.contended(as, a) {
		return
	}
	if takenAt(a.Event, lock.Path) == nil && c.sharedByCallers(a, a.Func, lock.Path, make(map[*lockset.Func]bool)) {
		return
	}
	c.report(rule.Certain, a.Pos(), c.taken(lock.At), "write to %s under %s.RLock (%s), which others may hold at the same time",
		c.show(a), c.asTaken(a, lock), c.at(lock.At.Pos())).
		readsOnly(&sharedHold{at: a.Event, lock: lock.Path, by: lock.At})
}

// asTaken names a lock in the words of an access, or of the call that took it where the
// access is in a struct inside the one with the lock.
func (c *checker) asTaken(a *access, lock *lockset.Hold) string {
	if call, ok := lock.At.(*ast.CallExpr); ok && (lock.Path.Climbs() || lock.Path.Root() == c.locks.Any) {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "RLock" {
			return types.ExprString(sel.X)
		}
	}
	return c.showLock(a, lock.Path)
}

// exclusively reports whether a lock of the struct that refers to the one with the map
// is held for writing at another change of the map that is made from there: it is meant
// to guard it. Where only the owner holds it for writing, while it goes over all that
// refer to it, those may have a map each, and hold off nothing but the owner.
func (c *checker) exclusively(as *accesses, relation *path.Path) bool {
	return slices.ContainsFunc(as.list, func(b *access) bool {
		return counts(b) && b.op.Changes() && slices.ContainsFunc(b.held, func(h lockset.Hold) bool {
			if h.Mode != lockset.Exclusive {
				return false
			}
			r := c.relation(b, h.Path)
			if relation.Root() == c.locks.Any { // reached through an interface: of the one owner there is
				return r != nil && r.Root() == c.self && r.Climbs() && r.Obj == relation.Obj
			}
			return relation.Root() == c.self && r == relation
		})
	})
}

// sharedByCallers looks for the functions that call f with a lock, directly or not:
// where some of them hold it exclusively, those are wrong that do not. It reports
// whether there are such.
func (c *checker) sharedByCallers(a *access, f *lockset.Func, lock *path.Path, seen map[*lockset.Func]bool) bool {
	el := f.Entry.Lock(lock)
	if el == nil || seen[f] {
		return false
	}
	seen[f] = true
	differ := slices.Contains(el.Modes, lockset.Exclusive)
	found := differ
	for i, h := range el.Holders {
		up := c.locks.FromCallee(lock, h)
		if up == nil || el.Modes[i] != lockset.Shared {
			continue
		}
		by := takenAt(h.Event, up)
		if by == nil && c.sharedByCallers(a, h.Func, up, seen) {
			found = true
		} else if differ {
			c.report(rule.Certain, a.Pos(), append(c.taken(el.At), analysis.RelatedInformation{Pos: h.Event.Pos(), Message: "called here under it"}),
				"write to %s under %s.RLock, as called at %s, which others may hold at the same time", c.show(a), up, c.at(h.Event.Pos())).
				readsOnly(&sharedHold{at: h.Event, lock: up, by: by})
		}
	}
	return found
}

func (c *checker) taken(n ast.Node) []analysis.RelatedInformation {
	return []analysis.RelatedInformation{{Pos: n.Pos(), End: n.End(), Message: "the lock is taken for reading here"}}
}

// takenAt returns the call that took a lock in the function of an event, nil
// if none there did.
func takenAt(e *lockset.Event, lock *path.Path) ast.Node {
	for _, h := range e.State.Held {
		if h.Path == lock {
			return h.At
		}
	}
	return nil
}
