package mapmodel

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
	"testing"
)

// layoutOf returns the layout of the map type with the given source text on
// the target that the test runs on.
func layoutOf(t testing.TB, src string) Layout {
	t.Helper()
	return layoutOn(t, src, runtime.GOARCH)
}

func layoutOn(t testing.TB, src, goarch string) Layout {
	t.Helper()
	m := mapType(t, src)
	l, ok := New(m.Key(), m.Elem(), types.SizesFor("gc", goarch))
	if !ok {
		t.Fatalf("New(%s): no layout", src)
	}
	return l
}

func mapType(t testing.TB, src string) *types.Map {
	t.Helper()
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return tv.Type.(*types.Map)
}

func TestSlotSize(t *testing.T) {
	for _, test := range []struct {
		typ      string
		bits64   int64
		bits32   int64
		key, val bool // stored behind a pointer
	}{
		{"map[int]int", 16, 8, false, false},
		{"map[int64]int64", 16, 16, false, false},
		{"map[string]struct{}", 24, 12, false, false},
		{"map[string]bool", 24, 12, false, false},
		{"map[struct{}]struct{}", 0, 0, false, false},
		{"map[uint8]struct{}", 2, 2, false, false},
		{"map[uint8]int64", 16, 12, false, false},
		{"map[int32][128]byte", 132, 132, false, false},
		{"map[int32][129]byte", 16, 8, false, true},
		{"map[[128]byte]bool", 129, 129, false, false},
		{"map[[129]byte]bool", 16, 8, true, false},
		{"map[[16]string][32]int", 16, 256, true, true}, // 128 bytes each on 32 bits
	} {
		for goarch, want := range map[string]int64{"amd64": test.bits64, "386": test.bits32} {
			l := layoutOn(t, test.typ, goarch)
			if got := l.SlotSize(); got != want {
				t.Errorf("%s on %s: SlotSize = %d, want %d", test.typ, goarch, got, want)
			}
			if goarch == "amd64" && (l.IndirectKey() != test.key || l.IndirectElem() != test.val) {
				t.Errorf("%s: indirect key %v and element %v, want %v and %v",
					test.typ, l.IndirectKey(), l.IndirectElem(), test.key, test.val)
			}
		}
	}
}

func TestScanned(t *testing.T) {
	for typ, want := range map[string]bool{
		"map[int]int":                      false,
		"map[int][0]*int":                  false,
		"map[int]struct{ a int; b []int }": true,
		"map[string]struct{}":              true,
		"map[int][129]byte":                true, // through the pointer to the element
		"map[uintptr]complex128":           false,
		"map[int]func()":                   true,
	} {
		if got := layoutOf(t, typ).Scanned(); got != want {
			t.Errorf("%s: Scanned = %v, want %v", typ, got, want)
		}
	}
}

const unknownSource = `package p

type Loop struct{ l Loop }
type Box[T any] struct{ v T }

func f[K comparable, V any]() {
	_ = map[K]int{}         // unknown
	_ = map[int]V{}         // unknown
	_ = map[int][4]V{}      // unknown
	_ = map[int]Box[V]{}    // unknown
	_ = map[int]Missing{}   // unknown
	_ = map[int]Loop{}      // unknown
	_ = map[int][1 << 62]int{} // unknown
	_ = map[int][1 << 62]byte{} // unknown
	_ = map[int]*V{}
	_ = map[int][]K{}
	_ = map[int]Box[int]{}
	_ = map[int]*Box[V]{}
}
`

// TestUnknown checks which layouts New refuses, in source that does not compile.
func TestUnknown(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", unknownSource, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	unknown := map[int]bool{}
	for _, c := range file.Comments {
		unknown[fset.Position(c.Pos()).Line] = true
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	sizes := types.SizesFor("gc", "amd64")
	conf := types.Config{Error: func(error) {}, Sizes: sizes}
	conf.Check("p", fset, []*ast.File{file}, info)
	seen := 0
	for expr, tv := range info.Types {
		m, ok := tv.Type.(*types.Map)
		if _, lit := expr.(*ast.CompositeLit); !ok || !lit {
			continue
		}
		seen++
		_, ok = New(m.Key(), m.Elem(), sizes)
		if line := fset.Position(expr.Pos()).Line; ok == unknown[line] {
			t.Errorf("line %d: New(%s) reports %v", line, m, ok)
		}
	}
	if seen != 12 {
		t.Errorf("saw %d maps, want 12", seen)
	}
	if _, ok := New(types.Typ[types.Int], types.Typ[types.Int], nil); ok {
		t.Error("New reports a layout without sizes")
	}
	if _, ok := New(types.Typ[types.Int], types.Typ[types.Int], &types.StdSizes{WordSize: 2, MaxAlign: 2}); ok {
		t.Error("New reports a layout for a target of 16 bits")
	}
}
