package unguarded

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// outlier reports an access that is not made under the guard.
func (c *checker) outlier(as *accesses, a *access) {
	g := as.guard
	if a.Func.Test || a.op == lockset.Compare || a.op == lockset.Alias {
		return
	}
	if c.maybe(a, g.relation) || c.gotten(a) && !g.fetched {
		return
	}
	lock := c.lockOf(a, g.relation)
	mode := c.mode(a, g.relation)
	if mode == lockset.Exclusive || mode == lockset.Shared && !a.op.Changes() {
		if lock != nil && a.State.Held == nil {
			c.lacking(as, a, a.Func, lock, make(map[*lockset.Func]bool))
		}
		return
	}
	if g.evidence == nil && !g.declared && c.hidden(g.relation) {
		return // a field that is open to those who cannot take its lock: it is theirs when it is complete
	}
	if mode == lockset.Shared && throughPointer(g.relation) && !c.exclusively(as, g.relation) {
		return // see there
	}
	if g.relation.Root() == c.locks.Any {
		// Which lock it is cannot be told, unless it was held just before.
		i := slices.IndexFunc(a.State.Off, func(q *path.Path) bool { return q.Kind == path.Field && q.Obj == g.relation.Obj })
		if i < 0 {
			c.ownerLacks(as, a)
			return
		}
		lock = a.State.Off[i]
	}
	if !c.contended(as, a) && !c.checksAgain(as, a) || c.otherwise(as, a) || c.madeOnce(as, a) || c.initialises(a, g) || c.calledBackUnder(a, g) || c.countsIn(as, a) {
		return
	}
	if a.Alias != nil && a.op != lockset.Assign && mapops.MapType(a.Alias.Type()) != nil && c.inPlace(as) == nil {
		return // the variable was read under the lock, and its map never changes
	}
	if lock == nil || lock.Climbs() {
		// The lock of an object that is not known here, but to the callers.
		if el := a.Func.Entry.Lock(lock); lock != nil && c.beside(as, g.relation) && el != nil && len(el.Holders) > 0 {
			c.halfHold(as, a, el, lock)
		} else if lock != nil {
			c.ownerLacks(as, a)
		}
		return
	}
	el := a.Func.Entry.Lock(lock)
	if c.assumed(a.Func) && (a.Func.Entry.External || el == nil || !el.MostHold()) {
		if a.Func.Entry.External || !c.forgotten(el, lock) {
			c.need(a, lock)
			c.unheeded(as, a, el, lock)
			return
		}
	}
	if el != nil && el.MostHold() && !a.Func.Entry.External {
		c.lacking(as, a, a.Func, lock, make(map[*lockset.Func]bool))
		return
	}
	if c.leftToCallers(a.Func, lock) {
		return
	}
	level := rule.Likely
	if c.deliberate(a.Event) || c.registry(as, a) || dispatched(a.Func) || c.creates(a) || c.composes(a) || c.onlyAssigned(as, a) || c.stoppedFirst(as, a) || c.ownsWhileRunning(as, a) || c.frozen(as, a) ||
		el != nil && len(el.Holders) > 0 && (len(el.Holders) < len(el.Missing) || c.startsUp(el, lock)) || c.unneeded(a, lock) || !a.Func.Entry.External && c.unlocksElsewhere(lock.Obj) ||
		a.Func.Entry.External && lock.Obj != nil && lock.Obj.Exported() && (c.ofArgument(a) || c.calledUnder(a.Func, lock, make(map[*lockset.Func]bool))) {
		level = rule.Possible
	}
	if !c.beside(as, g.relation) && !c.entered(a.Func, lock, 1) {
		level = rule.Possible // it takes the whole program to tell who holds the lock of an owner
	}
	k := lackOf{a.Func, g.relation}
	if level != rule.Possible && c.lacks[k] == maxLacks {
		return
	}
	f := c.report(level, a.Pos(), c.evidence(as), "%s %s without %s, %s", c.verb(a), c.show(a), c.showLock(a, lock), g)
	if f != nil && level != rule.Possible {
		c.lacks[k]++
	}
	f.lacksLock(&lack{at: a.Event, path: a.path, lock: lock, writes: a.op.Changes(), direct: a.by == nil})
}

// hidden reports whether a lock of another package cannot be named in this one.
func (c *checker) hidden(lock *path.Path) bool {
	return slices.ContainsFunc(lock.Steps(), func(s *path.Path) bool {
		return s.Kind == path.Field && !s.Obj.Exported() && s.Obj.Pkg() != c.Pkg
	})
}

