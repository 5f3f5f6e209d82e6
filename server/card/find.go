package card

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Find returns what a place in a file says about a map. The result is not ok
// on places that are not about a map, and on those within a map type that name
// another type. The file may have errors and info may be incomplete.
func Find(file *ast.File, info *types.Info, pos token.Pos) (Subject, bool) {
	path := enclosing(file, pos)
	if len(path) == 0 {
		return Subject{}, false
	}
	if id, ok := path[len(path)-1].(*ast.Ident); ok {
		return named(info, id, path[:len(path)-1])
	}
	for i := len(path) - 1; i >= 0; i-- {
		switch n := path[i].(type) {
		case *ast.MapType:
			return typed(info, n, path[:i])
		case *ast.CallExpr, *ast.CompositeLit:
			s, ok := madeBy(info, n, path[:i])
			return s, ok && pos < s.End
		case *ast.StarExpr, *ast.ArrayType, *ast.ChanType, *ast.ParenExpr, *ast.StructType, *ast.InterfaceType:
			// [] or * or struct{} on the way up to the map type that it is part of.
		case *ast.FieldList:
			if n.NumFields() > 0 {
				return Subject{}, false
			}
		default:
			return Subject{}, false
		}
	}
	return Subject{}, false
}

// enclosing returns the nodes that a place is within, outermost first.
func enclosing(file *ast.File, pos token.Pos) (path []ast.Node) {
	if file == nil {
		return nil
	}
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if n != file && (pos < n.Pos() || pos >= n.End()) {
			return false
		}
		stack = append(stack, n)
		// The type of a function begins at the word func and so covers its
		// name and receiver too: what is shorter is nearer.
		if len(path) == 0 || size(n) <= size(path[len(path)-1]) {
			path = append(path[:0:0], stack...)
		}
		return true
	})
	return path
}

func size(n ast.Node) token.Pos { return n.End() - n.Pos() }

// typed returns the subject of a map type: what is made if it is the type of a
// make or literal, and else the type itself.
func typed(info *types.Info, n *ast.MapType, around []ast.Node) (Subject, bool) {
	if s, ok := ofMade(info, n, around); ok {
		return s, true
	}
	t := info.TypeOf(n)
	m := mapOf(t)
	if m == nil {
		return Subject{}, false
	}
	s := Subject{Kind: Type, Map: m, Type: t, Written: written(n), Node: n, Pos: n.Pos(), End: n.End(), Entries: -1}
	var names []*ast.Ident
	switch p := around[len(around)-1].(type) {
	case *ast.Field:
		names = p.Names
	case *ast.ValueSpec:
		names = p.Names
	}
	if len(names) == 1 {
		s.Target = variable(info, names[0])
	}
	return s, true
}

// ofMade returns what is made if a type is that of a make or literal.
func ofMade(info *types.Info, typ ast.Expr, around []ast.Node) (Subject, bool) {
	for i := len(around) - 1; i >= 0; i-- {
		switch p := around[i].(type) {
		case *ast.ParenExpr:
			typ = p
		case *ast.SelectorExpr: // the name in pkg.Named
			if p.Sel != typ {
				return Subject{}, false
			}
			typ = p
		case *ast.IndexExpr, *ast.IndexListExpr: // the name in Named[int]
			if p.Pos() != typ.Pos() {
				return Subject{}, false
			}
			typ = p.(ast.Expr)
		case *ast.CallExpr:
			s, ok := madeBy(info, p, around[:i])
			return s, ok && (p.Args[0] == typ || p.Fun == typ)
		case *ast.CompositeLit:
			s, ok := madeBy(info, p, around[:i])
			return s, ok && p.Type == typ
		default:
			return Subject{}, false
		}
	}
	return Subject{}, false
}

// named returns the subject of an identifier.
func named(info *types.Info, id *ast.Ident, around []ast.Node) (Subject, bool) {
	s := Subject{Node: id, Pos: id.Pos(), End: id.End(), Written: id.Name, Entries: -1}
	if v, ok := info.ObjectOf(id).(*types.Var); ok {
		s.Kind, s.Type, s.Map, s.Target = Var, v.Type(), mapOf(v.Type()), v.Origin()
		return s, s.Map != nil && id.Name != "_"
	}
	if made, ok := ofMade(info, id, around); ok {
		return made, true
	}
	if name, ok := info.Defs[id].(*types.TypeName); ok {
		s.Kind, s.Type, s.Map = Decl, name.Type(), mapOf(name.Type())
		return s, s.Map != nil
	}
	return Subject{}, false
}

// Makes returns the makes and literals of a file whose maps go to fields and
// to variables of the package, in the order of the source. Fields of a struct
// that is declared in the same function, as the cases of a test are, are left
// out.
func Makes(file *ast.File, info *types.Info) (made []Subject) {
	if file == nil {
		return nil
	}
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if s, ok := madeBy(info, n, stack); ok && s.Global() && !within(stack, s.Target.Pos()) {
			made = append(made, s)
		}
		stack = append(stack, n)
		return true
	})
	return made
}

// within reports whether one of the functions around a node has a place in it.
func within(around []ast.Node, pos token.Pos) bool {
	return slices.ContainsFunc(around, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return n.Pos() <= pos && pos < n.End()
		}
		return false
	})
}
