package sizehint

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// either joins the fills of two branches, each with the filter that stands
// before it.
func (w *walker) either(a []*fill, fa filter, b []*fill, fb filter) []*fill {
	w.branches = w.branches || len(a) > 0 && len(b) > 0
	if fills := w.fewest(a, b); fills != nil {
		return fills
	}
	wa, wb := weight(a), weight(b)
	switch {
	case wa > wb:
		return restrict(a, fa)
	case wa < wb || wa == 0:
		return restrict(b, fb)
	}
	// Either way as many entries are added. What stands in one branch under a
	// condition of its own makes all conditional.
	worst := unlessBad
	for _, f := range a {
		worst = max(worst, f.filter)
	}
	return restrict(b, worst)
}

// selected restricts fills to where a condition holds. One that asks whether
// there is something to store lets most elements pass; the same question about
// something else, or about a field that can be nil, picks those that are special
// in some way. Around a whole loop it asks whether there is anything to range
// over.
func (w *walker) selected(fills []*fill, to filter, cond ast.Expr, e env) []*fill {
	if to == unlessBad && !w.isErrorCheck(cond) {
		for _, f := range fills {
			if len(f.frames) == len(e.frames) && f.bulk == nil && (!w.storesTested(f, cond) || w.asksForOptional(f.op.Key, nil, cond)) {
				f.filter = max(f.filter, sometimes)
			}
		}
	}
	return restrict(fills, to)
}

// skipped restricts fills that a condition skips. Elements without a key or a
// value are not in order; those without something else, which the type has as a
// pointer, slice or the like so that it may be missing, are of the usual ones.
func (w *walker) skipped(fills []*fill, cond ast.Expr, e env) {
	for _, f := range fills {
		if len(f.frames) == len(e.frames) && f.bulk == nil && w.asksForOptional(f.op.Key, f.op.Value, cond) {
			f.filter = max(f.filter, sometimes)
		}
	}
}

func restrict(fills []*fill, to filter) []*fill {
	for _, f := range fills {
		f.filter = max(f.filter, to)
	}
	return fills
}

// fewest returns the fills of the branch that adds the fewest single entries,
// nil if the branches add the same number, or any of them none, or keys in a
// loop: of a handful of constants, those in the other branches are no reason
// for a larger map.
func (w *walker) fewest(branches ...[]*fill) []*fill {
	least := branches[0]
	same := true
	for _, fills := range branches {
		if len(fills) == 0 || slices.ContainsFunc(fills, func(f *fill) bool { return len(f.frames) > 0 || f.bulk != nil }) {
			return nil
		}
		same = same && len(fills) == len(least)
		if len(fills) < len(least) {
			least = fills
		}
	}
	if same {
		return nil
	}
	w.more = true
	return least
}

// weight orders branches by how many entries they may add: first by the
// depth of their loops, then by their number of fills.
func weight(fills []*fill) (weight int) {
	const loop = 1000 // more fills than anyone writes
	for _, f := range fills {
		weight += 1 + loop*len(f.frames)
	}
	return weight
}

// under returns the surroundings of a branch of an if statement, and what is
// filtered out before it.
func (w *walker) under(e env, s *ast.IfStmt, then bool) (env, filter) {
	f := w.classify(s.Cond, then)
	if !then && w.returns(s.Body) && (!e.perRound() || w.fails(s.Body)) {
		// Where the condition ends the function, the rest runs to its end or
		// the map does not matter.
		e.dupError = e.dupError || f == unlessDup
		return e, always
	}
	return e, f
}

// leaves reports whether a block ends by leaving the list around it.
func (w *walker) leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	if w.returns(b) {
		return true
	}
	br, ok := b.List[len(b.List)-1].(*ast.BranchStmt)
	return ok && br.Tok != token.FALLTHROUGH
}

// returns reports whether a block ends by leaving the function.
func (w *walker) returns(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && w.neverReturns(call)
	}
	return false
}

// fails reports whether a block ends by returning an error, or never returns.
func (w *walker) fails(b *ast.BlockStmt) bool {
	ret, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	if !ok {
		return true
	}
	n := len(ret.Results)
	return n > 0 && isError(w.info.TypeOf(ret.Results[n-1]))
}

func (c *checker) neverReturns(call *ast.CallExpr) bool {
	if mapops.Builtin(c.info, call) == "panic" {
		return true
	}
	fn := typeutil.StaticCallee(c.info, call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "os":
		return fn.Name() == "Exit"
	case "runtime":
		return fn.Name() == "Goexit"
	case "log":
		switch fn.Name() {
		case "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln":
			return true
		}
	case "testing":
		switch fn.Name() {
		case "Fatal", "Fatalf", "FailNow", "Skip", "Skipf", "SkipNow":
			return true
		}
	}
	return false
}

func (w *walker) returnsStmt(s ast.Stmt) bool {
	b, ok := s.(*ast.BlockStmt)
	return ok && w.returns(b)
}

// clauses returns the fills of the fullest clause of a switch, where there are
// only single entries those of the emptiest that adds some, none if most clauses
// add nothing.
func (w *walker) clauses(body *ast.BlockStmt, e env) []*fill {
	var best []*fill
	var all [][]*fill
	filling, others, hasDefault := 0, 0, false
	for _, s := range body.List {
		clause := s.(*ast.CaseClause)
		hasDefault = hasDefault || clause.List == nil
		fills := w.collect(clause.Body, e)
		if n := len(clause.Body); n > 0 && len(fills) > 0 {
			if br, ok := clause.Body[n-1].(*ast.BranchStmt); ok && br.Tok == token.FALLTHROUGH {
				w.unknown = true
			}
		}
		w.branches = w.branches || len(fills) > 0 && len(best) > 0
		if weight(fills) > weight(best) {
			best = fills
		}
		switch {
		case len(fills) > 0:
			filling++
			all = append(all, fills)
		case !w.returns(&ast.BlockStmt{List: clause.Body}):
			others++
		}
	}
	if len(all) > 0 {
		if fills := w.fewest(all...); fills != nil {
			best = fills
		}
	}
	switch {
	case others > max(1, filling):
		w.sorts = w.sorts || len(best) > 0
		return nil // elements are sorted into kinds, of which this is one
	case others > 0 || !hasDefault && filling < 2:
		restrict(best, sometimes)
	case !hasDefault:
		restrict(best, unlessBad) // as if it were not to be
	}
	return best
}
