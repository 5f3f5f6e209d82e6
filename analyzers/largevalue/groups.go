package largevalue

import (
	"go/types"

	"golang.org/x/tools/go/ast/edge"

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
