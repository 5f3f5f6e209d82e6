package sizehint

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

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
	ops  *opList // the operations that mean this place
}

// opList are operations in source order, and those of them that stand in
// function literals.
type opList struct {
	all, inLiterals []*mapops.Op
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
	key := c.exprKey(p.expr)
	if p.root != nil {
		key = fmt.Sprintf("%p.%p", p.root, p.v.Obj)
	}
	p.ops = c.opsOf(p.v)[opKey{p.depth, key}]
	if key == "" || p.ops == nil {
		return nil
	}
	return p
}

// opKey tells by which expression an operation on a variable means its map.
type opKey struct {
	depth int
	expr  string
}

// allOps is the key of all operations on a variable.
var allOps = opKey{depth: -1}

// opsOf sorts the operations on a variable by what they mean.
func (c *checker) opsOf(v *mapops.Var) map[opKey]*opList {
	if lists, ok := c.opLists[v]; ok {
		return lists
	}
	lists := make(map[opKey]*opList)
	add := func(key opKey, op *mapops.Op, inLiteral bool) {
		list := lists[key]
		if list == nil {
			list = new(opList)
			lists[key] = list
		}
		list.all = append(list.all, op)
		if inLiteral {
			list.inLiterals = append(list.inLiterals, op)
		}
	}
	for _, op := range v.Ops {
		in := inAnyLiteral(op.At)
		add(allOps, op, in)
		if key := c.exprKey(op.Expr); key != "" {
			add(opKey{op.Depth, key}, op, in)
		}
	}
	c.opLists[v] = lists
	return lists
}

// exprKey returns a text that two expressions share if they are written alike
// and mean the same, as [mapops.SameExpr] has it; "" for those of which it is
// not said.
func (c *checker) exprKey(e ast.Expr) string {
	if e == nil {
		return ""
	}
	e = ast.Unparen(e)
	if v := c.info.Types[e].Value; v != nil {
		return v.ExactString()
	}
	switch e := e.(type) {
	case *ast.Ident:
		return objectKey(c.info.ObjectOf(e))
	case *ast.SelectorExpr:
		sel := objectKey(c.info.ObjectOf(e.Sel))
		if id, ok := e.X.(*ast.Ident); ok {
			if _, qualified := c.info.Uses[id].(*types.PkgName); qualified {
				return sel
			}
		}
		x := ast.Unparen(e.X)
		if star, ok := x.(*ast.StarExpr); ok {
			x = star.X // (*s).m is s.m
		}
		if x := c.exprKey(x); x != "" && sel != "" {
			return x + "." + sel
		}
	case *ast.IndexExpr:
		if x, i := c.exprKey(e.X), c.exprKey(e.Index); x != "" && i != "" {
			return x + "[" + i + "]"
		}
	case *ast.StarExpr:
		if x := c.exprKey(e.X); x != "" {
			return "*" + x
		}
	}
	return ""
}

func objectKey(obj types.Object) string {
	if v, ok := obj.(*types.Var); ok {
		obj = v.Origin()
	}
	if obj == nil {
		return ""
	}
	return fmt.Sprintf("%p", obj)
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
	return slices.ContainsFunc(p.within(e), func(op *mapops.Op) bool { return op.Expr == ast.Unparen(e) })
}

// isIn reports whether an expression, of whatever making, uses the place.
func (c *checker) isIn(p *place, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
			found = found || c.denotes(p, n.(ast.Expr))
		}
		return !found
	})
	return found
}

// within returns the operations on the place between two positions.
func (p *place) within(n ast.Node) []*mapops.Op {
	return mapops.Between(p.ops.all, n.Pos(), n.End())
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
		for _, op := range p.v.Between(n.Pos(), n.End()) { // m[k] = other
			if op.Kind == mapops.Insert && op.Depth == p.depth-1 {
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
