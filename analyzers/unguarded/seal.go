package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/stmts"
)

// sealedBefore returns the flags that are set wherever the statements before an access
// have been gone through: those call a function that sets a flag under a lock unless it
// is set already, or do so themselves.
func (c *checker) sealedBefore(a *access) []*types.Var {
	var flags []*types.Var
	at := a.Pos()
	ast.Inspect(a.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > at || at >= n.End() {
			return false
		}
		for _, s := range stmts.In(n) {
			if s.End() > at {
				break
			}
			if _, ok := s.(*ast.AssignStmt); ok {
				continue // it sets the flag without waiting for those that hold the lock
			}
			flags = append(flags, c.seals(s, false, 2)...)
		}
		return true
	})
	return flags
}

// sealsAll returns the flags that are set wherever a list of statements has been left,
// each of them under a lock.
func (c *checker) sealsAll(list []ast.Stmt, locked bool, depth int) []*types.Var {
	var flags, out []*types.Var
	first := true
	leave := func(set []*types.Var) {
		set = slices.Concat(set, flags)
		if first {
			out, first = set, false
			return
		}
		out = slices.DeleteFunc(out, func(v *types.Var) bool { return !slices.Contains(set, v) })
	}
	for _, s := range list {
		if x, ok := s.(*ast.IfStmt); ok && x.Else == nil && returns(x.Body) {
			leave(slices.Concat(c.flagsOf(x.Cond, true, nil), c.sealsAll(x.Body.List, locked, depth)))
			flags = c.flagsOf(x.Cond, false, flags)
			continue
		}
		if _, ok := s.(*ast.ReturnStmt); ok {
			leave(nil)
			return out
		}
		if returns(s) {
			leave(nil)
		}
		if call := callIn(s); call != nil && len(call.Args) == 0 {
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
				switch sel.Sel.Name {
				case "Lock":
					locked = true
				case "Unlock":
					if _, deferred := s.(*ast.DeferStmt); !deferred {
						locked = false
					}
				}
			}
		}
		flags = append(flags, c.seals(s, locked, depth)...)
	}
	leave(nil)
	return out
}

// seals returns the flags that are set under a lock wherever a statement has been
// gone through.
func (c *checker) seals(s ast.Stmt, locked bool, depth int) []*types.Var {
	switch s := s.(type) {
	case *ast.BlockStmt:
		return c.sealsAll(s.List, locked, depth)
	case *ast.IfStmt:
		if s.Else != nil {
			return nil
		}
		set := c.flagsOf(s.Cond, false, nil)
		if returns(s.Body) {
			return set
		}
		inside := c.sealsAll(s.Body.List, locked, depth)
		return slices.DeleteFunc(set, func(v *types.Var) bool { return !slices.Contains(inside, v) })
	case *ast.AssignStmt:
		if !locked || s.Tok != token.ASSIGN || len(s.Lhs) != len(s.Rhs) {
			return nil
		}
		var flags []*types.Var
		for i, r := range s.Rhs {
			if c.TypesInfo.Types[r].Value != nil && !c.isZero(r) {
				flags = c.flag(s.Lhs[i], flags)
			}
		}
		return flags
	case *ast.ExprStmt:
		call := callIn(s)
		if call == nil {
			return nil
		}
		if v := c.atomicOf(call, "Store", "Swap"); v != nil {
			if locked && len(call.Args) > 0 && c.TypesInfo.Types[call.Args[len(call.Args)-1]].Value != nil && !c.isZero(call.Args[len(call.Args)-1]) {
				return []*types.Var{v}
			}
			return nil
		}
		if depth == 0 {
			return nil
		}
		if body := c.bodyOf(call); body != nil {
			return c.sealsAll(body.List, locked, depth-1)
		}
		if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
			return c.sealsAll(lit.Body.List, locked, depth-1)
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Do" && len(call.Args) == 1 {
			if fn, ok := c.TypesInfo.Uses[sel.Sel].(*types.Func); ok && fn.Pkg() != nil && fn.Pkg().Path() == "sync" {
				return c.sealsOnce(call.Args[0], depth-1)
			}
		}
	}
	return nil
}

// sealsOnce returns the flags that a function sets which a sync.Once has called.
func (c *checker) sealsOnce(e ast.Expr, depth int) []*types.Var {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return c.sealsAll(e.Body.List, false, depth)
	case *ast.SelectorExpr:
		if fn, ok := c.TypesInfo.Uses[e.Sel].(*types.Func); ok {
			if f := c.locks.Func(fn); f != nil && f.Body != nil {
				return c.sealsAll(f.Body.List, false, depth)
			}
		}
	}
	return nil
}

// callIn returns the call that a statement is, or nil.
func callIn(s ast.Stmt) *ast.CallExpr {
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, _ := ast.Unparen(s.X).(*ast.CallExpr)
		return call
	case *ast.DeferStmt:
		return s.Call
	}
	return nil
}

// returns reports whether a return statement of the function stands in a statement.
func returns(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		}
		return !found
	})
	return found
}
