package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// What stands here tells when an access without the guard is right, or may be.

// otherwise reports whether an access is kept apart from all writes by another
// lock than the guard: writers hold both, so that readers need one.
func (c *checker) otherwise(as *accesses, a *access) bool {
	for _, h := range a.held {
		r := c.relation(a, h.Path)
		if r == nil || r == as.guard.relation || a.op.Changes() {
			continue
		}
		all, some := true, false
		for _, b := range as.list {
			if !counts(b) || !b.op.Changes() {
				continue
			}
			m := c.mode(b, r)
			for _, k := range b.held {
				if r.Root() == c.locks.Any && k.Path.Obj == r.Obj && r.Obj != as.guard.relation.Obj {
					m = max(m, k.Mode) // the lock of an owner, reached in another way
				}
			}
			switch {
			case m == lockset.Exclusive, m == lockset.Shared && h.Mode == lockset.Exclusive:
				some = true
			case m == 0 && c.assumed(b.Func):
				// Its callers hold what it asks for, that lock perhaps.
			default:
				all = false
			}
		}
		if all && some {
			return true
		}
	}
	return false
}

// initialises reports whether the function of an access makes the lock, or
// gives the map a new value before it starts a goroutine: it builds the object.
func (c *checker) initialises(a *access, g *guard) bool {
	d := a.Func.Declared()
	if d.Body == nil || g.relation.Obj == nil { // an element of a slice of locks
		return false
	}
	lock := g.relation
	for lock.Obj == nil && lock.Parent != nil {
		lock = lock.Parent
	}
	if lock.Obj == nil {
		return false
	}
	for _, w := range c.locks.Vars.Writes(lock.Obj) {
		if d.Body.Pos() <= w.Pos && w.Pos < d.Body.End() {
			return true
		}
	}
	if a.op != lockset.Assign {
		return false
	}
	if v := c.maps.Var(a.path.Obj); v != nil && a.path.Kind == path.Field && c.onlyMadeAt(v, a) {
		return true // elsewhere the map is nil or has been made here
	}
	for _, e := range a.Func.Events {
		if e.Kind == lockset.Starts && e.Pos() > a.Pos() {
			return true
		}
	}
	return false
}

// onlyMadeAt reports whether an assignment is the only place that gives a field a
// map: others take it away.
func (c *checker) onlyMadeAt(v *mapops.Var, a *access) bool {
	made := 0
	for _, op := range v.Ops {
		if op.Kind != mapops.Assign || op.Value != nil && c.TypesInfo.Types[op.Value].IsNil() || c.inTest(op.Node.Pos()) {
			continue
		}
		if made++; !(op.Node.Pos() <= a.Pos() && a.Pos() < op.Node.End()) {
			return false
		}
	}
	return made == 1
}

func (c *checker) inTest(pos token.Pos) bool {
	return strings.HasSuffix(c.Fset.File(pos).Name(), "_test.go")
}

// composes reports whether an access works on a value that its struct points to
// and gives away: a builder, which is the only one to know the value until
// then.
func (c *checker) composes(a *access) bool {
	if a.owner == nil || a.owner.Kind != path.Field {
		return false
	}
	return slices.ContainsFunc(c.locks.Vars.Writes(a.owner.Obj), func(w vars.Write) bool {
		return w.Value != nil && c.TypesInfo.Types[w.Value].IsNil()
	})
}

// madeOnce reports whether a read follows a section under the lock in which
// the map is made if it is nil: after that it does not change any more.
func (c *checker) madeOnce(as *accesses, a *access) bool {
	lock := c.lockOf(a, as.guard.relation)
	return !a.op.Changes() && lock != nil && slices.Contains(a.State.Dropped, lock) && c.lazilyMade(as)
}

// lazilyMade reports whether all changes of a class stand in one function,
// where the map is nil.
func (c *checker) lazilyMade(as *accesses) bool {
	var f *lockset.Func
	for _, b := range as.list {
		if !b.op.Changes() || !counts(b) {
			continue
		}
		if f != nil && b.Func != f || !c.underNilCheck(b) {
			return false
		}
		f = b.Func
	}
	return f != nil
}

// underNilCheck reports whether an access stands in an if statement that asks
// whether the map is nil.
func (c *checker) underNilCheck(a *access) bool {
	found := false
	ast.Inspect(a.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > a.Pos() || a.Pos() >= n.End() {
			return false
		}
		if s, ok := n.(*ast.IfStmt); ok && s.Body.Pos() <= a.Pos() && a.Pos() < s.Body.End() {
			if cond, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr); ok && cond.Op == token.EQL && c.TypesInfo.Types[cond.Y].IsNil() && c.locks.Of(cond.X) == a.path {
				found = true
			}
		}
		return !found
	})
	return found
}

