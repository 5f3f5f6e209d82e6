package unguarded

import (
	"go/ast"
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
		if r := c.relation(a, h.Path); r != nil && c.beside(as, r) && lock == nil {
			lock = &a.held[i]
		}
	}
	if lock == nil || lock.Mixed || !c.contended(as, a) {
		return
	}
	// Where some callers hold the lock exclusively, those are wrong that do not.
	if el := a.Func.Entry.Lock(lock.Path); el != nil && a.State != nil && takenAt(a.Event, lock.Path) == nil {
		if slices.Contains(el.Modes, lockset.Exclusive) {
			for i, h := range el.Holders {
				if up := c.locks.FromCallee(lock.Path, h); up != nil && el.Modes[i] == lockset.Shared {
					c.report(rule.Certain, h.Event.Pos(), c.taken(lock.At), "%s writes %s under %s.RLock (%s), which others may hold at the same time",
						called(h), a.path, up, c.at(a.Pos())).
						readsOnly(&sharedHold{at: h.Event, lock: up, by: takenAt(h.Event, up)})
				}
			}
			return
		}
	}
	c.report(rule.Certain, a.Pos(), c.taken(lock.At), "write to %s under %s.RLock (%s), which others may hold at the same time",
		c.show(a), c.showLock(a, lock.Path), c.at(lock.At.Pos())).
		readsOnly(&sharedHold{at: a.Event, lock: lock.Path, by: lock.At})
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
