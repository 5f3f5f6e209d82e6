package escape

import (
	"go/ast"
	"go/token"
	"go/types"
)

// center returns the place that the compiler gives for an expression. Its own
// syntax tree has one place for each node: not the beginning, but a token that
// belongs to the node alone (cmd/compile/internal/syntax/nodes.go).
func center(e ast.Expr) token.Pos {
	switch e := e.(type) {
	case *ast.CallExpr:
		return e.Lparen
	case *ast.CompositeLit:
		return e.Lbrace
	case *ast.IndexExpr:
		return e.Lbrack
	case *ast.IndexListExpr:
		return e.Lbrack
	case *ast.SliceExpr:
		return e.Lbrack
	case *ast.BinaryExpr:
		return e.OpPos
	case *ast.SelectorExpr:
		return e.X.End() // the dot, unless there is space before it
	case *ast.TypeAssertExpr:
		return e.X.End()
	}
	return e.Pos()
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// coreMap returns the map type that t is or, for a type parameter, that all
// types of its constraint are; otherwise nil.
func coreMap(t types.Type) *types.Map {
	if t == nil {
		return nil
	}
	if m, ok := t.Underlying().(*types.Map); ok {
		return m
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); !ok {
		return nil
	}
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	return mapOf(iface, 0)
}

// maxEmbedding bounds the walk through constraints, which a program that does
// not compile can make circular.
const maxEmbedding = 20

func mapOf(iface *types.Interface, depth int) *types.Map {
	if depth > maxEmbedding {
		return nil
	}
	for t := range iface.EmbeddedTypes() {
		var found *types.Map
		switch t := types.Unalias(t).(type) {
		case *types.Union:
			for term := range t.Terms() {
				m, ok := term.Type().Underlying().(*types.Map)
				if !ok || found != nil && !types.Identical(m, found) {
					return nil
				}
				found = m
			}
		default:
			switch u := t.Underlying().(type) {
			case *types.Map:
				found = u
			case *types.Interface:
				found = mapOf(u, depth+1)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}
