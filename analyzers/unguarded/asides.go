package unguarded

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// besideLoops reports what callbacks that a goroutine of the package calls do to a map
// which a loop without end uses, in a method of the same object that others run.
func (c *checker) besideLoops() {
	var asides []*lockset.Acc
	for _, f := range c.locks.Funcs {
		if f.Test || !f.Aside || f.Handles || f.Decl != nil && f.Called() {
			continue
		}
		for _, a := range c.locks.Accs(f) {
			if len(a.Held) == 0 && a.Path.Parent != nil && !c.uncertain(a) && !c.guarded(a.At.Path) {
				asides = append(asides, a)
			}
		}
	}
	if len(asides) == 0 {
		return
	}
	for _, f := range c.locks.Funcs {
		if f.Test || f.Aside || f.Decl == nil || f.Decl.Recv == nil || !f.Entry.External {
			continue
		}
		for _, b := range c.locks.Accs(f) {
			if len(b.Held) > 0 || c.uncertain(b) || !inEndless(f, b.Top.Pos()) || slices.ContainsFunc(c.runBy(f), c.locks.RunsKept) {
				continue
			}
			for _, a := range asides {
				if races(a.Op, b.Op) && c.sameField(a, b) {
					c.besideLoop(a, b)
				}
			}
		}
	}
}

func (c *checker) besideLoop(a, b *lockset.Acc) {
	for _, x := range [][2]*lockset.Acc{{a, b}, {b, a}} {
		if w, o := x[0], x[1]; w.Op.Changes() {
			c.report(rule.Likely, w.At.Pos(), []analysis.RelatedInformation{{Pos: o.At.Pos(), Message: verbOf(o.Op) + " the same map"}},
				"write to %s with no lock held: the %s at %s may happen at the same time, one in a loop, one in a callback that a goroutine runs",
				w.At.Path, noun(o.Op), c.at(o.At.Pos())).hasNone(w.At.Path)
		}
	}
}

// inEndless reports whether a place stands in a loop of f without a condition.
func inEndless(f *lockset.Func, at token.Pos) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			found = found || n.Cond == nil && n.Body.Pos() <= at && at < n.Body.End()
		}
		return !found
	})
	return found
}
