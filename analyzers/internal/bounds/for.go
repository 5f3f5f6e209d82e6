package bounds

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// ofFor understands
//
//	for i := a; i < b; i += c    and <=, !=, i++, i = i + c
//	for i := a; i > b; i -= c    and >=, !=, i--, i = i - c
//
// where the body changes neither i nor what b is made of.
func ofFor(info *types.Info, index *vars.Index, s *ast.ForStmt) *Loop {
	init, ok := s.Init.(*ast.AssignStmt)
	if !ok || len(init.Lhs) != 1 || len(init.Rhs) != 1 {
		return nil
	}
	id, ok := init.Lhs[0].(*ast.Ident)
	if !ok {
		return nil
	}
	i, ok := info.ObjectOf(id).(*types.Var)
	if !ok || index.Addressed(i) || index.WrittenBetween(i, s.Body.Pos(), s.Body.End()) {
		return nil
	}
	basic, ok := i.Type().Underlying().(*types.Basic)
	if !ok || basic.Info()&types.IsInteger == 0 {
		return nil
	}
	step, ok := stepOf(info, i, s.Post)
	if !ok {
		return nil
	}
	cond, ok := s.Cond.(*ast.BinaryExpr)
	if !ok {
		return nil
	}
	op, limit := cond.Op, cond.Y
	if !isVar(info, cond.X, i) {
		if !isVar(info, cond.Y, i) {
			return nil
		}
		limit = cond.X
		op = map[token.Token]token.Token{token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ, token.NEQ: token.NEQ}[op]
	}
	if mentions(info, limit, i) || !Pure(info, limit) || changedIn(info, index, limit, s.Body) {
		return nil
	}
	from, to := init.Rhs[0], limit
	switch {
	case step > 0 && (op == token.LSS || op == token.LEQ), op == token.NEQ && step == 1:
	case step < 0 && (op == token.GTR || op == token.GEQ), op == token.NEQ && step == -1:
		from, to = to, from
	default:
		return nil
	}
	inclusive := op == token.LEQ || op == token.GEQ
	if !Pure(info, from) || !Pure(info, to) {
		return nil
	}
	b, ok := distance(info, from, to, inclusive, max(step, -step), basic.Info()&types.IsUnsigned != 0)
	if !ok {
		return nil
	}
	return &Loop{Stmt: s, Body: s.Body, Bound: b, Distinct: i}
}

// stepOf returns what a post statement adds to i.
func stepOf(info *types.Info, i *types.Var, post ast.Stmt) (int64, bool) {
	switch p := post.(type) {
	case *ast.IncDecStmt:
		if !isVar(info, p.X, i) {
			return 0, false
		}
		if p.Tok == token.INC {
			return 1, true
		}
		return -1, true
	case *ast.AssignStmt:
		if len(p.Lhs) != 1 || len(p.Rhs) != 1 || !isVar(info, p.Lhs[0], i) {
			return 0, false
		}
		sign, by := int64(1), p.Rhs[0]
		switch p.Tok {
		case token.ADD_ASSIGN:
		case token.SUB_ASSIGN:
			sign = -1
		case token.ASSIGN:
			sum, ok := ast.Unparen(by).(*ast.BinaryExpr)
			if !ok || !isVar(info, sum.X, i) || sum.Op != token.ADD && sum.Op != token.SUB {
				return 0, false
			}
			by = sum.Y
			if sum.Op == token.SUB {
				sign = -1
			}
		default:
			return 0, false
		}
		n, ok := constInt(info, by)
		return sign * n, ok && n != 0
	}
	return 0, false
}

// distance returns how many steps lead from one number to another.
func distance(info *types.Info, from, to ast.Expr, inclusive bool, step int64, unsigned bool) (Bound, bool) {
	extra := int64(0) // added to the difference
	if inclusive {
		extra = 1
	}
	a, constA := constInt(info, from)
	b, constB := constInt(info, to)
	if constA && constB {
		known := Bound{N: max(0, (b-a+extra+step-1)/step), Known: true}
		if _, lit := ast.Unparen(to).(*ast.BasicLit); !lit && known.N == b {
			known.Expr = ast.Unparen(to) // a named constant
		}
		return known, true
	}
	data := true
	for _, e := range []ast.Expr{from, to} {
		if _, ok := constInt(info, e); !ok && !isLength(info, e) {
			data = false
		}
	}
	// A difference of unsigned numbers may wrap around to a huge hint.
	if unsigned && !(constA && a == 0) {
		return Bound{}, false
	}
	if !constA || a != 0 || extra+step > 1 {
		// Small types could overflow where the counter does not.
		from, to = asInt(info, from), asInt(info, to)
	}
	var expr ast.Expr = ast.Unparen(to)
	if constA {
		extra -= a
	}
	if sub, ok := expr.(*ast.BinaryExpr); ok && !constB && (sub.Op == token.SUB || sub.Op == token.ADD) && !unsigned {
		// n-1+1 is n.
		if c, ok := constInt(info, sub.Y); ok {
			if sub.Op == token.SUB {
				c = -c
			}
			expr, extra = ast.Unparen(sub.X), extra+c
		}
	}
	if step > 1 {
		extra += step - 1
	}
	if constB {
		expr, extra = intLit(b+extra), 0
	}
	if !constA {
		expr = &ast.BinaryExpr{X: expr, Op: token.SUB, Y: paren(from)}
	}
	expr = plus(expr, extra)
	if step > 1 {
		expr = &ast.BinaryExpr{X: paren(expr), Op: token.QUO, Y: intLit(step)}
	}
	return Bound{Expr: expr, Data: data}, true
}

