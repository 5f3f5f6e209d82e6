package unguarded

import (
	"go/ast"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// origin returns the path by which the owner reaches what a path leads to, where the
// struct that it starts at is a mere view: every literal gives its field what one field
// of another struct holds, and nothing else is stored there. For &view{index: s.index},
// v.index.byID comes from s.index.byID.
func (c *checker) origin(p *path.Path) *path.Path {
	for range maxViews {
		if p.Root().Kind != path.Var || p.Parent == nil {
			return p
		}
		first := p.Steps()[1]
		if first.Kind != path.Field {
			return p
		}
		from := c.givenBy()[first.Obj]
		if from == nil {
			return p
		}
		q := c.locks.Replace(p, first, from)
		if q == nil {
			return p
		}
		p = q
	}
	return p
}

// maxViews bounds the structs that a path is followed through.
const maxViews = 3

// givenBy returns what the literals of the package give those fields that get what one
// field of another struct holds.
func (c *checker) givenBy() map[*types.Var]*path.Path {
	if c.origins != nil {
		return c.origins
	}
	c.origins = make(map[*types.Var]*path.Path)
	several := make(map[*types.Var]bool)
	for _, f := range c.Files {
		if c.inTest(f.Pos()) {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			for _, x := range lit.Elts {
				kv, ok := x.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				id, ok := kv.Key.(*ast.Ident)
				if !ok {
					continue
				}
				v, ok := c.TypesInfo.Uses[id].(*types.Var)
				if !ok || !v.IsField() || v.Pkg() != c.Pkg || !isShared(v.Type()) {
					continue
				}
				v = v.Origin()
				p := c.locks.Of(kv.Value)
				if p == nil || p.Kind != path.Field || p.Parent.Kind != path.Var || len(c.locks.Vars.Writes(v)) > 0 {
					several[v] = true
					continue
				}
				if old := c.origins[v]; old != nil && (old.Obj != p.Obj || named(old.RootVar().Type()) != named(p.RootVar().Type())) {
					several[v] = true
				}
				c.origins[v] = p
			}
			return true
		})
	}
	for v := range several {
		delete(c.origins, v)
	}
	return c.origins
}

// isShared reports whether values of a type lead to one struct, or are one map.
func isShared(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map:
		return true
	}
	return false
}
