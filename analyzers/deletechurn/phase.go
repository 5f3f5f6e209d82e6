package deletechurn

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// initial reports whether an operation belongs to the making of its map: it
// runs once while the program starts, on a value that nobody else holds yet,
// or on a local variable before the loop that keeps it.
func (pr *program) initial(op *mapops.Op) bool {
	if v := op.Var.Obj; !v.IsField() && v.Parent() != pr.Pkg.Scope() {
		return pr.withOwner(v, op.At)
	}
	return pr.once(op.At) || pr.building(op.Expr, op.At)
}

// once reports whether code runs at most once, while the program starts:
// in initializers of package variables, in init, in main before an endless
// loop, in what sync.Once runs, and in functions called only from there.
func (pr *program) once(cur inspector.Cursor) bool {
	return pr.onceSeen(cur, make(map[*types.Func]bool))
}

func (pr *program) onceSeen(cur inspector.Cursor, seen map[*types.Func]bool) bool {
	for c := cur; ; c = c.Parent() {
		switch n := c.Node().(type) {
		case *ast.File:
			return true // the initializer of a package variable
		case *ast.ForStmt, *ast.RangeStmt:
			if pr.endless(c) > brief {
				return false
			}
		case *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.FuncLit:
			inPlace, guarded := pr.runsInPlace(c)
			if guarded {
				return true
			}
			if !inPlace {
				return false
			}
		case *ast.FuncDecl:
			fn, _ := pr.TypesInfo.Defs[n.Name].(*types.Func)
			if fn == nil {
				return n.Recv == nil && n.Name.Name == "init"
			}
			if n.Recv == nil && (n.Name.Name == "init" || n.Name.Name == "main" && pr.Pkg.Name() == "main") {
				return true
			}
			if seen[fn] || !pr.private(fn) {
				return false
			}
			seen[fn] = true
			for _, call := range pr.calls[fn] {
				if !pr.onceSeen(call, seen) {
					return false
				}
			}
			return true
		}
	}
}

// runsInPlace reports whether a function literal runs where it stands, and
// whether a sync.Once or the like guards it.
func (pr *program) runsInPlace(lit inspector.Cursor) (inPlace, guarded bool) {
	switch lit.ParentEdgeKind() {
	case edge.CallExpr_Fun:
		return true, false
	case edge.CallExpr_Args:
		fn := pr.callee(lit.Parent())
		if fn == nil || fn.Pkg() == nil {
			return false, false
		}
		switch fn.Pkg().Path() {
		case "sync":
			switch fn.Name() {
			case "Do", "OnceFunc", "OnceValue", "OnceValues":
				return true, true
			}
		case "slices", "sort", "maps", "strings", "bytes", "io/fs", "path/filepath":
			return true, false // they call it before they return
		}
	}
	return false, false
}

// building reports whether e, which stands at cur, is a part of a value
// that has just been made and has no other user yet.
func (pr *program) building(e ast.Expr, cur inspector.Cursor) bool {
	if k := cur.ParentEdgeKind(); k == edge.KeyValueExpr_Key || k == edge.CompositeLit_Elts {
		return true // S{m: …}, S{…}
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	// What a new value points to need not be new.
	x := ast.Unparen(sel.X)
	for {
		inner, ok := x.(*ast.SelectorExpr)
		if !ok {
			break
		}
		if _, ok := pr.TypesInfo.TypeOf(inner).Underlying().(*types.Struct); !ok {
			return false
		}
		x = ast.Unparen(inner.X)
	}
	root := rootVar(pr.TypesInfo, x)
	return root != nil && pr.fresh(root, cur, make(map[*types.Var]bool))
}

// fresh reports whether a variable holds, or points to, a value of its own
// that its function or the callers of its function have made.
func (pr *program) fresh(v *types.Var, cur inspector.Cursor, seen map[*types.Var]bool) bool {
	if v.IsField() || v.Parent() == pr.Pkg.Scope() || seen[v] {
		return false
	}
	seen[v] = true
	fn, decl := pr.declOf(cur)
	if fn == nil || !pr.withOwner(v, cur) {
		return false
	}
	if i, ok := paramIndex(fn, v); ok {
		return len(pr.vars.Writes(v)) == 0 && pr.freshArgs(fn, i, seen)
	}
	if outside(v, decl) {
		return false
	}
	writes := pr.vars.Writes(v)
	for _, w := range writes {
		if w.Value == nil || !pr.freshExpr(w.Value, seen) {
			return false
		}
	}
	return len(writes) > 0
}

// withOwner reports whether code that uses a variable runs along with the
// function that declares it: not later in a closure, a goroutine or a deferred
// call, nor in an endless loop, when the value has been at work for a while.
func (pr *program) withOwner(v *types.Var, cur inspector.Cursor) bool {
	for c := cur; ; c = c.Parent() {
		switch c.Node().(type) {
		case *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			if outside(v, c) && pr.endless(c) > brief {
				return false
			}
		case *ast.FuncLit:
			if !outside(v, c) {
				return true
			}
			if inPlace, _ := pr.runsInPlace(c); !inPlace {
				return false
			}
		case *ast.FuncDecl, *ast.File:
			return true
		}
	}
}

// freshArgs reports whether all calls of a function pass a fresh value as
// parameter i, or as receiver where i is -1.
func (pr *program) freshArgs(fn *types.Func, i int, seen map[*types.Var]bool) bool {
	if !pr.private(fn) {
		return false
	}
	for _, call := range pr.calls[fn] {
		if k := call.ParentEdgeKind(); k == edge.GoStmt_Call || k == edge.DeferStmt_Call {
			return false
		}
		c := call.Node().(*ast.CallExpr)
		var arg ast.Expr
		if i < 0 {
			sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
			if !ok {
				return false
			}
			arg = sel.X
		} else if i < len(c.Args) {
			arg = c.Args[i]
		} else {
			return false
		}
		if pr.freshExpr(arg, seen) {
			continue
		}
		root := rootVar(pr.TypesInfo, arg)
		if root == nil || !pr.fresh(root, call, seen) {
			return false
		}
	}
	return true
}

// freshExpr reports whether an expression makes a new value.
func (pr *program) freshExpr(e ast.Expr, seen map[*types.Var]bool) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		_, ok := ast.Unparen(e.X).(*ast.CompositeLit)
		return ok && e.Op == token.AND
	case *ast.CallExpr:
		switch mapops.Builtin(pr.TypesInfo, e) {
		case "new", "make":
			return true
		}
		id := calleeName(e)
		if id == nil {
			return false
		}
		fn, ok := pr.TypesInfo.Uses[id].(*types.Func)
		return ok && pr.makes(fn.Origin(), seen)
	}
	return false
}

