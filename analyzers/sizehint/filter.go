package sizehint

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// classify says what is filtered out where only those cases go on in which a
// condition is as wanted.
func (w *walker) classify(cond ast.Expr, want bool) filter {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return w.classify(e.X, !want)
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			x, y := w.classify(e.X, want), w.classify(e.Y, want)
			return max(x, y)
		case token.EQL, token.NEQ:
			return w.comparison(e, (e.Op == token.EQL) == want)
		case token.GTR, token.LSS, token.GEQ, token.LEQ:
			if w.nonEmpty(e, want) {
				return unlessBad
			}
		}
	case *ast.Ident:
		return w.flag(e, want)
	case *ast.IndexExpr:
		// if m[k], of a map of booleans
		if w.isPlace(e.X) && !want {
			return unlessDup
		}
	case *ast.CallExpr:
		if !want && w.isZeroCall(e) {
			return unlessBad
		}
		for _, a := range e.Args {
			if isError(w.info.TypeOf(a)) {
				if want {
					return onError
				}
				return unlessBad
			}
		}
	}
	return sometimes
}

func (w *walker) isPlace(e ast.Expr) bool {
	for _, op := range w.p.within(e) {
		if op.Expr == ast.Unparen(e) {
			return true
		}
	}
	return false
}

// skips says what is filtered out after a statement that goes on to the next
// round of a loop around it, somewhere within its branches.
func (w *walker) skips(s ast.Stmt) filter {
	worst := always
	if !between(w.flow().skips, s.Pos(), s.End()) {
		return worst
	}
	ast.PreorderStack(s, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			if n.Tok != token.CONTINUE {
				break
			}
			rarest := sometimes
			for i, around := range stack {
				switch around := around.(type) {
				case *ast.ForStmt, *ast.RangeStmt:
					if n.Label == nil {
						return true // it goes on with that loop
					}
				case *ast.IfStmt:
					inThen := i+1 < len(stack) && stack[i+1] == ast.Node(around.Body)
					if f := w.classify(around.Cond, !inThen); f != onError {
						rarest = min(rarest, f)
					}
				}
			}
			worst = max(worst, rarest)
		}
		return true
	})
	return worst
}

// comparison classifies x == y (equal) or x != y.
func (w *walker) comparison(e *ast.BinaryExpr, equal bool) filter {
	x, y := e.X, e.Y
	if w.isZero(x) {
		x, y = y, x
	}
	if !w.isZero(y) {
		if lookup, ok := ast.Unparen(x).(*ast.IndexExpr); ok && w.isPlace(lookup.X) {
			return unlessDup
		}
		if !equal && (w.counters[w.variable(x)] || w.counters[w.variable(y)]) {
			return unlessBad // at most one iteration is left out
		}
		return sometimes
	}
	if lookup, ok := ast.Unparen(x).(*ast.IndexExpr); ok && w.isPlace(lookup.X) {
		return unlessDup // m[k] == nil
	}
	if isError(w.info.TypeOf(x)) {
		if equal {
			return unlessBad
		}
		return onError
	}
	if equal || e.Op == token.NEQ && w.isOptional(x) || w.isLookup(x) {
		return sometimes
	}
	return unlessBad
}

// isLookup reports whether an expression is what a map holds under a key. Where
// the keys of one map are looked up in another, as many may be missing as are
// there.
func (w *walker) isLookup(e ast.Expr) bool {
	index, ok := w.resolve(e).(*ast.IndexExpr)
	return ok && mapops.MapType(w.info.TypeOf(index.X)) != nil
}

// storesTested reports whether a condition is about what a fill stores: whether
// all that it asks about is part of the key or of the value.
func (w *walker) storesTested(f *fill, cond ast.Expr) bool {
	all := true
	ast.Inspect(cond, func(n ast.Node) bool {
		tested, ok := n.(ast.Expr)
		if !ok || !all {
			return all
		}
		switch e := tested.(type) {
		case *ast.Ident, *ast.IndexExpr:
		case *ast.SelectorExpr:
			if sel := w.info.Selections[e]; sel != nil && sel.Kind() == types.MethodVal {
				return true // x.f.IsZero() is about x.f
			}
		default:
			return true
		}
		if tv := w.info.Types[tested]; tv.IsNil() || tv.Value != nil || !tv.IsValue() {
			return true
		}
		all = w.holds(f.op.Key, tested) || f.op.Value != nil && w.holds(f.op.Value, tested)
		return false // x.f is not about x
	})
	return all
}