// forgotten reports whether a caller that does not hold a lock does not use it
// at all, and nobody calls that with the lock.
func (c *checker) forgotten(el *lockset.EntryLock, lock *path.Path) bool {
	if el == nil || len(el.Holders) == 0 {
		return false
	}
	return slices.ContainsFunc(el.Missing, func(m *lockset.Caller) bool {
		up := c.locks.FromCallee(lock, m)
		return up != nil && m.Func.Lit == nil && m.Func.Entry.External && !slices.ContainsFunc(m.Func.Events, func(e *lockset.Event) bool {
			return e.Kind == lockset.Lock && e.Path == up
		})
	})
}

// creates reports whether the function of an access has made the struct whose
// map it uses: it may know that nobody else uses it yet.
func (c *checker) creates(a *access) bool {
	return madeIn(a.Func, a.path.RootVar()) || a.Alias != nil && len(a.State.Held) > 0 && c.locks.NewAt(a.Event, a.Alias)
}

// madeIn reports whether a function has made what a variable holds.
func madeIn(f *lockset.Func, v *types.Var) bool {
	return v != nil && !path.IsGlobal(v) && slices.ContainsFunc(f.Events, func(e *lockset.Event) bool {
		return e.State != nil && slices.Contains(e.State.Fresh, v)
	})
}

// maybe reports whether the lock of a relation is held at an access on some
// ways only, by a condition that the function may know.
func (c *checker) maybe(a *access, relation *path.Path) bool {
	if a.State == nil {
		return false
	}
	for _, q := range append(slices.Clip(a.State.Maybe), a.Func.Entry.Maybe...) {
		if q.Obj != nil && q.Obj == relation.Obj && c.ofElement(q) {
			return true // the locks of all elements were taken, one after the other
		}
		q = c.locks.Element(q)
		if c.relation(a, q) == relation || a.owner != nil && c.relation(&access{Event: a.Event, owner: c.locks.General(c.locks.Element(a.owner))}, c.locks.General(q)) == relation {
			return true
		}
	}
	return false
}

// ofElement reports whether a lock belongs to an element of a container.
func (c *checker) ofElement(q *path.Path) bool {
	for p := q; p != nil; p = p.Parent {
		if p.Kind == path.Elem || p.Kind == path.Var && c.locks.Ranged(p.Obj) {
			return true
		}
	}
	return false
}

// registry reports whether an access reads a map that only functions fill which the
// package calls for its variables and in init: others are expected to do the same.
func (c *checker) registry(as *accesses, a *access) bool {
	if a.op.Changes() || !path.IsGlobal(as.v) {
		return false
	}
	filled := false
	for _, b := range as.list {
		if !counts(b) || !b.op.Changes() {
			continue
		}
		for _, m := range b.Func.Callers() {
			if m.Func.Test {
				continue
			}
			if !m.Func.Init && !isInit(m.Func) {
				return false
			}
			filled = true
		}
	}
	return filled
}

// dispatched reports whether a literal is run by code that may take any lock before.
func dispatched(f *lockset.Func) bool {
	return f.Lit != nil && slices.ContainsFunc(f.Callers(), func(m *lockset.Caller) bool { return m.Dispatched })
}

// setsUp reports whether a method has, before a place in it, given its receiver a
// field that nothing else sets, and has started no goroutine: it builds the object,
// which is not in use before. A function that only such places call counts as well.
// The lock is one of the object, as the function reaches it.
func (c *checker) setsUp(f *lockset.Func, at token.Pos, lock *path.Path) bool {
	return c.setsUpWithin(f, at, lock, 3)
}

