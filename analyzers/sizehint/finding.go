package sizehint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/bounds"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// smallest is the number of entries up to which a hint changes nothing: the
// first group of a map has eight slots.
const smallest = 8

// A term is a part of the number of entries: factor times the product of
// factors, each the bound of a loop or of a bulk fill.
type term struct {
	n       int64
	factors []factor
	fill    *fill
}

type factor struct {
	bounds.Bound
	node ast.Node // the loop or call that it is the bound of
}

// A finding is an unsized map whose number of entries is known.
type finding struct {
	creation *mapops.Creation
	place    *place
	region   *region
	level    rule.Level
	terms    []term
	// partial says that more entries may be added than terms tell.
	partial bool
	// counting says that the number is a sum over an outer loop, which the
	// program would have to compute first.
	counting bool
	// first is the statement of the region in which the first fill stands,
	// and between those before it.
	first   ast.Stmt
	between []ast.Stmt
	// walked are the statements of the region up to the last that has to do
	// with the map.
	walked []ast.Stmt
	// decl and loop are the declaration and the outermost loop around the
	// creation; decl is empty for a package variable's.
	decl, loop span
	// replaced is where another map takes the place, if one does.
	replaced token.Pos
}

// find looks for the fills of a new map and returns what is to be said about
// it, nil if nothing.
func (c *checker) find(cr *mapops.Creation) *finding {
	p := c.placeOf(cr)
	if p == nil {
		return nil
	}
	r := regionOf(cr.At)
	if r == nil {
		if p.depth > 0 || p.root != nil {
			return nil
		}
		if r = c.initRegion(p); r == nil {
			return nil
		}
	}
	f := &finding{creation: cr, place: p, region: r}
	if r.stmt != nil {
		f.decl, f.loop = surroundings(cr.At)
	}
	w := c.newWalker(p)
	var fills []*fill
	for s := range r.stmts() {
		if !w.worksAfter(s.Pos(), f.decl) {
			break // so that short-lived maps of long functions take little time
		}
		f.walked = append(f.walked, s)
		if c.movedIn(p, s) {
			if _, ok := s.(*ast.AssignStmt); ok {
				f.replaced = s.Pos() // else the map may stay
			}
			break
		}
		before := len(fills)
		fills = append(fills, w.stmt(s, env{})...)
		if len(fills) > before && f.first == nil {
			f.first = s
		}
		if f.first == nil {
			f.between = f.walked
		}
		if w.shrinks {
			return nil
		}
	}
	if len(fills) == 0 || f.first == nil {
		return nil
	}
	kept := r.lazy && !slices.Contains(r.own, f.first) // made when first needed, and filled again later
	if kept && r.looped {
		return nil
	}
	if !c.sum(f, w, fills) {
		return nil
	}
	if kept {
		// What this run adds is the first part of what the map is there for.
		switch {
		case isGlobal(p.v.Obj):
			f.level = rule.Possible
		case p.v.Obj.IsField() && p.root == nil:
			f.level, f.partial = max(f.level, rule.Likely), true
		}
	}
	switch expected, others := c.returnsEmpty(f); {
	case expected+others > 1:
		return nil
	case others == 1:
		f.level = rule.Possible
	case expected == 1:
		f.level = max(f.level, rule.Likely)
	}
	return f
}

