package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A load is a variable that received a value of the map.
type load struct {
	op  *mapops.Op
	key ast.Expr
	ok  types.Object // of v, ok := m[k]
}

// loads lists the local variables that receive values of the group's maps.
func (c *coster) loads(g *group) map[types.Object][]load {
	info := c.p.TypesInfo
	list := make(map[types.Object][]load)
	add := func(v ast.Expr, l load) {
		id, ok := ast.Unparen(v).(*ast.Ident)
		if !ok || l.key == nil {
			return
		}
		if obj := info.ObjectOf(id); obj != nil {
			list[obj] = append(list[obj], l)
		}
	}
	for _, op := range g.ops {
		switch op.Kind {
		case mapops.Range:
			if s := op.Node.(*ast.RangeStmt); s.Key != nil && s.Value != nil {
				add(s.Value, load{op: op, key: s.Key})
			}
		case mapops.LookupOK:
			l := load{op: op, key: op.Key}
			switch n := op.Node.(type) {
			case *ast.AssignStmt:
				if id, ok := n.Lhs[1].(*ast.Ident); ok {
					l.ok = info.ObjectOf(id)
				}
				add(n.Lhs[0], l)
			case *ast.ValueSpec:
				l.ok = info.ObjectOf(n.Names[1])
				add(n.Names[0], l)
			}
		case mapops.Lookup:
			cur := op.At
			for cur.Node() != op.Node {
				cur = cur.Parent()
			}
			for cur.ParentEdgeKind() == edge.ParenExpr_X {
				cur = cur.Parent()
			}
			switch kind, i := cur.ParentEdge(); kind {
			case edge.AssignStmt_Rhs:
				if a := cur.Parent().Node().(*ast.AssignStmt); len(a.Lhs) == len(a.Rhs) {
					add(a.Lhs[i], load{op: op, key: op.Key})
				}
			case edge.ValueSpec_Values:
				if s := cur.Parent().Node().(*ast.ValueSpec); len(s.Names) == len(s.Values) {
					add(s.Names[i], load{op: op, key: op.Key})
				}
			}
		}
	}
	return list
}

// modifies reports whether an insert writes back, under the same key, a
// value of the map that was changed in part: the whole value was copied out
// and in again for the sake of some fields.
func (c *coster) modifies(op *mapops.Op, loads map[types.Object][]load) bool {
	if op.Value == nil || op.Key == nil {
		return false
	}
	info := c.p.TypesInfo
	id, ok := ast.Unparen(op.Value).(*ast.Ident)
	if !ok {
		return c.computes(op)
	}
	obj := info.ObjectOf(id)
	fn := function(op.At)
	for _, l := range loads[obj] {
		if l.op.Node.Pos() >= op.Node.Pos() || function(l.op.At) != fn || !mapops.SameExpr(info, l.key, op.Key) ||
			!mapops.SameExpr(info, l.op.Expr, op.Expr) {
			continue
		}
		if l.ok != nil && c.missing(op.At, l.ok) {
			continue
		}
		if c.changed(fn, obj, l.op.Node.Pos(), op.Node.Pos()) {
			return true
		}
	}
	return false
}

// computes recognises m[k] = f(m[k]).
func (c *coster) computes(op *mapops.Op) bool {
	call, ok := ast.Unparen(op.Value).(*ast.CallExpr)
	if !ok {
		return false
	}
	for _, arg := range call.Args {
		if ix, ok := ast.Unparen(arg).(*ast.IndexExpr); ok && mapops.SameExpr(c.p.TypesInfo, ix.X, op.Expr) && mapops.SameExpr(c.p.TypesInfo, ix.Index, op.Key) {
			return true
		}
	}
	return false
}

// missing reports whether cur stands where a lookup is known to have found
// nothing: below if !ok.
func (c *coster) missing(cur inspector.Cursor, ok types.Object) bool {
	for ; cur.Node() != nil; cur = cur.Parent() {
		s, isIf := cur.Parent().Node().(*ast.IfStmt)
		if !isIf {
			continue
		}
		not, negated := ast.Unparen(s.Cond).(*ast.UnaryExpr)
		negated = negated && not.Op == token.NOT && c.isVar(not.X, ok)
		switch cur.ParentEdgeKind() {
		case edge.IfStmt_Body:
			if negated {
				return true
			}
		case edge.IfStmt_Else:
			if c.isVar(s.Cond, ok) {
				return true
			}
		}
	}
	return false
}

func (c *coster) isVar(e ast.Expr, obj types.Object) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && obj != nil && c.p.TypesInfo.ObjectOf(id) == obj
}

// changed reports whether between two positions of a function a part of a
// variable is assigned, its address is taken, or it is replaced by something
// computed from itself.
func (c *coster) changed(fn inspector.Cursor, obj types.Object, from, to token.Pos) bool {
	for cur := range fn.Preorder((*ast.Ident)(nil)) {
		id := cur.Node().(*ast.Ident)
		if id.Pos() < from || id.Pos() >= to || c.p.TypesInfo.Uses[id] != obj {
			continue
		}
		switch use, outer := c.use(cur); use {
		case usePart, useAddress:
			return true
		case useReplace:
			a, ok := outer.Parent().Node().(*ast.AssignStmt)
			if !ok {
				if _, ok := outer.Parent().Node().(*ast.IncDecStmt); ok {
					return true
				}
				continue
			}
			self := a.Tok != token.ASSIGN && a.Tok != token.DEFINE
			for _, rhs := range a.Rhs {
				ast.Inspect(rhs, func(n ast.Node) bool {
					if r, ok := n.(*ast.Ident); ok && c.p.TypesInfo.Uses[r] == obj {
						self = true
					}
					return !self
				})
			}
			if self {
				return true
			}
		}
	}
	return false
}
