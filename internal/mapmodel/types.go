package mapmodel

import "go/types"

// maxNesting bounds the walk through a type. Correct programs stay far below it;
// a program that does not compile can contain a struct that contains itself.
const maxNesting = 100

// sized reports whether the size of t is known, which it is not for invalid
// types and wherever a type parameter lies in t itself rather than behind
// a pointer. types.Sizes panics for those, so this comes first.
func sized(t types.Type, depth int) bool {
	if depth > maxNesting {
		return false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Kind() != types.Invalid && t.Info()&types.IsUntyped == 0
	case *types.Array:
		return t.Len() >= 0 && sized(t.Elem(), depth+1)
	case *types.Struct:
		for f := range t.Fields() {
			if !sized(f.Type(), depth+1) {
				return false
			}
		}
		return true
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		return true
	}
	return false
}

// hasPointers reports whether a value of type t holds a pointer that the
// garbage collector follows. Only types that are sized may be asked for.
//
// Types marked as living outside the heap, which only cgo can name, count as
// ordinary ones.
func hasPointers(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&types.IsString != 0 || t.Kind() == types.UnsafePointer
	case *types.Array:
		return t.Len() > 0 && hasPointers(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if hasPointers(f.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// roundUp returns the least multiple of align that is not below n.
func roundUp(n, align int64) int64 {
	return (n + align - 1) / align * align
}