// sum adds up the fills and reports whether the result is worth a hint.
func (c *checker) sum(f *finding, w *walker, fills []*fill) bool {
	var firm, possible []term
	if w.unknown {
		return false // the part that is known says little about the whole
	}
	rest := w.more   // whether there are entries beyond the firm ones
	later := w.sorts // whether there are loops beyond the firm ones
	overlap := false // whether different loops add the same keys
	constants := make(map[string]bool)
	level := rule.Certain
	counting := false
	for _, fl := range fills {
		if fl.update {
			switch {
			case len(fl.frames) == 0:
				rest = true
			case !slices.ContainsFunc(fills, func(x *fill) bool { return w.sameEntry(x, fl) }):
				later = true
			}
			continue
		}
		j := w.judge(fl)
		if j.rare {
			rest = true
			continue
		}
		if !j.counted {
			return false
		}
		if fl.bulk == nil && len(j.loops) == 0 {
			if k := c.info.Types[fl.op.Key]; k.Value != nil {
				// As interfaces, 1 and int64(1) are two keys.
				text := k.Type.String() + " " + k.Value.ExactString()
				if constants[text] {
					continue
				}
				constants[text] = true
			}
		}
		t := term{n: 1, fill: fl}
		needsCount, countable := false, true
		for i, fr := range j.loops {
			b := fr.loop.Bound
			if others := w.others(fl.frames, j.loops, fr); len(others) > 0 && w.dependsOnOuter(b, others) {
				j.moves = true // the keys of the longest run, whichever it is
			}
			if i > 0 && w.dependsOnOuter(b, j.loops[:i]) {
				needsCount = true
				countable = countable && w.countable(b.Expr, j.loops[:i])
			}
			t.multiply(b, fr.stmt)
		}
		if fl.bulk != nil {
			if len(fl.frames) > 0 && w.dependsOnOuter(fl.once, fl.frames) {
				needsCount = true
				countable = countable && w.countable(fl.once.Expr, fl.frames)
			}
			t.multiply(fl.once, fl.node)
		}
		if !countable {
			return false
		}
		if needsCount {
			if j.level == rule.Possible {
				return false // two reasons why nobody knows how many there are
			}
			counting = true
			j.level = rule.Possible
		} else if !c.inSight(f, t) {
			later = true
			continue
		}
		rest = rest || j.moves
		if len(t.factors) == 0 && t.n == 1 && fl.filter != always {
			rest = true // a single conditional entry is not worth counting
			continue
		}
		if j.level == rule.Possible {
			possible = append(possible, t)
			continue
		}
		level = max(level, j.level)
		firm = append(firm, t)
	}
	if _, known := total(firm); len(firm) > 1 && !known {
		level = max(level, rule.Likely) // keys of one part may be those of another
		overlap = slices.ContainsFunc(firm, func(t term) bool { return t.fill.filter == unlessDup })
	}
	f.terms, f.level = firm, level
	switch {
	case overlap:
		f.level = rule.Possible // the author expects that they are
	case later || !sameLoops(possible, firm):
		f.level = rule.Possible // the hint is right as far as it goes
	case len(possible) > 0 || rest:
		f.level = max(f.level, rule.Likely)
	}
	counted := !later && !rest && len(possible) == 0
	f.partial = !counted
	if w.branches {
		f.level = max(f.level, rule.Likely)
	}
	if f.level == rule.Certain && c.mayGrow(f, w) {
		f.level, f.partial = rule.Likely, true
	}
	if !significant(firm) {
		// What is certain is not worth a hint: the rest may be.
		if later || len(possible) == 0 {
			return false
		}
		f.terms, f.level, f.counting, f.partial = append(firm, possible...), rule.Possible, counting, false
		if !significant(f.terms) {
			return false
		}
	}
	if calls, all := f.calls(); calls > 0 && (all > 1 || !counted) {
		return false // there is nothing to advise that would not call twice
	}
	return f.level == rule.Certain || !w.small()
}

// others returns the loops around one that add no keys.
func (w *walker) others(frames, adding []*frame, fr *frame) []*frame {
	var list []*frame
	for _, o := range frames {
		if o == fr {
			break
		}
		if !slices.Contains(adding, o) {
			list = append(list, o)
		}
	}
	return list
}

// inSight reports whether the bounds of a term can be told right before the
// statement of the first fill: their variables are there and have the value
// that they have at the loop.
func (c *checker) inSight(f *finding, t term) bool {
	start := f.first.Pos()
	for _, x := range t.factors {
		if x.Call != nil {
			if x.node != ast.Node(f.first) {
				return false
			}
			continue
		}
		at := x.node.Pos()
		if c.isIn(f.place, x.Expr) || !c.visible(x.Expr, start, true) || start < at && c.changed(x.Expr, start, at, between(c.flow().writers, start, t.evaluated(x))) {
			return false
		}
	}
	return true
}

