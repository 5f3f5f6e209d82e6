package driver_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
	"github.com/mapdiag/mapdiag/internal/testmod"
	vetunit "github.com/mapdiag/mapdiag/internal/unit"
	"github.com/mapdiag/mapdiag/internal/vet"
)

func hashOf(data string) driver.Hash { return sha256.Sum256([]byte(data)) }

// lines writes findings with all that go vet reports of them: no offsets.
func lines(list []finding.Finding) []string {
	var out []string
	for _, f := range list {
		var b strings.Builder
		fmt.Fprintf(&b, "%s-%s %s/%s %s: %s", f.Pos, f.End, f.Rule, f.Level, f.Package, f.Message)
		for _, r := range f.Related {
			fmt.Fprintf(&b, "\n\t%s-%s %s", r.Pos, r.End, r.Message)
		}
		for _, x := range f.Fixes {
			fmt.Fprintf(&b, "\n\tfix %q", x.Message)
			for _, e := range x.Edits {
				fmt.Fprintf(&b, "\n\t\t%s %d-%d %q", e.Filename, e.Start, e.End, e.New)
			}
		}
		out = append(out, b.String())
	}
	return out
}

// compare reports how the driver's findings differ from those of go vet, with what comments say
// was measured.
func compare(t *testing.T, dir string, flags []string, patterns ...string) (found int) {
	t.Helper()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	var profile *sites.Profile
	var ruleFlags []string
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		profile = sitestest.Module(t, dir, nil)
		file := filepath.Join(t.TempDir(), "maps.json")
		sitestest.Write(t, file, profile)
		ruleFlags = vetunit.ProfileFlags(file, []byte(testmod.ReadFile(t, file)))
	}
	r, err := vet.Command{Tool: mapvet, Dir: dir, BuildFlags: flags, RuleFlags: ruleFlags, Patterns: patterns}.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range r.Gaps {
		t.Errorf("go vet left a gap: %s", g)
	}
	b := newBuild(t, dir, flags, nil)
	b.SetProfile(profile)
	more(t, b, patterns...)
	want, got := lines(r.Findings), lines(all(t, b, new(driver.Disk)))
	in := func(list []string) map[string]bool {
		set := make(map[string]bool)
		for _, s := range list {
			set[s] = true
		}
		return set
	}
	for _, s := range want {
		if !in(got)[s] {
			t.Errorf("only go vet says\n%s", s)
		}
	}
	for _, s := range got {
		if !in(want)[s] {
			t.Errorf("only the driver says\n%s", s)
		}
	}
	if len(want) != len(got) {
		t.Errorf("go vet has %d findings, the driver %d", len(want), len(got))
	}
	return len(want)
}

func TestFixturesAsGoVet(t *testing.T) {
	mods, err := filepath.Glob("../../testdata/src/*/go.mod")
	if err != nil || len(mods) == 0 {
		t.Fatal(mods, err)
	}
	for _, mod := range mods {
		dir, err := filepath.Abs(filepath.Dir(mod))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if compare(t, dir, nil) == 0 {
				t.Error("no findings")
			}
		})
	}
}

// sized is code for which sizehint has a finding and a fix.
func sized(fn string) string {
	return "func " + fn + "(xs []int) map[int]bool {\n\tm := make(map[int]bool)\n\tfor _, x := range xs {\n\t\tm[x] = true\n\t}\n\treturn m\n}\n"
}

// lib has functions about which rules keep facts, prog code that needs them.
const (
	lib = `
package lib

import "sync"

type Store struct {
	Mu sync.Mutex
	M map[string]int //mapdiag:guardedby Mu
}

func Fill(m map[int]bool, k int) { m[k] = true }

func (s *Store) Reset() {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.M = make(map[string]int)
}

func Run(f func()) { go f() }
`
	prog = `
import "example.com/m/lib"

func Use(s *lib.Store) { s.M["a"] = 1 }

func Both() {
	m := make(map[int]int)
	lib.Run(func() { m[1] = 2 })
	m[2] = 3
}

func Fills(xs []int) map[int]bool {
	m := make(map[int]bool)
	for _, x := range xs {
		lib.Fill(m, x)
	}
	return m
}
`
)

