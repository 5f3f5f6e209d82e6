package unguarded

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// awaited reports whether the function of an access has waited before, at a condition
// variable, for a flag that a goroutine sets after what it does: for !s.ready { s.c.Wait() }.
func (c *checker) awaited(a, x *access) bool {
	if c.waitsForFlag(x.Func, a, x) {
		return true
	}
	for _, e := range x.Func.Events {
		if e.Kind == lockset.Calls && e.Pos() < x.Pos() && e.Call.Fn != nil && e.Call.Fn.Decl != nil && c.waitsForFlag(e.Call.Fn, a, nil) {
			return true
		}
	}
	return false
}

// waitsForFlag looks for the loop in a function, before an access where one is given.
func (c *checker) waitsForFlag(f *lockset.Func, a, before *access) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		loop, ok := n.(*ast.ForStmt)
		if !ok || loop.Cond == nil || before != nil && loop.End() > before.Pos() || !c.callsWait(loop.Body) {
			return !found
		}
		for _, flag := range c.flagsOf(loop.Cond, false, nil) {
			found = found || c.setsAfter(a.Func, flag, a.Pos())
		}
		return !found
	})
	return found
}

// callsWait reports whether a block calls sync.Cond.Wait.
func (c *checker) callsWait(b *ast.BlockStmt) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			fn := typeutil.StaticCallee(c.TypesInfo, call)
			found = found || fn != nil && fn.Name() == "Wait" && fn.Pkg() != nil && fn.Pkg().Path() == "sync" && isCond(fn)
		}
		return !found
	})
	return found
}

func isCond(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	n := named(recv.Type())
	return n != nil && n.Name() == "Cond"
}
