package deletechurn

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// sole reports whether the variable is the only name of its map when the
// purge has run, so that giving it another map takes the old one from nobody.
func (pr *program) sole(p purge) bool {
	v := p.op.Var
	fn, _ := pr.declOf(p.stmt)
	return fn != nil && pr.calledHere(p.stmt) && !locks(pr.TypesInfo, p.stmt) &&
		pr.original(p) && pr.unaliased(v, fn, make(map[*mapops.Var]bool)) && !pr.rangedAround(v, p, fn)
}

// calledHere reports whether the statement belongs to a function that is known
// by name, or to a literal that runs in place or as a goroutine: of other
// literals nobody knows when they run.
func (pr *program) calledHere(stmt inspector.Cursor) bool {
	fn := funcOf(stmt)
	if _, ok := fn.Node().(*ast.FuncLit); !ok {
		return true
	}
	inPlace, guarded := pr.runsInPlace(fn)
	return inPlace || guarded
}

// original reports whether the purged expression denotes the variable that
// holds the map for good, not a copy of it or one that the caller also has.
func (pr *program) original(p purge) bool {
	v := p.op.Var.Obj
	root := rootVar(pr.TypesInfo, p.op.Expr)
	if root == nil || pr.vars.WrittenBetween(root, p.stmt.Node().Pos(), p.stmt.Node().End()) {
		return false
	}
	if !v.IsField() {
		fn, decl := pr.declOf(p.stmt)
		if v.Parent() == pr.Pkg.Scope() {
			return true
		}
		return !outside(v, decl) && !isParam(fn, v) && decl.Node().(*ast.FuncDecl).Body.Pos() <= v.Pos() && !pr.paramOfLit(v, p.stmt)
	}
	owner := pr.structs[v]
	if owner != nil && !lockField(owner).IsValid() && pr.copied(owner) {
		return false
	}
	if root.Parent() == pr.Pkg.Scope() {
		return true
	}
	// The value must be reached through a pointer, else it may be a copy.
	for x := ast.Unparen(p.op.Expr); ; {
		sel, ok := x.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		x = ast.Unparen(sel.X)
		if star, ok := x.(*ast.StarExpr); ok {
			x = ast.Unparen(star.X)
			return varOf(pr.TypesInfo, x) != nil
		}
		if _, ok := pr.TypesInfo.TypeOf(x).Underlying().(*types.Pointer); ok {
			return true
		}
	}
}

func isParam(fn *types.Func, v *types.Var) bool {
	if _, ok := paramIndex(fn, v); ok {
		return true
	}
	for r := range fn.Signature().Results().Variables() {
		if r == v {
			return true
		}
	}
	return false
}

// paramOfLit reports whether v is a parameter or result of a literal around cur.
func (pr *program) paramOfLit(v *types.Var, cur inspector.Cursor) bool {
	for lit := range cur.Enclosing((*ast.FuncLit)(nil)) {
		t := lit.Node().(*ast.FuncLit).Type
		if t.Pos() <= v.Pos() && v.Pos() < t.End() {
			return true
		}
	}
	return false
}

// copied reports whether values of a struct type are copied, maps and all.
func (pr *program) copied(t *types.Named) bool {
	for cur := range pr.root.Preorder((*ast.Ident)(nil), (*ast.SelectorExpr)(nil), (*ast.StarExpr)(nil), (*ast.IndexExpr)(nil)) {
		e := cur.Node().(ast.Expr)
		tv, ok := pr.TypesInfo.Types[e]
		if !ok {
			if id, isIdent := e.(*ast.Ident); isIdent {
				if v, ok := pr.TypesInfo.ObjectOf(id).(*types.Var); ok {
					tv.Type = v.Type()
				}
			}
		}
		n, ok := types.Unalias(tv.Type).(*types.Named)
		if !ok || n.Origin() != t || tv.IsType() {
			continue
		}
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Rhs, edge.ValueSpec_Values, edge.CallExpr_Args, edge.ReturnStmt_Results, edge.CompositeLit_Elts,
			edge.KeyValueExpr_Value, edge.SendStmt_Value, edge.RangeStmt_Value, edge.Field_Names:
			return true
		}
	}
	return false
}

