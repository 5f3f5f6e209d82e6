package lockset

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/stmts"
)

// Given returns where the map comes from that the field of a local struct holds at an
// event, where a statement before has stored it there: next.rules = old.rules, after
// which next.rules[k] = v changes both. It returns nil where that is not certain.
func (p *Package) Given(e *Event, q *path.Path) *path.Path {
	if q.Kind != path.Field || q.Parent.Kind != path.Var || path.IsGlobal(q.Parent.Obj) || !e.Func.Local(q.Parent.Obj) {
		return nil
	}
	v, f := q.Parent.Obj, q.Obj
	at := e.Pos()
	var from ast.Expr
	ast.Inspect(e.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > at || at >= n.End() {
			return false
		}
		for _, s := range stmts.In(n) {
			if s.End() > at {
				break
			}
			if x := p.storedBy(s, v, f); x != nil {
				from = x
			}
		}
		return true
	})
	if from == nil {
		return nil
	}
	// Nothing else is stored there on a way that leads here.
	for _, w := range p.Vars.Writes(f) {
		if w.Pos > from.End() && w.Pos < at && !p.leftBefore(e.Func, w.Pos, at) {
			return nil
		}
	}
	if from := p.Of(from); from != nil && from.Root().Kind == path.Var && from.Root() != q.Root() && mapField(from) {
		return from
	}
	return nil
}

// mapField reports whether a path ends with a field that is a map.
func mapField(q *path.Path) bool {
	return q.Kind == path.Field && mapops.MapType(q.Obj.Type()) != nil
}

// storedBy returns what a statement stores in a field of a local variable: by an
// assignment, or by the literal that makes its struct.
func (p *Package) storedBy(s ast.Stmt, v, f *types.Var) ast.Expr {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != len(a.Rhs) {
		return nil
	}
	for i, l := range a.Lhs {
		switch l := ast.Unparen(l).(type) {
		case *ast.SelectorExpr:
			if p.Of(l.X) == p.Var(v) && p.fieldOf(l) == f {
				return a.Rhs[i]
			}
		case *ast.Ident:
			if p.Info.ObjectOf(l) != v {
				continue
			}
			r := ast.Unparen(a.Rhs[i])
			if u, ok := r.(*ast.UnaryExpr); ok && u.Op == token.AND {
				r = ast.Unparen(u.X)
			}
			lit, ok := r.(*ast.CompositeLit)
			if !ok {
				return a.Rhs[i]
			}
			for _, x := range lit.Elts {
				if kv, ok := x.(*ast.KeyValueExpr); ok {
					if id, ok := kv.Key.(*ast.Ident); ok && p.Info.Uses[id] == f {
						return kv.Value
					}
				}
			}
			return lit
		}
	}
	return nil
}

func (p *Package) fieldOf(sel *ast.SelectorExpr) *types.Var {
	v, ok := p.Info.Uses[sel.Sel].(*types.Var)
	if !ok {
		return nil
	}
	return v.Origin()
}

// leftBefore reports whether a place stands in a block that the function leaves by a
// return before it comes to another place.
func (p *Package) leftBefore(f *Func, pos, at token.Pos) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > pos || pos >= n.End() {
			return false
		}
		if b, ok := n.(*ast.BlockStmt); ok && b.End() <= at && len(b.List) > 0 {
			if _, ok := b.List[len(b.List)-1].(*ast.ReturnStmt); ok {
				found = true
			}
		}
		return !found
	})
	return found
}
