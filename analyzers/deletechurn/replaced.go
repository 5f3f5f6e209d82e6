package deletechurn

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// replaced reports whether the variable gets another map during its life, be
// it by a new value of the struct around it.
func (pr *program) replaced(v *mapops.Var) bool {
	for _, op := range v.Ops {
		switch op.Kind {
		case mapops.Assign:
			if op.Depth == 0 && !pr.inTest(op.At) && !pr.firstAssign(v, op) {
				return true
			}
		case mapops.Address, mapops.Other:
			return true // perhaps
		}
	}
	if owner := pr.structs[v.Obj]; owner != nil {
		return pr.swapped(owner)
	}
	return false
}

// firstAssign reports whether an assignment gives the variable its first map.
func (pr *program) firstAssign(v *mapops.Var, op *mapops.Op) bool {
	if v.Obj.IsField() || v.Obj.Parent() == pr.Pkg.Scope() {
		return pr.initial(op) || pr.lazy(op.Expr, op.At)
	}
	// A local variable: anything before the loop, in the same function.
	for c := op.At; ; c = c.Parent() {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			if outside(v.Obj, c) {
				return pr.lazy(op.Expr, op.At)
			}
		case *ast.FuncDecl, *ast.File:
			return true
		}
	}
}

// lazy reports whether code stands under a condition x == nil.
func (pr *program) lazy(x ast.Expr, cur inspector.Cursor) bool {
	for c := cur; c.Valid(); c = c.Parent() {
		if c.ParentEdgeKind() == edge.FuncDecl_Body {
			return false
		}
		if c.ParentEdgeKind() != edge.IfStmt_Body {
			continue
		}
		cond, ok := c.Parent().Node().(*ast.IfStmt).Cond.(*ast.BinaryExpr)
		if ok && cond.Op == token.EQL && mapops.SameExpr(pr.TypesInfo, cond.X, x) && pr.TypesInfo.Types[cond.Y].IsNil() {
			return true
		}
	}
	return false
}

// swapped reports whether a value of a struct type, or a pointer to one that
// a field or package variable holds, is overwritten while it is in use.
func (pr *program) swapped(t *types.Named) bool {
	for cur := range pr.root.Preorder((*ast.AssignStmt)(nil)) {
		a := cur.Node().(*ast.AssignStmt)
		if a.Tok != token.ASSIGN || pr.inTest(cur) {
			continue
		}
		for _, l := range a.Lhs {
			if namedOf(pr.TypesInfo.TypeOf(l)) != t {
				continue
			}
			switch l := ast.Unparen(l).(type) {
			case *ast.SelectorExpr, *ast.StarExpr:
			case *ast.Ident:
				v, ok := pr.TypesInfo.Uses[l].(*types.Var)
				if !ok || v.Parent() != pr.Pkg.Scope() {
					continue
				}
			default:
				continue // an element of a slice or map is one of several
			}
			if !pr.once(cur) && !pr.building(l, cur) && !pr.lazy(l, cur) {
				return true
			}
		}
	}
	return false
}

// namedOf returns the named type of t or of what it points to, as declared.
func namedOf(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil
	}
	return n.Origin()
}