// unaliased reports whether no other variable comes to hold the map.
func (pr *program) unaliased(v *mapops.Var, purger *types.Func, seen map[*mapops.Var]bool) bool {
	if seen[v] {
		return true
	}
	seen[v] = true
	for _, op := range v.Ops {
		switch op.Kind {
		case mapops.Alias, mapops.Return, mapops.Address, mapops.Other:
			if op.Depth == 0 {
				return false
			}
		case mapops.Assign:
			if op.Depth == 0 && !pr.ownMap(op) {
				return false
			}
		case mapops.ReadAll:
			if !pr.consumed(op) {
				return false
			}
		case mapops.Pass:
			param := pr.paramOf(op)
			if op.Depth > 0 {
				continue
			}
			if param == nil || !pr.unaliased(param, purger, seen) || pr.reaches(cursorOf(op), purger) {
				return false
			}
		}
	}
	return true
}

// ownMap reports whether an assignment gives a variable a map that nobody
// else knows.
func (pr *program) ownMap(op *mapops.Op) bool {
	if op.Value == nil {
		return false
	}
	if _, ok := pr.startSize(op.Value); ok {
		return true
	}
	call, ok := ast.Unparen(op.Value).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := typeutil.StaticCallee(pr.TypesInfo, call)
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "maps" && (fn.Name() == "Clone" || fn.Name() == "Collect")
}

// consumed reports whether what a function of package maps returns about the
// map is used up at once. An iterator that is kept would go on over the old map.
func (pr *program) consumed(op *mapops.Op) bool {
	call := cursorOf(op)
	fn := pr.callee(call)
	if fn == nil {
		return false
	}
	switch fn.Name() {
	case "Keys", "Values", "All":
	default:
		return true // it has read all when it returns
	}
	switch call.ParentEdgeKind() {
	case edge.CallExpr_Args:
		user := pr.callee(call.Parent())
		return user != nil && user.Pkg() != nil && (user.Pkg().Path() == "slices" || user.Pkg().Path() == "maps")
	case edge.RangeStmt_X:
		return !pr.unsafeBody(call.Parent(), nil)
	}
	return false
}

// rangedAround reports whether the purge may run while a loop over the map is
// under way, around it or in another function.
func (pr *program) rangedAround(v *mapops.Var, p purge, purger *types.Func) bool {
	for _, op := range v.Ops {
		if op.Kind != mapops.Range || op.Depth > 0 {
			continue
		}
		loop := cursorOf(op)
		if loop.Node() == p.stmt.Node() {
			if pr.reaches(loop, purger) {
				return true
			}
			continue
		}
		if loop.Contains(p.stmt) || pr.unsafeBody(loop, purger) {
			return true
		}
	}
	return false
}

// unsafeBody reports whether a loop calls the function, or what is unknown.
func (pr *program) unsafeBody(loop inspector.Cursor, purger *types.Func) bool {
	body := loop.Node().(*ast.RangeStmt).Body
	cur, ok := loop.FindNode(body)
	if !ok {
		return true
	}
	for c := range cur.Preorder((*ast.CallExpr)(nil)) {
		call := c.Node().(*ast.CallExpr)
		if pr.TypesInfo.Types[call.Fun].IsType() || mapops.Builtin(pr.TypesInfo, call) != "" {
			continue
		}
		if typeutil.StaticCallee(pr.TypesInfo, call) == nil {
			if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); !ok {
				return true
			}
		}
	}
	return purger != nil && pr.reaches(cur, purger)
}

// locks reports whether code takes or gives up a lock.
func locks(info *types.Info, cur inspector.Cursor) bool {
	for c := range cur.Preorder((*ast.CallExpr)(nil)) {
		sel, ok := ast.Unparen(c.Node().(*ast.CallExpr).Fun).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		switch sel.Sel.Name {
		case "Lock", "Unlock", "RLock", "RUnlock", "TryLock", "TryRLock", "Wait":
			if _, ok := info.Uses[sel.Sel].(*types.Func); ok {
				return true
			}
		}
	}
	return false
}
