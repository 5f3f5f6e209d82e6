package unguarded

import (
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// needFact tells other packages that a function leaves it to its callers to
// hold a lock: its documentation or its name says so, and it uses a map that
// the lock guards.
type needFact struct {
	Lock   lockset.LockFact
	Map    string
	Writes bool
	Where  string // file.go:12
}

func (*needFact) AFact() {}

func (f *needFact) String() string { return "needs " + f.Lock.String() }

// need exports what a function that says of itself that its callers hold the
// lock needs at an access.
func (c *checker) need(a *access, lock *path.Path) {
	f := a.Func
	if f.Obj == nil || !f.Obj.Exported() {
		return
	}
	l, ok := f.LockFact(lock, lockset.Exclusive)
	if !ok {
		return
	}
	fact := new(needFact)
	if c.ImportObjectFact(f.Obj, fact) && (fact.Writes || !a.op.Changes()) {
		return
	}
	c.ExportObjectFact(f.Obj, &needFact{Lock: l, Map: a.path.String(), Writes: a.op.Changes(), Where: c.at(a.Pos())})
}

// needs reports calls of functions of other packages that lack the lock which
// their callers have to hold.
func (c *checker) needs() {
	for _, f := range c.locks.Funcs {
		if f.Test || c.assumed(f) {
			continue
		}
		for _, e := range f.Events {
			if e.Kind != lockset.Calls || e.State == nil || e.Call.Obj == nil || e.Call.Obj.Pkg() == c.Pkg {
				continue
			}
			fact := new(needFact)
			if !c.ImportObjectFact(e.Call.Obj, fact) {
				continue
			}
			lock := c.locks.FromFact(fact.Lock, e.Call)
			if lock == nil || c.private(e, lock) {
				continue
			}
			held := false
			for _, h := range c.locks.Holds(e) {
				held = held || h.Path == lock && (h.Mode == lockset.Exclusive || !fact.Writes)
			}
			if held {
				continue
			}
			c.report(rule.Likely, e.Pos(), nil, "%s %s %s without %s, which its callers have to hold (%s)",
				called(&lockset.Caller{Event: e, Fn: e.Call.Fn}), does(fact.Writes), e.Call.MapOf(fact.Lock.Param, fact.Map), lock, fact.Where)
		}
	}
}

// unheeded reports calls of a function of the package whose documentation or name says
// that the lock is held, by those who plainly do not hold it, where others do.
func (c *checker) unheeded(as *accesses, a *access, el *lockset.EntryLock, lock *path.Path) {
	if el == nil || len(el.Holders) == 0 || a.Func.Entry.External {
		return
	}
	for _, m := range el.Missing {
		up := c.locks.FromCallee(lock, m)
		if up == nil || m.Func.Test || m.Dispatched || m.Func.Entry.Blind || c.assumed(m.Func) || c.deliberate(m.Event) || up.Climbs() {
			continue
		}
		if len(c.locks.Holds(m.Event)) > 0 || contains(m.Event.State.Maybe, up) || contains(m.Func.Entry.Maybe, up) ||
			madeIn(m.Func, up.RootVar()) || c.setsUp(m.Func, m.Event.Pos(), up) || !c.bare(m.Func, up, 2) {
			continue
		}
		c.report(rule.Likely, m.Event.Pos(), c.evidence(as), "%s %s %s without %s, which its callers have to hold (%s)",
			called(m), does(a.op.Changes()), a.path, up, c.at(a.Pos())).
			lacksLock(&lack{at: m.Event, path: a.path, lock: up, writes: a.op.Changes()})
	}
}

// bare reports whether a function begins without a lock for all that is seen: it runs in
// a goroutine or a timer, anybody may call it, or all that call it are such functions
// and do not hold the lock.
func (c *checker) bare(f *lockset.Func, lock *path.Path, depth int) bool {
	if f.Entry.External {
		return f.Lit == nil || f.Handles // a literal that is kept may be called under any lock
	}
	callers := f.Callers()
	return len(callers) > 0 && !slices.ContainsFunc(callers, func(m *lockset.Caller) bool {
		switch {
		case m.Func.Test, m.Async:
			return false
		case m.Dispatched, depth == 0, len(c.locks.Holds(m.Event)) > 0:
			return true
		}
		up := c.locks.FromCallee(lock, m)
		return up == nil || c.setsUp(m.Func, m.Event.Pos(), up) || madeIn(m.Func, up.RootVar()) && !m.Event.State.Started || !c.bare(m.Func, up, depth-1)
	})
}