// asksForOptional reports whether a condition is about a field that can be nil,
// and neither is the key made of it nor is it the value.
func (w *walker) asksForOptional(key, value, cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || found {
			return !found
		}
		if s := w.info.Selections[sel]; s == nil || s.Kind() != types.FieldVal {
			return true
		}
		switch w.info.TypeOf(sel).Underlying().(type) {
		case *types.Pointer, *types.Slice, *types.Map, *types.Interface, *types.Signature, *types.Chan:
			found = !isError(w.info.TypeOf(sel)) && !w.holds(key, sel) && !w.sameKey(value, sel)
		}
		return false
	})
	return found
}

// holds reports whether an expression is made of another one.
func (w *walker) holds(e, part ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && !found {
			found = w.sameKey(x, part)
			if v := w.variable(x); v != nil && !found {
				if def := w.vars.Definition(v); def != nil {
					found = w.holds(def, part)
				}
			}
		}
		return !found
	})
	return found
}

// isOptional reports whether an expression is a variable that holds what a
// call returned, which is not an error: where only the other values are asked
// for, nil is one of the usual ones.
func (w *walker) isOptional(e ast.Expr) bool {
	v := w.variable(e)
	if v == nil {
		return false
	}
	call, ok := w.vars.Definition(v).(*ast.CallExpr)
	return ok && mapops.Builtin(w.info, call) == "" && !w.info.Types[call.Fun].IsType()
}

// nonEmpty reports whether a comparison asks for a length, or a number of
// the element, above zero.
func (w *walker) nonEmpty(e *ast.BinaryExpr, want bool) bool {
	x, y, op := e.X, e.Y, e.Op
	if w.isZero(x) {
		x, y = y, x
		op = map[token.Token]token.Token{token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ}[op]
	}
	if !w.isZero(y) {
		return false
	}
	if call, ok := ast.Unparen(x).(*ast.CallExpr); !ok || mapops.Builtin(w.info, call) != "len" {
		return false
	}
	return op == token.GTR && want || op == token.LEQ && !want
}

// isZero reports whether an expression is nil or a constant zero.
func (w *walker) isZero(e ast.Expr) bool {
	tv := w.info.Types[ast.Unparen(e)]
	if tv.IsNil() {
		return true
	}
	if lit, ok := ast.Unparen(e).(*ast.CompositeLit); ok {
		return len(lit.Elts) == 0
	}
	if tv.Value == nil {
		return false
	}
	switch tv.Value.Kind() {
	case constant.Bool:
		return !constant.BoolVal(tv.Value)
	case constant.String:
		return constant.StringVal(tv.Value) == ""
	default:
		return constant.Sign(tv.Value) == 0
	}
}

// flag classifies a boolean variable by the statement that sets it.
func (w *walker) flag(id *ast.Ident, want bool) filter {
	v, ok := w.info.Uses[id].(*types.Var)
	if !ok {
		return sometimes
	}
	for _, op := range mapops.Between(w.p.ops.all, v.Pos(), id.Pos()) {
		// v, ok := m[k]
		if op.Kind == mapops.LookupOK && w.definesAt(op.Node, 1, v) {
			if !want {
				return unlessDup
			}
			return sometimes
		}
		if op.Kind == mapops.Lookup && w.definesAt(op.Node, 0, v) && !want {
			return unlessDup
		}
	}
	return sometimes
}

// definesAt reports whether an assignment gives v its i-th value.
func (w *walker) definesAt(n ast.Node, i int, v *types.Var) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return i < len(n.Lhs) && w.variable(n.Lhs[i]) == v
	case *ast.ValueSpec:
		return i < len(n.Names) && w.variable(n.Names[i]) == v
	}
	return false
}

// isErrorCheck reports whether a condition compares an error.
func (c *checker) isErrorCheck(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && isError(c.info.TypeOf(e)) {
			found = true
		}
		return !found
	})
	return found
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// isZeroCall reports whether a call is x.IsZero(), by which types of the
// standard library and others say that they hold their zero value.
func (w *walker) isZeroCall(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && len(call.Args) == 0 && sel.Sel.Name == "IsZero"
}
