package largevalue

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// flow joins the variable of an operation with where its map comes from or
// goes to.
func (g *grouper) flow(op *mapops.Op) {
	n := node{obj: op.Var.Obj, depth: op.Depth}
	switch op.Kind {
	case mapops.Assign:
		g.from(n, op.Value, op)
	case mapops.Insert:
		n.depth++
		if op.Value != nil && g.typ[n] != nil {
			g.from(n, op.Value, op)
		}
	case mapops.Return:
		if r, ok := g.resultOf(op); ok {
			g.declare(r, g.resultType(r))
			g.unite(r, n)
		}
	case mapops.Pass:
		g.pass(n, op)
	}
}

// from joins a place with the expression that gives it its map.
func (g *grouper) from(n node, value ast.Expr, op *mapops.Op) {
	if value == nil {
		switch s := op.Node.(type) {
		case *ast.RangeStmt:
			if src, ok := g.place(s.X); ok && s.Value != nil && ast.Unparen(s.Value).Pos() == op.Expr.Pos() {
				src.depth++
				g.unite(n, src)
			}
		case *ast.AssignStmt:
			if len(s.Rhs) != 1 {
				return
			}
			switch rhs := ast.Unparen(s.Rhs[0]).(type) {
			case *ast.CallExpr:
				for i, l := range s.Lhs {
					if ast.Unparen(l) == op.Expr {
						g.fromCall(n, rhs, i)
					}
				}
			case *ast.IndexExpr:
				if src, ok := g.place(rhs); ok {
					g.unite(n, src)
				}
			}
		}
		return
	}
	switch e := ast.Unparen(value).(type) {
	case *ast.CallExpr:
		g.fromCall(n, e, 0)
	default:
		if src, ok := g.place(e); ok {
			g.unite(n, src)
		}
	}
}

// place returns the place that an expression denotes.
func (g *grouper) place(e ast.Expr) (node, bool) {
	var obj types.Object
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj = g.p.TypesInfo.ObjectOf(e)
	case *ast.SelectorExpr:
		obj = g.p.TypesInfo.ObjectOf(e.Sel)
	case *ast.IndexExpr:
		n, ok := g.place(e.X)
		n.depth++
		_, known := g.parent[n]
		return n, ok && known
	}
	v, ok := obj.(*types.Var)
	if !ok || mapops.MapType(v.Type()) == nil {
		return node{}, false
	}
	n := node{obj: v.Origin()}
	g.declare(n, v.Type())
	return n, true
}

// fromCall joins a place with result i of a call.
func (g *grouper) fromCall(n node, call *ast.CallExpr, i int) {
	if tv := g.p.TypesInfo.Types[call.Fun]; tv.IsType() {
		if len(call.Args) == 1 {
			if src, ok := g.place(call.Args[0]); ok {
				g.unite(n, src)
			}
		}
		return
	} else if tv.IsBuiltin() {
		return
	}
	fn := typeutil.StaticCallee(g.p.TypesInfo, call)
	if fn == nil {
		g.imposed[n] = true
		return
	}
	fn = fn.Origin()
	results := fn.Signature().Results()
	if i >= results.Len() {
		return
	}
	if fn.Pkg() == g.p.Pkg {
		r := node{obj: fn, result: i}
		g.declare(r, g.resultType(r))
		g.unite(n, r)
		return
	}
	if !generic(results.At(i).Type()) {
		g.mark(g.foreign, n)
	}
}

func (g *grouper) pass(n node, op *mapops.Op) {
	call, ok := op.Node.(*ast.CallExpr)
	if !ok || op.Arg < 0 {
		return
	}
	fn := typeutil.StaticCallee(g.p.TypesInfo, call)
	if fn == nil {
		if sig, ok := g.p.TypesInfo.TypeOf(call.Fun).Underlying().(*types.Signature); ok && mapops.MapType(paramType(sig, op.Arg)) != nil {
			g.mark(g.imposed, n)
		}
		return
	}
	fn = fn.Origin()
	t := paramType(fn.Signature(), op.Arg)
	if mapops.MapType(t) == nil {
		return
	}
	if fn.Pkg() != g.p.Pkg {
		if !generic(t) {
			g.mark(g.foreign, n)
		}
		return
	}
	if op.Arg < fn.Signature().Params().Len() && !fn.Signature().Variadic() {
		param := node{obj: fn.Signature().Params().At(op.Arg)}
		g.declare(param, t)
		g.unite(param, n)
	}
}

func paramType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	switch {
	case i < n && !(sig.Variadic() && i == n-1):
		return sig.Params().At(i).Type()
	case sig.Variadic():
		if s, ok := sig.Params().At(n - 1).Type().Underlying().(*types.Slice); ok {
			return s.Elem()
		}
	}
	return nil
}

// resultOf returns the result of a declared function that an operation
// stands for in a return statement.
func (g *grouper) resultOf(op *mapops.Op) (node, bool) {
	cur := op.At
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	kind, i := cur.ParentEdge()
	if kind != edge.ReturnStmt_Results {
		return node{}, false
	}
	for f := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		decl, ok := f.Node().(*ast.FuncDecl)
		if !ok {
			return node{}, false
		}
		fn, ok := g.p.TypesInfo.Defs[decl.Name].(*types.Func)
		if !ok {
			return node{}, false
		}
		n := node{obj: fn, result: i}
		return n, mapops.MapType(g.resultType(n)) != nil
	}
	return node{}, false
}

func (g *grouper) resultType(n node) types.Type {
	results := n.obj.(*types.Func).Signature().Results()
	if n.result >= results.Len() {
		return nil
	}
	return results.At(n.result).Type()
}
