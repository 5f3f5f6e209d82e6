package deletechurn

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
)

// loopOver returns the endless loop around cur that the variable outlives.
func (pr *program) loopOver(v *types.Var, cur inspector.Cursor) (inspector.Cursor, strength) {
	for loop := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if s := pr.endless(loop); s > brief && outside(v, loop) {
			return loop, s
		}
	}
	return inspector.Cursor{}, brief
}

// outside reports whether a variable is declared outside a node.
func outside(v *types.Var, cur inspector.Cursor) bool {
	n := cur.Node()
	return v.Pos() < n.Pos() || n.End() <= v.Pos()
}

// endless tells how long a loop is meant to run. A loop without condition
// may as well be an algorithm, so it must also wait for something.
func (pr *program) endless(cur inspector.Cursor) strength {
	switch n := cur.Node().(type) {
	case *ast.RangeStmt:
		t := pr.TypesInfo.TypeOf(n.X)
		if t == nil {
			return brief
		}
		if _, ok := t.Underlying().(*types.Chan); !ok {
			return brief
		}
		if pr.ticks(n.X) {
			return long
		}
		// A channel in a field or package variable is one that belongs to
		// no single task, but it may be closed when a batch is done.
		switch x := ast.Unparen(n.X).(type) {
		case *ast.SelectorExpr:
			return shared
		case *ast.Ident:
			if v, ok := pr.TypesInfo.Uses[x].(*types.Var); ok && v.Parent() == pr.Pkg.Scope() {
				return shared
			}
		}
	case *ast.ForStmt:
		if n.Cond != nil {
			tv := pr.TypesInfo.Types[n.Cond]
			if tv.Value == nil || tv.Value.Kind() != constant.Bool || !constant.BoolVal(tv.Value) {
				return brief
			}
		}
		if pr.waits(cur) {
			return long
		}
	}
	return brief
}

// waits reports whether a loop's own code blocks for events.
func (pr *program) waits(loop inspector.Cursor) bool {
	found := false
	loop.Inspect([]ast.Node{
		(*ast.FuncLit)(nil), (*ast.SelectStmt)(nil), (*ast.UnaryExpr)(nil), (*ast.CallExpr)(nil), (*ast.RangeStmt)(nil),
	}, func(cur inspector.Cursor) bool {
		switch n := cur.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.SelectStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			if fn := pr.callee(cur); fn != nil && fn.Pkg() != nil {
				switch fn.Pkg().Path() + "." + fn.Name() {
				case "time.Sleep", "net.Accept", "sync.Wait":
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// ticks reports whether a channel is that of a ticker, which is never closed.
func (pr *program) ticks(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.SelectorExpr:
		v, ok := pr.TypesInfo.Uses[x.Sel].(*types.Var)
		return ok && v.Name() == "C" && v.Pkg() != nil && v.Pkg().Path() == "time"
	case *ast.CallExpr:
		fn, ok := pr.TypesInfo.Uses[calleeName(x)].(*types.Func)
		return ok && fn.Pkg() != nil && fn.Pkg().Path() == "time" && fn.Name() == "Tick"
	}
	return false
}

// inBatch reports whether code is repeated within its function by a loop that
// has an end, so that what it does comes in batches.
func (pr *program) inBatch(cur inspector.Cursor) bool {
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if pr.endless(c) == brief {
				return true
			}
		}
		return false
	}
	return false
}
