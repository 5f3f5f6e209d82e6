package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
)

func (r *rewriter) uses(obj types.Object, from, to token.Pos) bool {
	found := false
	r.eachUse(obj, func(cur inspector.Cursor) {
		if p := cur.Node().Pos(); p >= from && p < to {
			found = true
		}
	})
	return found
}

// eachUse calls f for each use of a local variable.
func (r *rewriter) eachUse(obj types.Object, f func(inspector.Cursor)) {
	// The outermost declaration comes first: a function, or the variable of
	// a function literal.
	for decl := range r.root.Preorder((*ast.FuncDecl)(nil), (*ast.GenDecl)(nil)) {
		if n := decl.Node(); n.Pos() > obj.Pos() || n.End() <= obj.Pos() {
			continue
		}
		for cur := range decl.Preorder((*ast.Ident)(nil)) {
			if r.p.TypesInfo.Uses[cur.Node().(*ast.Ident)] == obj {
				f(cur)
			}
		}
		return
	}
}

// load rewrites the uses of the variable that a read fills.
func (r *rewriter) load(s *site) bool {
	type use struct {
		kind useKind
		cur  inspector.Cursor
	}
	var uses []use
	ok, mutated, captured, addressed := true, false, false, false
	r.eachUse(s.obj, func(cur inspector.Cursor) {
		if p := cur.Node().Pos(); p < s.from || p >= s.to {
			ok = false // where the entry may be missing
		}
		kind, _ := r.use(cur)
		if kind == useAddress {
			addressed = true
		}
		if kind == usePart || kind == useReplace || kind == useAddress {
			mutated = true
		}
		if function(cur) != function(s.op.At) {
			captured = true
		}
		uses = append(uses, use{kind, cur})
	})
	if !ok {
		return false
	}
	if s.store != nil {
		// writeBack has checked the changes; what is left are reads.
		if captured || !r.quiet(s) {
			return false
		}
		r.gain = true
	} else if mutated || r.inPlace && (captured || !r.quiet(s)) {
		return r.copied(s, captured || addressed)
	} else {
		r.gain = true
	}
	for _, u := range uses {
		if p := u.cur.Node().Pos(); s.store != nil && p >= s.store.Node.Pos() && p < s.store.Node.End() {
			continue // goes with the statement
		}
		if u.kind == useWhole {
			r.insert(u.cur.Node().Pos(), rankStar, "*")
		}
	}
	return true
}

// copied keeps the copy that a read makes today, below the guard.
func (r *rewriter) copied(s *site, shared bool) bool {
	info := r.p.TypesInfo
	bad := false
	r.eachUse(s.obj, func(cur inspector.Cursor) {
		if cur.Node().Pos() >= s.body.Pos() {
			return
		}
		if r.inPlace && !r.private && !r.harmlessBetween(function(s.op.At), s.from, s.body.Pos()) {
			bad = true
		}
		// Above the copy stand only the reads of the condition.
		if kind, _ := r.use(cur); kind != useRead || s.rename {
			bad = true
		}
	})
	if bad || info.Defs[s.id] == nil {
		return false
	}
	if _, isRange := s.op.Node.(*ast.RangeStmt); isRange && shared && !r.since(s.op.Node, "go1.22") {
		return false // one variable for all rounds would become one for each
	}
	br, ok := r.lineBreak(s.body)
	if !ok {
		return false
	}
	cur, ok := r.cursor(s.body)
	if !ok || !inList(cur) || hasGoto(cur) {
		return false
	}
	from := s.id.Name
	if s.rename {
		from = r.freshName(cur, s.id.Name+"Entry")
		r.replace(s.id.Pos(), s.id.End(), from)
	}
	r.insert(s.body.Pos(), rankStatement, s.id.Name+" := *"+from+br)
	return true
}

// hasGoto reports whether the function around cur jumps: a declaration must
// not be put where a goto would skip it.
func hasGoto(cur inspector.Cursor) bool {
	for b := range function(cur).Preorder((*ast.BranchStmt)(nil)) {
		if b.Node().(*ast.BranchStmt).Tok == token.GOTO {
			return true
		}
	}
	return false
}