// asInt converts an expression of a type of 8 or 16 bits to int.
func asInt(info *types.Info, e ast.Expr) ast.Expr {
	basic, ok := info.TypeOf(e).Underlying().(*types.Basic)
	if !ok {
		return e
	}
	switch basic.Kind() {
	case types.Int8, types.Int16, types.Uint8, types.Uint16:
	default:
		return e
	}
	if _, ok := constInt(info, e); ok {
		return e
	}
	return &ast.CallExpr{Fun: ast.NewIdent("int"), Args: []ast.Expr{ast.Unparen(e)}}
}

func plus(e ast.Expr, n int64) ast.Expr {
	switch {
	case n > 0:
		return &ast.BinaryExpr{X: e, Op: token.ADD, Y: intLit(n)}
	case n < 0:
		return &ast.BinaryExpr{X: e, Op: token.SUB, Y: intLit(-n)}
	}
	return e
}

func intLit(n int64) ast.Expr {
	return &ast.BasicLit{Kind: token.INT, Value: constant.MakeInt64(n).ExactString()}
}

// paren encloses an expression that binds weaker than multiplication.
func paren(e ast.Expr) ast.Expr {
	if _, ok := ast.Unparen(e).(*ast.BinaryExpr); ok {
		return &ast.ParenExpr{X: ast.Unparen(e)}
	}
	return e
}

func isVar(info *types.Info, e ast.Expr, v *types.Var) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && info.ObjectOf(id) == v
}

func mentions(info *types.Info, e ast.Expr, v *types.Var) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && info.ObjectOf(id) == v {
			found = true
		}
		return !found
	})
	return found
}

// changedIn reports whether a statement may change the value of an expression.
func changedIn(info *types.Info, index *vars.Index, e ast.Expr, in ast.Node) bool {
	return Changed(info, index, e, in.Pos(), in.End(), MayWrite(info, in))
}

// Changed reports whether code between two positions may change the value of
// an expression. Calls there can change what other functions can reach:
// fields, elements, package variables and variables whose address is taken or
// that a function literal writes to; values of these kinds that nothing in the
// package but their declaration writes to are taken as fixed.
func Changed(info *types.Info, index *vars.Index, e ast.Expr, from, to token.Pos, calls bool) bool {
	changed := false
	// target looks for writes to what has no name, by its type.
	target := func(t types.Type) {
		if t != nil && (index.ElemWrittenBetween(t, from, to) || calls && index.ElemWrittenBetween(t, 0, math.MaxInt)) {
			changed = true
		}
	}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			v, ok := info.ObjectOf(n).(*types.Var)
			if !ok {
				return true
			}
			if index.WrittenBetween(v, from, to) || index.Addressed(v) && index.ElemWrittenBetween(v.Type(), from, to) {
				changed = true
				return false
			}
			if calls && (index.Addressed(v) || index.ByClosure(v) || shared(v) && writtenElsewhere(index, v)) {
				changed = true
			}
			// A map grows without being assigned; len of it may change.
		case *ast.IndexExpr, *ast.StarExpr:
			target(info.TypeOf(n.(ast.Expr)))
		case *ast.SelectorExpr:
			if sel := info.Selections[n]; sel != nil && sel.Indirect() {
				if p, ok := info.TypeOf(n.X).Underlying().(*types.Pointer); ok {
					target(p.Elem())
				}
			}
		}
		return !changed
	})
	return changed
}

// shared reports whether functions other than the one that declares a
// variable can write to it.
func shared(v *types.Var) bool {
	return v.IsField() || v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

func writtenElsewhere(index *vars.Index, v *types.Var) bool {
	if v.Exported() {
		return true
	}
	for _, w := range index.Writes(v) {
		if !w.Define {
			return true
		}
	}
	return false
}

// MayWrite reports whether a node holds a call that could write to variables
// of the package; see [Writes].
func MayWrite(info *types.Info, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && IsCall(info, call) && Writes(info, call) {
			found = true
		}
		return !found
	})
	return found
}

// IsCall reports whether a call expression calls a function that is not
// builtin, rather than converting.
func IsCall(info *types.Info, call *ast.CallExpr) bool {
	return !info.Types[call.Fun].IsType() && mapops.Builtin(info, call) == ""
}

// Writes reports whether a call could write to variables of the package: any
// could but those of functions of the standard library that only look at what
// they are given, or change it in place. What a function literal among the
// arguments does stands in sight.
func Writes(info *types.Info, call *ast.CallExpr) bool {
	fn := typeutil.StaticCallee(info, call)
	if fn == nil || fn.Pkg() == nil || !harmless[fn.Pkg().Path()] {
		return true
	}
	for _, a := range call.Args {
		switch ast.Unparen(a).(type) {
		case *ast.FuncLit, *ast.CallExpr:
			continue
		}
		if t := info.TypeOf(a); t != nil {
			if _, ok := t.Underlying().(*types.Signature); ok {
				return true // it may call that one
			}
		}
	}
	return false
}

var harmless = map[string]bool{
	"bytes": true, "cmp": true, "errors": true, "fmt": true, "maps": true, "math": true, "path": true,
	"path/filepath": true, "slices": true, "sort": true, "strconv": true, "strings": true, "time": true,
	"unicode": true, "unicode/utf8": true,
}