// setsUpWithin is setsUp, of the callers as well, through so many calls.
func (c *checker) setsUpWithin(f *lockset.Func, at token.Pos, lock *path.Path, depth int) bool {
	callers := f.Callers()
	if depth > 0 && !f.Entry.External && f.Entry.Total > 0 && !slices.ContainsFunc(callers, func(m *lockset.Caller) bool {
		up := c.locks.FromCallee(lock, m)
		return !m.Func.Test && (m.Async || up == nil || !c.setsUpWithin(m.Func, m.Event.Pos(), up, depth-1))
	}) {
		return true
	}
	d := f.Declared()
	if d.Decl == nil || d.Decl.Recv == nil || len(d.Params) == 0 || d.Params[0] == nil || lock.RootVar() != d.Params[0] {
		return false
	}
	for _, e := range f.Events {
		if e.Kind == lockset.Starts && e.Pos() < at {
			return false
		}
		if e.Kind == lockset.Lock && e.Path == lock && e.Pos() < at {
			return false // who builds an object alone takes no lock
		}
	}
	found := false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		s, ok := n.(*ast.AssignStmt)
		if !ok || s.End() > at {
			return !found && n != nil && n.Pos() < at
		}
		for i, l := range s.Lhs {
			if len(s.Lhs) == len(s.Rhs) && c.TypesInfo.Types[s.Rhs[i]].IsNil() {
				continue
			}
			found = found || c.setsAlone(d, l)
		}
		return !found
	})
	return found
}

// setsAlone reports whether an expression is a field of a method's receiver, of a type
// that is nil at first, and all places that set it stand in the method.
func (c *checker) setsAlone(d *lockset.Func, e ast.Expr) bool {
	if _, ok := ast.Unparen(e).(*ast.SelectorExpr); !ok {
		return false
	}
	p := c.locks.Of(e)
	if p == nil || p.Kind != path.Field || p.Parent != c.locks.Var(d.Params[0]) {
		return false
	}
	switch p.Obj.Type().Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Signature, *types.Chan, *types.Map:
	default:
		return false
	}
	return !slices.ContainsFunc(c.locks.Vars.Writes(p.Obj), func(w vars.Write) bool {
		inside := d.Body.Pos() <= w.Pos && w.Pos < d.Body.End()
		return !inside && !(w.Value != nil && c.TypesInfo.Types[w.Value].IsNil()) && !c.inTest(w.Pos)
	})
}

// keptUnder reports whether an access stands in a literal that a function makes for its
// callers, most of which hold the lock, or that goes into a struct of another package:
// it may well be called under the lock.
func (c *checker) keptUnder(a *access, lock *path.Path) bool {
	if a.Func.Lit == nil || a.Func.Outer == nil {
		return false
	}
	if el := a.Func.Outer.Entry.Lock(lock); el != nil && el.MostHold() && a.Func.Entry.Total == 0 {
		return true
	}
	fields, _ := c.keptAs(a.Func)
	return len(fields) > 0 && !slices.ContainsFunc(fields, func(v *types.Var) bool { return v.Pkg() == c.Pkg })
}

// helper reports whether a method that nobody in sight calls uses the lock of another
// struct, which its own points to: those who hand it to some interface may hold that.
func helper(f *lockset.Func, lock *path.Path) bool {
	d := f.Declared()
	if d.Decl == nil || d.Decl.Recv == nil || d.Entry.Total > 0 || len(d.Params) == 0 || d.Params[0] == nil {
		return false
	}
	t := d.Params[0].Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Exported() || lock.RootVar() != d.Params[0] {
		return false
	}
	for p := lock.Parent; p != nil && p.Kind == path.Field; p = p.Parent {
		if _, ok := p.Obj.Type().Underlying().(*types.Pointer); ok {
			return true
		}
	}
	return false
}

// stoppedFirst reports whether an access stands in a goroutine that tells when
// it ends, and all that changes the maps of the class is done by functions that
// have listened for it, by a condition perhaps: they stop the goroutine first.
func (c *checker) stoppedFirst(as *accesses, a *access) bool {
	callers := a.Func.Callers()
	if len(callers) == 0 || slices.ContainsFunc(callers, func(m *lockset.Caller) bool { return !m.Async }) {
		return false
	}
	waits := func(f *lockset.Func, before token.Pos) bool {
		return slices.ContainsFunc(f.Events, func(e *lockset.Event) bool {
			return e.Kind == lockset.Recv && e.Path != nil && e.Path.Kind == path.Field && (before == token.NoPos || e.Pos() < before) &&
				slices.ContainsFunc(a.Func.Summary.Signals, func(q *path.Path) bool { return q.Kind == path.Field && q.Obj == e.Path.Obj })
		})
	}
	return !slices.ContainsFunc(as.list, func(b *access) bool {
		if !counts(b) || !b.op.Changes() {
			return false
		}
		return !waits(b.Func, b.Pos()) && !slices.ContainsFunc(b.Func.Events, func(e *lockset.Event) bool {
			return e.Kind == lockset.Calls && e.Call.Fn != nil && e.Pos() < b.Pos() && waits(e.Call.Fn, token.NoPos)
		})
	})
}
