package sizehint

import (
	"go/ast"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/edit"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// clone returns the fix that replaces the making of a map and the loop that
// copies another one into it by maps.Clone, nil where that would do anything
// else. A clone has the slots and tombstones of its source and is nil where
// that is nil, so the source has to be a local map that only ever grew.
func (c *checker) clone(f *finding) []analysis.SuggestedFix {
	if len(f.terms) != 1 || len(f.terms[0].factors) != 1 || len(f.between) > 0 || f.partial || !c.movable(f) {
		return nil
	}
	loop, ok := f.terms[0].factors[0].node.(*ast.RangeStmt)
	if !ok || ast.Stmt(loop) != f.first || !c.copies(f, loop) || c.hasComment(loop.Pos(), loop.End()) {
		return nil
	}
	src := c.variable(loop.X)
	if src == nil || !c.onlyGrew(src, loop) || !types.Identical(c.info.TypeOf(f.creation.Expr), src.Type()) {
		return nil
	}
	file := c.file(loop.Pos())
	if v := c.info.FileVersions[file]; v != "" && version.Compare(v, "go1.21") < 0 {
		return nil // there is no package maps yet
	}
	content := c.source(file)
	if content == nil || c.hasComment(f.creation.Expr.Pos(), f.creation.Expr.End()) {
		return nil
	}
	tok := c.Fset.File(loop.Pos())
	from := lineStart(content, tok.Offset(loop.Pos()))
	to := tok.Offset(loop.End())
	if to >= len(content) || content[to] != '\n' {
		return nil
	}
	name, edits := edit.Import(c.info, file, f.creation.Expr.Pos(), "maps")
	return []analysis.SuggestedFix{{
		Message: "Replace the loop by maps.Clone(" + src.Name() + ")",
		TextEdits: append(edits,
			analysis.TextEdit{Pos: f.creation.Expr.Pos(), End: f.creation.Expr.End(), NewText: []byte(name + ".Clone(" + src.Name() + ")")},
			analysis.TextEdit{Pos: tok.Pos(from), End: tok.Pos(to + 1)}),
	}}
}

// copies reports whether a loop does nothing but m[k] = v for each k and v.
func (c *checker) copies(f *finding, loop *ast.RangeStmt) bool {
	if loop.Key == nil || loop.Value == nil || len(loop.Body.List) != 1 || f.place.expr == nil {
		return false
	}
	a, ok := loop.Body.List[0].(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 {
		return false
	}
	ix, ok := a.Lhs[0].(*ast.IndexExpr)
	key, value := c.variable(loop.Key), c.variable(loop.Value)
	return ok && key != nil && value != nil && c.denotes(f.place, ix.X) && c.variable(ix.Index) == key && c.variable(a.Rhs[0]) == value
}

// onlyGrew reports whether a variable holds a map that was made in the same
// function and from which, up to the loop, nothing was deleted.
func (c *checker) onlyGrew(src *types.Var, loop *ast.RangeStmt) bool {
	def := c.vars.Definition(src)
	v := c.maps.Var(src)
	if def == nil || v == nil {
		return false
	}
	for _, op := range v.Ops {
		switch op.Kind {
		case mapops.Delete, mapops.DeleteFunc, mapops.Clear:
			return false
		}
		if op.Kind.Escapes() && op.Expr.Pos() < loop.Pos() {
			return false
		}
	}
	return c.maps.Creation(def) != nil
}