// makes reports whether all that a function returns first is newly made.
func (pr *program) makes(fn *types.Func, seen map[*types.Var]bool) bool {
	decl, ok := pr.decls[fn]
	if !ok || fn.Signature().Results().Len() != 1 {
		return false
	}
	found := false
	for ret := range decl.Preorder((*ast.ReturnStmt)(nil)) {
		if funcOf(ret) != decl {
			continue
		}
		results := ret.Node().(*ast.ReturnStmt).Results
		if len(results) != 1 {
			return false
		}
		found = true
		if pr.freshExpr(results[0], seen) {
			continue
		}
		v := varOf(pr.TypesInfo, results[0])
		if v == nil || !seen[v] && !pr.fresh(v, ret, seen) {
			return false
		}
	}
	return found
}

// closing reports whether code belongs to the end of a value's life: to a
// method of one of the names that Go gives to that, as in io.Closer and
// http.Server, or to a function that only such methods call.
func (pr *program) closing(cur inspector.Cursor) bool {
	return pr.closingSeen(cur, make(map[*types.Func]bool))
}

func (pr *program) closingSeen(cur inspector.Cursor, seen map[*types.Func]bool) bool {
	fn, _ := pr.declOf(cur)
	if fn == nil || seen[fn] {
		return false
	}
	seen[fn] = true
	switch strings.ToLower(fn.Name()) {
	case "close", "shutdown", "stop":
		return true
	}
	if !pr.private(fn) {
		return false
	}
	for _, call := range pr.calls[fn] {
		if !pr.inTest(call) && !pr.closingSeen(call, seen) {
			return false
		}
	}
	return true
}

// undoes reports whether code runs only after an error: it takes back what has
// been done rather than ending a life.
func (pr *program) undoes(op *mapops.Op) bool {
	errorType := types.Universe.Lookup("error").Type()
	for c := range op.At.Enclosing((*ast.IfStmt)(nil)) {
		found := false
		ast.Inspect(c.Node().(*ast.IfStmt).Cond, func(n ast.Node) bool {
			cmp, ok := n.(*ast.BinaryExpr)
			if ok && cmp.Op == token.NEQ && pr.TypesInfo.Types[cmp.Y].IsNil() && types.Identical(pr.TypesInfo.TypeOf(cmp.X), errorType) {
				found = true
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// rootVar returns the variable at the left end of x.a.b, or nil.
func rootVar(info *types.Info, e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			if id, ok := x.X.(*ast.Ident); ok {
				if _, ok := info.Uses[id].(*types.PkgName); ok {
					v, _ := info.Uses[x.Sel].(*types.Var)
					return v
				}
			}
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			if x.Op != token.AND {
				return nil
			}
			e = x.X
		case *ast.Ident:
			v, _ := info.ObjectOf(x).(*types.Var)
			return v
		default:
			return nil
		}
	}
}

// varOf returns the variable that an expression consists of, or nil.
func varOf(info *types.Info, e ast.Expr) *types.Var {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := info.ObjectOf(id).(*types.Var)
	return v
}

// paramIndex returns the place of v among the parameters of a function, -1
// for the receiver.
func paramIndex(fn *types.Func, v *types.Var) (int, bool) {
	sig := fn.Signature()
	if sig.Recv() == v {
		return -1, true
	}
	for i := range sig.Params().Len() {
		if sig.Params().At(i) == v {
			return i, true
		}
	}
	return 0, false
}
