package card

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
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
	Written  string     // Type as the source has it, on one line; empty for an element {…}
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

// under returns what is below the names of a type, if it is of kind T. A type
// parameter is of none: what is said of one map type that it stands for may be
// wrong for another.
func under[T types.Type](t types.Type) (T, bool) {
	if t == nil {
		var none T
		return none, false
	}
	u, ok := t.Underlying().(T)
	return u, ok
}

func mapOf(t types.Type) *types.Map {
	m, _ := under[*types.Map](t)
	return m
}

// madeBy returns the subject of a call of make, or of a literal, that makes a
// map. The nodes around it, outermost first, tell who receives it.
func madeBy(info *types.Info, e ast.Node, around []ast.Node) (Subject, bool) {
	s := Subject{Node: e, Pos: e.Pos(), Entries: -1}
	switch n := e.(type) {
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
		s.Kind, s.Type, s.End, s.Entries = Literal, litType(info, n), n.Lbrace+1, int64(len(n.Elts))
		if n.Type != nil {
			s.Written = written(n.Type)
		}
	default:
		return Subject{}, false
	}
	if s.Map = mapOf(s.Type); s.Map == nil {
		return Subject{}, false
	}
	s.Target = receiver(info, e.(ast.Expr), around)
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
func receiver(info *types.Info, e ast.Expr, around []ast.Node) *types.Var {
	for i := len(around) - 1; i >= 0; i-- {
		switch p := around[i].(type) {
		case *ast.ParenExpr:
			e = p
			continue
		case *ast.CallExpr: // Named(make(map[K]V))
			if len(p.Args) == 1 && p.Args[0] == e && info.Types[p.Fun].IsType() {
				e = p
				continue
			}
		case *ast.AssignStmt:
			if at := slices.Index(p.Rhs, e); at >= 0 && len(p.Lhs) == len(p.Rhs) {
				return variable(info, p.Lhs[at])
			}
		case *ast.ValueSpec:
			if at := slices.Index(p.Values, e); at >= 0 && len(p.Names) == len(p.Values) {
				return variable(info, p.Names[at])
			}
		case *ast.KeyValueExpr:
			// The key of a map literal may be a variable too, or s.f, which
			// does not receive the value.
			if id, ok := p.Key.(*ast.Ident); ok && p.Value == e {
				if v := variable(info, id); v != nil && v.IsField() {
					return v
				}
			}
		case *ast.CompositeLit:
			if s, ok := under[*types.Struct](litType(info, p)); ok {
				if at := slices.Index(p.Elts, e); at >= 0 && at < s.NumFields() {
					return s.Field(at).Origin()
				}
			}
		}
		return nil
	}
	return nil
}

// litType returns the type of the value between the braces of a literal: that
// of {…} in a []*T, which stands for &T{…}, is recorded as *T.
func litType(info *types.Info, lit *ast.CompositeLit) types.Type {
	t := info.TypeOf(lit)
	if p, ok := under[*types.Pointer](t); ok && lit.Type == nil {
		return p.Elem()
	}
	return t
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
