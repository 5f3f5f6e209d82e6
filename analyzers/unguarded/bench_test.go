package unguarded_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
)

// BenchmarkRule analyses packages of a length and of several times that
// length: the time per function must not grow with the length, nor with more
// than the number of calls.
func BenchmarkRule(b *testing.B) {
	for _, shape := range []struct {
		name string
		src  func(n int) string
	}{
		// Each function calls some others, all over the package.
		{"calls4", func(n int) string { return mesh(n, 4, "") }},
		{"calls16", func(n int) string { return mesh(n, 16, "") }},
		// Each also leaves a goroutine behind.
		{"goroutines4", func(n int) string {
			return mesh(n, 4, "\tgo func() { s.mu.Lock(); delete(s.m, x); s.mu.Unlock() }()\n")
		}},
		// A chain of calls.
		{"chain", func(n int) string {
			return structure + each(n, "func (s *S) f%[1]d(x int) { s.m[x]++; s.f%[2]d(x) }\n") + fmt.Sprintf("func (s *S) f%d(int) {}\n", n)
		}},
		// All calls are one cycle.
		{"cycle", func(n int) string {
			return structure + each(n, "func (s *S) f%[1]d(x int) { s.mu.Lock(); s.m[x]++; s.mu.Unlock(); s.f%[2]d(x) }\n") + fmt.Sprintf("func (s *S) f%d(x int) { s.f0(x) }\n", n)
		}},
		// One function with n sections.
		{"sections", func(n int) string {
			return structure + "func (s *S) f(x int) {\n" + each(n, "\ts.mu.Lock()\n\tif x > %[1]d {\n\t\ts.m[x]++\n\t}\n\ts.mu.Unlock()\n") + "}\n"
		}},
		// One function with n literals.
		{"literals", func(n int) string {
			return structure + "func (s *S) f(x int) {\n" + each(n, "\tgo func() { s.mu.Lock(); s.m[%[1]d]++; s.mu.Unlock() }()\n") + "}\n"
		}},
		// n structs with a lock each.
		{"structs", func(n int) string {
			return "package p\n\nimport \"sync\"\n\n" + each(n, "type S%[1]d struct {\n\tmu sync.Mutex\n\tm map[int]int\n}\n\nfunc (s *S%[1]d) Set(k int) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k]++ }\n\nfunc (s *S%[1]d) Get(k int) int { return s.m[k] }\n")
		}},
	} {
		for _, n := range []int{250, 1000} {
			b.Run(fmt.Sprintf("%s/%d", shape.name, n), func(b *testing.B) {
				p := load(b, shape.src(n))
				b.ReportAllocs()
				for b.Loop() {
					p.run(b, analyzers.New().Rule("unguarded").Analyzer)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/function")
			})
		}
	}
}

const structure = "package p\n\nimport \"sync\"\n\ntype S struct {\n\tmu sync.Mutex\n\tm map[int]int\n}\n\n"

// mesh returns a package of n methods that call k others each.
func mesh(n, k int, more string) string {
	var s strings.Builder
	s.WriteString(structure)
	for i := range n {
		fmt.Fprintf(&s, "func (s *S) f%d(x int) {\n\ts.mu.Lock()\n\ts.m[x]++\n\ts.mu.Unlock()\n", i)
		for j := range k {
			fmt.Fprintf(&s, "\ts.f%d(x)\n", (i*7+j*13+1)%n)
		}
		s.WriteString(more + "}\n\n")
	}
	return s.String()
}

// each returns a text n times, for each number and the next one.
func each(n int, format string) string {
	var s strings.Builder
	for i := range n {
		s.WriteString(strings.NewReplacer("%[1]d", fmt.Sprint(i), "%[2]d", fmt.Sprint(i+1)).Replace(format))
	}
	return s.String()
}

// loaded is a type-checked package.
type loaded struct {
	fset *token.FileSet
	file *ast.File
	pkg  *types.Package
	info *types.Info
}

func load(tb testing.TB, src string) *loaded {
	p := &loaded{fset: token.NewFileSet(), info: &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Instances: make(map[*ast.Ident]types.Instance),
		Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
		Implicits: make(map[ast.Node]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Scopes: make(map[ast.Node]*types.Scope), FileVersions: make(map[*ast.File]string),
	}}
	var err error
	if p.file, err = parser.ParseFile(p.fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution); err != nil {
		tb.Fatal(err)
	}
	if p.pkg, err = (&types.Config{Importer: importer.Default()}).Check("p", p.fset, []*ast.File{p.file}, p.info); err != nil {
		tb.Fatal(err)
	}
	return p
}

// run runs an analyzer and those that it requires; it returns the findings.
func (p *loaded) run(tb testing.TB, a *analysis.Analyzer) []analysis.Diagnostic {
	var found []analysis.Diagnostic
	results := make(map[*analysis.Analyzer]any)
	var run func(a *analysis.Analyzer)
	run = func(a *analysis.Analyzer) {
		if _, ok := results[a]; ok {
			return
		}
		for _, r := range a.Requires {
			run(r)
		}
		res, err := a.Run(&analysis.Pass{
			Analyzer: a, Fset: p.fset, Files: []*ast.File{p.file}, Pkg: p.pkg, TypesInfo: p.info, ResultOf: results,
			Report:           func(d analysis.Diagnostic) { found = append(found, d) },
			ImportObjectFact: func(types.Object, analysis.Fact) bool { return false },
			ExportObjectFact: func(types.Object, analysis.Fact) {},
		})
		if err != nil {
			tb.Fatal(err)
		}
		results[a] = res
	}
	run(a)
	return found
}