// leftToCallers reports whether all callers of a function that do not hold a lock say
// of themselves that theirs do, and others hold it.
func (c *checker) leftToCallers(f *lockset.Func, lock *path.Path) bool {
	el := f.Entry.Lock(lock)
	return el != nil && !f.Entry.External && len(el.Holders) > 0 && len(el.Missing) > 0 &&
		!slices.ContainsFunc(el.Missing, func(m *lockset.Caller) bool { return m.Async || !c.assumed(m.Func) })
}

// halfHold reports the callers that do not hold the lock of the struct around the one
// whose method they call, where no fewer hold it and the lock is held wherever the
// map is used directly.
func (c *checker) halfHold(as *accesses, a *access, el *lockset.EntryLock, lock *path.Path) {
	if a.Func.Entry.External || el.MostHold() || len(el.Holders) < len(el.Missing) || as.guard.locked < as.guard.clear || c.assumed(a.Func) {
		return
	}
	for _, m := range el.Missing {
		up := c.locks.FromCallee(lock, m)
		if up == nil || !m.Func.Entry.External || m.Func.Test || c.assumed(m.Func) || up.Climbs() || madeIn(m.Func, up.RootVar()) || c.setsUp(m.Func, m.Event.Pos(), up) || c.deliberate(m.Event) {
			continue
		}
		c.report(rule.Likely, m.Event.Pos(), c.evidence(as), "%s %s %s without %s, which %d of its %d callers hold (%s)",
			called(m), does(a.op.Changes()), a.path, up, len(el.Holders), len(el.Holders)+len(el.Missing), c.at(a.Pos())).
			lacksLock(&lack{at: m.Event, path: a.path, lock: up, writes: a.op.Changes()})
	}
}

// entered reports whether it is plain in what state a function begins: anybody may call
// it, it runs in a goroutine, takes the lock itself elsewhere, or is called by such a
// function that does not hold it.
func (c *checker) entered(f *lockset.Func, lock *path.Path, depth int) bool {
	if f.Entry.External || slices.ContainsFunc(f.Events, func(e *lockset.Event) bool { return e.Kind == lockset.Lock && e.Path == lock }) {
		return true
	}
	return slices.ContainsFunc(f.Callers(), func(m *lockset.Caller) bool {
		if m.Func.Test || m.Async {
			return m.Async && !m.Func.Test
		}
		up := c.locks.FromCallee(lock, m)
		held := slices.ContainsFunc(c.locks.Holds(m.Event), func(h lockset.Hold) bool { return h.Path == up })
		return up != nil && !held && depth > 0 && c.entered(m.Func, up, depth-1)
	})
}

// startsUp reports whether those callers that do not hold a lock build the object.
func (c *checker) startsUp(el *lockset.EntryLock, lock *path.Path) bool {
	return len(el.Missing) > 0 && !slices.ContainsFunc(el.Missing, func(m *lockset.Caller) bool {
		up := c.locks.FromCallee(lock, m)
		return up == nil || !c.setsUp(m.Func, m.Event.Pos(), up)
	})
}

// madeBefore reports whether a function, or all those that call it, have made the object
// of a lock: they may know that nobody else uses it yet.
func (c *checker) madeBefore(f *lockset.Func, lock *path.Path, depth int) bool {
	if madeIn(f, lock.RootVar()) {
		return true
	}
	callers := f.Callers()
	return depth > 0 && !f.Entry.External && len(callers) > 0 && !slices.ContainsFunc(callers, func(m *lockset.Caller) bool {
		up := c.locks.FromCallee(lock, m)
		return up == nil || m.Async || !c.madeBefore(m.Func, up, depth-1)
	})
}

// A lackOf is a lock that a function does not take.
type lackOf struct {
	f    *lockset.Func
	lock *path.Path
}

// maxLacks is how many accesses are reported of one function that lacks a lock: it is
// one thing to mend.
const maxLacks = 3

// calledUnder reports whether somebody calls a function with the lock, directly or
// not: it cannot take the lock itself, and those outside of the package, to whom
// the lock is open, may hold it as well.
func (c *checker) calledUnder(f *lockset.Func, lock *path.Path, seen map[*lockset.Func]bool) bool {
	if seen[f] {
		return false
	}
	seen[f] = true
	if el := f.Entry.Lock(lock); el != nil && len(el.Holders) > 0 {
		return true
	}
	return slices.ContainsFunc(f.Callers(), func(m *lockset.Caller) bool {
		up := c.locks.FromCallee(lock, m)
		return up != nil && !m.Async && !m.Func.Test && c.calledUnder(m.Func, up, seen)
	})
}

