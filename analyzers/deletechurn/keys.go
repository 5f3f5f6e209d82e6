package deletechurn

import (
	"go/ast"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// few is the number of entries below which the memory of a map is not worth
// a word: 64 entries of map[string]int are 3 KiB.
const few = 64

// smallDomain reports whether a key type has few values, so that the map
// cannot have a peak: booleans, bytes, and named types with a list of
// constants, which are enumerations.
func smallDomain(key types.Type) bool {
	b, ok := key.Underlying().(*types.Basic)
	if !ok {
		return false
	}
	switch b.Kind() {
	case types.Bool, types.Int8, types.Uint8:
		return true
	}
	named, ok := types.Unalias(key).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	consts := 0
	scope := named.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(c.Type(), key) {
			consts++
		}
	}
	return consts >= 2
}

// constantKeys reports whether all the operations store under keys that are
// written in the source, so that the source bounds the size of the map.
func (pr *program) constantKeys(ops []*mapops.Op) bool {
	for _, op := range ops {
		if op.Key == nil || pr.TypesInfo.Types[op.Key].Value == nil {
			return false
		}
	}
	return true
}

// holdsFloat reports whether a key may be a NaN or hold one. Fields named _
// take no part in comparisons. A type parameter counts if all the types
// that it stands for do. Interfaces do not: NaN in them is too far-fetched.
func holdsFloat(t types.Type) bool {
	if tp, ok := types.Unalias(t).(*types.TypeParam); ok {
		return allFloat(tp.Constraint())
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Array:
		return t.Len() > 0 && holdsFloat(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Name() != "_" && holdsFloat(f.Type()) {
				return true
			}
		}
	}
	return false
}

// allFloat reports whether a constraint admits only types that hold floats.
func allFloat(constraint types.Type) bool {
	iface, ok := constraint.Underlying().(*types.Interface)
	if !ok {
		return holdsFloat(constraint)
	}
	for e := range iface.EmbeddedTypes() { // one of them is enough: all hold
		union, ok := types.Unalias(e).(*types.Union)
		if !ok {
			if allFloat(e) {
				return true
			}
			continue
		}
		all := union.Len() > 0
		for t := range union.Terms() {
			all = all && allFloat(t.Type())
		}
		if all {
			return true
		}
	}
	return false
}

// neverNaN reports whether the map's keys all come from constants and
// integers, as far as the package makes and fills the map itself.
func (pr *program) neverNaN(v *mapops.Var) bool {
	made, filled := false, false
	for _, op := range v.Ops {
		switch {
		case op.Depth > 0, op.Kind == mapops.CopyInto, op.Kind.Escapes():
			return false
		case op.Kind == mapops.Insert, op.Kind == mapops.Update:
			filled = true
			if !pr.wholeNumber(op.Key) {
				return false
			}
		case op.Kind == mapops.Assign:
			made = true
			if n, known := pr.startSize(op.Value); !known || n > 0 {
				return false
			}
		}
	}
	return made && filled && pr.visible(v.Obj)
}

// wholeNumber reports whether a number is an integer, converted or constant.
func (pr *program) wholeNumber(e ast.Expr) bool {
	e = ast.Unparen(e)
	if pr.TypesInfo.Types[e].Value != nil {
		return true
	}
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !pr.TypesInfo.Types[call.Fun].IsType() {
		return false
	}
	b, ok := pr.TypesInfo.TypeOf(call.Args[0]).Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}
