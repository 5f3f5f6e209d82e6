package command_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/testmod"
)

var (
	mapvet string // as users have it
	tool   string // with further rules
)

func TestMain(m *testing.M) {
	testmod.Main(m, map[string]*string{testmod.Mapvet: &mapvet, testmod.Tool: &tool})
}

// check compares the exit code and looks for parts of the outputs.
func check(t *testing.T, r testmod.Result, code int, stdout, stderr []string) {
	t.Helper()
	ok := r.Code == code
	for _, s := range stdout {
		ok = ok && strings.Contains(r.Stdout, s)
	}
	for _, s := range stderr {
		ok = ok && strings.Contains(r.Stderr, s)
	}
	if !ok {
		t.Errorf("exit code %d, want %d, %q on stdout and %q on stderr; got\n%s\n--\n%s", r.Code, code, stdout, stderr, r.Stdout, r.Stderr)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	dir := testmod.Write(t, `
-- b/b.go --
package b

var X, Y = "risky", "safe"
-- a/a.go --
package a

var X = "safe"
-- a/a_test.go --
package a

var Y = "safe"
-- a/x_test.go --
package a_test

var Y = "safe"
`)
	const want = `a/a.go:3:9: replace by SAFE [safefix]
	a/a.go:1:1: in [this] package
a/a_test.go:3:9: replace by SAFE [safefix]
	a/a.go:1:1: in [this] package
a/x_test.go:3:9: replace by SAFE [safefix]
	a/x_test.go:1:1: in [this] package
b/b.go:3:12: replace by RISKY [riskyfix]
	b/b.go:1:1: in [this] package
b/b.go:3:21: replace by SAFE [safefix]
	b/b.go:1:1: in [this] package
`
	r := testmod.Run(t, dir, tool, "./...")
	if r.Stdout != want || r.Stderr != "" || r.Code != 1 {
		t.Errorf("exit code %d, stderr %q, stdout\n%s\nwant\n%s", r.Code, r.Stderr, r.Stdout, want)
	}
	// Names are relative to the directory, wherever the package is.
	r = testmod.Run(t, filepath.Join(dir, "b"), tool, "-riskyfix", "../...")
	check(t, r, 1, []string{"b.go:3:12: "}, nil)
	r = testmod.Run(t, dir, tool, "-C", "b", "-riskyfix")
	check(t, r, 1, []string{"b.go:3:12: "}, nil)
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	dir := testmod.Write(t, `
-- clean/p.go --
package clean
-- dirty/p.go --
package dirty

var X = "safe"
-- tagged/p.go --
//go:build special

package tagged

var X = "safe"
-- bad/p.go --
package bad

var X int = ""
`)
	for _, test := range []struct {
		args   string
		code   int
		stderr string
	}{
		{"./clean", 0, ""},
		{"./dirty", 1, ""},
		{"dirty/p.go", 1, ""},
		{"-safefix=false ./dirty", 0, ""},
		{"-riskyfix ./dirty", 0, ""},
		{"-tags=special ./tagged", 1, ""},
		{"-tests -sizehint.level=possible ./clean", 0, ""},
		{"./bad ./dirty", 2, "example.com/m/bad: bad/p.go:3:13: "},
		{"bad/p.go", 2, "bad/p.go:3:13: "},
		{"./tagged", 2, "build constraints exclude all Go files"},
		{"./none", 2, "./none"},
		{"./none/...", 2, "./none"},
		{"./clean/... ./none/...", 2, "./none"},
		{"nosuch.go", 2, "nosuch.go"},
		{"example.org/nowhere", 2, "example.org/nowhere"},
		{"fmtt", 2, "fmtt"},
		{".", 2, "no Go files"},
		{"", 2, "no Go files"},
		{"-nosuch ./clean", 2, "-nosuch"},
		{"-sizehint.level=high ./clean", 2, "want certain, likely or possible"},
		{"-x=maybe ./clean", 2, "want true or false"},
		{"-mod=nonsense ./clean", 2, "nonsense"},
		{"-json -sarif ./clean", 2, "exclude each other"},
		{"-fix -overlay=o.json ./clean", 2, "-overlay"},
		{"-overlay=o.json ./clean", 2, "o.json"},
		{"-baseline=none.tsv ./clean", 2, "none.tsv"},
		{"./clean -json", 2, "-json stands after a package"},
		{"help nosuch", 2, "sizehint"},
		{"help a b", 2, "one rule"},
	} {
		r := testmod.Run(t, dir, tool, strings.Fields(test.args)...)
		if r.Code != test.code || !strings.Contains(r.Stderr, test.stderr) || (r.Stderr != "") != (r.Code == 2) {
			t.Errorf("mapvet %s: exit code %d, want %d with %q\n%s%s", test.args, r.Code, test.code, test.stderr, r.Stdout, r.Stderr)
		}
		if strings.Contains(r.Stderr, "goroutine ") {
			t.Errorf("mapvet %s panicked:\n%s", test.args, r.Stderr)
		}
	}
}

func TestOutsideOfModules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	testmod.WriteFile(t, filepath.Join(dir, "p.go"), "package p\n\nvar X = \"safe\"\n")
	r := testmod.Run(t, dir, tool, "./...")
	check(t, r, 2, nil, []string{"mapvet: ", "main module"})
	r = testmod.Run(t, dir, tool, "p.go")
	check(t, r, 1, []string{"p.go:3:9: "}, nil)

	bad := testmod.Write(t, "-- go.mod --\nmodul m\n-- p.go --\npackage p\n")
	r = testmod.Run(t, bad, tool, "./...")
	check(t, r, 2, nil, []string{"go.mod:1"})
}

