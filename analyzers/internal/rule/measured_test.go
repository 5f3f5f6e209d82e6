package rule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/directive"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
)

const makes = `package p

type value = int

func fresh() { _ = make(map[int]value) } // measured: 3 maps of 9

func stale() { _ = make(map[int]int) } // measured: 3 maps of 9; stale

func never() { _ = make(map[int]int) }

func half() {
	_ = make(map[int]int) // measured: 3 maps of 9
	_ = make(map[int]int)
}

func generic[T any]() { _ = make(map[int]T) } // measured: 3 maps of 9 | 4 maps of 9

var table = map[int]int{} // measured: 1 map of 100

func other() { _ = make(map[string]int) } // measured: 3 maps of 9; elem 4
`

// asked runs a rule that asks for the measurements of each make and literal, and returns the answers by
// declaration.
func asked(t *testing.T, profile *sites.Profile, path, src string) map[string]string {
	t.Helper()
	answers := make(map[string]string)
	check := Check{Doc: "// r: r\npackage r\n", Run: func(p *Pass) error {
		for _, d := range p.Files[0].Decls {
			name := "table"
			if f, ok := d.(*ast.FuncDecl); ok {
				name = f.Name.Name
			}
			ast.Inspect(d, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if _, lit := n.(*ast.CompositeLit); ok && lit || isMake(n) {
					list, freshness := p.Measured(e)
					answers[name] += [...]string{"unmeasured ", "stale ", "fresh "}[freshness]
					if (len(list) > 0) != (freshness == Fresh) {
						t.Errorf("%s: %d sites", name, len(list))
					}
				}
				return true
			})
		}
		return nil
	}}
	config := &Config{Profile: profile}
	r := New(Meta{Name: "r"}, check, config)
	file := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	pass := &analysis.Pass{
		Fset: token.NewFileSet(), TypesSizes: types.SizesFor("gc", "amd64"), ReadFile: os.ReadFile,
		TypesInfo: &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)},
		ResultOf:  make(map[*analysis.Analyzer]any),
	}
	f, err := parser.ParseFile(pass.Fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pass.Files = []*ast.File{f}
	if pass.Pkg, err = new(types.Config).Check(path, pass.Fset, pass.Files, pass.TypesInfo); err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Analyzer.Requires {
		if pass.ResultOf[a], err = a.Run(pass); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := pass.ResultOf[directive.Analyzer]; !ok {
		t.Fatal("no directives")
	}
	if _, err := r.Analyzer.Run(pass); err != nil {
		t.Fatal(err)
	}
	return answers
}

func isMake(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "make"
}

func TestMeasured(t *testing.T) {
	pkg := sitestest.Package(t, "example.com/p", map[string][]byte{"p.go": []byte(makes)})
	profile := &sites.Profile{Packages: []sites.Package{pkg}}
	as := map[string]string{"fresh": "fresh ", "stale": "stale ", "never": "unmeasured ", "half": "fresh unmeasured ", "generic": "fresh ", "table": "fresh ", "other": "stale "}
	for name, c := range map[string]struct {
		path, src string
		want      map[string]string
	}{
		"as it was":        {"example.com/p", makes, as},
		"with its tests":   {"example.com/p [example.com/p.test]", makes, as},
		"moved":            {"example.com/p", strings.Replace(makes, "type", "// A value.\n\ntype", 1), as},
		"changed inside":   {"example.com/p", strings.Replace(makes, "half() {", "half() {\n\tfresh()", 1), map[string]string{"fresh": "fresh ", "half": "stale stale "}},
		"a type elsewhere": {"example.com/p", strings.Replace(makes, "value = int", "value = [2]int", 1), map[string]string{"fresh": "stale ", "half": "fresh unmeasured ", "generic": "fresh "}},
		"renamed":          {"example.com/p", strings.ReplaceAll(makes, "fresh()", "other2()"), map[string]string{"other2": "unmeasured "}},
		"another package":  {"example.com/q", makes, map[string]string{"fresh": "unmeasured ", "half": "unmeasured unmeasured "}},
	} {
		got := asked(t, profile, c.path, c.src)
		for decl, want := range c.want {
			if got[decl] != want {
				t.Errorf("%s: %s is %q, want %q", name, decl, got[decl], want)
			}
		}
	}
	if got := asked(t, nil, "example.com/p", makes); got["fresh"] != "unmeasured " {
		t.Errorf("without a profile: %q", got["fresh"])
	}
}