// evaluated returns up to where code may run before a bound is evaluated for
// the last time: to the loop itself, or to the end of the loops around it.
func (t *term) evaluated(x factor) token.Pos {
	if frames := t.fill.frames; len(frames) > 0 && frames[0].stmt != x.node {
		return frames[0].stmt.End()
	}
	return x.node.Pos()
}

// calls returns how many bounds there are, and how many of them are lengths of
// what calls return.
func (f *finding) calls() (calls, all int) {
	for _, t := range f.terms {
		for _, x := range t.factors {
			all++
			if x.Call != nil {
				calls++
			}
		}
	}
	return calls, all
}

// countable reports whether a loop of its own could add up an inner bound:
// whether, in each iteration, it follows from the variables of the outer
// loops without calling anything.
func (w *walker) countable(e ast.Expr, outer []*frame) bool {
	if e == nil {
		return false
	}
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		id, isIdent := n.(*ast.Ident)
		if !isIdent || !ok {
			return ok
		}
		v, isVar := w.info.ObjectOf(id).(*types.Var)
		if !isVar || v.IsField() {
			return true
		}
		for _, fr := range outer {
			if w.headerVar(v, fr) {
				return true
			}
		}
		for _, fr := range outer {
			if w.vars.WrittenBetween(v, fr.stmt.Pos(), fr.stmt.End()) {
				def := w.vars.Definition(v)
				ok = ok && def != nil && bounds.Pure(w.info, def) && w.countable(def, outer)
			}
		}
		return ok
	})
	return ok
}

// sameEntry reports whether a fill adds, in the same loop, the entry that
// another operation works on.
func (w *walker) sameEntry(add, other *fill) bool {
	if add.update || add.bulk != nil || len(add.frames) == 0 || len(other.frames) == 0 {
		return false
	}
	return add.frames[len(add.frames)-1].stmt == other.frames[len(other.frames)-1].stmt && w.sameKey(add.op.Key, other.op.Key)
}

// sameLoops reports whether all terms come from loops that others stand in.
func sameLoops(terms, others []term) bool {
	loops := make(map[ast.Node]bool)
	for _, t := range others {
		for _, x := range t.factors {
			loops[x.node] = true
		}
	}
	for _, t := range terms {
		for _, x := range t.factors {
			if !loops[x.node] {
				return false
			}
		}
	}
	return true
}

// significant reports whether the sum of terms is more than a map holds
// without growing, or unknown.
func significant(terms []term) bool {
	n, known := total(terms)
	return !known || n > smallest
}

// total returns the sum of terms, if it is known when the program is
// compiled.
func total(terms []term) (sum int64, known bool) {
	for _, t := range terms {
		n := t.n
		for _, f := range t.factors {
			if !f.Known {
				return 0, false
			}
			n *= f.N
		}
		sum += n
	}
	return sum, true
}

func (t *term) multiply(b bounds.Bound, node ast.Node) {
	if b.Known && b.Expr == nil {
		t.n *= b.N
		return
	}
	t.factors = append(t.factors, factor{b, node})
}

// dependsOnOuter reports whether a bound is another one in each iteration of
// the loops around it.
func (w *walker) dependsOnOuter(b bounds.Bound, outer []*frame) bool {
	var e ast.Node = b.Expr
	if b.Call != nil {
		return true
	}
	if b.Expr == nil {
		return false
	}
	for _, fr := range outer {
		if w.variesIn(e, fr) != fixed || w.changed(b.Expr, fr.stmt.Pos(), fr.stmt.End(), w.mayWrite(fr.stmt)) {
			return true
		}
	}
	return false
}

// changed reports whether code between two positions may change the value of
// an expression; calls says whether there are calls in it.
func (c *checker) changed(e ast.Expr, from, to token.Pos, calls bool) bool {
	if bounds.Changed(c.info, c.vars, e, from, to, calls) {
		return true
	}
	changed := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v := c.maps.Var(c.info.ObjectOf(id)); v != nil {
				// A map grows without being assigned.
				changed = changed || slices.ContainsFunc(v.Between(from, to), func(op *mapops.Op) bool { return op.Kind.Writes() })
			}
		}
		return !changed
	})
	return changed
}
