package unguarded

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// exclusive turns the section in which a lock is held for reading into one
// that holds it for writing.
func (x *fixer) exclusive(s *sharedHold) []analysis.TextEdit {
	f := s.at.Func
	var taken *lockset.Event
	for {
		for _, e := range f.Events {
			if e.Kind == lockset.Lock && e.Node == s.by && e.Path == s.lock && !e.Try && e.Mode == lockset.Shared {
				taken = e
			}
		}
		if taken != nil || f.Outer == nil || x.home(f) == f {
			break
		}
		f = f.Outer
	}
	if taken == nil || f.Test || taken.State == nil || len(taken.State.Held) > 0 {
		return nil
	}
	if el := f.Entry.Lock(s.lock); el != nil && len(el.Holders) > 0 {
		return nil
	}
	from, to := taken.Pos(), f.Body.End()
	several := false
	for _, e := range x.lockEvents(f, s) {
		if e.Kind == lockset.Lock && e.Node != taken.Node && e.Mode == lockset.Shared {
			several = true
			if e.Pos() > from {
				to = min(to, e.Pos())
			}
		}
	}
	w := x.newWalk(true)
	edits := []analysis.TextEdit{}
	change := func(n ast.Node, was, is string) bool {
		if w.own[n] {
			return true
		}
		w.own[n] = true
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return false
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != was {
			return false // a wrapper, or the lock's reading half
		}
		edits = append(edits, analysis.TextEdit{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(is)})
		return true
	}
	if !change(taken.Node, "RLock", "Lock") {
		return nil
	}
	end := token.NoPos
	for _, e := range x.lockEvents(f, s) {
		if e.Kind != lockset.Unlock || e.Pos() < from || to <= e.Pos() || e.Mode != lockset.Shared {
			continue
		}
		if !change(e.Node, "RUnlock", "Unlock") {
			return nil
		}
		end = max(end, e.Node.End())
		if e.Deferred || e.Func != f {
			if several {
				return nil // which of the sections it ends is not plain
			}
			end = f.Body.End()
		}
	}
	if len(edits) < 2 || s.at.Pos() < from || end <= s.at.Pos() {
		return nil
	}
	if !w.within(f.Body, from, end) || x.valued(f) {
		return nil
	}
	return x.clean(edits)
}

// lockEvents returns the events of a lock in a function and in the literals
// that run in the course of it.
func (x *fixer) lockEvents(f *lockset.Func, s *sharedHold) []*lockset.Event {
	var list []*lockset.Event
	for _, g := range x.locks.Funcs {
		if g != f && (g.Lit == nil || g.Lit.Pos() < f.Body.Pos() || f.Body.End() < g.Lit.End() || !x.inside(g, f)) {
			continue
		}
		for _, e := range g.Events {
			if (e.Kind == lockset.Lock || e.Kind == lockset.Unlock) && e.Path == s.lock {
				list = append(list, e)
			}
		}
	}
	return list
}

// inside reports whether a literal runs in the course of the function around it.
func (x *fixer) inside(g, f *lockset.Func) bool {
	for h := x.home(g); g != nil; g = g.Outer {
		if g == f {
			return true
		}
		if g == h {
			return h == f
		}
	}
	return false
}

// valued reports whether a function uses an unlocking method as a value.
func (x *fixer) valued(f *lockset.Func) bool {
	called := make(map[ast.Expr]bool)
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			called[ast.Unparen(n.Fun)] = true
		case *ast.SelectorExpr:
			if n.Sel.Name == "RUnlock" && !called[n] {
				found = true
			}
		}
		return !found
	})
	return found
}

// within reports whether all that a function runs between two positions keeps
// quiet.
func (w *walk) within(body *ast.BlockStmt, from, to token.Pos) bool {
	ok := true
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil || !ok || n.End() <= from || to <= n.Pos() {
			return false
		}
		if from <= n.Pos() && n.End() <= to {
			ok = w.quiet(n)
			return false
		}
		return true
	})
	return ok
}
