package join

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// A place is an expression that makes a map, or may make one: without types, a literal
// of a named type may be of a struct.
type place struct {
	line int       // to which the compiler attributes the make
	typ  string    // as written, in the form of [plainType]; empty for a type that has a name, or is left out
	call bool      // of a function, such as maps.Clone
	name string    // of the variable or field that it is given to, empty for none
	pos  token.Pos // of expr
	end  token.Pos // of a literal
}

// places finds what may make a map in a declaration, in source order.
func (s *Sources) places(decl ast.Node) []place {
	var list []place
	names := make(map[ast.Expr]string)
	elided := make(map[*ast.CompositeLit]ast.Expr) // the types that literals leave out
	give := func(lhs, rhs []ast.Expr) {
		if len(lhs) != len(rhs) {
			return
		}
		for i, e := range rhs {
			names[ast.Unparen(e)] = lastName(lhs[i])
		}
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			give(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if len(n.Values) == len(n.Names) {
					names[ast.Unparen(n.Values[i])] = id.Name
				}
			}
		case *ast.KeyValueExpr:
			names[ast.Unparen(n.Value)] = lastName(n.Key)
		case *ast.CallExpr:
			p := place{pos: n.Pos(), line: s.line(n.Lparen), name: names[n], call: true}
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "make" && len(n.Args) > 0 {
				switch t := ast.Unparen(n.Args[0]).(type) {
				case *ast.MapType:
					p.typ = plainType(types.ExprString(t))
				case *ast.ArrayType, *ast.ChanType:
					return true
				}
				p.call = false
			}
			list = append(list, p)
		case *ast.CompositeLit:
			p := place{pos: n.Pos(), end: n.End(), line: s.line(n.Lbrace), name: names[n]}
			typ := n.Type
			if typ == nil {
				typ = elided[n]
			}
			switch t := typ.(type) {
			case *ast.MapType:
				p.typ = plainType(types.ExprString(t))
				elide(elided, n, t.Key, t.Value)
			case *ast.ArrayType:
				elide(elided, n, nil, t.Elt)
				return true
			case *ast.StructType:
				return true
			}
			list = append(list, p)
		}
		return true
	})
	return list
}

// elide notes the types of those elements of a literal that leave theirs out.
func elide(types map[*ast.CompositeLit]ast.Expr, lit *ast.CompositeLit, key, elem ast.Expr) {
	note := func(e, t ast.Expr) {
		if e, ok := e.(*ast.CompositeLit); ok && e.Type == nil {
			types[e] = t
		}
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			note(kv.Key, key)
			e = kv.Value
		}
		note(e, elem)
	}
}

// lastName returns the name of a variable or field.
func lastName(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.StarExpr:
		return lastName(e.X)
	}
	return ""
}

var (
	qualifier = regexp.MustCompile(`(?:[\pL_][\pL\d_\-~./%]*)?[/.]([\pL_][\pL\d_]*)`)
	spaces    = regexp.MustCompile(`\s+`)
)

// plainType brings types as the source and as the runtime write them to one form: without
// packages and spaces.
func plainType(t string) string {
	t = strings.ReplaceAll(t, "interface {}", "any")
	t = strings.ReplaceAll(t, "interface{}", "any")
	t = strings.ReplaceAll(t, "struct {", "struct{")
	t = qualifier.ReplaceAllString(t, "$1")
	t = strings.ReplaceAll(t, "uint8", "byte")
	t = strings.ReplaceAll(t, "int32", "rune")
	return spaces.ReplaceAllString(t, "")
}

// writtenTo returns the names of maps that a line assigns to: of m[k] = v, m.f[k]++ and their like.
func (s *Sources) writtenTo(decl ast.Node, line int) []string {
	var names []string
	index := func(e ast.Expr) {
		if x, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
			if name := lastName(x.X); name != "" {
				names = append(names, name)
			}
		}
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil || s.line(n.Pos()) > line || s.line(n.End()) < line {
			return false
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				index(e)
			}
		case *ast.IncDecStmt:
			index(n.X)
		case *ast.CallExpr: // of a function that was given the map
			for _, a := range n.Args {
				if name := lastName(a); name != "" {
					names = append(names, name)
				}
			}
		}
		return true
	})
	return names
}
