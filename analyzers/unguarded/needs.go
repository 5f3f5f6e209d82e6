package unguarded

import (
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
