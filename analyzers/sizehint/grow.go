package sizehint

import (
	"go/ast"
	"go/token"
	"go/types"
	"math"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/bounds"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// growth looks for entries of which the fills of a finding do not tell.
type growth struct {
	*checker
	*finding
	w   *walker
	pos token.Pos // of the creation
}

// mayGrow reports whether the map may gain entries of which its fills do not
// tell: by operations that the walk did not come by, under another name, by a
// function that gets to it, or because fills run more often than counted.
func (c *checker) mayGrow(f *finding, w *walker) bool {
	g := &growth{checker: c, finding: f, w: w, pos: f.creation.Expr.Pos()}
	switch {
	case f.region.lazy && !g.loop.empty(), g.grows():
		return true
	case f.place.depth > 0:
		return g.elementGrows()
	case f.place.v.Obj.IsField():
		return g.fieldGrows(0)
	}
	return false
}

// paramGrows reports whether a function adds entries to a parameter of which
// its fills do not tell.
func (c *checker) paramGrows(p *place, w *walker, decl *ast.FuncDecl) bool {
	g := &growth{checker: c, finding: &finding{place: p, decl: span{decl.Pos(), decl.End()}}, w: w, pos: decl.Body.Pos()}
	return w.branches || g.grows()
}

// grows looks for entries that the map gains under the name of its place.
func (g *growth) grows() bool {
	if between(g.flow().gotos, g.decl.from, g.decl.to) {
		return true
	}
	return g.anyThatRuns(g.place.ops, g.adds) || g.closuresEscape()
}

// anyThatRuns reports whether something holds for any of the operations that
// may run while the place holds the map.
func (g *growth) anyThatRuns(list *opList, is func(*mapops.Op) bool) bool {
	ops := list.all
	if !g.decl.empty() && !(isGlobal(g.place.v.Obj) && between(g.flow().writers, g.pos, g.decl.to)) {
		to := g.decl.to
		if g.replaced.IsValid() && g.loop.empty() {
			to = g.replaced
		}
		ops = mapops.Between(ops, g.start(), to)
	}
	runs := func(op *mapops.Op) bool { return g.mayRun(op.At) && is(op) }
	return slices.ContainsFunc(ops, runs) || slices.ContainsFunc(list.inLiterals, runs)
}

// start returns where code begins that may run while the place holds the map,
// function literals apart.
func (g *growth) start() token.Pos {
	if g.loop.empty() {
		return g.pos
	}
	return min(g.pos, g.loop.from)
}

// mayRun reports whether code may run while the place holds the map.
func (g *growth) mayRun(cur inspector.Cursor) bool {
	pos := cur.Node().Pos()
	if !g.decl.holds(pos) {
		// Only package variables have to do with other functions.
		return g.decl.empty() || isGlobal(g.place.v.Obj) && between(g.flow().writers, g.pos, g.decl.to)
	}
	if g.replaced.IsValid() && pos >= g.replaced && g.loop.empty() {
		return false
	}
	return pos > g.pos || g.loop.holds(pos) || inOtherLiteral(cur, g.pos)
}

func isGlobal(v *types.Var) bool { return v.Pkg() != nil && v.Parent() == v.Pkg().Scope() }

// adds reports whether an operation may add entries that are not counted.
func (g *growth) adds(op *mapops.Op) bool {
	switch op.Kind {
	case mapops.Insert, mapops.Update, mapops.CopyInto:
		return !g.w.counted[op]
	case mapops.Return:
		return inOtherLiteral(op.At, g.pos)
	default:
		return !g.w.counted[op] && op.Kind.Escapes() && !returned(op.At) && g.escapes(op)
	}
}

// escapes reports whether an operation lets something else add entries.
func (g *growth) escapes(op *mapops.Op) bool {
	switch op.Kind {
	case mapops.Pass:
		return g.calleeAdds(op)
	case mapops.Alias:
		if v, depth := g.alias(op.At); v != nil {
			return g.anyAdds(g.maps.Var(v), depth)
		}
		// It is in a slice, a channel, an interface: whoever is called later
		// may add to it there.
		to := g.decl.to
		if g.decl.empty() {
			return true
		}
		return between(g.flow().writers, op.Expr.Pos(), to) || !g.loop.empty() && between(g.flow().writers, g.loop.from, g.loop.to)
	}
	return true
}

// alias returns the variable that a map is put into, and at what depth: v in
// v := m, the field f in s.f = m and S{f: m}, out and 1 in out[k] = m. It
// returns nil for anything else.
func (c *checker) alias(cur inspector.Cursor) (v *types.Var, depth int) {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	kind, index := cur.ParentEdge()
	var target ast.Expr
	switch n := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if kind == edge.AssignStmt_Rhs && len(n.Lhs) == len(n.Rhs) {
			target = n.Lhs[index]
		}
	case *ast.ValueSpec:
		if len(n.Names) == len(n.Values) {
			target = n.Names[index]
		}
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok && kind == edge.KeyValueExpr_Value {
			v, _ := c.info.Uses[id].(*types.Var)
			if v != nil && v.IsField() {
				return v, 0
			}
		}
	}
	for target != nil {
		switch t := ast.Unparen(target).(type) {
		case *ast.Ident:
			v, _ := c.info.ObjectOf(t).(*types.Var)
			return v, depth
		case *ast.SelectorExpr:
			v, _ := c.info.Uses[t.Sel].(*types.Var)
			return v, depth
		case *ast.IndexExpr:
			if mapops.MapType(c.info.TypeOf(t.X)) == nil {
				return nil, 0
			}
			target, depth = t.X, depth+1
		default:
			return nil, 0
		}
	}
	return nil, 0
}

