// Package bounds tells how often a loop runs, as an expression of the program.
package bounds

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// A Bound is the greatest number of times that something happens.
type Bound struct {
	// N is the number itself, if it is Known when the program is compiled.
	N     int64
	Known bool
	// Expr is an expression whose value is the number. It is made of
	// expressions of the program, an integer of any type, and calls nothing
	// but len. It is nil where there is none, or none better than N.
	Expr ast.Expr
	// Call is the call whose result is iterated over, if the bound is its
	// length. Expr is nil then: the result has no name yet.
	Call *ast.CallExpr
	// Data says that the bound is the length of data in memory, rather than
	// a number that may come from anywhere.
	Data bool
}

// A Loop is a range statement or a three-clause for statement that runs a
// bounded number of times.
type Loop struct {
	Stmt ast.Stmt
	Body *ast.BlockStmt
	Bound
	// Distinct is the variable that has another value in each iteration: an
	// index, a counter, the key of a map.
	Distinct *types.Var
	// Elem is the variable that holds the element, and Source the slice,
	// array or map that is ranged over, where there are such.
	Elem   *types.Var
	Source ast.Expr
}

// Of returns the loop that a statement is, or nil if the number of its
// iterations cannot be told when it starts.
func Of(info *types.Info, index *vars.Index, stmt ast.Stmt) *Loop {
	switch s := stmt.(type) {
	case *ast.RangeStmt:
		return ofRange(info, index, s)
	case *ast.ForStmt:
		return ofFor(info, index, s)
	}
	return nil
}

func ofRange(info *types.Info, index *vars.Index, s *ast.RangeStmt) *Loop {
	l := &Loop{Stmt: s, Body: s.Body}
	key, value := rangeVar(info, s.Key), rangeVar(info, s.Value)
	t := info.TypeOf(s.X)
	if t == nil {
		return nil
	}
	if basic, ok := t.Underlying().(*types.Basic); ok {
		if basic.Info()&types.IsInteger == 0 {
			return nil // a string: its runes are few
		}
		b, ok := number(info, s.X)
		if !ok {
			return nil
		}
		l.Bound, l.Distinct = b, key
		return l
	}
	src, ok := sized(info, s.X)
	if !ok {
		return nil
	}
	if !src.swapped {
		l.Distinct = key
		l.Elem = value
	} else {
		l.Elem = key
	}
	if src.keys {
		l.Distinct, l.Elem = key, nil
	}
	l.Source = src.expr
	b, ok := lengthOf(info, index, src.expr)
	if !ok {
		return nil
	}
	l.Bound = b
	if b.Call != nil {
		l.Source = nil
	}
	return l
}

func rangeVar(info *types.Info, e ast.Expr) *types.Var {
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := info.ObjectOf(id).(*types.Var)
	return v
}

// source is what a range expression iterates over.
type source struct {
	expr    ast.Expr // a slice, an array, a pointer to an array, or a map
	keys    bool     // the first variable of the range holds keys of a map
	swapped bool     // the first variable of the range holds elements
}

// sized unwraps the iterators and copies of the standard library.
func sized(info *types.Info, e ast.Expr) (source, bool) {
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok {
		if fn := typeutil.StaticCallee(info, call); fn != nil && fn.Pkg() != nil && len(call.Args) > 0 {
			switch fn.Pkg().Path() + "." + fn.Name() {
			case "slices.All", "slices.Backward", "maps.All":
				return sized(info, call.Args[0])
			case "slices.Clone":
				return sized(info, call.Args[0])
			case "slices.Values", "maps.Values":
				s, ok := sized(info, call.Args[0])
				s.swapped = true
				return s, ok && !s.keys
			case "maps.Keys":
				s, ok := sized(info, call.Args[0])
				s.keys = true
				return s, ok && !s.swapped
			case "slices.Sorted", "slices.Collect", "slices.SortedFunc", "slices.SortedStableFunc":
				// The range is over the slice: its elements are what the
				// iterator yields.
				s, ok := sized(info, call.Args[0])
				if _, isIter := info.TypeOf(call.Args[0]).Underlying().(*types.Signature); !isIter {
					return source{}, false
				}
				return source{expr: s.expr}, ok
			case "golang.org/x/exp/maps.Keys", "golang.org/x/exp/maps.Values":
				return source{expr: call.Args[0]}, true
			}
		}
	}
	t := info.TypeOf(e)
	if t == nil {
		return source{}, false
	}
	switch u := core(t).(type) {
	case *types.Slice, *types.Array, *types.Map:
		return source{expr: e}, true
	case *types.Pointer:
		_, ok := u.Elem().Underlying().(*types.Array)
		return source{expr: e}, ok
	}
	return source{}, false
}