func TestNoGoCommand(t *testing.T) {
	t.Parallel()
	r := testmod.RunEnv(t, []string{"PATH="}, t.TempDir(), mapvet, "./...")
	check(t, r, 2, nil, []string{"the go command is not in PATH"})
}

func TestWorkspaceAndVendor(t *testing.T) {
	t.Parallel()
	const modules = `
-- go.work --
go 1.26

use (
	./a
	./b
)
-- a/go.mod --
module example.com/a

go 1.26
-- a/a.go --
package a

var X = "safe"
-- b/go.mod --
module example.com/b

go 1.26
-- b/b.go --
package b

import "example.com/a"

var X, Y = a.X, "safe"
`
	dir := testmod.Write(t, modules)
	r := testmod.Run(t, dir, tool, "./a/...", "./b/...")
	check(t, r, 1, []string{"a/a.go:3:9", "b/b.go:5:17"}, nil)

	dir = testmod.Write(t, `
-- go.mod --
module example.com/m

go 1.26

require example.com/dep v1.0.0
-- vendor/modules.txt --
# example.com/dep v1.0.0
## explicit; go 1.26
example.com/dep
-- vendor/example.com/dep/dep.go --
package dep

var X = "safe"
-- p.go --
package p

import "example.com/dep"

var X, Y = dep.X, "safe"
`)
	r = testmod.RunEnv(t, []string{"GOFLAGS=-mod=vendor"}, dir, tool, "./...")
	check(t, r, 1, []string{"p.go:5:19"}, nil)
	if strings.Contains(r.Stdout, "vendor") {
		t.Errorf("./... reports on vendored packages:\n%s", r.Stdout)
	}
	// Nobody changes vendored code, even where it is named.
	r = testmod.Run(t, dir, tool, "-fix", "-mod=vendor", "example.com/dep")
	check(t, r, 1, nil, []string{"applied 0 fixes to 0 files"})

	testmod.WriteFile(t, filepath.Join(dir, "vendor/modules.txt"), "")
	r = testmod.RunEnv(t, []string{"GOFLAGS=-mod=vendor"}, dir, tool, "./...")
	check(t, r, 2, nil, []string{"inconsistent vendoring"})
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"help"}, {"-h"}, {"-help"}} {
		r := testmod.Run(t, ".", mapvet, args...)
		check(t, r, 0, []string{"go vet -vettool=", "-baseline", "sizehint", "suppression", "Exit codes"}, nil)
		for line := range strings.Lines(r.Stdout) {
			if len(line) > 100 {
				t.Errorf("line too long for a terminal: %q", line)
			}
		}
	}
	r := testmod.Run(t, ".", mapvet, "help", "suppression")
	check(t, r, 0, []string{"\nWhat it reports\n\n    A //mapdiag:ignore comment", "-suppression.level=level", "suppression.md"}, nil)
	r = testmod.Run(t, ".", mapvet, "version")
	check(t, r, 0, []string{"mapvet "}, nil)
}