// anyAdds reports whether any operation on a variable's map, or on the maps
// at a depth in it, adds entries or lets something else do so.
func (c *checker) anyAdds(v *mapops.Var, depth int) bool {
	if v == nil {
		return false
	}
	key := opKey{depth, objectKey(v.Obj)}
	if known, ok := c.adding[key]; ok {
		return known
	}
	c.adding[key] = true // where a function calls itself
	adds := c.anyOf(v.Ops, depth)
	c.adding[key] = adds
	return adds
}

// anyOf is anyAdds for some of the operations.
func (c *checker) anyOf(ops []*mapops.Op, depth int) bool {
	return slices.ContainsFunc(ops, func(op *mapops.Op) bool {
		switch {
		case op.Depth < depth:
			return op.Kind.Escapes() && !returned(op.At) && !(op.Kind == mapops.Pass && !c.calleeAdds(op)) || c.elementAdds(op)
		case op.Depth > depth:
			return false
		}
		if op.Kind == mapops.Pass {
			return !returned(op.At) && c.calleeAdds(op)
		}
		return op.Kind.Adds() || op.Kind.Escapes() && op.Kind != mapops.Return && !returned(op.At)
	})
}

// elementAdds reports whether an operation on a map of maps gives one of them
// another name, under which entries are added: in := out[k], for k, in :=
// range out.
func (c *checker) elementAdds(op *mapops.Op) bool {
	var v *types.Var
	switch op.Kind {
	case mapops.Lookup:
		v, _ = c.alias(opCursor(op))
	case mapops.LookupOK:
		if a, ok := op.Node.(*ast.AssignStmt); ok {
			v = c.variable(a.Lhs[0])
		}
	case mapops.Range:
		if r, ok := op.Node.(*ast.RangeStmt); ok && r.Value != nil {
			v = c.variable(r.Value)
		}
	}
	return v != nil && c.anyAdds(c.maps.Var(v), 0)
}

// opCursor returns the cursor at the index expression of a lookup.
func opCursor(op *mapops.Op) inspector.Cursor {
	cur := op.At
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	if cur.ParentEdgeKind() == edge.IndexExpr_X {
		cur = cur.Parent()
	}
	return cur
}

// calleeAdds reports whether the function that a map is passed to may add
// entries to it.
func (c *checker) calleeAdds(op *mapops.Op) bool {
	call, ok := op.Node.(*ast.CallExpr)
	if !ok {
		return true
	}
	fn := typeutil.StaticCallee(c.info, call)
	if fn == nil {
		return true
	}
	fn = fn.Origin()
	sig := fn.Signature()
	if c.decls[fn] == nil {
		// The standard library adds to maps only in methods of theirs.
		return op.Arg < 0 || fn.Pkg() != nil && !c.isStandard(fn.Pkg().Path())
	}
	param := sig.Recv()
	if op.Arg >= 0 {
		if sig.Variadic() && op.Arg >= sig.Params().Len()-1 || op.Arg >= sig.Params().Len() {
			return true
		}
		param = sig.Params().At(op.Arg)
	}
	if mapops.MapType(param.Type()) == nil {
		return true // an interface
	}
	return c.anyAdds(c.maps.Var(param), 0)
}

// isStandard reports whether a package is one of the standard library, going
// by its path: modules have a dot in the first element, or are this one.
func (c *checker) isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	own, _, _ := strings.Cut(c.Pkg.Path(), "/")
	return !strings.Contains(first, ".") && (first != own || strings.Contains(own, "."))
}

// closuresEscape reports whether a closure that adds entries is called where
// the walk did not come by, or given away.
func (g *growth) closuresEscape() bool {
	for v, lit := range g.w.closures {
		for _, use := range g.flow().uses[v].all {
			if use.ParentEdgeKind() == edge.AssignStmt_Lhs {
				continue
			}
			call, ok := use.Parent().Node().(*ast.CallExpr)
			if !ok || use.ParentEdgeKind() != edge.CallExpr_Fun || !g.w.called[call] && !within(call, lit) {
				return true
			}
		}
	}
	return false
}

