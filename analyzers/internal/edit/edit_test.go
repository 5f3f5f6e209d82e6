package edit_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers/internal/edit"
)

// check parses and checks a file and returns the position of the last
// statement of its last function.
func check(t *testing.T, src string) (*types.Info, *ast.File, *ast.FuncDecl, token.Pos) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "a.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
		Implicits: make(map[ast.Node]types.Object), Scopes: make(map[ast.Node]*types.Scope),
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), FakeImportC: true}
	if _, err := conf.Check("a", fset, []*ast.File{f}, info); err != nil {
		t.Fatal(err)
	}
	fn := f.Decls[len(f.Decls)-1].(*ast.FuncDecl)
	return info, f, fn, fn.Body.Rbrace
}

func TestImport(t *testing.T) {
	for _, test := range []struct {
		name, src, want, wantName string
	}{
		{"there", "package a\n\nimport \"maps\"\n\nvar _ = maps.Keys[map[int]int]\n\nfunc f() {}\n",
			"", "maps"},
		{"renamed", "package a\n\nimport m \"maps\"\n\nvar _ = m.Keys[map[int]int]\n\nfunc f() {}\n",
			"", "m"},
		{"none", "package a\n\n// F is a function.\nfunc f() {}\n",
			"package a\n\nimport \"maps\"\n\n// F is a function.\nfunc f() {}\n", "maps"},
		{"single", "package a\n\nimport \"fmt\" // for output\n\nfunc f() { fmt.Print() }\n",
			"package a\n\nimport \"fmt\" // for output\nimport \"maps\"\n\nfunc f() { fmt.Print() }\n", "maps"},
		{"group", "package a\n\nimport (\n\t\"fmt\"\n\n\t// Sorting.\n\t\"sort\"\n)\n\nfunc f() { fmt.Print(sort.Ints) }\n",
			"package a\n\nimport (\n\t\"fmt\"\n\n\t\"maps\"\n\t// Sorting.\n\t\"sort\"\n)\n\nfunc f() { fmt.Print(sort.Ints) }\n", "maps"},
		{"group end", "package a\n\nimport (\n\t\"errors\"\n\t\"fmt\" // last\n)\n\nfunc f() { fmt.Print(errors.New) }\n",
			"package a\n\nimport (\n\t\"errors\"\n\t\"fmt\" // last\n\t\"maps\"\n)\n\nfunc f() { fmt.Print(errors.New) }\n", "maps"},
		{"package name taken", "package a\n\nimport \"fmt\"\n\nvar maps int\n\nfunc f() { fmt.Print(maps) }\n",
			"package a\n\nimport \"fmt\"\nimport stdmaps \"maps\"\n\nvar maps int\n\nfunc f() { fmt.Print(maps) }\n", "stdmaps"},
		{"shadowed", "package a\n\nimport \"maps\"\n\nvar _ = maps.Keys[map[int]int]\n\nfunc f() { maps := 1; _ = maps }\n",
			"package a\n\nimport \"maps\"\nimport stdmaps \"maps\"\n\nvar _ = maps.Keys[map[int]int]\n\nfunc f() { maps := 1; _ = maps }\n", "stdmaps"},
		{"cgo", "package a\n\n// #include <x.h>\nimport \"C\"\n\nfunc f() { _ = C.x }\n",
			"package a\n\nimport \"maps\"\n\n// #include <x.h>\nimport \"C\"\n\nfunc f() { _ = C.x }\n", "maps"},
	} {
		t.Run(test.name, func(t *testing.T) {
			info, file, _, pos := check(t, test.src)
			name, edits := edit.Import(info, file, pos, "maps")
			if name != test.wantName {
				t.Errorf("name %q, want %q", name, test.wantName)
			}
			got := ""
			if len(edits) == 1 {
				at := edits[0].Pos - file.FileStart
				got = test.src[:at] + string(edits[0].NewText) + test.src[at:]
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestFreshName(t *testing.T) {
	info, file, fn, pos := check(t, "package a\n\nvar before2 int\n\nfunc f(n int) { before := 1; _ = before; { later := 0; _ = later } }\n")
	for _, test := range []struct {
		names []string
		want  string
	}{
		{[]string{"x"}, "x"},
		{[]string{"n", "m"}, "m"},
		{[]string{"before"}, "before3"},
		{[]string{"later"}, "later2"},
		{[]string{"len"}, "len2"},
	} {
		if got := edit.FreshName(info, file, fn, pos, test.names...); got != test.want {
			t.Errorf("FreshName(%q) = %q, want %q", test.names, got, test.want)
		}
	}
}
