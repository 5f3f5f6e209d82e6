package join

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/golist"
	"github.com/mapdiag/mapdiag/internal/record/raw"
	"github.com/mapdiag/mapdiag/internal/sites"
)

const source = `package p

type Order struct{ lines map[string]int }

func two() (a, b map[int]int) {
	a, b = make(map[int]int), make(map[int]int)
	return
}

func kinds() []any {
	x, y := make(map[string]*Order), make(map[int]bool)
	return []any{x, y, named{}, []map[int]int{{1: 1}}}
}

type named map[string]int

func grows(words []string) int {
	seen := make(map[string]bool)
	count := make(map[string]int)
	for _, w := range words {
		seen[w] = true
		fill(count, w)
	}
	return len(seen) + len(count)
}

func fill(m map[string]int, w string) { m[w]++ }

func grouped(list []Order) map[string][]Order {
	m := map[string][]Order{}
	for _, o := range list {
		for k := range o.lines {
			m[k] = append(m[k], o)
		}
	}
	return m
}
`

// load returns the sources of a package of one file.
func load(t *testing.T, before time.Duration) (s *Sources, file string) {
	t.Helper()
	dir := t.TempDir()
	file = filepath.Join(dir, "p.go")
	for name, text := range map[string]string{file: source, filepath.Join(dir, "go.mod"): "module example.com/p\n\ngo 1.24\n"} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Load(t.Context(), dir, nil, []string{"."}, time.Now().Add(before))
	if err != nil {
		t.Fatal(err)
	}
	return s, file
}

func made(n uint64) (c raw.Classes) { c[1] = n; return c }

// lineOf returns the line of the source that holds a text.
func lineOf(t *testing.T, text string) int {
	t.Helper()
	for i, l := range strings.Split(source, "\n") {
		if strings.Contains(l, text) {
			return i + 1
		}
	}
	t.Fatalf("no line has %q", text)
	return 0
}

// expression returns the source from a site's first token on.
func expression(t *testing.T, s *Sources, file string, site *sites.Site) string {
	t.Helper()
	f := s.file(file)
	for i := range f.decls {
		if d := &f.decls[i]; d.Name == site.Decl {
			if pos := d.Pos(site.Token); pos.IsValid() {
				return source[s.fset.PositionFor(pos, false).Offset:]
			}
		}
	}
	return ""
}

func TestJoin(t *testing.T) {
	s, file := load(t, time.Hour)
	at := func(fn, text string) raw.Frame {
		return raw.Frame{Func: "example.com/p." + fn, File: file, Line: lineOf(t, text)}
	}
	for _, c := range []struct {
		name  string
		sites []raw.Site
		want  []string // beginnings of expressions
	}{
		{"two of one type on a line", []raw.Site{
			{Type: "map[int]int", Stack: []raw.Frame{at("two", "a, b =")}, Made: made(1)},
			{Type: "map[int]int", Stack: []raw.Frame{at("two", "a, b =")}, Made: made(2)},
		}, []string{"make(map[int]int), make", "make(map[int]int)\n"}},
		{"two types on a line", []raw.Site{
			{Type: "map[int]bool", Stack: []raw.Frame{at("kinds", "x, y :=")}, Made: made(1)},
			{Type: "map[string]*example.com/p.Order", Stack: []raw.Frame{at("kinds", "x, y :=")}, Made: made(2)},
		}, []string{"make(map[int]bool)", "make(map[string]*Order)"}},
		{"a named type, and a literal that leaves its type out", []raw.Site{
			{Type: "example.com/p.named", Stack: []raw.Frame{at("kinds", "return []any")}, Made: made(1)},
			{Type: "map[int]int", Stack: []raw.Frame{at("kinds", "return []any")}, Made: made(2)},
		}, []string{"named{}", "{1: 1}"}},
		{"growths on the stack, one of them in a function that was inlined", []raw.Site{
			{Type: "map[string]bool", AtGrowth: true, Stack: []raw.Frame{at("grows", "seen[w] = true")}, Made: made(1)},
			{Type: "map[string]int", AtGrowth: true, Stack: []raw.Frame{at("fill", "m[w]++"), at("grows", "fill(count, w)")}, Made: made(2)},
		}, []string{"make(map[string]bool)", "make(map[string]int)"}},
		{"a growth in a loop", []raw.Site{
			{Type: "map[string][]example.com/p.Order", AtGrowth: true, Stack: []raw.Frame{at("grouped", "m[k] = append")}, Made: made(1)},
		}, []string{"map[string][]Order{}"}},
		{"a line without a make", []raw.Site{
			{Type: "map[int]int", Stack: []raw.Frame{at("grows", "return len(seen)")}, Made: made(1)},
		}, []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := s.Profile(&raw.Process{Sites: c.sites}, nil)
			if len(p.Packages) != 1 || p.Packages[0].Path != "example.com/p" || p.Module != "example.com/p" {
				t.Fatalf("%+v", p)
			}
			byMakes := slices.SortedFunc(slices.Values(p.Packages[0].Sites), func(a, b sites.Site) int { return int(a.Makes) - int(b.Makes) })
			if len(byMakes) != len(c.want) {
				t.Fatalf("%d sites: %+v", len(byMakes), byMakes)
			}
			for i := range byMakes {
				if got := expression(t, s, file, &byMakes[i]); !strings.HasPrefix(got, c.want[i]) || (c.want[i] == "") != (got == "") {
					t.Errorf("site %d (%s) is %.40q, want %q", i+1, byMakes[i].Type, got, c.want[i])
				}
				if byMakes[i].File != "p.go" || byMakes[i].Hash == "" {
					t.Errorf("%+v", byMakes[i].Place)
				}
			}
		})
	}
}