// elementGrows looks for entries that a map in a map gains by another key or
// name than that of the place.
func (g *growth) elementGrows() bool {
	depth := g.place.depth
	grows := g.anyThatRuns(g.opsOf(g.place.v)[allOps], func(op *mapops.Op) bool {
		switch {
		case op.Depth == depth && !g.denotes(g.place, op.Expr):
			return op != g.creation.Op && (op.Kind.Adds() || op.Kind.Escapes() && !returned(op.At))
		case op.Depth < depth:
			return op.Kind.Escapes() && !returned(op.At) && g.escapes(op) || g.elementAdds(op)
		}
		return false
	})
	return grows || g.place.v.Obj.IsField() && g.fieldGrows(depth)
}

// fieldGrows looks for entries that the map of a field gains through a
// pointer to its struct: by a method, or by a function that gets it.
func (g *growth) fieldGrows(depth int) bool {
	field := g.place.v.Obj
	before, after := g.place.v.Between(0, g.decl.from), g.place.v.Between(g.decl.to, math.MaxInt)
	if field.Pkg() == g.Pkg && !g.anyOf(before, depth) && !g.anyOf(after, depth) {
		return g.otherStructGrows()
	}
	base := g.place.root
	if base == nil {
		base = g.baseOf(g.place.expr)
	}
	if base == nil || isGlobal(base) {
		return between(g.flow().writers, g.pos, g.decl.to)
	}
	escapes := func(use inspector.Cursor) bool { return g.mayRun(use) && !returned(use) && g.structEscapes(use) }
	uses := g.flow().uses[base]
	first, _ := slices.BinarySearchFunc(uses.all, g.start(), comparePos)
	return slices.ContainsFunc(uses.all[first:], escapes) || slices.ContainsFunc(uses.inLiterals, escapes) || g.otherStructGrows()
}

// otherStructGrows reports whether the function adds to the same field of a
// value that it reaches by another expression; it may be the same struct.
func (g *growth) otherStructGrows() bool {
	return g.anyThatRuns(g.opsOf(g.place.v)[allOps], func(op *mapops.Op) bool {
		return op.Depth == g.place.depth && op.Kind.Adds() && g.decl.holds(op.Expr.Pos()) && !g.denotes(g.place, op.Expr)
	})
}

// baseOf returns the variable at the root of s.f.m, nil if there is none.
func (c *checker) baseOf(e ast.Expr) *types.Var {
	for ; e != nil; e = operand(e) {
		if v := c.variable(e); v != nil {
			return v
		}
	}
	return nil
}

// operand returns x of x.f, x[i] and *x, nil for anything else.
func operand(e ast.Expr) ast.Expr {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		return e.X
	case *ast.IndexExpr:
		return e.X
	case *ast.StarExpr:
		return e.X
	}
	return nil
}

// structEscapes reports whether, at a use of the variable by which the place
// is reached, something gets hold of a struct that leads to it.
func (g *growth) structEscapes(cur inspector.Cursor) bool {
	for {
		switch cur.ParentEdgeKind() {
		case edge.ParenExpr_X, edge.StarExpr_X, edge.IndexExpr_X:
			cur = cur.Parent()
			continue
		case edge.SelectorExpr_X:
			sel := g.info.Selections[cur.Parent().Node().(*ast.SelectorExpr)]
			if sel != nil && sel.Kind() == types.FieldVal {
				cur = cur.Parent()
				continue
			}
			return g.leadsTo(cur.Node().(ast.Expr)) // a method
		case edge.CallExpr_Args:
			call := cur.Parent().Node().(*ast.CallExpr)
			return bounds.IsCall(g.info, call) && bounds.Writes(g.info, call) && g.leadsTo(cur.Node().(ast.Expr))
		case edge.AssignStmt_Rhs, edge.ValueSpec_Values, edge.KeyValueExpr_Value, edge.CompositeLit_Elts, edge.SendStmt_Value:
			return g.leadsTo(cur.Node().(ast.Expr))
		case edge.UnaryExpr_X:
			return cur.Parent().Node().(*ast.UnaryExpr).Op == token.AND && g.leadsTo(cur.Node().(ast.Expr))
		}
		return false
	}
}

// leadsTo reports whether an expression denotes a struct in which the place
// is, directly or through further fields.
func (g *growth) leadsTo(e ast.Expr) bool {
	if star, ok := ast.Unparen(e).(*ast.StarExpr); ok {
		e = star.X
	}
	if g.place.root != nil {
		return g.variable(e) == g.place.root
	}
	for p := operand(g.place.expr); p != nil; p = operand(p) {
		if mapops.SameExpr(g.info, p, e) {
			return true
		}
	}
	return false
}
