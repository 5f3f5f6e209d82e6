package deletechurn

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// building reports whether e, which stands at cur, is a part of a value
// that has just been made and has no other user yet.
func (pr *program) building(e ast.Expr, cur inspector.Cursor) bool {
	if k := cur.ParentEdgeKind(); k == edge.KeyValueExpr_Key || k == edge.CompositeLit_Elts {
		return true // S{m: …}, S{…}
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	// What a new value points to need not be new.
	x := ast.Unparen(sel.X)
	for {
		inner, ok := x.(*ast.SelectorExpr)
		if !ok {
			break
		}
		if _, ok := pr.TypesInfo.TypeOf(inner).Underlying().(*types.Struct); !ok {
			return false
		}
		x = ast.Unparen(inner.X)
	}
	root := rootVar(pr.TypesInfo, x)
	return root != nil && pr.fresh(root, cur, make(map[*types.Var]bool))
}

// fresh reports whether a variable holds, or points to, a value of its own
// that its function or the callers of its function have made.
func (pr *program) fresh(v *types.Var, cur inspector.Cursor, seen map[*types.Var]bool) bool {
	if v.IsField() || v.Parent() == pr.Pkg.Scope() || seen[v] {
		return false
	}
	seen[v] = true
	fn, decl := pr.declOf(cur)
	if fn == nil || !pr.withOwner(v, cur) {
		return false
	}
	if i, ok := paramIndex(fn, v); ok {
		return len(pr.vars.Writes(v)) == 0 && pr.freshArgs(fn, i, seen)
	}
	if outside(v, decl) {
		return false
	}
	writes := pr.vars.Writes(v)
	for _, w := range writes {
		if w.Value == nil || !pr.freshExpr(w.Value, seen) {
			return false
		}
	}
	return len(writes) > 0
}

// freshArgs reports whether all calls of a function pass a fresh value as
// parameter i, or as receiver where i is -1.
func (pr *program) freshArgs(fn *types.Func, i int, seen map[*types.Var]bool) bool {
	if !pr.private(fn) {
		return false
	}
	for _, call := range pr.calls[fn] {
		if k := call.ParentEdgeKind(); k == edge.GoStmt_Call || k == edge.DeferStmt_Call {
			return false
		}
		c := call.Node().(*ast.CallExpr)
		var arg ast.Expr
		if i < 0 {
			sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
			if !ok {
				return false
			}
			arg = sel.X
		} else if i < len(c.Args) {
			arg = c.Args[i]
		} else {
			return false
		}
		if pr.freshExpr(arg, seen) {
			continue
		}
		root := rootVar(pr.TypesInfo, arg)
		if root == nil || !pr.fresh(root, call, seen) {
			return false
		}
	}
	return true
}

// freshExpr reports whether an expression makes a new value.
func (pr *program) freshExpr(e ast.Expr, seen map[*types.Var]bool) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		_, ok := ast.Unparen(e.X).(*ast.CompositeLit)
		return ok && e.Op == token.AND
	case *ast.CallExpr:
		switch mapops.Builtin(pr.TypesInfo, e) {
		case "new", "make":
			return true
		}
		id := calleeName(e)
		if id == nil {
			return false
		}
		fn, ok := pr.TypesInfo.Uses[id].(*types.Func)
		return ok && pr.makes(fn.Origin(), seen)
	}
	return false
}

// makes reports whether all that a function returns first is newly made.
func (pr *program) makes(fn *types.Func, seen map[*types.Var]bool) bool {
	decl, ok := pr.decls[fn]
	if !ok || fn.Signature().Results().Len() != 1 {
		return false
	}
	found := false
	for ret := range decl.Preorder((*ast.ReturnStmt)(nil)) {
		if funcOf(ret) != decl {
			continue
		}
		results := ret.Node().(*ast.ReturnStmt).Results
		if len(results) != 1 {
			return false
		}
		found = true
		if pr.freshExpr(results[0], seen) {
			continue
		}
		v := varOf(pr.TypesInfo, results[0])
		if v == nil || !seen[v] && !pr.fresh(v, ret, seen) {
			return false
		}
	}
	return found
}
