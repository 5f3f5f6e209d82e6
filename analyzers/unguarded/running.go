package unguarded

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/stmts"
)

// ownsWhileRunning reports whether an access is made in a goroutine that is started
// under the guard together with setting a field which tells that it runs, and all others
// that use the map hold the guard and see that it does not run, or have waited for it:
//
//	if a.running { return errRunning }
//	a.running = true
//	go a.loop()
func (c *checker) ownsWhileRunning(as *accesses, a *access) bool {
	ins := c.in[a.Func]
	if len(ins) == 0 || as.guard.relation.Obj == nil {
		return false
	}
	return !slices.ContainsFunc(ins, func(ctx *context) bool { return ctx.spawn == nil || !c.keepsOut(as, a, ctx) })
}

// keepsOut reports whether all accesses that one of a goroutine races with know that
// the goroutine does not run.
func (c *checker) keepsOut(as *accesses, a *access, ctx *context) bool {
	start := ctx.spawn.Event
	if start == nil || !c.holdsLock(start, as.guard.relation.Obj) {
		return false
	}
	runs := c.setOnStart(ctx.starter)
	return slices.ContainsFunc(runs, func(flag *types.Var) bool {
		if !c.asks(ctx.starter, flag, start.Pos()) {
			return false // it may be started twice
		}
		return !slices.ContainsFunc(as.list, func(b *access) bool {
			if !counts(b) || !races(a.op, b.op) || slices.Contains(c.in[b.Func], ctx) && len(c.in[b.Func]) == 1 {
				return false
			}
			if c.mode(b, as.guard.relation) == 0 {
				return true
			}
			return !c.stopped(b) && (!c.asks(b.Func, flag, b.Pos()) || c.seesSet(b, flag))
		})
	})
}

// holdsLock reports whether a lock that is a field or variable is held exclusively at an
// event.
func (c *checker) holdsLock(e *lockset.Event, lock *types.Var) bool {
	return slices.ContainsFunc(c.locks.Holds(e), func(h lockset.Hold) bool { return h.Path.Obj == lock && h.Mode == lockset.Exclusive })
}

// setOnStart returns the fields to which a function gives a value that is not zero.
func (c *checker) setOnStart(f *lockset.Func) []*types.Var {
	var list []*types.Var
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if v := c.atomicOf(n, "Store", "Swap", "CompareAndSwap"); v != nil && len(n.Args) > 0 && !c.isZero(n.Args[len(n.Args)-1]) {
				list = append(list, v)
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if len(n.Lhs) == len(n.Rhs) && c.isZero(n.Rhs[i]) {
					continue
				}
				if sel, ok := ast.Unparen(l).(*ast.SelectorExpr); ok {
					if v, ok := c.TypesInfo.Uses[sel.Sel].(*types.Var); ok && v.IsField() {
						list = append(list, v.Origin())
					}
				}
			}
		}
		return true
	})
	return list
}

// stopped reports whether the function of an access has waited for something before.
func (c *checker) stopped(a *access) bool {
	return slices.ContainsFunc(a.Func.Events, func(e *lockset.Event) bool {
		if e.Pos() > a.Pos() || e.Deferred {
			return false
		}
		return e.Kind == lockset.Recv || e.Kind == lockset.Calls && e.Call.Fn != nil && len(e.Call.Fn.Summary.Waits) > 0
	})
}

// seesSet reports whether a flag is known to be set at an access, or a field not to be
// nil.
func (c *checker) seesSet(a *access, flag *types.Var) bool {
	if slices.Contains(c.seenSet(a), flag) {
		return true
	}
	is := func(e ast.Expr) bool {
		b, ok := ast.Unparen(e).(*ast.BinaryExpr)
		return ok && c.isZero(b.Y) && c.mentionsWithin(b.X, flag, 0)
	}
	at, found := a.Pos(), false
	ast.Inspect(a.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > at || at >= n.End() {
			return false
		}
		for _, s := range stmts.In(n) {
			x, ok := s.(*ast.IfStmt)
			if !ok || !is(x.Cond) {
				continue
			}
			// if a.cancel == nil { return }, if a.cancel != nil { … }
			equal := ast.Unparen(x.Cond).(*ast.BinaryExpr).Op.String() == "=="
			inside := x.Body.Pos() <= at && at < x.Body.End()
			after := x.End() <= at && endsIn(x.Body)
			found = found || inside && !equal || after && equal
		}
		return !found
	})
	return found
}
