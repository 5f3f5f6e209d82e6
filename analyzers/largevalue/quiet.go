package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// quiet reports whether, while the region of a read runs, nothing can write
// through the pointer but the site's own write-back.
func (r *rewriter) quiet(s *site) bool {
	for _, other := range r.loads {
		if other != s && other.store != nil {
			if p := other.store.Node.Pos(); p >= s.from && p < s.to {
				return false
			}
		}
	}
	if r.private {
		return true
	}
	return r.harmlessBetween(function(s.op.At), s.from, r.lastUse(s))
}

// lastUse returns where the region of a read is over for its variable: after
// the last use, and after the loop that may come back to it.
func (r *rewriter) lastUse(s *site) token.Pos {
	last := s.from
	r.eachUse(s.obj, func(cur inspector.Cursor) {
		last = max(last, cur.Node().End())
		for loop := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
			if loop.Node().Pos() >= s.from {
				last = max(last, loop.Node().End())
			}
		}
	})
	return last
}

func (r *rewriter) harmless(cur inspector.Cursor) bool {
	return r.harmlessBetween(cur, cur.Node().Pos(), cur.Node().End())
}

// harmlessBetween reports whether the code between two positions calls
// nothing that could reach the map and lets no other goroutine run on a
// lock's account.
func (r *rewriter) harmlessBetween(in inspector.Cursor, from, to token.Pos) bool {
	ok := true
	in.Inspect(nil, func(c inspector.Cursor) bool {
		n := c.Node()
		if n == nil || n.End() <= from || n.Pos() >= to {
			return n == nil
		}
		if n.Pos() < from {
			return true
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			ok = ok && r.harmlessCall(n)
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt, *ast.SendStmt, *ast.SelectStmt:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.RangeStmt:
			switch r.p.TypesInfo.TypeOf(n.X).Underlying().(type) {
			case *types.Chan, *types.Signature:
				ok = false
			}
		}
		return ok
	})
	return ok
}

// harmlessCall accepts conversions, builtin functions and functions of a few
// packages that compute from their arguments alone.
func (r *rewriter) harmlessCall(call *ast.CallExpr) bool {
	info := r.p.TypesInfo
	if tv := info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
		return mapops.Builtin(info, call) != "panic"
	}
	fn := typeutil.StaticCallee(info, call)
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() != nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "strings", "strconv", "bytes", "math", "math/bits", "unicode", "unicode/utf8", "path":
		for p := range fn.Signature().Params().Variables() {
			switch p.Type().Underlying().(type) {
			case *types.Signature, *types.Interface:
				return false
			}
		}
		return true
	}
	return false
}
