package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

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
