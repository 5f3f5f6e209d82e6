package deletechurn

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/stmts"
)

// A purge is a statement that removes all entries of a map, or those that
// meet a condition.
type purge struct {
	op   *mapops.Op       // the Range, DeleteFunc, Clear or Delete in question
	stmt inspector.Cursor // the statement
	// whole says that no entry is meant to remain. exact says that nothing
	// but deletion happens, so that nothing can end it early either.
	whole, exact bool
}

// purges returns the purges of the map in a variable, and its other deletes.
func (pr *program) purges(v *mapops.Var) (list []purge, single []*mapops.Op) {
	claimed := make(map[*mapops.Op]bool)
	for _, op := range v.Ops {
		if op.Depth > 0 {
			continue
		}
		switch op.Kind {
		case mapops.Range:
			if p, ok := pr.rangePurge(op, claimed); ok {
				list = append(list, p)
			}
		case mapops.DeleteFunc, mapops.Clear:
			call := cursorOf(op)
			if call.ParentEdgeKind() == edge.ExprStmt_X {
				clears := op.Kind == mapops.Clear
				list = append(list, purge{op, call.Parent(), clears, clears})
			}
		}
	}
	for _, op := range v.Ops {
		if op.Kind != mapops.Delete || op.Depth > 0 || claimed[op] {
			continue
		}
		if p, ok := pr.listPurge(op); ok {
			list = append(list, p)
		} else {
			single = append(single, op)
		}
	}
	return list, single
}

// rangePurge recognises for k := range m { … delete(m, k) … }.
func (pr *program) rangePurge(op *mapops.Op, claimed map[*mapops.Op]bool) (purge, bool) {
	loop := op.Node.(*ast.RangeStmt)
	if loop.Key == nil {
		return purge{}, false
	}
	key := varOf(pr.TypesInfo, loop.Key)
	cur := cursorOf(op)
	if key == nil || pr.vars.WrittenBetween(key, loop.Body.Pos(), loop.Body.End()) {
		return purge{}, false
	}
	p := purge{op: op, stmt: cur}
	found := false
	for _, del := range op.Var.Ops {
		if del.Kind != mapops.Delete || del.Depth > 0 || del.Key == nil || !cur.Contains(del.At) ||
			varOf(pr.TypesInfo, del.Key) != key || !mapops.SameExpr(pr.TypesInfo, del.Expr, op.Expr) || funcOf(del.At) != funcOf(cur) {
			continue
		}
		claimed[del] = true
		stmt := cursorOf(del).Parent()
		if leaves(pr.TypesInfo, stmt, cur) {
			continue // it deletes one entry and stops
		}
		found = true
		p.whole = p.whole || always(stmt, cur)
		p.exact = p.exact || len(loop.Body.List) == 1 && loop.Body.List[0] == stmt.Node()
	}
	return p, found
}

// listPurge recognises the second half of
//
//	for k, v := range m { if … { list = append(list, k) } }
//	for _, k := range list { delete(m, k) }
func (pr *program) listPurge(del *mapops.Op) (purge, bool) {
	stmt := cursorOf(del).Parent()
	for cur := range stmt.Enclosing((*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		loop, ok := cur.Node().(*ast.RangeStmt)
		if !ok {
			break
		}
		list := varOf(pr.TypesInfo, loop.X)
		if list == nil || loop.Value == nil || del.Key == nil ||
			varOf(pr.TypesInfo, loop.Value) != varOf(pr.TypesInfo, del.Key) || leaves(pr.TypesInfo, stmt, cur) {
			continue
		}
		for _, op := range del.Var.Ops {
			if op.Kind == mapops.Range && op.Depth == 0 && op.At.Node().Pos() < loop.Pos() && funcOf(op.At) == funcOf(cur) &&
				mapops.SameExpr(pr.TypesInfo, op.Expr, del.Expr) && pr.collects(op.Node.(*ast.RangeStmt), list) {
				return purge{op: del, stmt: cur}, true
			}
		}
	}
	return purge{}, false
}

// collects reports whether a loop appends its keys to a list.
func (pr *program) collects(loop *ast.RangeStmt, list *types.Var) bool {
	if loop.Key == nil {
		return false
	}
	key, found := varOf(pr.TypesInfo, loop.Key), false
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && key != nil && mapops.Builtin(pr.TypesInfo, call) == "append" && len(call.Args) == 2 &&
			varOf(pr.TypesInfo, call.Args[0]) == list && varOf(pr.TypesInfo, call.Args[1]) == key {
			found = true
		}
		return !found
	})
	return found
}

// cursorOf returns the cursor at the node of an operation.
func cursorOf(op *mapops.Op) inspector.Cursor {
	cur := op.At
	for cur.Node() != op.Node {
		cur = cur.Parent()
	}
	return cur
}

// leaves reports whether control, once it has passed the statement, leaves
// the outer loop rather than coming to its next iteration.
func leaves(info *types.Info, stmt, outer inspector.Cursor) bool {
	for c := stmt; c != outer; c = c.Parent() {
		kind := c.ParentEdgeKind()
		list := stmts.In(c.Parent().Node())
		if len(list) == 0 || kind == edge.CaseClause_List || kind == edge.CommClause_Comm {
			continue
		}
		last := c.Parent().ChildAt(kind, len(list)-1)
		switch n := last.Node().(type) {
		case *ast.ReturnStmt:
			return true
		case *ast.BranchStmt:
			to, ok := target(last)
			switch {
			case !ok || !outer.Contains(to):
				return true
			case n.Tok == token.BREAK && to == outer:
				return true
			case n.Tok == token.CONTINUE:
				return false
			}
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok && mapops.Builtin(info, call) == "panic" {
				return true
			}
		}
	}
	return false
}

// target returns the statement that a break or continue refers to.
func target(branch inspector.Cursor) (inspector.Cursor, bool) {
	n := branch.Node().(*ast.BranchStmt)
	for c := range branch.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil),
		(*ast.SwitchStmt)(nil), (*ast.TypeSwitchStmt)(nil), (*ast.SelectStmt)(nil)) {
		if n.Label != nil {
			if l, ok := c.Parent().Node().(*ast.LabeledStmt); ok && l.Label.Name == n.Label.Name {
				return c, true
			}
			continue
		}
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return c, true
		}
		if n.Tok == token.BREAK {
			return c, true
		}
	}
	return inspector.Cursor{}, false // a goto, or the label of a block
}

// always reports whether each iteration of the loop comes to the statement.
func always(stmt, loop inspector.Cursor) bool {
	body := loop.Node().(*ast.RangeStmt).Body
	if stmt.Parent().Node() != body {
		return false
	}
	for _, s := range body.List {
		if s == stmt.Node() {
			break
		}
		if jumps(s) {
			return false
		}
	}
	return true
}

// jumps reports whether a statement may skip those that follow it.
func jumps(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt, *ast.ReturnStmt:
			found = true
		}
		return !found
	})
	return found
}