func TestJSON(t *testing.T) {
	t.Parallel()
	dir := testmod.Write(t, `
-- p/p.go --
package p

// Ünicode: columns count bytes.
var X = "risky"
-- bad/p.go --
package bad

var X int = ""
`)
	r := testmod.Run(t, dir, tool, "-json", "./...")
	var got struct {
		Complete bool
		Findings []struct {
			Rule, Level, Severity, Package, File, Message, URL, Fingerprint string
			Line, Column, EndLine, EndColumn                                int
			Related                                                         []struct{ File, Message string }
			Fixes                                                           []struct {
				Message string
				Safe    bool
				Edits   []struct {
					File       string
					Start, End int
					New        string
				}
			}
		}
		LeftOut []struct{ Package, Reason string }
	}
	if err := json.Unmarshal([]byte(r.Stdout), &got); err != nil {
		t.Fatalf("%v\n%s", err, r.Stdout)
	}
	if r.Code != 2 || got.Complete || len(got.Findings) != 1 || len(got.LeftOut) != 1 {
		t.Fatalf("exit code %d\n%s", r.Code, r.Stdout)
	}
	f := got.Findings[0]
	if f.Rule != "riskyfix" || f.Level != "certain" || f.Severity != "hint" || f.Package != "example.com/m/p" ||
		f.File != "p/p.go" || f.Line != 4 || f.Column != 9 || f.EndLine != 4 || f.EndColumn != 16 ||
		f.Message == "" || !strings.HasSuffix(f.URL, "riskyfix.md") || len(f.Fingerprint) != 32 || len(f.Related) != 1 {
		t.Errorf("finding %+v", f)
	}
	src := testmod.ReadFile(t, dir, "p/p.go")
	if len(f.Fixes) != 1 || f.Fixes[0].Safe || len(f.Fixes[0].Edits) != 1 {
		t.Fatalf("fixes %+v", f.Fixes)
	}
	if e := f.Fixes[0].Edits[0]; src[e.Start:e.End] != "risky" || e.New != "RISKY" || e.File != "p/p.go" {
		t.Errorf("edit %+v", e)
	}
	if g := got.LeftOut[0]; g.Package != "example.com/m/bad" || !strings.Contains(g.Reason, "bad/p.go:3:13") {
		t.Errorf("left out %+v", g)
	}

	r = testmod.Run(t, dir, mapvet, "-json", "./p")
	if r.Code != 0 || strings.Join(strings.Fields(r.Stdout), "") != `{"complete":true,"findings":[],"leftOut":[]}` {
		t.Errorf("without findings: exit code %d\n%s", r.Code, r.Stdout)
	}
}

func TestFailingRule(t *testing.T) {
	t.Parallel()
	dir := testmod.Write(t, "-- p.go --\npackage p\n\nfunc Boom() {}\n\nvar S = \"safe\"\n")
	for range 2 {
		r := testmod.Run(t, dir, tool)
		check(t, r, 2, []string{"p.go:5:9: "}, []string{"rule panics failed on package example.com/m"})
		if strings.Contains(r.Stdout, "panics") {
			t.Errorf("the failure of a rule is no finding:\n%s", r.Stdout)
		}
	}
}

func TestFix(t *testing.T) {
	t.Parallel()
	dir := testmod.Write(t, `
-- p/a.go --
package p

var (
	A    = "safe"
	Long = "risky"
)
-- p/b_test.go --
package p

var B = "safe"
-- p/messy.go --
package p
var   C    =    "safe"
-- p/overlap.go --
package p

var D = "ab"
-- bad/p.go --
package bad

var X int = "safe"
`)
	sources := func() string {
		var all []string
		for _, name := range []string{"a.go", "b_test.go", "messy.go", "overlap.go"} {
			all = append(all, testmod.ReadFile(t, dir, "p", name))
		}
		return strings.Join(all, "")
	}
	before := sources()

	r := testmod.Run(t, dir, tool, "-diff", "./p")
	check(t, r, 1, []string{"--- a/p/a.go\n+++ b/p/a.go\n", "\n-\tA    = \"safe\"\n+\tA    = \"SAFE\"\n", "+var D = \"xb\"\n"},
		[]string{"1 fix is not shown", "1 finding has no fix"})
	if sources() != before {
		t.Fatal("-diff changed files")
	}
	if r2 := testmod.Run(t, dir, tool, "-fix", "-diff", "./p"); r2.Stdout != r.Stdout {
		t.Errorf("-fix -diff is not -diff:\n%s", r2.Stdout)
	}
	if err := os.Chmod(filepath.Join(dir, "p", "a.go"), 0o600); err != nil {
		t.Fatal(err)
	}
	apply(t, dir, r.Stdout, filepath.Join("p", "a.go"))

	r = testmod.Run(t, dir, tool, "-fix", "./...")
	check(t, r, 2, nil, []string{"applied 5 fixes to 4 files", "1 finding has no fix", "left out package example.com/m/bad"})
	const want = `package p

var (
	A    = "SAFE"
	Long = "risky"
)
package p

var B = "SAFE"
package p
var   C    =    "SAFE"
package p

var D = "xy"
`
	if got := sources(); got != want {
		t.Errorf("fixed to\n%s", got)
	}
	if info, err := os.Stat(filepath.Join(dir, "p", "a.go")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the permissions became %v (%v)", info.Mode(), err)
	}

	r = testmod.Run(t, dir, tool, "-fix", "./p")
	check(t, r, 1, nil, []string{"applied 0 fixes to 0 files"})
	r = testmod.Run(t, dir, tool, "-fix", "-safefix", "./p")
	check(t, r, 0, nil, nil)
}

