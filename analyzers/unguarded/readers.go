package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// countsIn reports whether a read is made while it is counted in a field, or holds one
// of the tokens of a channel, and all that change the maps of the class wait in a loop,
// or at a group, for that field: a lock for many readers, made by hand.
//
//	t.ch <- struct{}{}                             for range cap(t.ch) {
//	v := db.m[k]                                       t.ch <- struct{}{}
//	<-t.ch                                         }
func (c *checker) countsIn(as *accesses, a *access) bool {
	if a.op.Changes() {
		return false
	}
	body := a.Func.Body
	before := c.steps(body, token.NoPos, a.Pos(), 2)
	after := c.steps(body, a.Pos(), token.NoPos, 2)
	for v, up := range before {
		if down := after[v]; up&(stepUp|stepDown) == 0 || (up&stepUp == 0 || down&stepDown == 0) && (up&stepDown == 0 || down&stepUp == 0) {
			continue
		}
		if !slices.ContainsFunc(as.list, func(b *access) bool { return counts(b) && b.op.Changes() && !c.awaits(b.Func, b, v) }) {
			return true
		}
	}
	return false
}

// awaits reports whether a function waits for a field before an access, or all
// that call it do.
func (c *checker) awaits(f *lockset.Func, b *access, v *types.Var) bool {
	return c.steps(f.Body, token.NoPos, b.Pos(), 3)[v]&stepWait != 0 ||
		c.callersKnow(f, func(m *lockset.Caller) bool {
			return c.steps(m.Func.Body, token.NoPos, m.Event.Pos(), 3)[v]&stepWait != 0
		})
}

// A step is what is done to a field that counts.
type step uint8

const (
	stepUp   step = 1 << iota // n++, n.Add(1), ch <- x
	stepDown                  // n--, n.Add(-1), n.Done(), <-ch
	stepWait                  // for n > 0 { … }, n.Wait(), for … { ch <- x }
)

// steps returns what is done to fields between two places of a function, also in the
// functions of the package that it calls, to a depth. What is deferred is done last.
func (c *checker) steps(body *ast.BlockStmt, from, to token.Pos, depth int) map[*types.Var]step {
	found := make(map[*types.Var]step)
	c.addSteps(body, from, to, depth, false, found)
	return found
}

func (c *checker) addSteps(body ast.Node, from, to token.Pos, depth int, loop bool, found map[*types.Var]step) {
	note := func(e ast.Expr, s step) {
		if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.AND {
			e = u.X
		}
		if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
			if v, ok := c.TypesInfo.Uses[sel.Sel].(*types.Var); ok && v.IsField() {
				found[v.Origin()] |= s
			}
		}
	}
	var loops []ast.Node
	looping := func(n ast.Node) bool {
		return loop || slices.ContainsFunc(loops, func(l ast.Node) bool { return l.Pos() <= n.Pos() && n.End() <= l.End() })
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if d, ok := n.(*ast.DeferStmt); ok {
			if to == token.NoPos {
				c.addSteps(d.Call, token.NoPos, token.NoPos, depth, loop, found)
			}
			return false
		}
		if _, ok := n.(*ast.GoStmt); ok || to.IsValid() && n.Pos() >= to || from.IsValid() && n.End() <= from {
			return false
		}
		// The node begins before the end of what is looked at; what it does has to lie
		// behind the beginning.
		in := !from.IsValid() || n.Pos() > from
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loops = append(loops, n)
			if f, ok := n.(*ast.ForStmt); ok && f.Cond != nil && in {
				ast.Inspect(f.Cond, func(x ast.Node) bool {
					if sel, ok := x.(*ast.SelectorExpr); ok {
						note(sel, stepWait)
					}
					return true
				})
			}
		case *ast.SendStmt:
			if in {
				note(n.Chan, stepUp)
				if looping(n) {
					note(n.Chan, stepWait)
				}
			}
		case *ast.UnaryExpr:
			if in && n.Op == token.ARROW {
				note(n.X, stepDown)
				if looping(n) {
					note(n.X, stepWait)
				}
			}
		case *ast.IncDecStmt:
			if in {
				note(n.X, stepOf(n.Tok == token.INC))
			}
		case *ast.AssignStmt:
			if in && (n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN) {
				note(n.Lhs[0], stepOf(n.Tok == token.ADD_ASSIGN))
			}
		case *ast.CallExpr:
			if in {
				c.callSteps(n, depth, looping(n), note, found)
			}
		case *ast.FuncLit:
			return !in || to == token.NoPos
		}
		return true
	})
}

func stepOf(up bool) step {
	if up {
		return stepUp
	}
	return stepDown
}

// callSteps adds what a call does.
func (c *checker) callSteps(call *ast.CallExpr, depth int, loop bool, note func(ast.Expr, step), found map[*types.Var]step) {
	if body := c.bodyOf(call); body != nil {
		if depth > 0 {
			c.addSteps(body, token.NoPos, token.NoPos, depth-1, loop, found)
		}
		return
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	fn, ok := c.TypesInfo.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil {
		return
	}
	switch fn.Pkg().Path() {
	case "sync":
		switch fn.Name() {
		case "Add":
			note(sel.X, stepUp)
		case "Done":
			note(sel.X, stepDown)
		case "Wait":
			note(sel.X, stepWait)
		}
	case "sync/atomic":
		if v := c.atomicOf(call, "Add"); v != nil {
			negative := false
			if u, ok := ast.Unparen(call.Args[len(call.Args)-1]).(*ast.UnaryExpr); ok {
				negative = u.Op == token.SUB || u.Op == token.XOR
			}
			found[v] |= stepOf(!negative)
		}
	}
}
