package mapmodel

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestConstants compares the model's constants with the source of the toolchain
// in use. Measured fills would show most differences too, but not say which.
func TestConstants(t *testing.T) {
	for _, test := range []struct {
		dir, file, name string
		want            int64
	}{
		{"internal/abi", "map", "MapGroupSlotsBits", 3},
		{"internal/abi", "map", "MapMaxKeyBytes", maxInline},
		{"internal/abi", "map", "MapMaxElemBytes", maxInline},
		{"internal/runtime/maps", "table", "maxTableCapacity", maxTableSlots},
		{"internal/runtime/maps", "group", "maxAvgGroupLoad", maxGroupLoad},
		{"internal/runtime/gc", "malloc", "MallocHeaderSize", mallocHeader},
		{"internal/runtime/gc", "sizeclasses", "MaxSmallSize", maxSmall},
		{"internal/runtime/gc", "sizeclasses", "NumSizeClasses", int64(len(sizeClasses)) + 1},
		{"internal/runtime/gc", "sizeclasses", "TinySize", 16},
		{"internal/runtime/gc", "sizeclasses", "PageShift", 13},
	} {
		expr := declared(t, test.dir, test.file, test.name)
		got, ok := constant.Int64Val(constant.ToInt(valueOf(expr)))
		if !ok || got != test.want {
			t.Errorf("%s/%s.go: %s = %s, the model has %d", test.dir, test.file, test.name, types.ExprString(expr), test.want)
		}
	}
	if groupSlots != 1<<3 || pageSize != 1<<13 {
		t.Error("groupSlots or pageSize is not the power of two that it stands for")
	}
}

func TestSizeClasses(t *testing.T) {
	lit, ok := declared(t, "internal/runtime/gc", "sizeclasses", "SizeClassToSize").(*ast.CompositeLit)
	if !ok || len(lit.Elts) != len(sizeClasses)+1 {
		t.Fatalf("SizeClassToSize is not a list of %d sizes", len(sizeClasses)+1)
	}
	for i, elt := range lit.Elts[1:] { // class 0 is that of large objects
		if got, _ := constant.Int64Val(valueOf(elt)); got != int64(sizeClasses[i]) {
			t.Errorf("size class %d has %d bytes, the model %d", i+1, got, sizeClasses[i])
		}
	}
}

// TestHeaders reads the sizes of the runtime's structs from the comments with
// which the compiler pins them down.
func TestHeaders(t *testing.T) {
	src := readSource(t, "cmd/compile/internal/reflectdata", "map")
	for _, test := range []struct {
		text         string
		word4, word8 int64
		size         func(word int64) int64
	}{
		{"size of Map should be 48 bytes on 64 bit\n\t// and 32 bytes on 32 bit", 32, 48, mapHeader},
		{"size of table should be 32 bytes on 64 bit\n\t// and 24 bytes on 32 bit", 24, 32, tableHeader},
	} {
		if !strings.Contains(src, test.text) {
			t.Errorf("the compiler no longer says that the %q", test.text)
		}
		if test.size(4) != test.word4 || test.size(8) != test.word8 {
			t.Errorf("the model has %d and %d bytes where the %q", test.size(4), test.size(8), test.text)
		}
	}
}

// declared returns the value of a package-level constant or variable.
func declared(t *testing.T, dir, file, name string) ast.Expr {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, readSource(t, dir, file), parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range f.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && v.Names[0].Name == name && len(v.Values) == 1 {
				return v.Values[0]
			}
		}
	}
	t.Fatalf("%s/%s.go no longer declares %s", dir, file, name)
	return nil
}

// valueOf evaluates a literal or an expression of literals.
func valueOf(expr ast.Expr) constant.Value {
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, types.ExprString(expr))
	if err != nil || tv.Value == nil {
		return constant.MakeUnknown()
	}
	return tv.Value
}

// readSource returns a source file of the standard library or the compiler. A file
// that is missing from a complete toolchain is a failure: the layout has moved.
func readSource(t *testing.T, dir, file string) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no go command to ask for GOROOT")
	}
	src := filepath.Join(strings.TrimSpace(string(out)), "src")
	if _, err := os.Stat(filepath.Join(src, "internal", "runtime", "maps")); err != nil {
		t.Skip("this toolchain came without the source of its runtime")
	}
	data, err := os.ReadFile(filepath.Join(src, filepath.FromSlash(dir), file+".go"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
