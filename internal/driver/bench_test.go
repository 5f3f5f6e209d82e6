package driver_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

// synthetic writes a module with one package of many functions, which imports
// others of the module and of the standard library.
func synthetic(b *testing.B, funcs int) (dir string) {
	dir = b.TempDir()
	testmod.WriteFile(b, filepath.Join(dir, "go.mod"), "module example.com/m\n\ngo 1.26\n")
	for i := range 5 {
		testmod.WriteFile(b, filepath.Join(dir, fmt.Sprintf("dep%d/dep.go", i)), fmt.Sprintf("package dep%d\n\nimport \"sync\"\n\ntype Store struct {\n\tMu sync.Mutex\n\tM map[string]int\n}\n\nfunc Fill(m map[int]bool, k int) { m[k] = true }\n", i))
	}
	var files [5]strings.Builder
	for i := range files {
		fmt.Fprintf(&files[i], "package big\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\t\"sort\"\n\t\"strings\"\n\n\t\"example.com/m/dep%d\"\n)\n\nvar _ http.Handler\n", i)
	}
	for i := range funcs {
		fmt.Fprintf(&files[i%5], `
type T%[1]d struct {
	dep%[2]d.Store
	name string
}

func (t *T%[1]d) Add(xs []string) (int, error) {
	t.Mu.Lock()
	defer t.Mu.Unlock()
	seen := make(map[string]int) // measured: 900 maps of 310
	for i, x := range xs {
		if strings.HasPrefix(x, t.name) {
			return i, fmt.Errorf("%%s: %%d", x, i)
		}
		t.M[x] += i
		seen[x] = i
	}
	sort.Strings(xs)
	return len(seen), nil
}

func F%[1]d(w http.ResponseWriter, xs []int) {
	m := make(map[int]bool) // measured: 900 maps of 310
	for _, x := range xs {
		m[x] = true
	}
	dep%[2]d.Fill(m, 0)
	fmt.Fprintln(w, len(m))
}
`, i, i%5)
	}
	for i := range files {
		testmod.WriteFile(b, filepath.Join(dir, fmt.Sprintf("big/f%d.go", i)), files[i].String())
	}
	return dir
}

// alone parses and type-checks the files of a package, all of them anew, against
// imports that are kept.
func alone(tb testing.TB, u *driver.Unit, imp types.Importer) {
	fset := token.NewFileSet()
	var list []*ast.File
	for _, name := range u.Files {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, f)
	}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Instances: make(map[*ast.Ident]types.Instance), Defs: make(map[*ast.Ident]types.Object),
		Uses: make(map[*ast.Ident]types.Object), Implicits: make(map[ast.Node]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Scopes: make(map[ast.Node]*types.Scope), FileVersions: make(map[*ast.File]string),
	}
	if _, err := (&types.Config{Importer: imp, FakeImportC: true}).Check(u.Path, fset, list, info); err != nil {
		tb.Fatal(err)
	}
}

// compiledIn returns an importer of export data.
func compiledIn(tb testing.TB, dir string, patterns ...string) types.Importer {
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, patterns...)...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	export := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		export[path] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (r io.ReadCloser, err error) { return os.Open(export[path]) })
}

// BenchmarkEdit is one edit and the analysis that follows, against parsing and
// type-checking the package alone ("x-of-check"), for packages of several sizes. Measured, each
// of their functions has sites in a profile.
func BenchmarkEdit(b *testing.B) {
	for _, funcs := range []int{50, 200, 800} {
		b.Run(fmt.Sprint(funcs), func(b *testing.B) { benchmarkEdit(b, funcs, false) })
	}
	b.Run("800-measured", func(b *testing.B) { benchmarkEdit(b, 800, true) })
}

func benchmarkEdit(b *testing.B, funcs int, measured bool) {
	dir := synthetic(b, funcs)
	build := load(b, dir)
	if measured {
		build.SetProfile(sitestest.Module(b, dir, nil))
	}
	u := unit(b, build, "example.com/m/big")
	name := u.Files[0]
	text := testmod.ReadFile(b, name)
	imp := compiledIn(b, dir, "./...")
	alone(b, u, imp)
	analyze(b, build, new(driver.Disk), u)
	began := time.Now()
	for range 5 {
		alone(b, u, imp)
	}
	check := time.Since(began) / 5
	b.ResetTimer()
	for i := range b.N {
		if r := analyze(b, build, edit(name, text+fmt.Sprintf("// %d\n", i)), u); r.Broken || len(r.Findings) == 0 {
			b.Fatal(messages(r))
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(check), "x-of-check")
}

// BenchmarkCold is the first analysis in a module, the go command's time included.
func BenchmarkCold(b *testing.B) {
	dir := synthetic(b, 200)
	load(b, dir) // so that the dependencies are compiled
	for b.Loop() {
		build := newBuild(b, dir, nil, nil)
		if err := build.Load(context.Background(), "", "./big"); err != nil {
			b.Fatal(err)
		}
		analyze(b, build, new(driver.Disk), unit(b, build, "example.com/m/big"))
	}
}

// BenchmarkKnown is a question about a result that is known.
func BenchmarkKnown(b *testing.B) {
	dir := synthetic(b, 200)
	build := load(b, dir)
	u := unit(b, build, "example.com/m/big")
	analyze(b, build, new(driver.Disk), u)
	f := new(driver.Disk)
	for b.Loop() {
		if build.Known(f, u) == nil {
			b.Fatal("it is not known")
		}
	}
}