// core returns the underlying type, of a type parameter the one that all
// types of its constraint share, or nil.
func core(t types.Type) types.Type {
	if _, ok := types.Unalias(t).(*types.TypeParam); !ok {
		return t.Underlying()
	}
	if m := mapops.MapType(t); m != nil {
		return m
	}
	iface, ok := t.Underlying().(*types.Interface)
	if !ok || iface.NumEmbeddeds() != 1 {
		return nil
	}
	switch e := types.Unalias(iface.EmbeddedType(0)).(type) {
	case *types.Union:
		if e.Len() == 1 {
			return e.Term(0).Type().Underlying()
		}
		return nil
	case *types.Named:
		return nil
	default:
		return e.Underlying()
	}
}

// lengthOf returns the length of a slice, array or map.
func lengthOf(info *types.Info, index *vars.Index, e ast.Expr) (Bound, bool) {
	e = ast.Unparen(e)
	t := core(info.TypeOf(e))
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	b := Bound{Data: true}
	if a, ok := t.(*types.Array); ok {
		b.N, b.Known = a.Len(), true
	}
	if n, ok := literalLen(info, e); ok {
		return Bound{N: n, Known: true, Data: true}, true
	}
	switch x := e.(type) {
	case *ast.Ident:
		// A slice that never changes has the length of its literal.
		if v, ok := info.Uses[x].(*types.Var); ok && !v.IsField() {
			if _, ok := v.Type().Underlying().(*types.Slice); ok {
				if def := index.Definition(v); def != nil {
					if n, ok := literalLen(info, def); ok {
						b.N, b.Known = n, true
					}
				}
			}
		}
	case *ast.CallExpr:
		if name := mapops.Builtin(info, x); name != "" && name != "append" {
			return Bound{}, false
		}
		if n, ok := splitN(info, x); ok {
			return Bound{N: n, Known: true, Data: true}, true
		}
		return Bound{Call: x, Data: true}, true
	}
	if Pure(info, e) {
		b.Expr = &ast.CallExpr{Fun: ast.NewIdent("len"), Args: []ast.Expr{e}}
	}
	return b, b.Known || b.Expr != nil
}

// literalLen returns the length of a slice literal without keys.
func literalLen(info *types.Info, e ast.Expr) (int64, bool) {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return 0, false
	}
	for _, elt := range lit.Elts {
		if _, ok := elt.(*ast.KeyValueExpr); ok {
			if _, isMap := core(info.TypeOf(lit)).(*types.Map); !isMap {
				return 0, false
			}
		}
	}
	return int64(len(lit.Elts)), true
}

// splitN returns the limit of strings.SplitN and its siblings.
func splitN(info *types.Info, call *ast.CallExpr) (int64, bool) {
	fn := typeutil.StaticCallee(info, call)
	if fn == nil || fn.Pkg() == nil || len(call.Args) != 3 {
		return 0, false
	}
	switch fn.Pkg().Path() + "." + fn.Name() {
	case "strings.SplitN", "strings.SplitAfterN", "bytes.SplitN", "bytes.SplitAfterN":
		n, ok := constInt(info, call.Args[2])
		return n, ok && n > 0
	}
	return 0, false
}

func constInt(info *types.Info, e ast.Expr) (int64, bool) {
	v := info.Types[e].Value
	if v == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(v))
}

// number returns an integer expression as a bound.
func number(info *types.Info, e ast.Expr) (Bound, bool) {
	b := Bound{Data: isLength(info, e)}
	if n, ok := constInt(info, e); ok {
		b.N, b.Known = max(n, 0), true
		if _, ok := ast.Unparen(e).(*ast.BasicLit); ok || n < 0 {
			return b, true
		}
	}
	if Pure(info, e) {
		b.Expr = ast.Unparen(e)
	}
	return b, b.Known || b.Expr != nil
}

