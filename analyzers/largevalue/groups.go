package largevalue

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// A node names a place where a map can live: a variable (or, depth levels
// down, the maps that are its values), a result of a function, or a type
// with a name.
type node struct {
	obj    types.Object
	depth  int
	result int // for functions
}

// A group is what the rule takes for one map: all variables, results and
// types of the package that share maps with each other. The map type of all
// of them changes together or not at all.
type group struct {
	typ       *types.Map
	nodes     []node
	ops       []*mapops.Op
	creations []*mapops.Creation
	// imposed: a function value, or an interface's method, fixes the type.
	imposed bool
	// foreign: another package fixes the type of the map, so that it cannot
	// be changed here.
	foreign bool
	// visible: packages elsewhere may use the map, and its type with it.
	visible bool
}

type grouper struct {
	p       *rule.Pass
	index   *mapops.Index
	parent  map[node]node
	order   []node // in order of first sight: reports must not depend on map order
	typ     map[node]*types.Map
	foreign map[node]bool
	imposed map[node]bool
	visible map[node]bool
}

// groups joins the map variables of the package into groups.
func groups(p *rule.Pass, index *mapops.Index) []*group {
	g := &grouper{
		p: p, index: index,
		parent: make(map[node]node), typ: make(map[node]*types.Map),
		foreign: make(map[node]bool), imposed: make(map[node]bool), visible: make(map[node]bool),
	}
	exported := g.exported()
	for _, v := range index.Vars {
		n := node{obj: v.Obj}
		g.declare(n, v.Obj.Type())
		if v.Obj.Pkg() != p.Pkg {
			g.mark(g.foreign, n)
		}
		if exported[v.Obj] {
			g.mark(g.visible, n)
		}
		for _, op := range v.Ops {
			g.flow(op)
		}
	}
	for _, c := range index.Creations {
		if c.Op == nil && c.At.ParentEdgeKind() == edge.ReturnStmt_Results {
			if r, ok := g.resultOf(&mapops.Op{At: c.At}); ok {
				g.declare(r, p.TypesInfo.TypeOf(c.Expr))
			}
		}
	}
	return g.collect()
}

// maxDepth bounds how deep maps in maps are followed: a type such as
// type M map[string]M has no last level.
const maxDepth = 3

// declare makes the nodes of a place whose type is t: the place itself and
// the maps in its values. A type's name stands for all places that use it.
func (g *grouper) declare(n node, t types.Type) {
	for n.depth <= maxDepth {
		m := mapops.MapType(t)
		if m == nil {
			return
		}
		if _, known := g.parent[n]; !known {
			g.parent[n] = n
			g.order = append(g.order, n)
			g.typ[n] = m
			if named, ok := types.Unalias(t).(*types.Named); ok {
				name := node{obj: named.Obj()}
				if name.obj.Pkg() != g.p.Pkg {
					g.foreign[n] = true
				} else if name != n {
					g.declare(name, t)
					g.unite(n, name)
					g.visible[name] = name.obj.Exported() && !g.local()
				}
			}
		}
		n.depth++
		t = m.Elem()
	}
}

func (g *grouper) find(n node) node {
	for g.parent[n] != n {
		g.parent[n] = g.parent[g.parent[n]]
		n = g.parent[n]
	}
	return n
}

// unite says that two places share their maps, and so the maps in those.
func (g *grouper) unite(a, b node) {
	for {
		_, knowsA := g.parent[a]
		_, knowsB := g.parent[b]
		if !knowsA || !knowsB {
			return
		}
		ra, rb := g.find(a), g.find(b)
		if ra != rb {
			g.parent[rb] = ra
		}
		a.depth++
		b.depth++
	}
}

func (g *grouper) mark(set map[node]bool, n node) {
	for ; g.typ[n] != nil; n.depth++ {
		set[n] = true
	}
}

// flow joins the variable of an operation with where its map comes from or
// goes to.
func (g *grouper) flow(op *mapops.Op) {
	n := node{obj: op.Var.Obj, depth: op.Depth}
	switch op.Kind {
	case mapops.Assign:
		g.from(n, op.Value, op)
	case mapops.Insert:
		n.depth++
		if op.Value != nil && g.typ[n] != nil {
			g.from(n, op.Value, op)
		}
	case mapops.Return:
		if r, ok := g.resultOf(op); ok {
			g.declare(r, g.resultType(r))
			g.unite(r, n)
		}
	case mapops.Pass:
		g.pass(n, op)
	}
}

