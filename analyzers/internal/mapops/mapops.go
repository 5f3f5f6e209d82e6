// Package mapops finds what a package does with its maps: where they are
// made, in which variables they live, and every operation on them.
//
// It says what is, not what is wrong; rules judge.
package mapops

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"sort"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// Analyzer computes the [*Index] of a package, once for all rules.
var Analyzer = &analysis.Analyzer{
	Name:       "mapops",
	Doc:        "find the maps of a package and the operations on them",
	Requires:   []*analysis.Analyzer{inspect.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// Kind says what an operation does with the map.
type Kind int

const (
	// Assign gives the variable a map: x = m, x := m, S{x: m}, a parameter
	// of a range clause. Op.Value is the new map, nil where it is the zero
	// value or one result of a call with several.
	Assign     Kind = iota
	Insert          // m[k] = v
	Update          // m[k] op= v, m[k]++, m[k] = append(m[k], …)
	Lookup          // m[k], including m[k] as the base of m[k][j] and m[k].f
	LookupOK        // v, ok := m[k]
	Range           // for … := range m
	Len             // len(m)
	Delete          // delete(m, k)
	DeleteFunc      // maps.DeleteFunc(m, …)
	Clear           // clear(m)
	CopyInto        // maps.Copy(m, …), maps.Insert(m, …)
	ReadAll         // maps.Keys(m), maps.Clone(m), maps.Copy(…, m), …
	NilCheck        // m == nil, m != nil
	Alias           // the map becomes reachable by another name: y := m, S{m}, append(s, m), c <- m, any(m)
	Pass            // the map is an argument or the receiver of a call of unknown effect
	Return          // return m
	Address         // &m
	Other           // anything else
)

var kindNames = [...]string{
	"Assign", "Insert", "Update", "Lookup", "LookupOK", "Range", "Len", "Delete", "DeleteFunc", "Clear",
	"CopyInto", "ReadAll", "NilCheck", "Alias", "Pass", "Return", "Address", "Other",
}

func (k Kind) String() string { return kindNames[k] }

// Writes reports whether the operation changes the entries of the map.
func (k Kind) Writes() bool {
	switch k {
	case Insert, Update, Delete, DeleteFunc, Clear, CopyInto:
		return true
	}
	return false
}

// Adds reports whether the operation may add entries to the map.
func (k Kind) Adds() bool { return k == Insert || k == Update || k == CopyInto }

// Escapes reports whether, after the operation, the map may be read and
// written through another name than this variable.
func (k Kind) Escapes() bool { return k >= Alias }

// A Var is a variable that holds a map, or holds maps in maps: a local, a
// parameter, a result, a package variable or a struct field. Fields are
// taken together over all values of the struct; instances of a generic
// struct share the field of its declaration.
type Var struct {
	Obj  *types.Var
	Type *types.Map // the variable's type, below names and type parameters
	Ops  []*Op      // in source order, closures included
}

// Between returns the operations between two positions.
func (v *Var) Between(from, to token.Pos) []*Op { return Between(v.Ops, from, to) }

// Between returns those of operations in source order that stand between two
// positions.
func Between(ops []*Op, from, to token.Pos) []*Op {
	i := sort.Search(len(ops), func(i int) bool { return ops[i].Expr.Pos() >= from })
	j := sort.Search(len(ops), func(j int) bool { return ops[j].Expr.Pos() >= to })
	return ops[i:max(i, j)]
}

// An Op is one use of a map variable.
type Op struct {
	Kind Kind
	Var  *Var
	// Expr is the expression that denotes the map: the variable, possibly
	// selected (s.m), and indexed Depth times where the map that is operated
	// on is itself a value of the variable's map.
	Expr  ast.Expr
	Depth int
	// At is the cursor at Expr; Node is the whole operation: the assignment,
	// the call, the range statement, the index expression.
	At   inspector.Cursor
	Node ast.Node
	// Key and Value are the key and the value (for Insert and Update the
	// right-hand side; for Assign the new map) where the operation has them.
	Key, Value ast.Expr
	// Arg is the index of the argument of a Pass, -1 for the receiver.
	Arg int
}

// A Creation is a make of a map or a map literal.
type Creation struct {
	Expr ast.Expr // *ast.CallExpr or *ast.CompositeLit
	At   inspector.Cursor
	Type *types.Map
	Hint ast.Expr // the second argument of make, or nil
	Len  int      // the number of entries of a literal
	// Op is the Assign that the creation is the value of, or the Insert
	// where the new map becomes a value of another map. It is nil where the
	// creation stands elsewhere: returned, passed, in a slice.
	Op *Op
}

// Index holds the maps of a package.
type Index struct {
	Vars      []*Var // in order of first use
	Creations []*Creation
	vars      map[*types.Var]*Var
	creations map[ast.Expr]*Creation
}

// Creation returns the creation that an expression is, or nil.
func (x *Index) Creation(e ast.Expr) *Creation { return x.creations[ast.Unparen(e)] }

// Var returns what is known of a variable, nil if it holds no map or is not
// used in the package.
func (x *Index) Var(obj types.Object) *Var {
	v, _ := obj.(*types.Var)
	if v == nil {
		return nil
	}
	return x.vars[v.Origin()]
}

// MapType returns the map type below names and type parameters, or nil. A
// type parameter has one if all types of its constraint share it.
func MapType(t types.Type) *types.Map {
	if t == nil {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Map:
		return u
	case *types.Interface:
		if _, ok := types.Unalias(t).(*types.TypeParam); !ok {
			return nil
		}
		var found *types.Map
		for i := range u.NumEmbeddeds() {
			union, ok := types.Unalias(u.EmbeddedType(i)).(*types.Union)
			if !ok {
				if m := MapType(u.EmbeddedType(i)); m != nil {
					found = m
				}
				continue
			}
			for j := range union.Len() {
				m, ok := union.Term(j).Type().Underlying().(*types.Map)
				if !ok || found != nil && !types.Identical(found, m) {
					return nil
				}
				found = m
			}
		}
		return found
	}
	return nil
}

// MayBeNaN reports whether keys of a type may be unequal to themselves, so that
// each assignment adds an entry and no lookup finds it.
func MayBeNaN(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Interface:
		return true
	case *types.Array:
		return MayBeNaN(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if MayBeNaN(f.Type()) {
				return true
			}
		}
	}
	return false
}
