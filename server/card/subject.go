package card

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// A Kind says what kind of place speaks of a map.
type Kind int

// The kinds. All have a card but Var, which has a line.
const (
	Make    Kind = iota + 1 // make(map[K]V), on the word make and the type
	Literal                 // map[K]V{…}, on the type and the opening brace
	Type                    // map[K]V where it is written as a type
	Decl                    // the name in type Named map[K]V
	Var                     // a variable or field, where it is declared or used
)

// A Subject is a map and the place that speaks of it.
type Subject struct {
	Kind     Kind
	Map      *types.Map
	Type     types.Type // as used there: Map, or a name for it
	Written  string     // Type as the source has it, on one line
	Node     ast.Node   // *ast.CallExpr, *ast.CompositeLit, *ast.MapType or *ast.Ident
	Pos, End token.Pos  // the part of Node that the subject answers for

	// Hint is the second argument of a make, or nil.
	Hint ast.Expr
	// Entries is the constant value of Hint or the number of elements of a
	// literal, which the compiler uses as hint; -1 if there is none.
	Entries int64

	// Target is the variable or field that receives the map of a make or
	// literal, or that is declared with the Type, or the Var itself. It is nil if
	// there is none, and the field of the generic type if that is instantiated.
	Target *types.Var
}

// Global reports whether the target is a field or a variable of a package: a
// map that outlives the call that makes it.
func (s Subject) Global() bool {
	v := s.Target
	return v != nil && (v.IsField() || v.Pkg() != nil && v.Parent() == v.Pkg().Scope())
}

// mapOf returns the map type below names. A type parameter has none: what is
// said of one of its maps may be wrong for another.
func mapOf(t types.Type) *types.Map {
	if t == nil {
		return nil
	}
	m, _ := t.Underlying().(*types.Map)
	return m
}

// madeBy returns the subject of a call of make, or of a literal, that makes a
// map. The nodes around it, outermost first, tell who receives it.
func madeBy(info *types.Info, n ast.Node, around []ast.Node) (Subject, bool) {
	s := Subject{Node: n, Pos: n.Pos(), Entries: -1}
	switch n := n.(type) {
	case *ast.CallExpr:
		if !isMake(info, n) {
			return Subject{}, false
		}
		typ := n.Args[0]
		s.Kind, s.Type, s.End, s.Written = Make, info.TypeOf(typ), typ.End(), written(typ)
		if len(n.Args) > 1 {
			s.Hint = n.Args[1]
			if v := info.Types[s.Hint].Value; v != nil {
				if size, ok := constant.Int64Val(constant.ToInt(v)); ok && size >= 0 {
					s.Entries = size
				}
			}
		}
	case *ast.CompositeLit:
		s.Kind, s.Type, s.End, s.Entries = Literal, info.TypeOf(n), n.Lbrace+1, int64(len(n.Elts))
		if n.Type != nil {
			s.Written = written(n.Type)
		} else if p, ok := s.Type.(*types.Pointer); ok {
			s.Type = p.Elem() // {…} for &T{…} in a []*T
		}
	default:
		return Subject{}, false
	}
	if s.Map = mapOf(s.Type); s.Map == nil {
		return Subject{}, false
	}
	s.Target = receiver(info, n, around)
	return s, true
}

func isMake(info *types.Info, call *ast.CallExpr) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || len(call.Args) == 0 {
		return false
	}
	b, ok := info.Uses[id].(*types.Builtin)
	return ok && b.Name() == "make"
}

// receiver returns the variable or field to which the value of an expression
// goes as it is, or nil.
func receiver(info *types.Info, n ast.Node, around []ast.Node) *types.Var {
	for i := len(around) - 1; i >= 0; i-- {
		switch p := around[i].(type) {
		case *ast.ParenExpr:
		case *ast.CallExpr: // Named(make(map[K]V))
			if len(p.Args) != 1 || p.Args[0] != n || !info.Types[p.Fun].IsType() {
				return nil
			}
		case *ast.AssignStmt:
			if len(p.Lhs) != len(p.Rhs) {
				return nil
			}
			for j, rhs := range p.Rhs {
				if rhs == n {
					return variable(info, p.Lhs[j])
				}
			}
			return nil
		case *ast.ValueSpec:
			if len(p.Names) != len(p.Values) {
				return nil
			}
			for j, value := range p.Values {
				if value == n {
					return variable(info, p.Names[j])
				}
			}
			return nil
		case *ast.KeyValueExpr:
			// Only the key of a struct literal is a field. The key of a map literal
			// may be a variable, but does not receive the value.
			if v := variable(info, p.Key); v != nil && v.IsField() && p.Value == n {
				if id, ok := p.Key.(*ast.Ident); ok && info.Uses[id] != nil {
					return v
				}
			}
			return nil
		case *ast.CompositeLit:
			return positional(info, p, n)
		default:
			return nil
		}
		n = around[i]
	}
	return nil
}

// positional returns the field that an element of a literal without keys is
// for.
func positional(info *types.Info, lit *ast.CompositeLit, elem ast.Node) *types.Var {
	t := info.TypeOf(lit)
	if p, ok := t.(*types.Pointer); ok && lit.Type == nil {
		t = p.Elem()
	}
	if t == nil {
		return nil
	}
	str, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for i, e := range lit.Elts {
		if e == elem && i < str.NumFields() {
			return str.Field(i).Origin()
		}
	}
	return nil
}

// variable returns the variable or field that an expression names, or nil.
func variable(info *types.Info, e ast.Expr) *types.Var {
	e = ast.Unparen(e)
	if sel, ok := e.(*ast.SelectorExpr); ok {
		e = sel.Sel
	}
	id, ok := e.(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil
	}
	if v, ok := info.ObjectOf(id).(*types.Var); ok {
		return v.Origin()
	}
	return nil
}

// written returns a type as the source has it, on one line.
func written(e ast.Expr) string {
	return strings.Join(strings.Fields(types.ExprString(e)), " ")
}
