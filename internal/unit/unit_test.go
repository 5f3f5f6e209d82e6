package unit_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/testmod"
	"github.com/mapdiag/mapdiag/internal/unit"
)

var (
	mapvet string // as users have it
	tool   string // with further rules
)

func TestMain(m *testing.M) {
	testmod.Main(m, map[string]*string{testmod.Mapvet: &mapvet, testmod.Tool: &tool})
}

// sized is code for which sizehint has a finding and a fix.
const sized = `
-- p/p.go --
package p

type User struct{ ID int }

func Index(users []*User) map[int]*User {
	byID := make(map[int]*User)
	for _, u := range users {
		byID[u.ID] = u
	}
	return byID
}
-- p/p_test.go --
package p

var _ = Index
`

func TestGoVet(t *testing.T) {
	dir := testmod.Write(t, sized)
	for _, run := range []string{"first", "cached"} {
		r := testmod.Run(t, dir, "go", "vet", "-vettool="+mapvet, "./...")
		if r.Code != 1 || strings.Count(r.Stderr, "p/p.go:6:") != 1 {
			t.Errorf("%s run: exit code %d, want 1 and one finding at p/p.go:6:\n%s%s", run, r.Code, r.Stdout, r.Stderr)
		}
	}

	r := testmod.Run(t, dir, "go", "vet", "-vettool="+mapvet, "-json", "./...")
	var tree map[string]map[string][]struct {
		Category string
		Fixes    []any `json:"suggested_fixes"`
	}
	if err := json.Unmarshal([]byte(r.Stdout), &tree); err != nil || r.Code != 0 {
		t.Fatalf("-json: exit code %d, %v\n%s%s", r.Code, err, r.Stdout, r.Stderr)
	}
	found := tree["example.com/m/p"]["sizehint"]
	if len(found) != 1 || !strings.HasPrefix(found[0].Category, "sizehint") || len(found[0].Fixes) == 0 {
		t.Errorf("-json: want one finding of sizehint with a fix, got %s", r.Stdout)
	}

	r = testmod.Run(t, dir, "go", "vet", "-vettool="+mapvet, "-sizehint=false", "./...")
	if r.Code != 0 {
		t.Errorf("-sizehint=false: exit code %d\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
}

func TestGoFix(t *testing.T) {
	dir := testmod.Write(t, sized)
	before := testmod.ReadFile(t, dir, "p/p.go")

	r := testmod.Run(t, dir, "go", "fix", "-fixtool="+mapvet, "-diff", "./...")
	if r.Code != 1 || !strings.Contains(r.Stdout, "len(users)") {
		t.Errorf("-diff: exit code %d, want 1 and a hint of len(users):\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
	if testmod.ReadFile(t, dir, "p/p.go") != before {
		t.Error("-diff changed the file")
	}

	if r = testmod.Run(t, dir, "go", "fix", "-fixtool="+mapvet, "./..."); r.Code != 0 {
		t.Errorf("exit code %d\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
	after := testmod.ReadFile(t, dir, "p/p.go")
	if !strings.Contains(after, "len(users)") {
		t.Errorf("the fix was not applied:\n%s", after)
	}
	testmod.Run(t, dir, "go", "fix", "-fixtool="+mapvet, "./...")
	if again := testmod.ReadFile(t, dir, "p/p.go"); again != after {
		t.Errorf("a second run changed the fixed file to\n%s", again)
	}
}

// The go command caches a package that was only a dependency under the same
// key as one that was asked for; -deps is the way out.
func TestDeps(t *testing.T) {
	dir := testmod.Write(t, `
-- p/p.go --
package p

import _ "example.com/m/q"
-- q/q.go --
package q

import _ "unicode/utf8"

var X = "safe"
`)
	r := testmod.Run(t, dir, "go", "vet", "-vettool="+tool, "./p")
	if r.Code != 0 || r.Stderr != "" {
		t.Errorf("a dependency is reported on without -deps:\n%s", r.Stderr)
	}
	for _, args := range [][]string{{"-deps=main", "./p"}, {"-deps", "main", "./p"}, {"-deps=main", "./q"}, {"-deps=all", "./p"}} {
		for range 2 {
			r := testmod.Run(t, dir, "go", append([]string{"vet", "-vettool=" + tool}, args...)...)
			if r.Code != 1 || !strings.Contains(r.Stderr, "q/q.go:5:9: ") {
				t.Errorf("%q: exit code %d\n%s", args, r.Code, r.Stderr)
			}
		}
	}
	if r := testmod.Run(t, dir, "go", "vet", "-vettool="+tool, "-deps=some", "./p"); r.Code == 0 || !strings.Contains(r.Stderr, "want none, main or all") {
		t.Errorf("-deps=some: exit code %d\n%s", r.Code, r.Stderr)
	}
}

// What docs/limits.md says of -json: the go command repeats the cached findings
// of a package where it wants its facts. It is here so that the page is
// corrected when the go command is.
func TestCachedFindingsOfDependencies(t *testing.T) {
	dir := testmod.Write(t, `
-- p/p.go --
package p

import _ "example.com/m/q"
-- q/q.go --
package q

var X = "safe"
`)
	vet := func(pattern string) string {
		return testmod.Run(t, dir, "go", "vet", "-vettool="+tool, "-json", pattern).Stdout
	}
	if out := vet("./p"); strings.Contains(out, "q.go") {
		t.Fatalf("a dependency is reported on:\n%s", out)
	}
	testmod.WriteFile(t, filepath.Join(dir, "q", "q.go"), "package q\n\nvar Y = \"safe\"\n")
	if out := vet("./q"); !strings.Contains(out, "q.go:3:") {
		t.Fatalf("no finding:\n%s", out)
	}
	if out := vet("./p"); !strings.Contains(out, "q.go:3:") {
		t.Errorf("the go command no longer repeats cached findings of dependencies:\n%s", out)
	}
}

// In bulk, nobody looks at what is applied.
func TestOnlySafeFixesInBulk(t *testing.T) {
	const src = "package p\n\nvar A, B = \"safe\", \"risky\"\n"
	const want = "package p\n\nvar A, B = \"SAFE\", \"risky\"\n"
	for _, args := range [][]string{
		{"fix", "-fixtool=" + tool, "./..."},
		{"vet", "-vettool=" + tool, "-fix", "./..."},
	} {
		dir := testmod.Write(t, "-- p.go --\n"+src)
		r := testmod.Run(t, dir, "go", args...)
		if got := testmod.ReadFile(t, dir, "p.go"); r.Code != 0 || got != want {
			t.Errorf("go %s: exit code %d\n%s\n%s", args[0], r.Code, r.Stderr, got)
		}
	}

	// An editor shows what it applies: it is offered all fixes.
	dir := testmod.Write(t, "-- p.go --\n"+src)
	r := testmod.Run(t, dir, "go", "vet", "-vettool="+tool, "-json", "./...")
	if !strings.Contains(r.Stdout, "Write RISKY") {
		t.Errorf("-json offers no fix that is not safe:\n%s%s", r.Stdout, r.Stderr)
	}
}

func TestFailingRule(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"panic", "func Boom() {}", "rule panics failed on package example.com/m"},
		{"error", "func Fail() {}", "rule errs failed on package example.com/m"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := testmod.Write(t, "-- p.go --\npackage p\n\n"+test.src+"\n\nvar S = \"safe\"\n")
			for _, run := range []string{"first", "cached"} {
				r := testmod.Run(t, dir, "go", "vet", "-vettool="+tool, ".")
				if r.Code != 1 || !strings.Contains(r.Stderr, "p.go:1:1: "+test.want) {
					t.Errorf("%s run: exit code %d, want 1 and %q:\n%s", run, r.Code, test.want, r.Stderr)
				}
				if !strings.Contains(r.Stderr, "p.go:5:9: replace by SAFE") {
					t.Errorf("%s run: other rules lost their findings:\n%s", run, r.Stderr)
				}
			}
		})
	}
}

// The project can be a tool of other modules before it is published.
func TestGoTool(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := testmod.Write(t, sized+"-- go.mod --\n"+toolModule(t, root))
	testmod.WriteFile(t, filepath.Join(dir, "go.sum"), testmod.ReadFile(t, root, "go.sum"))
	r := testmod.Run(t, dir, "go", "tool", "mapvet", "./...")
	if r.Code != 1 || !strings.HasPrefix(r.Stdout, filepath.FromSlash("p/p.go:6:")) {
		t.Errorf("exit code %d, want 1 and a finding at p/p.go:6\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
}

// toolModule returns the go.mod that go get -tool and go mod tidy leave in a
// module that takes mapvet from the directory root. Those commands
// themselves would need the network.
func toolModule(t *testing.T, root string) string {
	r := testmod.Run(t, root, "go", "mod", "edit", "-json")
	var mod struct {
		Require []struct{ Path, Version string }
		Replace []struct{ Old, New struct{ Path string } }
	}
	if err := json.Unmarshal([]byte(r.Stdout), &mod); err != nil {
		t.Fatalf("%v\n%s", err, r.Stderr)
	}
	const self = "github.com/mapdiag/mapdiag"
	var b strings.Builder
	fmt.Fprintf(&b, "module example.com/m\n\ngo 1.26\n\ntool %s\n\nrequire %s v0.0.0\n\nreplace %[2]s => %s\n", testmod.Mapvet, self, root)
	for _, m := range mod.Require {
		fmt.Fprintf(&b, "require %s %s // indirect\n", m.Path, m.Version)
	}
	for _, m := range mod.Replace {
		fmt.Fprintf(&b, "replace %s => %s\n", m.Old.Path, filepath.Join(root, m.New.Path))
	}
	return b.String()
}

// Units of the standard library and of other modules have no facts: they
// must not even be parsed.
func TestFactless(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		name string
		cfg  map[string]any
		want bool
	}{
		{"standard library", map[string]any{"VetxOnly": true}, true},
		{"other module", map[string]any{"VetxOnly": true, "ModulePath": "example.com/dep", "ModuleVersion": "v1.0.0"}, true},
		{"main module", map[string]any{"VetxOnly": true, "ModulePath": "example.com/m"}, false},
		{"package to be reported on", map[string]any{"VetxOnly": false, "ModulePath": "example.com/dep", "ModuleVersion": "v1.0.0"}, false},
	} {
		vetx := filepath.Join(dir, "vetx")
		test.cfg["GoFiles"] = []string{"does-not-exist.go"}
		test.cfg["VetxOutput"] = vetx
		data, err := json.Marshal(test.cfg)
		if err != nil {
			t.Fatal(err)
		}
		testmod.WriteFile(t, filepath.Join(dir, "vet.cfg"), string(data))
		r := testmod.Run(t, dir, mapvet, "vet.cfg")
		if got := r.Code == 0; got != test.want {
			t.Errorf("%s: exit code %d\n%s", test.name, r.Code, r.Stderr)
		}
		if test.want {
			if err := os.Remove(vetx); err != nil {
				t.Errorf("%s: no facts file: %v", test.name, err)
			}
		}
	}
}

func TestRequested(t *testing.T) {
	for args, want := range map[string]bool{
		"-flags":                         true,
		"-V=full":                        true,
		"-json /tmp/b001/vet.cfg":        true,
		"":                               false,
		"./...":                          false,
		"-json ./...":                    false,
		"-baseline=old.cfg ./...":        false,
		"help sizehint":                  false,
		"-fix -sizehint.level=x vet.cfg": true,
	} {
		if got := unit.Requested(strings.Fields(args)); got != want {
			t.Errorf("Requested(%q) = %t", args, got)
		}
	}
}
