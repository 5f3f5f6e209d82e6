package escape

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/mapdiag/mapdiag/internal/testmod"
)

// analyse compiles a package of a module and joins all its variants.
func analyse(t *testing.T, dir, path string) (*token.FileSet, []Fact) {
	t.Helper()
	report, err := Run(t.Context(), Config{Dir: dir, Package: path, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	pkgs, err := packages.Load(&packages.Config{
		Dir: dir, Fset: fset, Tests: true,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedImports,
	}, path)
	if err != nil {
		t.Fatal(err)
	}
	var all []Fact
	seen := make(map[string]bool) // variants share files
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		if strings.HasSuffix(p.ID, ".test") {
			continue
		}
		for _, f := range Join(Package{fset, p.Syntax, p.Types, p.TypesInfo, p.TypesSizes}, report) {
			key := fmt.Sprint(fset.PositionFor(f.Pos, false), f.Kind, f.Verdict)
			if !seen[key] {
				all = append(all, f)
			}
			seen[key] = true
		}
	}
	return fset, all
}

var (
	wantFact = regexp.MustCompile("// fact (\\S+) (heap|stack|unknown) `([^`]*)`")
	short    = map[Verdict]string{OnHeap: "heap", OnStack: "stack", Unknown: "unknown"}
)

func TestFacts(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/facts.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := testmod.Write(t, string(txtar.Format(ar)))
	type want struct {
		kind, verdict, message string
		met                    bool
	}
	wants := make(map[string]map[string][]*want) // package → file:line → facts
	for _, f := range ar.Files {
		pkg := filepath.Dir(f.Name)
		if wants[pkg] == nil {
			wants[pkg] = make(map[string][]*want)
		}
		for i, line := range strings.Split(string(f.Data), "\n") {
			for _, m := range wantFact.FindAllStringSubmatch(line, -1) {
				at := fmt.Sprintf("%s:%d", filepath.Base(f.Name), i+1)
				wants[pkg][at] = append(wants[pkg][at], &want{strings.ReplaceAll(m[1], "-", " "), m[2], m[3], false})
			}
		}
	}
	for pkg, lines := range wants {
		t.Run(pkg, func(t *testing.T) {
			t.Parallel()
			fset, facts := analyse(t, dir, "example.com/m/"+pkg)
			for _, f := range facts {
				p := fset.PositionFor(f.Pos, false)
				at := fmt.Sprintf("%s:%d", filepath.Base(p.Filename), p.Line)
				i := slices.IndexFunc(lines[at], func(w *want) bool {
					return !w.met && w.kind == f.Kind.String() && w.verdict == short[f.Verdict] && strings.Contains(f.Message, w.message)
				})
				if i < 0 {
					t.Errorf("%s:%d: unexpected: %v, %v: %s", at, p.Column, f.Kind, f.Verdict, f.Message)
					continue
				}
				lines[at][i].met = true
				if (f.Verdict == Unknown) != (f.Reason != "") {
					t.Errorf("%s: %v with the reason %q", at, f.Verdict, f.Reason)
				}
			}
			for at, list := range lines {
				for _, w := range list {
					if !w.met {
						t.Errorf("%s: no %s %s with %q", at, w.verdict, w.kind, w.message)
					}
				}
			}
		})
	}
}

// The way to the heap is told in the order of the data, and without the
// compiler's own bookkeeping.
func TestSteps(t *testing.T) {
	dir := testmod.Write(t, `
-- p.go --
package p

type T struct{ n int }

func f(m map[string]*T, i int) map[int]int {
	var t T
	if i > 0 {
		m["a"] = &t
	}
	m["b"] = &t
	n := make(map[int]int)
	g := func() map[int]int { n[1] = 2; return n }
	fs = append(fs, g)
	return nil
}

var fs []func() map[int]int
`)
	fset, facts := analyse(t, dir, "example.com/m")
	var got []string
	for _, f := range facts {
		got = append(got, fmt.Sprintf("%d %v", fset.Position(f.Pos).Line, f.Kind))
		for _, s := range f.Steps {
			got = append(got, fmt.Sprintf("  %d:%d %s", s.Pos.Line, s.Pos.Column, s.Text))
		}
	}
	want := []string{
		"8 stored address",
		`  8:12 its address is taken by &t`,
		`  8:10 assigned by m["a"] = &t`,
		"10 stored address",
		`  10:11 its address is taken by &t`,
		`  10:9 assigned by m["b"] = &t`,
		"11 make",
		"  11:4 assigned by n := make(map[int]int)",
		"  12:28 n is captured by a function literal",
		"12 capture",
		"  12:4 assigned by g := func literal",
		"  13:13 passed on by append(fs, g)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A report of other content, or of nothing, gives reasons and no verdicts.
func TestJoinStrangers(t *testing.T) {
	dir := testmod.Write(t, "-- p.go --\npackage p\n\nvar m = map[int]int{}\n")
	fset := token.NewFileSet()
	pkgs, err := packages.Load(&packages.Config{Dir: dir, Fset: fset, Mode: packages.LoadSyntax}, ".")
	if err != nil {
		t.Fatal(err)
	}
	p := pkgs[0]
	file := filepath.Join(dir, "p.go")
	for name, c := range map[string]struct {
		report Report
		want   string
	}{
		"empty":    {Report{}, "not compiled with the package"},
		"excluded": {Report{Excluded: []string{file}}, "build constraints"},
		"cgo":      {Report{Units: []Unit{{Files: []string{file}, CgoFiles: []string{file}}}}, "cgo"},
		"error":    {Report{Units: []Unit{{Files: []string{file}, Err: "x.go:1:1: bad"}}}, "does not compile: x.go:1:1: bad"},
		"silent":   {Report{Units: []Unit{{Files: []string{file}}}}, "reports nothing"},
	} {
		facts := Join(Package{fset, p.Syntax, p.Types, p.TypesInfo, nil}, &c.report)
		if len(facts) != 1 || facts[0].Verdict != Unknown || !strings.Contains(facts[0].Reason, c.want) {
			t.Errorf("%s: %+v", name, facts)
		}
	}
}

// Code that does not parse or type-check is no reason to panic.
func TestJoinBroken(t *testing.T) {
	for _, src := range []string{
		"",
		"package p",
		"package p\n\nvar a = make(map[string]int",
		"package p\n\nvar a = map[string]{}; var b = map[nowhere]int{1: &x}",
		"package p\n\nfunc f() { m[string()] = &; m[string(b)]++; m[x], n[y] = &z, 1 }",
		"package p\n\ntype C interface{ C }\n\nfunc f[T C]() { _ = make(T); _ = T{}; new(T) }",
		"package p\n\ntype C interface{ ~map[K]V | C }\n\nfunc f[T C, K, V any]() { _ = make(T, 1, 2, 3); make(); new() }",
		"package p\n\ntype T struct{ T }\n\nfunc f() { m := map[T]T{{}: {}}; for range m.x { func() { m[1] = &m.y.z[3] }() } }",
		"package p\n\nfunc f() { var _ = make(map[int]int, 1.5); make := 1; make(map[int]int); m := make(map[int]int, \"x\") }",
		"package p\n\nfunc (r R) f(m map[string]int) (n map[int]int) { h := func() { _ = map[int]int{} }; h(); m[string(b.c)] = 1",
	} {
		fset := token.NewFileSet()
		file, _ := parser.ParseFile(fset, "/d/x.go", src, parser.SkipObjectResolution)
		info := &types.Info{
			Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object),
			Uses: make(map[*ast.Ident]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
		}
		conf := types.Config{Error: func(error) {}}
		pkg, _ := conf.Check("p", fset, []*ast.File{file}, info)
		report := &Report{Units: []Unit{{Files: []string{"/d/x.go"}, Entries: []Entry{{Pos: Position{"/d/x.go", 3, 13}, Kind: Escapes, What: "make(map[string]int)"}}}}}
		for _, f := range Join(Package{Fset: fset, Files: []*ast.File{file}, Types: pkg, Info: info}, report) {
			if f.Message == "" {
				t.Errorf("%q: %+v", src, f)
			}
		}
	}
}

// The editor's path and the go command's may differ by a symbolic link.
func TestJoinSymlink(t *testing.T) {
	dir := testmod.Write(t, "-- p/p.go --\npackage p\n\nvar m = map[int]int{}\n")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	report := mustRun(t, Config{Dir: link, Package: "example.com/m/p"})
	pkgs, err := packages.Load(&packages.Config{Dir: dir, Mode: packages.LoadSyntax}, "./p")
	if err != nil {
		t.Fatal(err)
	}
	p := pkgs[0]
	facts := Join(Package{p.Fset, p.Syntax, p.Types, p.TypesInfo, p.TypesSizes}, report)
	if len(facts) != 1 || facts[0].Verdict != OnHeap {
		t.Errorf("%+v", facts)
	}
}

// Sentences for ways that are rare in small programs.
func TestCause(t *testing.T) {
	for _, c := range []struct{ dst, expr, why, want string }{
		{"{heap}", "(*T).f(x, m)", "call parameter", "it is passed to (*T).f, which lets it escape"},
		{"{heap}", "f(x).g(m)", "call parameter", "it is passed to a function that lets it escape"},
		{"{heap}", "func literal(m)", "call parameter", "it is passed to a function that lets it escape"},
		{"{heap}", "append(s, m)", "call parameter", "it is appended to a slice that escapes"},
		{"{storage for ... argument}", "... argument", "slice-literal-element", "it is an element of a value that escapes"},
		{"{heap}", "a, b = m, n", "assign-pair", "a, b = m, n (assign-pair)"},
		{"a", "a, b = m, n", "assign-pair", "it is assigned to a, which escapes"},
		{"{heap}", ".autotmp_1 = m", "assign", ""},
		{"{heap}", "new words", "a reason of a new compiler", "new words (a reason of a new compiler)"},
	} {
		r := Reason{Flows: []Flow{{Dst: c.dst, Steps: []Step{{Expr: c.expr, Why: c.why}}}}}
		if got := cause(r); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if cause(Reason{}) != "" || cause(Reason{Flows: []Flow{{}}}) != "" {
		t.Error("a cause out of nothing")
	}
}