// from joins a place with the expression that gives it its map.
func (g *grouper) from(n node, value ast.Expr, op *mapops.Op) {
	if value == nil {
		switch s := op.Node.(type) {
		case *ast.RangeStmt:
			if src, ok := g.place(s.X); ok && s.Value != nil && ast.Unparen(s.Value).Pos() == op.Expr.Pos() {
				src.depth++
				g.unite(n, src)
			}
		case *ast.AssignStmt:
			if len(s.Rhs) != 1 {
				return
			}
			switch rhs := ast.Unparen(s.Rhs[0]).(type) {
			case *ast.CallExpr:
				for i, l := range s.Lhs {
					if ast.Unparen(l) == op.Expr {
						g.fromCall(n, rhs, i)
					}
				}
			case *ast.IndexExpr:
				if src, ok := g.place(rhs); ok {
					g.unite(n, src)
				}
			}
		}
		return
	}
	switch e := ast.Unparen(value).(type) {
	case *ast.CallExpr:
		g.fromCall(n, e, 0)
	default:
		if src, ok := g.place(e); ok {
			g.unite(n, src)
		}
	}
}

// place returns the place that an expression denotes.
func (g *grouper) place(e ast.Expr) (node, bool) {
	var obj types.Object
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj = g.p.TypesInfo.ObjectOf(e)
	case *ast.SelectorExpr:
		obj = g.p.TypesInfo.ObjectOf(e.Sel)
	case *ast.IndexExpr:
		n, ok := g.place(e.X)
		n.depth++
		_, known := g.parent[n]
		return n, ok && known
	}
	v, ok := obj.(*types.Var)
	if !ok || mapops.MapType(v.Type()) == nil {
		return node{}, false
	}
	n := node{obj: v.Origin()}
	g.declare(n, v.Type())
	return n, true
}

// fromCall joins a place with result i of a call.
func (g *grouper) fromCall(n node, call *ast.CallExpr, i int) {
	if tv := g.p.TypesInfo.Types[call.Fun]; tv.IsType() {
		if len(call.Args) == 1 {
			if src, ok := g.place(call.Args[0]); ok {
				g.unite(n, src)
			}
		}
		return
	} else if tv.IsBuiltin() {
		return
	}
	fn := typeutil.StaticCallee(g.p.TypesInfo, call)
	if fn == nil {
		g.imposed[n] = true
		return
	}
	fn = fn.Origin()
	results := fn.Signature().Results()
	if i >= results.Len() {
		return
	}
	if fn.Pkg() == g.p.Pkg {
		r := node{obj: fn, result: i}
		g.declare(r, g.resultType(r))
		g.unite(n, r)
		return
	}
	if !generic(results.At(i).Type()) {
		g.mark(g.foreign, n)
	}
}

func (g *grouper) pass(n node, op *mapops.Op) {
	call, ok := op.Node.(*ast.CallExpr)
	if !ok || op.Arg < 0 {
		return
	}
	fn := typeutil.StaticCallee(g.p.TypesInfo, call)
	if fn == nil {
		if sig, ok := g.p.TypesInfo.TypeOf(call.Fun).Underlying().(*types.Signature); ok && mapops.MapType(paramType(sig, op.Arg)) != nil {
			g.mark(g.imposed, n)
		}
		return
	}
	fn = fn.Origin()
	t := paramType(fn.Signature(), op.Arg)
	if mapops.MapType(t) == nil {
		return
	}
	if fn.Pkg() != g.p.Pkg {
		if !generic(t) {
			g.mark(g.foreign, n)
		}
		return
	}
	if op.Arg < fn.Signature().Params().Len() && !fn.Signature().Variadic() {
		param := node{obj: fn.Signature().Params().At(op.Arg)}
		g.declare(param, t)
		g.unite(param, n)
	}
}

func paramType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	switch {
	case i < n && !(sig.Variadic() && i == n-1):
		return sig.Params().At(i).Type()
	case sig.Variadic():
		if s, ok := sig.Params().At(n - 1).Type().Underlying().(*types.Slice); ok {
			return s.Elem()
		}
	}
	return nil
}

// resultOf returns the result of a declared function that an operation
// stands for in a return statement.
func (g *grouper) resultOf(op *mapops.Op) (node, bool) {
	cur := op.At
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	kind, i := cur.ParentEdge()
	if kind != edge.ReturnStmt_Results {
		return node{}, false
	}
	for f := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		decl, ok := f.Node().(*ast.FuncDecl)
		if !ok {
			return node{}, false
		}
		fn, ok := g.p.TypesInfo.Defs[decl.Name].(*types.Func)
		if !ok {
			return node{}, false
		}
		n := node{obj: fn, result: i}
		return n, mapops.MapType(g.resultType(n)) != nil
	}
	return node{}, false
}

