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

// useKind says what a use of a variable does with its value.
type useKind int

const (
	useRead    useKind = iota // v.f, v.f[i], len(v.f): a part is read
	useWhole                  // the whole value is read: f(v), x = v, v == w
	useMethod                 // v.Method() with a value receiver
	usePart                   // v.f = x, v.f++: a part is changed
	useReplace                // v = x
	useAddress                // &v, v.f[:] of an array, v.Method() with a pointer receiver
)

// use classifies the use of a variable of struct or array type, and returns
// the cursor at the largest expression that denotes a part of it.
func (c *coster) use(cur inspector.Cursor) (useKind, inspector.Cursor) {
	info := c.p.TypesInfo
	part := false
	for {
		kind := cur.ParentEdgeKind()
		parent := cur.Parent()
		switch kind {
		case edge.ParenExpr_X:
			cur = parent
			continue
		case edge.SelectorExpr_X:
			sel := info.Selections[parent.Node().(*ast.SelectorExpr)]
			if sel == nil {
				return useAddress, cur
			}
			if sel.Kind() == types.FieldVal {
				if sel.Indirect() {
					return useRead, cur // beyond a pointer: not a part of the variable
				}
				cur, part = parent, true
				continue
			}
			recv := sel.Obj().(*types.Func).Signature().Recv()
			if sel.Indirect() || types.IsInterface(recv.Type()) {
				return useRead, cur
			}
			if _, ok := types.Unalias(recv.Type()).(*types.Pointer); ok {
				if _, isPointer := info.TypeOf(cur.Node().(ast.Expr)).Underlying().(*types.Pointer); isPointer {
					return useRead, cur
				}
				return useAddress, cur
			}
			if part {
				return useRead, cur
			}
			return useMethod, cur
		case edge.IndexExpr_X:
			if _, ok := info.TypeOf(cur.Node().(ast.Expr)).Underlying().(*types.Array); !ok {
				return useRead, cur
			}
			cur, part = parent, true
			continue
		case edge.SliceExpr_X:
			if _, ok := info.TypeOf(cur.Node().(ast.Expr)).Underlying().(*types.Array); ok {
				return useAddress, cur
			}
			return useRead, cur
		case edge.UnaryExpr_X:
			if parent.Node().(*ast.UnaryExpr).Op == token.AND {
				return useAddress, cur
			}
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X, edge.RangeStmt_Key, edge.RangeStmt_Value:
			if part {
				return usePart, cur
			}
			return useReplace, cur
		case edge.CallExpr_Args:
			if b := mapops.Builtin(info, parent.Node().(*ast.CallExpr)); b == "len" || b == "cap" {
				return useRead, cur
			}
		}
		if part {
			return useRead, cur
		}
		return useWhole, cur
	}
}

// onlyWhole reports whether a loaded value is used only as a whole: stored,
// sent, returned or passed on. Such code wants a copy.
func (c *coster) onlyWhole(v ast.Expr, at inspector.Cursor) bool {
	id, ok := ast.Unparen(v).(*ast.Ident)
	if !ok {
		return true // into a field or an element
	}
	obj := c.p.TypesInfo.ObjectOf(id)
	if obj == nil {
		return true
	}
	for cur := range function(at).Preorder((*ast.Ident)(nil)) {
		if c.p.TypesInfo.Uses[cur.Node().(*ast.Ident)] != obj || cur.Node().Pos() == id.Pos() {
			continue
		}
		switch use, _ := c.use(cur); use {
		case useRead, useMethod, usePart:
			return false
		}
	}
	return true
}

// wholeUse reports whether m[k], read as a whole, is wanted as a copy.
func (c *coster) wholeUse(cur inspector.Cursor) bool {
	kind, i := cur.ParentEdge()
	if kind != edge.AssignStmt_Rhs {
		switch kind {
		case edge.RangeStmt_X, edge.CallExpr_Fun, edge.BinaryExpr_X, edge.BinaryExpr_Y:
			return false
		}
		return true
	}
	a := cur.Parent().Node().(*ast.AssignStmt)
	if len(a.Lhs) != len(a.Rhs) {
		return true
	}
	return c.onlyWhole(a.Lhs[i], cur)
}

// function returns the cursor at the innermost function around cur, the
// file where there is none.
func function(cur inspector.Cursor) inspector.Cursor {
	for f := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil), (*ast.File)(nil)) {
		return f
	}
	return cur
}
