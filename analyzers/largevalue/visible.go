package largevalue

import (
	"go/types"
	"strings"
)

// local reports whether no other module can import the package.
func (g *grouper) local() bool {
	if g.p.Pkg.Name() == "main" {
		return true
	}
	for part := range strings.SplitSeq(g.p.Pkg.Path(), "/") {
		if part == "internal" {
			return true
		}
	}
	return false
}

// exported returns the variables whose type other modules may rely on:
// exported package variables and fields, and the parameters and results of
// exported functions and methods.
func (g *grouper) exported() map[types.Object]bool {
	seen := make(map[types.Object]bool)
	if g.local() {
		return seen
	}
	for _, obj := range g.p.TypesInfo.Defs {
		if obj == nil || !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Var:
			if obj.IsField() || obj.Parent() == g.p.Pkg.Scope() {
				seen[obj] = true
			}
		case *types.Func:
			sig := obj.Signature()
			for v := range sig.Params().Variables() {
				seen[v] = true
			}
			for v := range sig.Results().Variables() {
				seen[v] = true
			}
			for i := range sig.Results().Len() {
				n := node{obj: obj, result: i}
				g.declare(n, sig.Results().At(i).Type())
				g.mark(g.visible, n)
			}
		}
	}
	return seen
}

// generic reports whether a type contains a type parameter: such a type has
// no size of its own, and a function that takes it follows its caller.
func generic(t types.Type) bool {
	seen := make(map[types.Type]bool)
	var has func(types.Type) bool
	has = func(t types.Type) bool {
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t := types.Unalias(t).(type) {
		case *types.TypeParam:
			return true
		case *types.Named:
			for arg := range t.TypeArgs().Types() {
				if has(arg) {
					return true
				}
			}
			// A type declared within a generic function depends on the
			// function's parameters without naming them as arguments.
			return t.TypeArgs().Len() == 0 && t.Obj().Parent() != nil && t.Obj().Pkg() != nil &&
				t.Obj().Parent() != t.Obj().Pkg().Scope() && has(t.Underlying())
		case *types.Pointer:
			return has(t.Elem())
		case *types.Slice:
			return has(t.Elem())
		case *types.Array:
			return has(t.Elem())
		case *types.Chan:
			return has(t.Elem())
		case *types.Map:
			return has(t.Key()) || has(t.Elem())
		case *types.Struct:
			for f := range t.Fields() {
				if has(f.Type()) {
					return true
				}
			}
		case *types.Signature:
			return has(t.Params()) || has(t.Results())
		case *types.Tuple:
			for v := range t.Variables() {
				if has(v.Type()) {
					return true
				}
			}
		}
		return false
	}
	return has(t)
}
