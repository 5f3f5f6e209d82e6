package largevalue

import (
	"go/ast"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// place returns where to report a group: at the name of its type, at the
// field or package variable that holds it, where it is made, or where a
// variable is declared with its type.
func (c *coster) place(g *group) ast.Node {
	ranks := make(map[types.Object]int)
	for _, n := range g.nodes {
		if n.obj.Pkg() != c.p.Pkg {
			continue
		}
		rank := 4
		switch obj := n.obj.(type) {
		case *types.TypeName:
			rank = 1
		case *types.Var:
			if obj.IsField() || obj.Parent() == c.p.Pkg.Scope() {
				rank = 2
			}
		}
		ranks[n.obj] = rank
	}
	var best ast.Node
	bestRank := 5
	better := func(rank int, at ast.Node) {
		if rank < bestRank || rank == bestRank && at.Pos() < best.Pos() {
			best, bestRank = at, rank
		}
	}
	for _, cr := range g.creations {
		better(3, creationType(cr))
	}
	for id, obj := range c.p.TypesInfo.Defs {
		if rank, ok := ranks[obj]; ok && (rank < 3 || c.typed[id]) {
			better(rank, id)
		}
	}
	return best
}

// creationType returns the type written in a make or a literal.
func creationType(cr *mapops.Creation) ast.Node {
	switch e := cr.Expr.(type) {
	case *ast.CallExpr:
		return e.Args[0]
	case *ast.CompositeLit:
		if e.Type != nil {
			return e.Type
		}
	}
	return cr.Expr
}

// typedNames returns the names that are declared together with their type.
func typedNames(files []*ast.File) map[*ast.Ident]bool {
	names := make(map[*ast.Ident]bool)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				for _, id := range n.Names {
					names[id] = true
				}
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names[id] = n.Type != nil
				}
			}
			return true
		})
	}
	return names
}
