package unguarded

import (
	"go/ast"
	"go/types"
)

// unlocksElsewhere reports whether the package puts the function that releases a lock into
// a struct, or sends it: who gets that has the lock until then.
//
//	jobs <- job{store: s, done: s.mu.Unlock}
func (c *checker) unlocksElsewhere(lock *types.Var) bool {
	if lock == nil {
		return false
	}
	if c.handed == nil {
		c.handed = make(map[*types.Var]bool)
		for _, f := range c.Files {
			if !c.inTest(f.Pos()) {
				c.findHanded(f)
			}
		}
	}
	return c.handed[lock]
}

func (c *checker) findHanded(f *ast.File) {
	note := func(e ast.Expr) {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Unlock" && sel.Sel.Name != "RUnlock" {
			return
		}
		if s := c.TypesInfo.Selections[sel]; s == nil || s.Kind() != types.MethodVal {
			return
		}
		if p := c.locks.Receiver(sel); p != nil && p.Obj != nil {
			c.handed[p.Obj] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				note(e)
			}
		case *ast.SendStmt:
			note(n.Value)
		case *ast.AssignStmt:
			for i, r := range n.Rhs {
				if len(n.Lhs) == len(n.Rhs) {
					if _, field := ast.Unparen(n.Lhs[i]).(*ast.SelectorExpr); field {
						note(r)
					}
				}
			}
		}
		return true
	})
}
