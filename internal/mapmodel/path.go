package mapmodel

import "go/types"

// A Path is the family of runtime functions that a map type uses. The fast
// ones compare keys without calling a function through the type, and they alone
// avoid copying the key to memory first.
type Path uint8

const (
	Generic Path = iota // mapaccess1, mapassign, …
	Fast32              // mapaccess1_fast32, …: keys of 4 bytes compared as memory
	Fast64              // mapaccess1_fast64, …: keys of 8 bytes compared as memory
	FastStr             // mapaccess1_faststr, …: strings
)

// String returns the path's name as it appears in the runtime's function
// names, or "generic".
func (p Path) String() string {
	switch p {
	case Fast32:
		return "fast32"
	case Fast64:
		return "fast64"
	case FastStr:
		return "faststr"
	}
	return "generic"
}

// pathOf returns the path that a key type allows, of which l already knows the
// size. The rule is that of mapfast in
// cmd/compile/internal/walk/walk.go.
//
// On targets that cannot load unaligned words (arm, mips, riscv64, loong64) the
// compiler sends keys such as [2]int32 to the generic path as well; types.Sizes
// does not tell those targets from others, so they are not distinguished.
func pathOf(key types.Type, l Layout, sizes types.Sizes) Path {
	switch compareBy(key, sizes) {
	case byString:
		return FastStr
	case byMemory:
		switch {
		case l.key.size == 4:
			return Fast32
		case l.key.size == 8 && (l.word == 8 || !l.key.pointers):
			return Fast64
		}
	}
	return Generic
}

// A comparison says how the compiler compares two values of a type.
type comparison uint8

const (
	byFunction comparison = iota // floats, interfaces, padded or mixed structs
	byMemory                     // equal if and only if all bytes are equal
	byString
)

// compareBy follows the compiler's choice of algorithm for a type
// (cmd/compile/internal/types/size.go, CalcSize and CalcStructSize). A struct of one
// field and an array of one element count as that field or element, which is
// how struct{ name string } comes to be served by the string functions.
func compareBy(t types.Type, sizes types.Sizes) comparison {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsString != 0:
			return byString
		case t.Info()&(types.IsFloat|types.IsComplex) != 0:
			return byFunction
		}
		return byMemory
	case *types.Pointer, *types.Chan:
		return byMemory
	case *types.Array:
		elem := compareBy(t.Elem(), sizes)
		switch {
		case t.Len() == 1:
			return elem
		case elem == byMemory || t.Len() == 0:
			return byMemory
		}
	case *types.Struct:
		if t.NumFields() == 1 && t.Field(0).Name() != "_" {
			return compareBy(t.Field(0).Type(), sizes)
		}
		if packedMemory(t, sizes) {
			return byMemory
		}
	}
	return byFunction
}

// packedMemory reports whether t is nothing but named fields that compare as
// memory, without padding between or after them.
func packedMemory(t *types.Struct, sizes types.Sizes) bool {
	end := int64(0)
	for f := range t.Fields() {
		if f.Name() == "_" || compareBy(f.Type(), sizes) != byMemory {
			return false
		}
		end += sizes.Sizeof(f.Type())
	}
	// The sum of the fields' sizes reaches the size of the struct only if
	// there is no padding anywhere.
	return end == sizes.Sizeof(t)
}