func (g *grouper) resultType(n node) types.Type {
	results := n.obj.(*types.Func).Signature().Results()
	if n.result >= results.Len() {
		return nil
	}
	return results.At(n.result).Type()
}

// local reports whether no other module can import the package.
func (g *grouper) local() bool {
	if g.p.Pkg.Name() == "main" {
		return true
	}
	for part := range strings.SplitSeq(g.p.Pkg.Path(), "/") {
		if part == "internal" {
			return true
		}
	}
	return false
}

// exported returns the variables whose type other modules may rely on:
// exported package variables and fields, and the parameters and results of
// exported functions and methods.
func (g *grouper) exported() map[types.Object]bool {
	seen := make(map[types.Object]bool)
	if g.local() {
		return seen
	}
	for _, obj := range g.p.TypesInfo.Defs {
		if obj == nil || !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Var:
			if obj.IsField() || obj.Parent() == g.p.Pkg.Scope() {
				seen[obj] = true
			}
		case *types.Func:
			sig := obj.Signature()
			for v := range sig.Params().Variables() {
				seen[v] = true
			}
			for v := range sig.Results().Variables() {
				seen[v] = true
			}
			for i := range sig.Results().Len() {
				n := node{obj: obj, result: i}
				g.declare(n, sig.Results().At(i).Type())
				g.mark(g.visible, n)
			}
		}
	}
	return seen
}

func (g *grouper) collect() []*group {
	byRoot := make(map[node]*group)
	var list []*group
	for _, n := range g.order {
		root := g.find(n)
		gr := byRoot[root]
		if gr == nil {
			gr = &group{typ: g.typ[root]}
			byRoot[root] = gr
			list = append(list, gr)
		}
		gr.nodes = append(gr.nodes, n)
		gr.foreign = gr.foreign || g.foreign[n]
		gr.imposed = gr.imposed || g.imposed[n]
		gr.visible = gr.visible || g.visible[n]
		if v := g.index.Var(n.obj); v != nil {
			for _, op := range v.Ops {
				if op.Depth == n.depth {
					gr.ops = append(gr.ops, op)
				}
			}
		}
	}
	for _, c := range g.index.Creations {
		var n node
		ok := true
		switch {
		case c.Op == nil:
			n, ok = g.resultOf(&mapops.Op{At: c.At})
		case c.Op.Kind == mapops.Insert:
			n = node{obj: c.Op.Var.Obj, depth: c.Op.Depth + 1}
		default:
			n = node{obj: c.Op.Var.Obj, depth: c.Op.Depth}
		}
		if !ok || g.typ[n] == nil {
			continue
		}
		gr := byRoot[g.find(n)]
		gr.creations = append(gr.creations, c)
	}
	return list
}

// generic reports whether a type contains a type parameter: such a type has
// no size of its own, and a function that takes it follows its caller.
func generic(t types.Type) bool {
	seen := make(map[types.Type]bool)
	var has func(types.Type) bool
	has = func(t types.Type) bool {
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t := types.Unalias(t).(type) {
		case *types.TypeParam:
			return true
		case *types.Named:
			for arg := range t.TypeArgs().Types() {
				if has(arg) {
					return true
				}
			}
			// A type declared within a generic function depends on the
			// function's parameters without naming them as arguments.
			return t.TypeArgs().Len() == 0 && t.Obj().Parent() != nil && t.Obj().Pkg() != nil &&
				t.Obj().Parent() != t.Obj().Pkg().Scope() && has(t.Underlying())
		case *types.Pointer:
			return has(t.Elem())
		case *types.Slice:
			return has(t.Elem())
		case *types.Array:
			return has(t.Elem())
		case *types.Chan:
			return has(t.Elem())
		case *types.Map:
			return has(t.Key()) || has(t.Elem())
		case *types.Struct:
			for f := range t.Fields() {
				if has(f.Type()) {
					return true
				}
			}
		case *types.Signature:
			return has(t.Params()) || has(t.Results())
		case *types.Tuple:
			for v := range t.Variables() {
				if has(v.Type()) {
					return true
				}
			}
		}
		return false
	}
	return has(t)
}
