package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// writeBack turns the changes ahead of m[k] = v into changes of the entry,
// and drops the store. The order in which others see them must not matter.
func (r *rewriter) writeBack(op *mapops.Op) bool {
	a, ok := op.Node.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || a.Tok != token.ASSIGN || mapops.MayBeNaN(r.v.Type.Key()) {
		return false
	}
	id, ok := ast.Unparen(op.Value).(*ast.Ident)
	if !ok {
		return false
	}
	var s *site
	for _, l := range r.loads {
		if l.obj == r.p.TypesInfo.Uses[id] {
			s = l
		}
	}
	if s == nil || s.store != nil || a.Pos() < s.from || a.End() > s.to ||
		!mapops.SameExpr(r.p.TypesInfo, s.key, op.Key) || !mapops.SameExpr(r.p.TypesInfo, s.op.Expr, op.Expr) ||
		!r.stable(op, s) || !r.segment(op, s) {
		return false
	}
	s.store = op
	return r.drop(op, s)
}

// stable reports whether the key and the map that a read and its write-back
// name are the same ones at both.
func (r *rewriter) stable(op *mapops.Op, s *site) bool {
	for _, other := range r.v.Ops {
		if p := other.Node.Pos(); other == op || other == s.op || p < s.from || p >= s.to {
			continue
		}
		switch other.Kind {
		case mapops.Len, mapops.NilCheck, mapops.Lookup, mapops.LookupOK, mapops.Range:
		default:
			return false // the entry could be another one by now
		}
	}
	if r.p.TypesInfo.Types[op.Key].Value == nil && !r.constant(op.Key, s) {
		return false
	}
	return r.private || r.constantPath(op.Expr, s)
}

// constant reports whether an expression is a local variable that keeps its
// value through the region of a read.
func (r *rewriter) constant(e ast.Expr, s *site) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := r.p.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || v.IsField() || v.Parent() == r.p.Pkg.Scope() {
		return false
	}
	ok = true
	r.eachUse(v, func(cur inspector.Cursor) {
		inside := cur.Node().Pos() >= s.from && cur.Node().Pos() < s.to
		if kind, _ := r.use(cur); (kind == usePart || kind == useReplace || kind == useAddress) &&
			(inside || kind == useAddress || function(cur) != function(s.op.At)) {
			ok = false
		}
	})
	return ok
}

// constantPath does the same for the expression of the map: a package
// variable, whose assignments are operations, or a field of a local variable.
func (r *rewriter) constantPath(e ast.Expr, s *site) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return r.constant(e.X, s)
	}
	return false
}

// segment checks the statements from the first change of the variable to its
// write-back: all of them run or none, and nobody can look at the map between.
func (r *rewriter) segment(op *mapops.Op, s *site) bool {
	cur, ok := r.cursor(op.Node)
	if !ok || !inList(cur) {
		return false
	}
	first, outside := token.NoPos, false
	r.eachUse(s.obj, func(c inspector.Cursor) {
		switch kind, _ := r.use(c); kind {
		case usePart:
			if p := c.Node().Pos(); p > op.Node.Pos() {
				outside = true
			} else if first == token.NoPos || p < first {
				first = p
			}
		case useReplace, useAddress:
			outside = true
		}
	})
	if outside || first == token.NoPos || hasGoto(cur) {
		return false
	}
	from := cur
	for from.Node().Pos() > first {
		if from, ok = from.PrevSibling(); !ok {
			return false
		}
	}
	if from.Node().Pos() > first || from == cur {
		return false
	}
	changed := false
	for st := from; st != cur; st, _ = st.NextSibling() {
		if !r.plainChange(st, changed) {
			return false
		}
		changed = true
	}
	// A read of the map in between would see the new value too early.
	for _, other := range r.v.Ops {
		if p := other.Node.Pos(); other != op && p >= from.Node().Pos() && p < op.Node.Pos() && other.Kind != mapops.Len && other.Kind != mapops.NilCheck {
			return false
		}
	}
	return true
}

// plainChange reports whether a statement runs to its end without leaving
// the list and without letting others see the map half changed.
func (r *rewriter) plainChange(st inspector.Cursor, changed bool) bool {
	if r.private {
		// Only leaving early can be told apart: nobody else has the map.
		for c := range st.Preorder((*ast.ReturnStmt)(nil), (*ast.BranchStmt)(nil), (*ast.FuncLit)(nil)) {
			_ = c
			return false
		}
		return true
	}
	switch st.Node().(type) {
	case *ast.AssignStmt, *ast.IncDecStmt:
	default:
		return false
	}
	return r.harmless(st) && !(changed && r.mayPanic(st))
}

// mayPanic reports whether a statement could stop between two changes, so
// that a deferred recover leaves the first in the map.
func (r *rewriter) mayPanic(st inspector.Cursor) bool {
	info := r.p.TypesInfo
	for c := range st.Preorder((*ast.IndexExpr)(nil), (*ast.SliceExpr)(nil), (*ast.StarExpr)(nil), (*ast.TypeAssertExpr)(nil),
		(*ast.BinaryExpr)(nil), (*ast.SelectorExpr)(nil), (*ast.CallExpr)(nil), (*ast.AssignStmt)(nil)) {
		switch n := c.Node().(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				if types.IsInterface(info.TypeOf(n.X)) {
					return true
				}
			} else if n.Op == token.QUO || n.Op == token.REM || n.Op == token.SHL || n.Op == token.SHR {
				return true
			}
		case *ast.SelectorExpr:
			if sel := info.Selections[n]; sel != nil && sel.Indirect() {
				return true
			}
		case *ast.CallExpr:
			if !info.Types[n.Fun].IsType() && !info.Types[n.Fun].IsBuiltin() {
				return true
			}
		case *ast.AssignStmt:
			switch n.Tok {
			case token.QUO_ASSIGN, token.REM_ASSIGN, token.SHL_ASSIGN, token.SHR_ASSIGN:
				return true
			}
		default:
			return true
		}
	}
	return false
}

// drop removes the statement m[k] = v, and the name of a range's key that
// only it used.
func (r *rewriter) drop(op *mapops.Op, s *site) bool {
	a := op.Node.(*ast.AssignStmt)
	file := r.p.Fset.File(a.Pos())
	src, err := r.p.ReadFile(file.Name())
	if err != nil || file.Size() != len(src) {
		return false
	}
	from, to := file.Offset(a.Pos()), file.Offset(a.End())
	for from > 0 && (src[from-1] == ' ' || src[from-1] == '\t') {
		from--
	}
	switch {
	case from > 0 && src[from-1] == '\n' && to < len(src) && src[to] == '\n':
		to++ // the whole line
	default:
		return false // beside a comment or another statement: leave that to its author
	}
	r.replace(file.Pos(from), file.Pos(to), "")
	if st, ok := s.op.Node.(*ast.RangeStmt); ok {
		key := r.p.TypesInfo.Defs[st.Key.(*ast.Ident)]
		used := false
		r.eachUse(key, func(cur inspector.Cursor) {
			if p := cur.Node().Pos(); p < a.Pos() || p >= a.End() {
				used = true
			}
		})
		if !used {
			r.replace(st.Key.Pos(), st.Key.End(), "_")
		}
	}
	return true
}
