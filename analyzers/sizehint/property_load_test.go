package sizehint_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// loader type-checks generated packages. It reads the standard library once.
type loader struct {
	std  map[string]*types.Package
	rule *rule.Rule
}

func newLoader(t testing.TB) *loader {
	l := &loader{std: make(map[string]*types.Package), rule: analyzers.New().Rule("sizehint")}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadTypes},
		"cmp", "encoding/json", "errors", "fmt", "iter", "maps", "math", "os", "reflect", "slices", "sort", "strconv", "strings", "sync")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		l.std[p.PkgPath] = p.Types
	}
	if err := l.rule.Analyzer.Flags.Set("level", "possible"); err != nil {
		t.Fatal(err)
	}
	return l
}

// program is a generated package and the one that it depends on.
type program struct {
	pkg    *packages.Package
	dep    *packages.Package
	errors []unitError
}

type unitError struct{ unit, msg string }

// Import implements types.Importer for the packages that were read.
func (l *loader) Import(path string) (*types.Package, error) {
	if p := l.std[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("generated code imports %s, which the test does not load", path)
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// load writes the files of units to a directory of the module, and
// type-checks it.
func (r *round) load(dir string, units map[string][]byte) *program {
	fset := token.NewFileSet()
	p := new(program)
	p.dep = r.check(fset, "dep", "generated/dep", []string{"dep.go"}, r.loader, func(e error) { r.Fatal(e) })
	var names []string
	if !r.alone {
		names = append(names, "support.go")
	}
	for _, u := range r.units {
		names = append(names, u.name+".go")
		r.write(filepath.Join(dir, u.name+".go"), units[u.name])
	}
	p.pkg = r.check(fset, dir, "generated/"+dir, names, importerFunc(func(path string) (*types.Package, error) {
		if path == "generated/dep" {
			return p.dep.Types, nil
		}
		return r.Import(path)
	}), func(err error) {
		var pos token.Position
		switch e := err.(type) {
		case types.Error:
			if strings.HasPrefix(e.Msg, "\t") {
				return // the continuation of another error
			}
			pos = e.Fset.Position(e.Pos)
		case scanner.ErrorList:
			pos = e[0].Pos
		}
		p.errors = append(p.errors, unitError{unitOf(pos.Filename), err.Error()})
	})
	p.pkg.Imports = map[string]*packages.Package{"generated/dep": p.dep}
	return p
}

func unitOf(filename string) string { return strings.TrimSuffix(filepath.Base(filename), ".go") }

func (r *round) check(fset *token.FileSet, dir, path string, names []string, imp types.Importer, report func(error)) *packages.Package {
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(fset, filepath.Join(r.dir, dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			report(err)
			continue
		}
		files = append(files, f)
	}
	sizes := types.SizesFor("gc", runtime.GOARCH)
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Instances: make(map[*ast.Ident]types.Instance), Defs: make(map[*ast.Ident]types.Object),
		Uses: make(map[*ast.Ident]types.Object), Implicits: make(map[ast.Node]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Scopes: make(map[ast.Node]*types.Scope), FileVersions: make(map[*ast.File]string),
	}
	config := types.Config{Importer: imp, Error: report, Sizes: sizes, GoVersion: "go1.26"}
	pkg, _ := config.Check(path, fset, files, info) // errors were reported
	return &packages.Package{
		ID: path, PkgPath: path, Name: pkg.Name(), Fset: fset, Syntax: files, Types: pkg, TypesInfo: info, TypesSizes: sizes,
		Imports: make(map[string]*packages.Package), Module: &packages.Module{Path: "generated", Main: true, GoVersion: "1.26"},
	}
}

// findingKey tells a finding by something that its fix does not change: the
// unit, what the map is assigned to, and how many maps were assigned to it
// before in the file.
type findingKey struct {
	unit, target string
	n            int
}

type finding struct {
	diagnostic analysis.Diagnostic
	unit       string
	key        findingKey
	certain    bool
}

// analyze runs the rule.
func (r *round) analyze(p *program) []finding {
	graph, err := checker.Analyze([]*analysis.Analyzer{r.rule.Analyzer}, []*packages.Package{p.pkg}, nil)
	if err != nil {
		r.Fatal(err)
	}
	keys := p.creations()
	var findings []finding
	for _, act := range graph.Roots {
		if act.Err != nil {
			r.Fatal(act.Err)
		}
		for _, d := range act.Diagnostics {
			if d.Category == rule.InternalError {
				r.Fatalf("seed %d: %s", r.seed, d.Message)
			}
			f := finding{diagnostic: d, unit: unitOf(p.pkg.Fset.Position(d.Pos).Filename), certain: d.Category == "sizehint"}
			if f.unit == "support" {
				continue
			}
			f.key = keys[d.Pos]
			if f.key.unit == "" {
				r.fail(f.unit, "a finding stands at no creation of a map: %s", d.Message)
			}
			findings = append(findings, f)
		}
	}
	return findings
}

// creations returns the key of each expression that makes a map.
func (p *program) creations() map[token.Pos]findingKey {
	keys := make(map[token.Pos]findingKey)
	for _, f := range p.pkg.Syntax {
		seen := make(map[string]int)
		add := func(target, value ast.Expr) {
			value = ast.Unparen(value)
			switch v := value.(type) {
			case *ast.CallExpr:
				if id, ok := ast.Unparen(v.Fun).(*ast.Ident); !ok || id.Name != "make" {
					return
				}
			case *ast.CompositeLit:
			default:
				return
			}
			name := types.ExprString(target)
			keys[value.Pos()] = findingKey{unitOf(p.pkg.Fset.Position(value.Pos()).Filename), name, seen[name]}
			seen[name]++
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i := range n.Rhs {
					add(n.Lhs[i], n.Rhs[i])
				}
			case *ast.ValueSpec:
				for i := range n.Values {
					add(n.Names[i], n.Values[i])
				}
			case *ast.KeyValueExpr:
				add(n.Key, n.Value)
			case *ast.CompositeLit:
				for _, e := range n.Elts {
					add(ast.NewIdent("element"), e)
				}
			}
			return true
		})
	}
	return keys
}