// isLength reports whether an integer expression is bounded by the length of
// something in memory.
func isLength(info *types.Info, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		switch mapops.Builtin(info, e) {
		case "len", "cap":
			return true
		case "min":
			for _, a := range e.Args {
				if isLength(info, a) {
					return true
				}
			}
		}
		if tv := info.Types[e.Fun]; tv.IsType() && len(e.Args) == 1 {
			return isLength(info, e.Args[0])
		}
	case *ast.BinaryExpr:
		_, constY := constInt(info, e.Y)
		_, constX := constInt(info, e.X)
		return (constX || isLength(info, e.X)) && (constY || isLength(info, e.Y))
	}
	return false
}

// Pure reports whether an expression can be evaluated once more, elsewhere,
// without effects. It may still panic; see [MayPanic].
func Pure(info *types.Info, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		if sel := info.Selections[e]; sel != nil {
			return sel.Kind() == types.FieldVal && Pure(info, e.X)
		}
		return true // pkg.Name
	case *ast.StarExpr:
		return Pure(info, e.X)
	case *ast.IndexExpr:
		return Pure(info, e.X) && Pure(info, e.Index)
	case *ast.SliceExpr:
		for _, x := range []ast.Expr{e.X, e.Low, e.High, e.Max} {
			if x != nil && !Pure(info, x) {
				return false
			}
		}
		return true
	case *ast.UnaryExpr:
		return (e.Op == token.SUB || e.Op == token.ADD) && Pure(info, e.X)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.SHL, token.SHR:
			return Pure(info, e.X) && Pure(info, e.Y)
		}
	case *ast.CallExpr:
		switch mapops.Builtin(info, e) {
		case "len", "cap", "min", "max":
		default:
			tv := info.Types[e.Fun]
			if !tv.IsType() {
				return false
			}
			if basic, ok := tv.Type.Underlying().(*types.Basic); !ok || basic.Info()&types.IsInteger == 0 {
				return false
			}
		}
		for _, a := range e.Args {
			if !Pure(info, a) {
				return false
			}
		}
		return true
	}
	return false
}

// MayPanic reports whether evaluating an expression, or running a statement
// that calls nothing, can panic or wait: it goes through a pointer, an index, a
// slice, a division, an interface or a channel.
func MayPanic(info *types.Info, node ast.Node) bool {
	may := false
	ast.Inspect(node, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && info.Types[e].IsType() {
			return false // *T is no dereference
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // it does not run
		case *ast.TypeAssertExpr:
			may = true
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				may = true
			}
		case *ast.CallExpr:
			switch mapops.Builtin(info, n) {
			case "panic", "close":
				may = true
			case "make":
				if mapops.MapType(info.TypeOf(n)) == nil {
					may = true // of a negative length
				}
			}
			if info.Types[n.Fun].IsType() && len(n.Args) == 1 {
				if _, ok := info.TypeOf(n.Args[0]).Underlying().(*types.Slice); ok {
					may = true // a conversion to an array
				}
			}
		case *ast.SelectorExpr:
			if sel := info.Selections[n]; sel != nil && sel.Indirect() {
				may = true
			}
		case *ast.StarExpr, *ast.SliceExpr:
			may = true
		case *ast.IndexExpr:
			if mapops.MapType(info.TypeOf(n.X)) == nil {
				may = true
			}
		case *ast.BinaryExpr:
			switch n.Op {
			case token.EQL, token.NEQ:
				if t := info.TypeOf(n.X); t != nil && types.IsInterface(t) {
					may = true // the values may not be comparable
				}
			case token.QUO, token.REM:
				if _, ok := constInt(info, n.Y); !ok {
					may = true
				}
			case token.SHL, token.SHR:
				may = true
			}
		}
		return !may
	})
	return may
}

// Entries returns how many entries a map has, or how many an iterator over a
// map or slice yields.
func Entries(info *types.Info, index *vars.Index, e ast.Expr) (Bound, bool) {
	src, ok := sized(info, e)
	if !ok {
		return Bound{}, false
	}
	return lengthOf(info, index, src.expr)
}