// apply checks that git, if there is one, takes the diff as a patch.
func apply(t *testing.T, dir, patch, file string) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		return
	}
	cmd := exec.Command(git, "apply", "--check", "-")
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(patch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("git apply to %s: %v\n%s", file, err, out)
	}
}

// A fix after which the file would not parse is a bug of the rule, and must
// not become one of the user's code.
func TestBrokenFix(t *testing.T) {
	t.Parallel()
	const src = "package p\n\nvar A, B = \"break\", 1\n"
	dir := testmod.Write(t, "-- p.go --\n"+src)
	r := testmod.Run(t, dir, tool, "-fix")
	check(t, r, 1, nil, []string{"p.go: the fixed file would not parse", "applied 0 fixes"})
	if got := testmod.ReadFile(t, dir, "p.go"); got != src {
		t.Errorf("changed to\n%s", got)
	}
}

// The rule with safe fixes, as users have it.
func TestFixSizehint(t *testing.T) {
	t.Parallel()
	const src = `package p

type User struct{ ID int }

func Index(users []*User) map[int]*User {
	byID := make(map[int]*User) // the index
	for _, u := range users {
		byID[u.ID] = u
	}
	return byID
}
`
	dir := testmod.Write(t, "-- p.go --\n"+src)
	check(t, testmod.Run(t, dir, mapvet), 1, []string{"p.go:6:", "[sizehint]"}, nil)
	check(t, testmod.Run(t, dir, mapvet, "-fix"), 0, nil, []string{"applied 1 fix to 1 file"})
	want := strings.Replace(src, "*User) //", "*User, len(users)) //", 1)
	if got := testmod.ReadFile(t, dir, "p.go"); got != want {
		t.Errorf("fixed to\n%s", got)
	}
	check(t, testmod.Run(t, dir, mapvet), 0, nil, nil)
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	dir := testmod.Write(t, `
-- p.go --
package p
-- new/p.go --
package p

var X = "safe"
-- p_test.go --
package p

var X int = ""
-- overlay.json --
{"Replace": {"p.go": "new/p.go"}}
`)
	// The broken test needs an overlay too: both must hold.
	r := testmod.Run(t, dir, tool, "-overlay=overlay.json", ".")
	check(t, r, 2, []string{"p.go:3:9: "}, []string{"left out the tests of package example.com/m"})
	r = testmod.Run(t, dir, tool, "-overlay=overlay.json", "-sarif", ".")
	check(t, r, 2, []string{`"startLine": 3`}, nil)
}

// The go command caches a package that was only a dependency under the same
// key as one that was asked for.
func TestCachedDependency(t *testing.T) {
	t.Parallel()
	dir := testmod.Write(t, `
-- p/p.go --
package p

import _ "example.com/m/q"
-- q/q.go --
package q

var X = "safe"
-- q/q_test.go --
package q

var Y int = 0
`)
	r := testmod.Run(t, dir, tool, "./p")
	check(t, r, 0, nil, nil)
	// Without its tests q is exactly the package that p imports.
	testmod.WriteFile(t, filepath.Join(dir, "q/q_test.go"), "package q\n\nvar Y int = \"\"\n")
	r = testmod.Run(t, dir, tool, "./q")
	check(t, r, 2, []string{"q/q.go:3:9"}, []string{"left out the tests of package example.com/m/q"})

}
