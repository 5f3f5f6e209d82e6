package deletechurn

import (
	"go/ast"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// drainLevel reports how sure it is that a purge comes after all of the fills,
// that the map's memory is kept for a good while after it, and that it is
// most of the memory. The purge of a map that is about to end is no finding.
func (pr *program) drainLevel(v *mapops.Var, g growth, p purge) (rule.Level, bool) {
	if pr.inTest(p.stmt) || pr.ends(p.stmt) || pr.closing(p.stmt) || givenUp(v, p) {
		return 0, false
	}
	level, ok := rule.Likely, false
	switch {
	case pr.afterFills(g, p):
		level, ok = rule.Certain, true
	case pr.once(p.stmt):
		// Somewhere else in the load phase: perhaps before the fills.
	case v.Obj.Parent() == pr.Pkg.Scope():
		ok = pr.usedElsewhere(v, p)
	default:
		ok = pr.inEndless(p.stmt)
	}
	if !p.whole {
		level = rule.Possible
	}
	if level == rule.Certain && !p.exact {
		level = rule.Likely
	}
	return level, ok
}

// afterFills reports whether a purge stands after all fills in one function
// that runs its statements in order, and the map is in use after that.
func (pr *program) afterFills(g growth, p purge) bool {
	fn := funcOf(p.stmt)
	for _, op := range g.initial {
		if op.Kind == mapops.Assign && op.At.Node().Pos() < p.stmt.Node().Pos() {
			continue
		}
		if funcOf(op.At) != fn || op.Node.End() > p.stmt.Node().Pos() || commonLoop(op.At, p.stmt) {
			return false
		}
	}
	return pr.once(p.stmt) || pr.building(p.op.Expr, p.op.At) || pr.inEndless(p.stmt) || pr.beforeEndless(p)
}

// commonLoop reports whether some loop contains both places.
func commonLoop(a, b inspector.Cursor) bool {
	for loop := range a.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if loop.Contains(b) {
			return true
		}
	}
	return false
}

// inEndless reports whether code is part of an endless loop, be it by way of
// static calls.
func (pr *program) inEndless(cur inspector.Cursor) bool {
	for loop := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if pr.endless(loop) > brief {
			return true
		}
	}
	fn, _ := pr.declOf(cur)
	if fn == nil {
		return false
	}
	for loop := range pr.root.Preorder((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if pr.endless(loop) == long && !pr.inTest(loop) && !pr.closing(loop) && pr.reaches(loop, fn) {
			return true
		}
	}
	return false
}

// beforeEndless reports whether an endless loop that uses the map follows the
// purge in its function.
func (pr *program) beforeEndless(p purge) bool {
	for _, op := range p.op.Var.Ops {
		if op.Node.Pos() < p.stmt.Node().End() || funcOf(op.At) != funcOf(p.stmt) {
			continue
		}
		for loop := range op.At.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
			if loop.Node().Pos() >= p.stmt.Node().End() && pr.endless(loop) == long {
				return true
			}
		}
	}
	return false
}

// usedElsewhere reports whether the program goes on reading the map in
// other functions than that of the purge and those of the load phase.
func (pr *program) usedElsewhere(v *mapops.Var, p purge) bool {
	for _, op := range v.Ops {
		switch op.Kind {
		case mapops.Lookup, mapops.LookupOK, mapops.Range, mapops.Len, mapops.ReadAll:
			if funcOf(op.At) != funcOf(p.stmt) && !pr.initial(op) && !pr.inTest(op.At) {
				return true
			}
		}
	}
	return false
}
