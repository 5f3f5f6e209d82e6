package unguarded

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/analyzers/internal/stmts"
)

// sentLive reports maps without a lock, those of a goroutine that owns them, which a loop
// sends to another goroutine of the package, itself or in a struct, and goes on changing.
func (c *checker) sentLive() {
	for _, as := range c.order {
		if !as.v.IsField() || as.depth > 0 || as.guard != nil || c.inPlace(as) == nil || slices.ContainsFunc(as.list, func(a *access) bool {
			return len(a.held) > 0 || counts(a) && a.op == lockset.Assign
		}) {
			continue
		}
		for _, a := range as.list {
			if a.op != lockset.Sent && a.op != lockset.Store || a.Func.Test || a.by != nil {
				continue
			}
			if s, ok := c.enclosing(a).(*ast.SendStmt); ok && c.receivedElsewhere(a, s) && !c.settles(a.Func, s) {
				c.sentAgain(as, a)
			}
		}
	}
}

// receivedElsewhere reports whether a function that runs in another context receives from
// the channel of a send.
func (c *checker) receivedElsewhere(a *access, s *ast.SendStmt) bool {
	ch := c.locks.Of(s.Chan)
	if ch == nil || ch.Obj == nil || ch.Kind != path.Field && !path.IsGlobal(ch.Obj) {
		return false
	}
	return slices.ContainsFunc(c.locks.Funcs, func(f *lockset.Func) bool {
		receives := slices.ContainsFunc(f.Events, func(e *lockset.Event) bool {
			// A receive from a channel of one slot may be a token that is taken.
			return (e.Kind == lockset.Recv || e.Kind == lockset.Unlock) && e.Path != nil && e.Path.Kind == ch.Kind && e.Path.Obj == ch.Obj
		})
		return receives && !f.Test && slices.ContainsFunc(c.in[f], func(x *context) bool { return !slices.Contains(c.in[a.Func], x) })
	})
}

// settles reports whether a function leaves the block of a send after it, or waits for an
// answer: what it has sent is not changed meanwhile.
func (c *checker) settles(f *lockset.Func, s *ast.SendStmt) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > s.Pos() || n.End() < s.End() {
			return false
		}
		list := stmts.In(n)
		if clause, ok := n.(*ast.CommClause); ok && clause.Comm == s {
			list = append([]ast.Stmt{s}, list...)
		}
		for i, x := range list {
			if x.Pos() <= s.Pos() && s.End() <= x.End() {
				found = found || slices.ContainsFunc(list[i+1:], leavesOrReceives)
			}
		}
		return true
	})
	return found
}

// leavesOrReceives reports whether a statement ends a loop or a function, or receives.
func leavesOrReceives(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.BREAK || n.Tok == token.GOTO
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// sentAgain reports a send that stands, with a change of the same map, in one loop, in its
// own function or in one that calls it.
func (c *checker) sentAgain(as *accesses, a *access) {
	for _, f := range c.locks.Funcs {
		if f.Test {
			continue
		}
		accs := c.locks.Accs(f)
		for _, s := range accs {
			if s.At != a.Event || s.Path.Obj != as.v {
				continue
			}
			for _, w := range accs {
				if w.Path != s.Path || !w.Op.Writes() || len(w.Held) > 0 {
					continue
				}
				for _, l := range c.loopsAround(f, s.Top.Node) {
					if v := s.Path.RootVar(); covers(l, w.Top.Node) && (v.Pos() < l.Pos() || l.End() <= v.Pos()) {
						c.report(rule.Likely, a.Pos(), []analysis.RelatedInformation{{Pos: w.At.Pos(), Message: "the map is changed in place here"}},
							"%s is sent while the loop at %s goes on changing it in place (%s): its receiver may use it at the same time",
							a.path, c.at(l.Pos()), c.at(w.At.Pos()))
						return
					}
				}
			}
		}
	}
}
