package sizehint

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A place is where a new map is kept: by which expression later operations
// mean the same map.
type place struct {
	v     *mapops.Var
	depth int
	// expr denotes the map: m, s.m, m[k]. It is nil for a field of a struct
	// literal, which is denoted by root.field from then on.
	expr ast.Expr
	root *types.Var
	ops  []*mapops.Op // those that mean this place, in source order
}

// placeOf returns the place that a creation's map is put into, nil if it is
// none that can be followed.
func (c *checker) placeOf(cr *mapops.Creation) *place {
	op := cr.Op
	p := &place{v: op.Var, depth: op.Depth}
	switch {
	case op.Kind == mapops.Insert:
		// m[k] = make(…): the element is the place.
		assign, ok := op.Node.(*ast.AssignStmt)
		if !ok {
			return nil
		}
		for i, r := range assign.Rhs {
			if ast.Unparen(r) == cr.Expr && i < len(assign.Lhs) {
				p.expr = ast.Unparen(assign.Lhs[i])
			}
		}
		if p.expr == nil || !stableIndex(p.expr) {
			return nil
		}
		p.depth++
	case op.Kind != mapops.Assign:
		return nil
	case op.Var.Obj.IsField() && !isSelector(op.Expr):
		// A field of a struct literal.
		if p.root = c.literalVar(op.At); p.root == nil {
			return nil
		}
	default:
		p.expr = op.Expr
	}
	for _, o := range p.v.Ops {
		if o != op && o.Depth == p.depth && c.denotes(p, o.Expr) {
			p.ops = append(p.ops, o)
		}
	}
	sort.Slice(p.ops, func(i, j int) bool { return p.ops[i].Expr.Pos() < p.ops[j].Expr.Pos() })
	return p
}

func isSelector(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok
}

// stableIndex reports whether the key of m[k] is a variable, a field or a
// constant: something that means the same when written again.
func stableIndex(e ast.Expr) bool {
	ix, ok := e.(*ast.IndexExpr)
	if !ok {
		return false
	}
	switch k := ast.Unparen(ix.Index).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return stableOperand(k.X)
	}
	return false
}

func stableOperand(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return stableOperand(e.X)
	}
	return false
}

// literalVar returns the variable that is given the struct literal around a
// field's value: s in s := &S{m: make(…)}.
func (c *checker) literalVar(field inspector.Cursor) *types.Var {
	cur := field
	for {
		switch cur.ParentEdgeKind() {
		case edge.KeyValueExpr_Key, edge.KeyValueExpr_Value, edge.CompositeLit_Elts, edge.ParenExpr_X:
			if _, ok := cur.Node().(*ast.CompositeLit); ok {
				return nil // a struct within the struct
			}
			cur = cur.Parent()
			continue
		case edge.UnaryExpr_X:
			if cur.Parent().Node().(*ast.UnaryExpr).Op != token.AND {
				return nil
			}
			cur = cur.Parent()
			continue
		case edge.AssignStmt_Rhs:
			a := cur.Parent().Node().(*ast.AssignStmt)
			if len(a.Lhs) != len(a.Rhs) {
				return nil
			}
			return c.variable(a.Lhs[cur.ParentEdgeIndex()])
		case edge.ValueSpec_Values:
			s := cur.Parent().Node().(*ast.ValueSpec)
			if len(s.Names) != len(s.Values) {
				return nil
			}
			return c.variable(s.Names[cur.ParentEdgeIndex()])
		}
		return nil
	}
}

func (c *checker) variable(e ast.Expr) *types.Var {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := c.info.ObjectOf(id).(*types.Var)
	return v
}

// denotes reports whether an expression means the place.
func (c *checker) denotes(p *place, e ast.Expr) bool {
	if p.expr != nil {
		return mapops.SameExpr(c.info, p.expr, e)
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x := ast.Unparen(sel.X)
	if star, ok := x.(*ast.StarExpr); ok {
		x = ast.Unparen(star.X)
	}
	return c.variable(x) == p.root && p.root != nil
}

// within returns the operations on the place between two positions.
func (p *place) within(n ast.Node) []*mapops.Op {
	i := sort.Search(len(p.ops), func(i int) bool { return p.ops[i].Expr.Pos() >= n.Pos() })
	j := sort.Search(len(p.ops), func(i int) bool { return p.ops[i].Expr.Pos() >= n.End() })
	return p.ops[i:max(i, j)]
}

// movedIn reports whether, within a statement, the place comes to mean
// another map: it is assigned, or a variable by which it is reached is.
func (c *checker) movedIn(p *place, n ast.Node) bool {
	for _, op := range p.within(n) {
		if op.Kind == mapops.Assign {
			return true
		}
	}
	if p.root != nil {
		return c.vars.ReplacedBetween(p.root, n.Pos(), n.End())
	}
	if p.depth > 0 {
		for _, op := range p.v.Ops { // m[k] = other
			if op.Kind == mapops.Insert && op.Depth == p.depth-1 && n.Pos() <= op.Expr.Pos() && op.Expr.Pos() < n.End() {
				if a, ok := op.Node.(*ast.AssignStmt); ok && len(a.Lhs) == 1 && mapops.SameExpr(c.info, a.Lhs[0], p.expr) {
					return true
				}
			}
		}
	}
	moved := false
	if _, plain := p.expr.(*ast.Ident); !plain {
		ast.Inspect(p.expr, func(m ast.Node) bool {
			if id, ok := m.(*ast.Ident); ok {
				if v, ok := c.info.ObjectOf(id).(*types.Var); ok && v.Origin() != p.v.Obj && c.vars.ReplacedBetween(v, n.Pos(), n.End()) {
					moved = true
				}
			}
			return !moved
		})
	}
	return moved
}