// ofArgument reports whether a function, not a method, is given the struct of this
// package whose map it uses: those who give it may have locked it, or be the only
// ones to know it.
func (c *checker) ofArgument(a *access) bool {
	v := a.path.RootVar()
	return a.Func.Decl != nil && a.Func.Decl.Recv == nil && v != nil && a.Func.Param(v) >= 0 && a.path.Obj != nil && a.path.Obj.Pkg() == c.Pkg
}

// onlyAssigned reports whether nothing but the assignment of whole maps is done
// under the guard of a class, and an access reads: perhaps the lock is there
// for something else, and the map is set before anybody reads it.
func (c *checker) onlyAssigned(as *accesses, a *access) bool {
	return as.guard.evidence != nil && a.op != lockset.Assign && !slices.ContainsFunc(as.list, func(b *access) bool {
		return counts(b) && b.op != lockset.Assign && max(c.mode(b, as.guard.relation), c.demands(b, as.guard.relation)) != 0
	})
}

// lacking reports the calls that lead to an access without the lock that most
// callers of a function hold.
func (c *checker) lacking(as *accesses, a *access, f *lockset.Func, lock *path.Path, seen map[*lockset.Func]bool) {
	el := f.Entry.Lock(lock)
	if el == nil || !el.MostHold() || seen[f] || f.Entry.External {
		return
	}
	seen[f] = true
	for _, m := range el.Missing {
		up := c.locks.FromCallee(lock, m)
		if up == nil || up.Climbs() || c.assumed(m.Func) || m.Func.Test || m.Func.Entry.Blind || c.leftToCallers(m.Func, up) {
			continue // the lock of an owner that is not known is none that it forgot
		}
		level := rule.Likely
		if c.deliberate(m.Event) || c.madeBefore(m.Func, up, 2) || c.setsUp(m.Func, m.Event.Pos(), up) {
			level = rule.Possible
		}
		c.report(level, m.Event.Pos(), c.evidence(as), "%s %s %s without %s, which %d of its %d callers hold (%s)",
			called(m), does(a.op.Changes()), a.path, up, len(el.Holders), len(el.Holders)+len(el.Missing), c.at(a.Pos())).
			lacksLock(&lack{at: m.Event, path: a.path, lock: up, writes: a.op.Changes()})
	}
	for _, h := range el.Holders {
		if up := c.locks.FromCallee(lock, h); up != nil {
			c.lacking(as, a, h.Func, up, seen)
		}
	}
}

// show returns how an access names its map.
func (c *checker) show(a *access) string {
	if a.Alias == nil || a.by != nil {
		return a.path.String()
	}
	if mapops.MapType(a.Alias.Type()) == nil {
		return types.ExprString(a.Expr)
	}
	return a.path.String() + " through " + types.ExprString(a.Expr)
}

// showLock names a lock in the words of an access.
func (c *checker) showLock(a *access, lock *path.Path) string {
	if a.Alias != nil && a.by == nil && mapops.MapType(a.Alias.Type()) == nil {
		if p := c.locks.Variable(a.Alias); p != nil {
			if q := c.locks.Replace(lock, p, c.locks.Var(a.Alias)); q != nil {
				return q.String()
			}
		}
	}
	return lock.String()
}

// called names the function that a caller calls or starts, as written there.
func called(m *lockset.Caller) string {
	switch n := m.Event.Node.(type) {
	case *ast.CallExpr:
		if m.Event.Kind == lockset.Calls && m.Event.Call.Fn == m.Fn {
			return types.ExprString(n.Fun)
		}
		for _, x := range n.Args {
			if sel, ok := x.(*ast.SelectorExpr); ok && m.Fn.Obj != nil && sel.Sel.Name == m.Fn.Obj.Name() {
				return types.ExprString(sel)
			}
		}
	case *ast.GoStmt:
		if m.Fn.Lit == nil {
			return types.ExprString(n.Call.Fun)
		}
	}
	return m.Fn.Name()
}

func verbOf(op lockset.Op) string {
	if op.Changes() {
		return "write to"
	}
	return "read of"
}

// verb tells what an access does, by a callee where it is one that is given the map.
func (c *checker) verb(a *access) string {
	if a.by == nil || a.Kind != lockset.Calls || a.Call.Fn == nil || a.Call.Fn.Obj == nil {
		return verbOf(a.op)
	}
	return called(&lockset.Caller{Event: a.Event, Fn: a.Call.Fn}) + " " + does(a.op.Changes())
}

// does names what a callee does with a map.
func does(writes bool) string {
	if writes {
		return "writes"
	}
	return "reads"
}

func (c *checker) evidence(as *accesses) []analysis.RelatedInformation {
	e := as.guard.evidence
	if e == nil {
		return nil
	}
	return []analysis.RelatedInformation{{Pos: e.Pos(), Message: verbOf(e.op) + " " + e.path.String() + " under the lock"}}
}
