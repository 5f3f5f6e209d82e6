package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A site is a read whose result a new variable holds, together with the
// region in which that variable can be used and the entry is there.
type site struct {
	op  *mapops.Op
	id  *ast.Ident // the variable where it is declared
	obj types.Object
	key ast.Expr
	// region is where the entry is known to exist: positions from, to.
	from, to token.Pos
	// body is the statement before which a copy can be declared.
	body ast.Stmt
	// rename: a copy needs the name, and the pointer another.
	rename bool
	store  *mapops.Op // the write-back, if there is one
}

// site finds the region of a read; it says no where a missing entry could be
// used, since its zero value of today would be a nil pointer. The site is
// nil where the read needs no rewriting.
func (r *rewriter) site(op *mapops.Op) (*site, bool) {
	switch op.Kind {
	case mapops.Range:
		return r.rangeSite(op)
	case mapops.LookupOK:
		if boundVar(op) == nil {
			return nil, true
		}
		return r.guardedSite(op)
	default:
		return r.keySite(op)
	}
}

func (r *rewriter) define(s *site, v ast.Expr) bool {
	id, ok := v.(*ast.Ident)
	if !ok {
		return false
	}
	s.id, s.obj = id, r.p.TypesInfo.Defs[id]
	return s.obj != nil
}

func (r *rewriter) rangeSite(op *mapops.Op) (*site, bool) {
	st := op.Node.(*ast.RangeStmt)
	if st.Value == nil || isBlank(st.Value) {
		return nil, true
	}
	if st.Tok != token.DEFINE || len(st.Body.List) == 0 {
		return nil, false
	}
	s := &site{op: op, key: st.Key, from: st.Body.Pos(), to: st.Body.End(), body: st.Body.List[0]}
	return s, r.define(s, st.Value)
}

// keySite accepts v := m[k] as the first statement below for k := range m:
// there the entry is known to exist, unless the key is NaN.
func (r *rewriter) keySite(op *mapops.Op) (*site, bool) {
	cur, ok := r.cursor(op.Node)
	if !ok || !r.private || cur.ParentEdgeKind() != edge.AssignStmt_Rhs || mapops.MayBeNaN(r.v.Type.Key()) {
		return nil, false
	}
	a := cur.Parent().Node().(*ast.AssignStmt)
	block := cur.Parent().Parent()
	if a.Tok != token.DEFINE || len(a.Lhs) != 1 || block.ParentEdgeKind() != edge.RangeStmt_Body {
		return nil, false
	}
	loop := block.Parent().Node().(*ast.RangeStmt)
	body := loop.Body.List
	if body[0] != a || len(body) < 2 || loop.Key == nil || !mapops.SameExpr(r.p.TypesInfo, loop.Key, op.Key) ||
		!mapops.SameExpr(r.p.TypesInfo, loop.X, op.Expr) || loop.Tok != token.DEFINE {
		return nil, false
	}
	for _, other := range r.v.Ops {
		if other.Kind == mapops.Assign && other.Node.Pos() >= loop.Pos() && other.Node.Pos() < loop.End() {
			return nil, false // the range goes on over the map it began with
		}
	}
	s := &site{op: op, key: op.Key, from: a.End(), to: loop.Body.End(), body: body[1], rename: true}
	return s, r.define(s, a.Lhs[0])
}

// guardedSite finds what guards the use of v, ok := m[k].
func (r *rewriter) guardedSite(op *mapops.Op) (*site, bool) {
	a, ok := op.Node.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE {
		return nil, false
	}
	s := &site{op: op, key: op.Key}
	found, isIdent := a.Lhs[1].(*ast.Ident)
	if !isIdent || isBlank(found) || !r.define(s, a.Lhs[0]) {
		return nil, false
	}
	flag := r.p.TypesInfo.ObjectOf(found)
	cur, ok := r.cursor(a)
	if !ok {
		return nil, false
	}
	if cur.ParentEdgeKind() == edge.IfStmt_Init {
		guard := cur.Parent().Node().(*ast.IfStmt)
		return s, r.branch(s, guard, flag)
	}
	next, ok := cur.NextSibling()
	if !ok || !inList(cur) {
		return nil, false
	}
	guard, ok := next.Node().(*ast.IfStmt)
	if !ok || guard.Init != nil {
		return nil, false
	}
	if guard.Else == nil && r.leads(guard.Cond, flag, true) && leaves(guard.Body) {
		// if !ok { return }: the rest of the list is the region.
		rest, ok := next.NextSibling()
		if !ok || r.uses(s.obj, guard.Body.Pos(), guard.Body.End()) {
			return nil, false
		}
		s.from, s.to, s.rename = guard.Cond.Pos(), cur.Parent().Node().End(), true
		s.body = rest.Node().(ast.Stmt)
		return s, true
	}
	return s, r.branch(s, guard, flag)
}

// branch sets the region to the branch of an if statement that runs only
// where the entry exists.
func (r *rewriter) branch(s *site, guard *ast.IfStmt, flag types.Object) bool {
	if r.leads(guard.Cond, flag, false) {
		if len(guard.Body.List) == 0 {
			return false
		}
		s.from, s.to, s.body = guard.Cond.Pos(), guard.Body.End(), guard.Body.List[0]
		return true
	}
	block, ok := guard.Else.(*ast.BlockStmt)
	if !ok || !r.leads(guard.Cond, flag, true) || len(block.List) == 0 || r.uses(s.obj, guard.Body.Pos(), guard.Body.End()) {
		return false
	}
	s.from, s.to, s.body = block.Pos(), block.End(), block.List[0]
	// if !ok || v.bad {…} else {…}: the rest of the condition has the entry, too.
	return !r.uses(s.obj, guard.Cond.Pos(), guard.Cond.End())
}

// leads reports whether a condition is ok && …, or !ok || … where negated.
func (r *rewriter) leads(cond ast.Expr, flag types.Object, negated bool) bool {
	cond = ast.Unparen(cond)
	want := token.LAND
	if negated {
		want = token.LOR
	}
	for {
		b, ok := cond.(*ast.BinaryExpr)
		if !ok || b.Op != want {
			break
		}
		cond = ast.Unparen(b.X)
	}
	if negated {
		not, ok := cond.(*ast.UnaryExpr)
		return ok && not.Op == token.NOT && r.isVar(not.X, flag)
	}
	return r.isVar(cond, flag)
}

// leaves reports whether a block ends by leaving the list it stands in.
func leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok == token.CONTINUE || s.Tok == token.BREAK
	}
	return false
}