// A file that was changed since the build began is not what was built: its lines may be others.
func TestChangedSince(t *testing.T) {
	s, file := load(t, -time.Hour)
	p := s.Profile(&raw.Process{Sites: []raw.Site{{Type: "map[int]int", Stack: []raw.Frame{{Func: "example.com/p.two", File: file, Line: 6}}, Made: made(1)}}}, nil)
	if site := p.Packages[0].Sites[0]; site.Token >= 0 || site.Hash != "" || site.Line != 6 {
		t.Errorf("%+v", site.Place)
	}
}

// Names of files under -trimpath begin with the path of the package.
func TestTrimpath(t *testing.T) {
	s := &Sources{packages: make(map[string]*golist.Package), root: "/src/m"}
	own := &golist.Package{ImportPath: "example.com/m/p", Dir: "/src/m/p", XTestGoFiles: []string{"x_test.go"}}
	s.packages[own.Dir], s.packages[own.ImportPath] = own, own
	for _, c := range []struct{ name, file, path string }{
		{"/src/m/p/a.go", "p/a.go", "example.com/m/p"},
		{"example.com/m/p/a.go", "p/a.go", "example.com/m/p"},
		{"example.com/m/p/x_test.go", "p/x_test.go", "example.com/m/p_test"},
		{"/elsewhere/a.go", "/elsewhere/a.go", ""},
	} {
		p, file := s.locate(c.name)
		path := ""
		if p != nil {
			path = importPath(p, file)
		}
		if s.name(file) != c.file || path != c.path {
			t.Errorf("%s is %s of %q, want %s of %q", c.name, s.name(file), path, c.file, c.path)
		}
	}
}

func TestPlainType(t *testing.T) {
	for _, c := range [][2]string{
		{"map[string]*example.com/a/b.Order", "map[string]*b.Order"},
		{"map[main.V2]string", "map[V2]string"},
		{"map[interface {}]struct {}", "map[any]struct{}"},
		{"map[string][]uint8", "map[string][]byte"},
		{"map[gopkg.in/yaml%2ev3.Kind]int32", "map[yaml.Kind]rune"},
		{"map[string]func(int, string) error", "map[string]func(int,string) error"},
	} {
		if a, b := plainType(c[0]), plainType(c[1]); a != b {
			t.Errorf("%s is %s, %s is %s", c[0], a, c[1], b)
		}
	}
	if plainType("map[string]int") == plainType("map[string]uint") {
		t.Error("two types are one")
	}
}

func TestPackageOf(t *testing.T) {
	for fn, want := range map[string]string{
		"main.main":                        "main",
		"example.com/a/b.(*T).m":           "example.com/a/b",
		"gopkg.in/yaml%2ev3.F":             "gopkg.in/yaml.v3",
		"example.com/a.F[example.com/b.T]": "example.com/a",
		"example.com/a.F[...].func1":       "example.com/a",
	} {
		if got := packageOf(fn); got != want {
			t.Errorf("%s is of %s, want %s", fn, got, want)
		}
	}
}

// Whatever stands in a recording, there is a profile of it.
func FuzzStacks(f *testing.F) {
	f.Add("p.two", 6, "map[int]int", false)
	f.Add("p.grows", 22, "", true)
	f.Add("", -1, "][", true)
	dir := f.TempDir()
	file := filepath.Join(dir, "p.go")
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module p\n\ngo 1.24\n"), 0o666); err != nil {
		f.Fatal(err)
	}
	s, err := Load(f.Context(), dir, nil, []string{"."}, time.Now().Add(time.Hour))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, fn string, line int, typ string, atGrowth bool) {
		site := raw.Site{Type: typ, AtGrowth: atGrowth, Made: made(1), Stack: []raw.Frame{{Func: fn, File: file, Line: line}, {Func: fn, File: fn, Line: line}}}
		p := s.Profile(&raw.Process{Sites: []raw.Site{site, {}}}, nil)
		if p.Processes != 1 {
			t.Error("no process")
		}
	})
}

// A package that imports the one under test is listed as built for its tests alone.
func TestHelperOfTests(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":       "module example.com/p\n\ngo 1.24\n",
		"p.go":         "package p\n",
		"p_test.go":    "package p_test\n\nimport _ \"example.com/p/help\"\n",
		"in_test.go":   "package p\n",
		"help/help.go": "package help\n\nimport _ \"example.com/p\"\n\nvar Table = map[int]int{1: 1}\n",
	} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Load(t.Context(), dir, nil, []string{"."}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	p := s.Profile(&raw.Process{Sites: []raw.Site{
		{Type: "map[int]int", Stack: []raw.Frame{{Func: "example.com/p/help.init", File: filepath.Join(dir, "help", "help.go"), Line: 5}}, Made: made(1)},
	}}, nil)
	if len(p.Packages) != 1 || p.Packages[0].Path != "example.com/p/help" || p.Packages[0].Sites[0].Token < 0 {
		t.Errorf("%+v", p.Packages)
	}
}