func TestModulesAsGoVet(t *testing.T) {
	for _, test := range []struct {
		name, archive string
		dir           string
		flags         []string
		patterns      []string
		least         int // how many findings there are
	}{
		{name: "facts", archive: "-- lib/lib.go --" + lib + "-- p/p.go --\npackage p\n" + prog, least: 3},
		{name: "main", archive: "-- lib/lib.go --" + lib + "-- main.go --\npackage main\n" + prog + "func main() {}\n" + sized("x"), least: 4},
		{name: "tests", archive: `
-- p/p.go --
package p

` + sized("P") + `
-- p/p_test.go --
package p

import "testing"

var global = map[string]int{}

func TestA(*testing.T) { go func() { global["a"] = 1 }(); global["b"] = 2 }
-- p/x_test.go --
package p_test

import ("testing"; "example.com/m/p"; "example.com/m/q")

var global = map[string]int{}

func TestB(*testing.T) { _ = p.P; q.Q(); go func() { global["a"] = 1 }(); global["b"] = 2 }
-- q/q.go --
package q

import "example.com/m/p"

func Q() { p.P(nil) }

` + sized("More"), least: 4},
		{name: "variants", archive: "-- lib/lib.go --" + lib + `
-- lib/export_test.go --
package lib

type Extra struct{ Store }
-- mid/mid.go --
package mid

import "example.com/m/lib"

func Fill(m map[int]bool, k int) { lib.Fill(m, k) }
func Run(f func()) { lib.Run(f) }
-- lib/x_test.go --
package lib_test

import ("example.com/m/lib"; "example.com/m/mid")

func use(s *lib.Extra) { s.M["a"] = 1 }

func both() {
	m := make(map[int]int)
	mid.Run(func() { m[1] = 2 })
	m[2] = 3
}
`, least: 2},
		{name: "tags", archive: `
-- p/a.go --
//go:build special

package p

` + sized("A") + `
-- p/b.go --
//go:build !special

package p

` + sized("B") + sized("C"), flags: []string{"-tags=special"}, least: 1},
		{name: "vendor", archive: `
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

func Run(f func()) { go f() }

` + sized("Vendored") + `
-- p/p.go --
package p

import "example.com/dep"

func Both() {
	m := make(map[int]int)
	dep.Run(func() { m[1] = 2 })
	m[2] = 3
	dep.Vendored(nil)
}

` + sized("P"), least: 1},
		{name: "work", archive: `
-- go.work --
go 1.26

use ./a
use ./b
-- a/go.mod --
module example.com/m

go 1.26
-- a/lib/lib.go --` + lib + `
-- b/go.mod --
module example.com/b

go 1.26
-- b/b.go --
package b
` + prog, patterns: []string{"./a/...", "./b/..."}, least: 3},
		{name: "nested", archive: `
-- go.mod --
module example.com/m

go 1.26
-- p.go --
package p

` + sized("P") + `
-- sub/go.mod --
module example.com/sub

go 1.26
-- sub/sub.go --
package sub

` + sized("Sub"), least: 1},
		{name: "replace", archive: `
-- main/go.mod --
module example.com/main

go 1.26

require example.com/m v0.0.0

replace example.com/m => ../m
-- main/p.go --
package p
` + prog + `
-- m/go.mod --
module example.com/m

go 1.26
-- m/lib/lib.go --` + lib, dir: "main"},
		{name: "generics", archive: `
-- lib/lib.go --
package lib

type Set[K comparable] struct{ M map[K]bool }

func (s *Set[K]) Add(k K) { s.M[k] = true }

func Fill[K comparable](m map[K]bool, k K) { m[k] = true }
-- p/p.go --
package p

import "example.com/m/lib"

func F(xs []int) map[int]bool {
	m := make(map[int]bool)
	for _, x := range xs {
		lib.Fill(m, x)
	}
	return m
}
` + sized("P"), least: 1},
		{name: "empty", archive: "-- p/doc.go --\npackage p\n-- q/q_test.go --\npackage q_test\n" + sized("Q")},
		{name: "windows", archive: "-- p/p.go --\n" + strings.ReplaceAll("package p\n\n"+sized("P"), "\n", "\r\n"), least: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := testmod.Write(t, test.archive)
			if n := compare(t, filepath.Join(dir, test.dir), test.flags, test.patterns...); n < test.least {
				t.Errorf("%d findings, want at least %d", n, test.least)
			}
		})
	}
}