// edit is an edit of a file by offsets.
type edit struct {
	from, to int
	text     string
}

func (e edit) overlaps(o edit) bool {
	return e.from == o.from || e.from < o.to && o.from < e.to
}

func (p *program) edits(f finding) []edit {
	var list []edit
	for _, e := range f.diagnostic.SuggestedFixes[0].TextEdits {
		tok := p.pkg.Fset.File(e.Pos)
		end := e.End
		if !end.IsValid() {
			end = e.Pos
		}
		list = append(list, edit{tok.Offset(e.Pos), tok.Offset(end), string(e.NewText)})
	}
	return list
}

func applyEdits(src []byte, edits []edit) []byte {
	edits = slices.SortedFunc(slices.Values(edits), func(a, b edit) int { return cmp.Compare(b.from, a.from) })
	out := slices.Clone(src)
	for _, e := range edits {
		out = slices.Replace(out, e.from, e.to, []byte(e.text)...)
	}
	return out
}

// comments returns the comments of a file, sorted.
func comments(src []byte) []string {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	var list []string
	for _, g := range f.Comments {
		for _, c := range g.List {
			list = append(list, c.Text)
		}
	}
	slices.Sort(list)
	return list
}

var endCall = regexp.MustCompile(`\bend\(len\(([^()]*)\)\)`)

// track rewrites the fixed files so that they note the hint of each map of a
// certain finding and compare it with the entries in the end.
func (r *round) track(q *program, findings []finding, fixed map[findingKey]bool) {
	certain := make(map[findingKey]bool)
	for _, f := range findings {
		if f.certain && fixed[f.key] {
			certain[f.key] = true
		}
	}
	keys := q.creations()
	for _, f := range q.pkg.Syntax {
		name := unitOf(q.pkg.Fset.Position(f.Package).Filename)
		src, ok := r.after[name]
		if !ok {
			continue
		}
		tok := q.pkg.Fset.File(f.FileStart)
		var edits []edit
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !certain[keys[call.Pos()]] || len(call.Args) != 2 {
				return true
			}
			hint := src[tok.Offset(call.Args[1].Pos()):tok.Offset(call.Args[1].End())]
			at, end := tok.Offset(call.Pos()), tok.Offset(call.End())
			edits = append(edits, edit{at, at, "track(" + strconv.Quote(name) + ", " + strconv.Quote(keys[call.Pos()].target) + ", "}, edit{end, end, ", " + string(hint) + ")"})
			r.counts.tracked++
			return true
		})
		out := endCall.ReplaceAll(applyEdits(src, edits), []byte("ended($1)"))
		r.write("after/"+name+".go", out)
	}
}
