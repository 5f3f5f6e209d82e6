package lockset

import (
	"go/ast"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// takes reports whether f, which returns an element of a container, may take it out, or
// mark it as taken: those who call f have it for themselves then.
func (p *Package) takes(f *Func, result *path.Path) bool {
	for q := result; q != nil; q = q.Parent {
		if q.Kind == path.Elem && (p.replaces(f, q.Parent) || p.changes(f, q.Parent)) {
			return true
		}
	}
	return false
}

// computes reports whether f finds what it returns in the struct of another package, or an
// element by something else than a constant or what it is given: its callers cannot tell
// then which locks are of the same place.
func (p *Package) computes(f *Func, result *path.Path) bool {
	for q := result; q != nil; q = q.Parent {
		if q.Kind == path.Field && q.Obj.Pkg() != p.Types {
			return true // in the container of another package
		}
		if q.Kind != path.Elem {
			continue
		}
		if _, constant := q.Key.(string); constant || q.Key == nil {
			continue
		}
		if v, _ := path.KeyVar(q.Key); v == nil || f.Param(v) < 0 || len(p.Vars.Writes(v)) > 0 {
			return true
		}
	}
	return false
}

// changes reports whether f removes or replaces elements of a container, other than by
// what it has just made for a place where there was none, or writes to an element that
// it goes over.
func (p *Package) changes(f *Func, container *path.Path) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			switch mapops.Builtin(p.Info, n) {
			case "delete", "clear":
				found = found || p.Of(n.Args[0]) == container
			}
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && p.rangesOver(sel.X, container) {
				found = found || p.pointerMethod(sel)
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if x, ok := ast.Unparen(l).(*ast.IndexExpr); ok && p.Of(x.X) == container && len(n.Lhs) == len(n.Rhs) && p.Info.Types[n.Rhs[i]].IsNil() {
					found = true // s.free[i] = nil
				}
				found = found || p.rangesOver(l, container)
			}
		case *ast.IncDecStmt:
			found = found || p.rangesOver(n.X, container)
		case *ast.UnaryExpr:
			found = found || n.Op.String() == "&" && p.rangesOver(n.X, container)
		}
		return !found
	})
	return found
}

// rangesOver reports whether an expression is a part of an element that a range clause
// takes from a container.
func (p *Package) rangesOver(e ast.Expr, container *path.Path) bool {
	part := false
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e, part = x.X, true
			continue
		case *ast.IndexExpr:
			e, part = x.X, true
			continue
		case *ast.Ident:
			v, ok := p.Info.Uses[x].(*types.Var)
			if !ok || p.ranged[v] == nil {
				return false
			}
			return part && p.Of(p.ranged[v]) == container
		}
		return false
	}
}

// pointerMethod reports whether a selector is that of a method with a pointer receiver:
// w.busy.CompareAndSwap.
func (p *Package) pointerMethod(sel *ast.SelectorExpr) bool {
	s := p.Info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal {
		return false
	}
	fn, ok := s.Obj().(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		return false
	}
	_, ptr := fn.Signature().Recv().Type().Underlying().(*types.Pointer)
	return ptr
}
