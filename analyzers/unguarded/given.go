package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// given returns where the map comes from that the field of a local struct holds at a
// write, where a statement before has stored it there: next.rules = old.rules, after
// which next.rules[k] = v changes both. It returns nil where that is not certain.
func (c *checker) given(e *lockset.Event) *path.Path {
	p := e.Path
	if e.Kind != lockset.Access || !e.Op.Writes() || p.Kind != path.Field || p.Parent.Kind != path.Var || path.IsGlobal(p.Parent.Obj) || !e.Func.Local(p.Parent.Obj) {
		return nil
	}
	v, f := p.Parent.Obj, p.Obj
	at := e.Pos()
	var from ast.Expr
	ast.Inspect(e.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > at || at >= n.End() {
			return false
		}
		for _, s := range statements(n) {
			if s.End() > at {
				break
			}
			if x := c.storedBy(s, v, f); x != nil {
				from = x
			}
		}
		return true
	})
	if from == nil {
		return nil
	}
	// Nothing else is stored there on a way that leads here.
	for _, w := range c.locks.Vars.Writes(f) {
		if w.Pos > from.End() && w.Pos < at && !c.leftBefore(e.Func, w.Pos, at) {
			return nil
		}
	}
	if q := c.locks.Of(from); q != nil && q.Root().Kind == path.Var && q.Root() != p.Root() && mapField(q) {
		return q
	}
	return nil
}

// mapField reports whether a path ends with a field that is a map.
func mapField(q *path.Path) bool {
	return q.Kind == path.Field && mapops.MapType(q.Obj.Type()) != nil
}

// storedBy returns what a statement stores in a field of a local variable: by an
// assignment, or by the literal that makes its struct.
func (c *checker) storedBy(s ast.Stmt, v, f *types.Var) ast.Expr {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != len(a.Rhs) {
		return nil
	}
	for i, l := range a.Lhs {
		switch l := ast.Unparen(l).(type) {
		case *ast.SelectorExpr:
			if p := c.locks.Of(l.X); p == c.locks.Var(v) && c.fieldOf(l) == f {
				return a.Rhs[i]
			}
		case *ast.Ident:
			if c.TypesInfo.ObjectOf(l) != v {
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
					if id, ok := kv.Key.(*ast.Ident); ok && c.TypesInfo.Uses[id] == f {
						return kv.Value
					}
				}
			}
			return lit
		}
	}
	return nil
}

func (c *checker) fieldOf(sel *ast.SelectorExpr) *types.Var {
	v, ok := c.TypesInfo.Uses[sel.Sel].(*types.Var)
	if !ok {
		return nil
	}
	return v.Origin()
}

// leftBefore reports whether a place stands in a block that the function leaves by a
// return before it comes to another place.
func (c *checker) leftBefore(f *lockset.Func, pos, at token.Pos) bool {
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
