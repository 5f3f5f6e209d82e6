package deletechurn

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A growth tells when a map gains entries.
type growth struct {
	initial, later []*mapops.Op // inserts while the map's value is made, and after
	// bulk says that the initial inserts may well be many.
	bulk bool
	// unknown says that the map may gain entries, or be replaced, in ways
	// that the operations do not show: it is passed on or known by another name.
	unknown bool
}

func (pr *program) growthOf(v *mapops.Var) growth {
	var g growth
	pr.addGrowth(&g, v, nil, make(map[*mapops.Var]bool))
	return g
}

// addGrowth adds the operations on v. Where v is the parameter of a function
// that the map is passed to, via is the call.
func (pr *program) addGrowth(g *growth, v *mapops.Var, via *mapops.Op, seen map[*mapops.Var]bool) {
	if seen[v] {
		return
	}
	seen[v] = true
	for _, op := range v.Ops {
		if op.Depth > 0 || pr.inTest(op.At) {
			continue
		}
		when := op
		if via != nil {
			when = via
		}
		switch op.Kind {
		case mapops.Insert, mapops.Update, mapops.CopyInto:
			if pr.initial(when) {
				g.initial = append(g.initial, op)
				g.bulk = g.bulk || op.Kind == mapops.CopyInto || pr.repeated(op.At) || pr.repeated(when.At)
			} else {
				g.later = append(g.later, op)
			}
		case mapops.Assign:
			n, known := pr.startSize(op.Value)
			if op.Value == nil {
				known = false
			}
			g.unknown = g.unknown || !known || via != nil
			if n > 0 {
				g.initial = append(g.initial, op)
				g.bulk = g.bulk || n >= few
			}
		case mapops.Pass:
			if param := pr.paramOf(op); param != nil {
				pr.addGrowth(g, param, when, seen)
			} else {
				g.unknown = true
			}
		case mapops.Alias, mapops.Return, mapops.Address, mapops.Other:
			g.unknown = true
		}
	}
}

// paramOf returns the parameter that a map becomes in a call, if the function
// is one of this package and uses the parameter as a map at all.
func (pr *program) paramOf(op *mapops.Op) *mapops.Var {
	call, ok := op.Node.(*ast.CallExpr)
	if !ok || op.Arg < 0 {
		return nil
	}
	id := calleeName(call)
	if id == nil {
		return nil
	}
	fn, ok := pr.TypesInfo.Uses[id].(*types.Func)
	if !ok {
		return nil
	}
	fn = fn.Origin()
	params := fn.Signature().Params()
	if !pr.decls[fn].Valid() || op.Arg >= params.Len() || fn.Signature().Variadic() && op.Arg >= params.Len()-1 {
		return nil
	}
	return pr.maps.Var(params.At(op.Arg))
}

// startSize returns the number of entries of a map that an expression makes.
func (pr *program) startSize(e ast.Expr) (n int, known bool) {
	if e == nil {
		return 0, false
	}
	if pr.TypesInfo.Types[e].IsNil() {
		return 0, true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return len(e.Elts), true
	case *ast.CallExpr:
		return 0, mapops.Builtin(pr.TypesInfo, e) == "make"
	}
	return 0, false
}

// repeated reports whether code runs in a loop of more than a few rounds,
// as far as the loop shows it.
func (pr *program) repeated(cur inspector.Cursor) bool {
	for loop := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch n := loop.Node().(type) {
		case *ast.RangeStmt:
			if !pr.fewElements(n.X) {
				return true
			}
		case *ast.ForStmt:
			if !pr.fewRounds(n) {
				return true
			}
		case *ast.FuncDecl:
			return false
		case *ast.FuncLit:
			if loop.ParentEdgeKind() != edge.CallExpr_Args && loop.ParentEdgeKind() != edge.CallExpr_Fun {
				return false
			}
		}
	}
	return false
}

// fewElements reports whether a range expression is known to be short.
func (pr *program) fewElements(x ast.Expr) bool {
	if tv := pr.TypesInfo.Types[x]; tv.Value != nil {
		return lessThanFew(tv.Value)
	}
	switch t := pr.TypesInfo.TypeOf(x).Underlying().(type) {
	case *types.Array:
		return t.Len() < few
	case *types.Pointer:
		a, ok := t.Elem().Underlying().(*types.Array)
		return ok && a.Len() < few
	}
	if v := varOf(pr.TypesInfo, x); v != nil && !v.Exported() {
		if def := pr.vars.Definition(v); def != nil {
			x = def
		}
	}
	lit, ok := ast.Unparen(x).(*ast.CompositeLit)
	return ok && len(lit.Elts) < few
}

// fewRounds reports whether a loop of three clauses stops at a small constant.
func (pr *program) fewRounds(loop *ast.ForStmt) bool {
	cond, ok := loop.Cond.(*ast.BinaryExpr)
	if !ok {
		return false
	}
	switch cond.Op {
	case token.LSS, token.LEQ, token.NEQ:
		v := pr.TypesInfo.Types[cond.Y].Value
		return v != nil && lessThanFew(v)
	}
	return false
}

func lessThanFew(v constant.Value) bool {
	if v.Kind() == constant.String {
		return len(constant.StringVal(v)) < few
	}
	n, ok := constant.Int64Val(constant.ToInt(v))
	return ok && n < few
}

// bounded reports whether the code watches the size of the map: a limit on
// it is a limit on the peak.
func (pr *program) bounded(v *mapops.Var) bool {
	for _, op := range v.Ops {
		if op.Kind != mapops.Len || op.Depth > 0 || pr.inTest(op.At) {
			continue
		}
		call := cursorOf(op)
		for {
			k := call.ParentEdgeKind()
			if k == edge.ParenExpr_X || k == edge.CallExpr_Args { // uint64(len(m))
				call = call.Parent()
				continue
			}
			break
		}
		cmp, ok := call.Parent().Node().(*ast.BinaryExpr)
		if !ok {
			continue
		}
		switch cmp.Op {
		case token.LSS, token.LEQ, token.GTR, token.GEQ:
			other := cmp.X
			if other == call.Node() {
				other = cmp.Y
			}
			if v := pr.TypesInfo.Types[other].Value; v != nil {
				if n, ok := constant.Int64Val(constant.ToInt(v)); ok && n <= 1 {
					continue // whether there is anything at all
				}
			}
			return true
		case token.ADD, token.SUB, token.QUO, token.MUL:
			return true // too clever to say
		}
	}
	return false
}
