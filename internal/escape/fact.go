package escape

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// A Package is a package, or a test variant, as its caller parsed and checked
// it, from the content that was compiled. Files and Info may be incomplete.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File
	Types *types.Package
	Info  *types.Info
	Sizes types.Sizes // of the target; nil for those of gc on amd64
}

// A FactKind says what a fact is about.
type FactKind int

// The kinds of facts. The first two are reported for every such expression, New
// for those of which the compiler has a verdict, the others only where they
// put something on the heap.
const (
	Make          FactKind = iota + 1 // make(map[K]V)
	Literal                           // map[K]V{…}, Named{…}, or an element {…} that is a map
	New                               // new(map[K]V): a pointer to a nil map
	StoredAddress                     // &x or &T{…} that is stored in a map
	KeyConversion                     // string(b) in the key of a map that is written
	Capture                           // a function literal that uses a map of the function around it
	MovedVar                          // a variable that holds a map and lives on the heap itself
)

func (k FactKind) String() string {
	switch k {
	case Make:
		return "make"
	case Literal:
		return "literal"
	case New:
		return "new"
	case StoredAddress:
		return "stored address"
	case KeyConversion:
		return "key conversion"
	case Capture:
		return "capture"
	case MovedVar:
		return "moved variable"
	}
	return "FactKind(" + strconv.Itoa(int(k)) + ")"
}

// A Verdict is what the compiler decided.
type Verdict int

// The verdicts.
const (
	Unknown Verdict = iota // for the reason given; never to be shown as anything else
	OnStack
	OnHeap
)

func (v Verdict) String() string {
	switch v {
	case Unknown:
		return "unknown"
	case OnStack:
		return "stays on the stack"
	case OnHeap:
		return "escapes to the heap"
	}
	return "Verdict(" + strconv.Itoa(int(v)) + ")"
}

// A Fact is what escape analysis means for one place in the syntax.
type Fact struct {
	Pos, End token.Pos
	Kind     FactKind
	Verdict  Verdict
	Message  string     // one sentence, without the steps
	Reason   string     // of an unknown verdict: why
	Steps    []FlowStep // of OnHeap: how it gets there; may be empty

	// Funcs are the instances of generic code to which OnHeap applies, such as
	// "f[int]", where others stay on the stack.
	Funcs []string

	// Calls of the function around an OnHeap make or literal that were inlined
	// in this package, and those of them for which the map stays on the stack.
	Calls, CallsOnStack int

	// For Make and Literal: what allocates even on the stack.
	Hint     Hint
	Entries  int64 // the constant hint, or the elements of the literal
	Indirect bool  // keys or values of over 128 bytes: each entry allocates
	Unsized  bool  // type parameters decide on that
}

// A FlowStep is one step of the way to the heap.
type FlowStep struct {
	Pos  Position // as the compiler gives it
	Text string
}
