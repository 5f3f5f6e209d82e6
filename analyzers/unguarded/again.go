package unguarded

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// checksAgain reports whether the function of an access, which looks up a key without
// the guard, does so again under it before it writes: it expects that another one has
// come between, even if only one place is seen to call it.
func (c *checker) checksAgain(as *accesses, a *access) bool {
	first := lookup(a)
	if first == nil {
		return false
	}
	return slices.ContainsFunc(as.list, func(b *access) bool {
		second := lookup(b)
		return second != nil && b.Func == a.Func && b.Pos() > a.Pos() && b.path == a.path && c.mode(b, as.guard.relation) == lockset.Exclusive &&
			types.ExprString(first.Index) == types.ExprString(second.Index) &&
			slices.ContainsFunc(as.list, func(w *access) bool {
				return w.Func == a.Func && w.op == lockset.Insert && w.path == a.path && w.Pos() > b.Pos() && c.mode(w, as.guard.relation) == lockset.Exclusive
			})
	})
}

// lookup returns the expression m[k] that an access is, or nil.
func lookup(a *access) *ast.IndexExpr {
	if a.op != lockset.Lookup || a.by != nil {
		return nil
	}
	x, _ := a.Node.(*ast.IndexExpr)
	return x
}
