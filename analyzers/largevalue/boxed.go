package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// boxed reports whether a value that leads to the owner changes its type
// somewhere: to an interface, to another struct of the same fields, to a
// type parameter.
func (r *rewriter) boxed(reach reacher) bool {
	info := r.p.TypesInfo
	found := false
	flow := func(to, from types.Type) {
		if to == nil || from == nil || types.Identical(to, from) || from == types.Typ[types.UntypedNil] {
			return
		}
		found = found || reach.leads(from) || reach.leads(to)
	}
	for _, inst := range info.Instances {
		for t := range inst.TypeArgs.Types() {
			found = found || reach.leads(t)
		}
	}
	r.root.Inspect(nil, func(cur inspector.Cursor) bool {
		switch n := cur.Node().(type) {
		case *ast.CallExpr:
			r.flowCall(n, flow)
		case *ast.AssignStmt:
			if n.Tok == token.ASSIGN {
				r.flowList(len(n.Lhs), func(i int) types.Type { return info.TypeOf(n.Lhs[i]) }, n.Rhs, flow)
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				found = found || reach.leads(info.TypeOf(n.X)) // rare enough
			}
		case *ast.ValueSpec:
			if n.Type != nil {
				r.flowList(len(n.Names), func(int) types.Type { return info.TypeOf(n.Type) }, n.Values, flow)
			}
		case *ast.ReturnStmt:
			if sig := r.signature(cur); sig != nil {
				r.flowList(sig.Results().Len(), func(i int) types.Type { return sig.Results().At(i).Type() }, n.Results, flow)
			}
		case *ast.SendStmt:
			if ch, ok := info.TypeOf(n.Chan).Underlying().(*types.Chan); ok {
				flow(ch.Elem(), info.TypeOf(n.Value))
			}
		case *ast.CompositeLit:
			r.flowLiteral(n, flow)
		case *ast.IndexExpr:
			if m := mapops.MapType(info.TypeOf(n.X)); m != nil {
				flow(m.Key(), info.TypeOf(n.Index))
			}
		case *ast.BinaryExpr:
			if types.IsInterface(info.TypeOf(n.X)) {
				flow(info.TypeOf(n.X), info.TypeOf(n.Y))
			} else if types.IsInterface(info.TypeOf(n.Y)) {
				flow(info.TypeOf(n.Y), info.TypeOf(n.X))
			}
		}
		return !found
	})
	return found
}

// flowList pairs n targets with their values, which may be the results of
// one call.
func (r *rewriter) flowList(n int, to func(int) types.Type, values []ast.Expr, flow func(to, from types.Type)) {
	if len(values) == 1 && n != 1 {
		if tuple, ok := r.p.TypesInfo.TypeOf(values[0]).(*types.Tuple); ok {
			for i := range min(n, tuple.Len()) {
				flow(to(i), tuple.At(i).Type())
			}
		}
		return
	}
	for i := range min(n, len(values)) {
		flow(to(i), r.p.TypesInfo.TypeOf(values[i]))
	}
}

func (r *rewriter) flowCall(call *ast.CallExpr, flow func(to, from types.Type)) {
	info := r.p.TypesInfo
	tv := info.Types[call.Fun]
	if tv.IsType() {
		for _, a := range call.Args {
			flow(tv.Type, info.TypeOf(a))
		}
		return
	}
	if tv.Type == nil {
		return
	}
	sig, ok := tv.Type.Underlying().(*types.Signature)
	if !ok {
		return
	}
	n := len(call.Args)
	if n == 1 {
		if tuple, ok := info.TypeOf(call.Args[0]).(*types.Tuple); ok {
			n = tuple.Len()
		}
	}
	r.flowList(n, func(i int) types.Type {
		if call.Ellipsis.IsValid() && i == n-1 {
			return sig.Params().At(sig.Params().Len() - 1).Type()
		}
		return paramType(sig, i)
	}, call.Args, flow)
}

// signature returns that of the function around a cursor.
func (r *rewriter) signature(cur inspector.Cursor) *types.Signature {
	switch f := function(cur).Node().(type) {
	case *ast.FuncDecl:
		if fn, ok := r.p.TypesInfo.Defs[f.Name].(*types.Func); ok {
			return fn.Signature()
		}
	case *ast.FuncLit:
		sig, _ := r.p.TypesInfo.TypeOf(f).(*types.Signature)
		return sig
	}
	return nil
}

func (r *rewriter) flowLiteral(lit *ast.CompositeLit, flow func(to, from types.Type)) {
	info := r.p.TypesInfo
	t := info.TypeOf(lit)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	for i, e := range lit.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		value := e
		if keyed {
			value = kv.Value
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			if keyed {
				flow(info.TypeOf(kv.Key), info.TypeOf(value))
			} else if i < u.NumFields() {
				flow(u.Field(i).Type(), info.TypeOf(value))
			}
		case *types.Map:
			if keyed {
				flow(u.Key(), info.TypeOf(kv.Key))
			}
			flow(u.Elem(), info.TypeOf(value))
		case *types.Slice:
			flow(u.Elem(), info.TypeOf(value))
		case *types.Array:
			flow(u.Elem(), info.TypeOf(value))
		}
	}
}
