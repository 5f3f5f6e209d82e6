package sizehint

import (
	"go/ast"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// variation says whether an expression has another value in each iteration
// of a loop.
type variation int

const (
	fixed   variation = iota
	unclear           // it calls something that does not depend on the loop
	varies
)

// variesIn says how an expression varies with a loop.
func (w *walker) variesIn(e ast.Node, fr *frame) variation {
	return w.variation(e, fr, make(map[*types.Var]bool))
}

func (w *walker) variation(e ast.Node, fr *frame, seen map[*types.Var]bool) variation {
	result := fixed
	ast.Inspect(e, func(n ast.Node) bool {
		if result == varies {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if mapops.Builtin(w.info, n) == "make" {
				return false // new ones are alike, of whatever size
			}
			if w.calls(n) {
				result = max(result, unclear)
			}
		case *ast.Ident:
			if v, ok := w.info.ObjectOf(n).(*types.Var); ok && !v.IsField() {
				result = max(result, w.varVariation(v, fr, seen))
			}
		}
		return true
	})
	return result
}

// calls reports whether a call expression calls a function that is not
// builtin. The len of a bound that is made here is no name of the program.
func (w *walker) calls(call *ast.CallExpr) bool {
	if id, ok := call.Fun.(*ast.Ident); ok && w.info.ObjectOf(id) == nil {
		return false
	}
	tv := w.info.Types[call.Fun]
	return !tv.IsType() && mapops.Builtin(w.info, call) == ""
}

func (w *walker) varVariation(v *types.Var, fr *frame, seen map[*types.Var]bool) variation {
	if seen[v] {
		return fixed
	}
	seen[v] = true
	if arg := w.args[v]; arg != nil {
		return w.variation(arg, fr, seen)
	}
	inside := fr.stmt.Pos() <= v.Pos() && v.Pos() < fr.stmt.End()
	if w.headerVar(v, fr) {
		return varies
	}
	if sources, ok := w.sources[v]; ok && (inside || w.inClosure(v)) {
		// The variable of an inner loop varies with what that one is over.
		result := fixed
		for _, s := range sources {
			result = max(result, w.variation(s, fr, seen))
		}
		return result
	}
	if inside || w.inClosure(v) {
		if def := w.vars.Definition(v); def != nil {
			return w.variation(def, fr, seen)
		}
		return varies
	}
	if w.vars.WrittenBetween(v, fr.stmt.Pos(), fr.stmt.End()) {
		return varies
	}
	return fixed
}

// headerVar reports whether a variable is set by the head of the loop.
func (w *walker) headerVar(v *types.Var, fr *frame) bool {
	switch s := fr.stmt.(type) {
	case *ast.RangeStmt:
		return s.Key != nil && w.variable(s.Key) == v || s.Value != nil && w.variable(s.Value) == v
	case *ast.ForStmt:
		if fr.loop != nil {
			return fr.loop.Distinct == v
		}
		return s.Init != nil && s.Init.Pos() <= v.Pos() && v.Pos() < s.Init.End()
	}
	return false
}

func (w *walker) inClosure(v *types.Var) bool {
	for _, lit := range w.closures {
		if lit.Pos() <= v.Pos() && v.Pos() < lit.End() {
			return true
		}
	}
	return false
}

// resolve follows variables that hold one expression all their life, and
// parameters of closures, to that expression.
func (w *walker) resolve(e ast.Expr) ast.Expr {
	for range 10 {
		e = ast.Unparen(e)
		v := w.variable(e)
		if v == nil {
			return e
		}
		next := w.args[v]
		if next == nil {
			next = w.vars.Definition(v)
		}
		if next == nil {
			return e
		}
		e = next
	}
	return e
}

// keyMoves reports whether a key that is made of none of a loop's variables
// may be another one in each iteration, since the loop writes to what the key
// reads, or, if there are calls, since those may do so.
func (w *walker) keyMoves(key ast.Expr, fr *frame, calls bool) bool {
	moves := false
	ast.Inspect(key, func(n ast.Node) bool {
		if moves {
			return false
		}
		switch n := n.(type) {
		case *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
			e := n.(ast.Expr)
			base := w.baseOf(e)
			if base != nil && fr.stmt.Pos() <= base.Pos() && base.Pos() < fr.stmt.End() {
				return false // as fixed as what it was taken from
			}
			moves = w.changed(e, fr.stmt.Pos(), fr.stmt.End(), calls)
			return false
		case *ast.Ident:
			v := w.variable(n)
			if v == nil || v.IsField() {
				return false
			}
			if e := w.resolve(n); e != ast.Expr(n) && (w.args[v] != nil || within(e, fr.stmt)) {
				moves = w.keyMoves(e, fr, calls)
			} else if v.Pos() < fr.stmt.Pos() || fr.stmt.End() <= v.Pos() {
				moves = w.changed(n, fr.stmt.Pos(), fr.stmt.End(), calls)
			}
		}
		return true
	})
	return moves
}

// filledIn reports whether a value is a variable, new in each iteration, into
// which something is put that the iteration gives.
func (w *walker) filledIn(value ast.Expr, fr *frame) bool {
	v := w.variable(value)
	if v == nil || !(fr.stmt.Pos() <= v.Pos() && v.Pos() < fr.stmt.End()) {
		return false
	}
	filled := false
	ast.Inspect(fr.stmt, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || filled {
			return !filled
		}
		for i, target := range a.Lhs {
			if _, whole := ast.Unparen(target).(*ast.Ident); whole || w.baseOf(target) != v {
				continue
			}
			filled = filled || w.variesIn(target, fr) == varies || len(a.Lhs) == len(a.Rhs) && w.variesIn(a.Rhs[i], fr) == varies
		}
		return true
	})
	return filled
}