func TestFileOutsideOfModulesAsGoVet(t *testing.T) {
	dir := t.TempDir()
	testmod.WriteFile(t, filepath.Join(dir, "a.go"), "package main\n\nfunc main() { f(nil) }\n\n"+sized("f"))
	if root, err := driver.Root(context.Background(), dir); root != "" || err != nil {
		t.Errorf("Root: %q, %v", root, err)
	}
	if n := compare(t, dir, nil, filepath.Join(dir, "a.go")); n != 1 {
		t.Errorf("%d findings, want 1", n)
	}
}

// go vet gives positions that follow //line comments; its fixes are in bytes of the
// file that stands there. The driver never follows them: an editor shows the file
// itself, and that is where a finding has to be.
func TestLineComments(t *testing.T) {
	dir := testmod.Write(t, "-- p/p.go --\npackage p\n\n//line gen.y:100\n"+sized("P")+"-- p/q.go --\npackage p\n\n"+sized("Q"))
	r, err := vet.Command{Tool: mapvet, Dir: dir, Patterns: []string{"./..."}}.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := all(t, load(t, dir), new(driver.Disk))
	if len(r.Findings) != 2 || len(got) != 2 {
		t.Fatalf("go vet %q\ndriver %q", lines(r.Findings), lines(got))
	}
	if p := r.Findings[0].Pos; filepath.Base(p.Filename) != "gen.y" || p.Line != 101 {
		t.Errorf("go vet has a finding at %s", p)
	}
	if p := got[0].Pos; p.Filename != filepath.Join(dir, "p/p.go") || p.Line != 5 {
		t.Errorf("the driver has a finding at %s", p)
	}
	if a, b := lines(r.Findings[1:]), lines(got[1:]); a[0] != b[0] {
		t.Errorf("go vet %q\ndriver %q", a, b)
	}
	if got[0].Message != r.Findings[0].Message || fmt.Sprint(got[0].Fixes) != fmt.Sprint(r.Findings[0].Fixes) {
		t.Errorf("go vet %q\ndriver %q", lines(r.Findings), lines(got))
	}
}

// Rules do not report on files that use cgo, which go vet gives them as cgo has
// rewritten them; what surrounds these files is judged as ever.
func TestCgo(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("there is no C compiler")
	}
	dir := testmod.Write(t, `
-- p/p.go --
package p

// static int twice(int n) { return 2*n; }
import "C"

`+sized("P")+`
func Twice(xs []C.int) map[C.int]int {
	m := make(map[C.int]int)
	for _, x := range xs {
		m[x] = int(C.twice(x))
	}
	return m
}
-- p/q.go --
package p

`+sized("Q")+`
func Calls() int { return len(P(nil)) + len(Twice(nil)) }
-- q/q.go --
package q

import "example.com/m/p"

`+sized("Q")+`
func F() int { return len(p.Twice(nil)) }
`)
	if n := compare(t, dir, nil); n != 2 {
		t.Errorf("%d findings, want those of the two files without cgo", n)
	}
	b := load(t, dir)
	for _, f := range []driver.Files{new(driver.Disk), edit(filepath.Join(dir, "p/q.go"), testmod.ReadFile(t, dir, "p/q.go")+"\n")} {
		for _, u := range b.Locals() {
			if r := analyze(t, b, f, u); r.Broken {
				t.Errorf("%s: %q", u.ID, messages(r))
			}
		}
	}
}
