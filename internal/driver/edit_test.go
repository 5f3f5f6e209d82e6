package driver_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

// messages returns what problems there are.
func messages(r *driver.Result) string {
	var list []string
	for _, p := range r.Problems {
		list = append(list, p.Msg)
	}
	return strings.Join(list, "\n")
}

// rules returns the rules that found something, in the order of the source.
func rules(list []finding.Finding) string {
	var names []string
	for _, f := range finding.Sort(slices.Clone(list)) {
		names = append(names, f.Rule)
	}
	return strings.Join(names, " ")
}

// chain is three packages, each of which imports the next.
const chain = `
-- a/a.go --
package a

import "example.com/m/b"

func F(xs []int) map[int]bool {
	m := make(map[int]bool)
	for _, x := range xs {
		b.Fill(m, x)
	}
	return m
}

func Both() {
	m := make(map[int]int)
	b.Run(func() { m[1] = 2 })
	m[2] = 3
}
-- b/b.go --
package b

import "example.com/m/c"

func Fill(m map[int]bool, k int) { m[k] = true }

func Run(f func()) { c.Run(f) }

type T = c.T
-- c/c.go --
package c

func Run(f func()) { go f() }

type T struct{ N int }
`

func TestUnsavedDependency(t *testing.T) {
	dir := testmod.Write(t, chain)
	b := load(t, dir)
	a, c := unit(t, b, "example.com/m/a"), filepath.Join(dir, "c/c.go")
	was := testmod.ReadFile(t, c)

	first := analyze(t, b, new(driver.Disk), a)
	if rules(first.Findings) != "unguarded unguarded" || first.Broken {
		t.Fatalf("findings %v, problems %v", lines(first.Findings), first.Problems)
	}
	sync := analyze(t, b, edit(c, strings.Replace(was, "go f()", "f()", 1)), a)
	if len(sync.Findings) != 0 || sync.Broken {
		t.Errorf("the facts of a dependency are not seen: %v %v", lines(sync.Findings), sync.Problems)
	}
	broken := analyze(t, b, edit(c, strings.Replace(was, "Run", "Walk", 1)), a)
	if broken.Broken {
		t.Errorf("a does not use what is broken: %s", messages(broken))
	}
	mid := analyze(t, b, edit(c, strings.Replace(was, "Run", "Walk", 1)), unit(t, b, "example.com/m/b"))
	if !mid.Broken || !strings.Contains(messages(mid), "undefined: c.Run") {
		t.Errorf("the types of a dependency are not seen: %s", messages(mid))
	}
	again := analyze(t, b, edit(c, was), a)
	if again != first {
		t.Error("a change that was taken back gives another result")
	}
	if r := b.Known(new(driver.Disk), a); r != first {
		t.Error("the result is not known")
	}
	if r := b.Known(edit(c, was+"\n"), a); r != nil {
		t.Error("a result is known for files that nobody has seen")
	}
}

// A package that two others import has to be one package to both, whatever was
// checked before and in which order.
func TestIdentityOfTypes(t *testing.T) {
	dir := testmod.Write(t, `
-- low/low.go --
package low

type T struct{ N int }

func New() *T { return nil }
-- left/left.go --
package left

import "example.com/m/low"

func Get() *low.T { return low.New() }
-- right/right.go --
package right

import "example.com/m/low"

func Put(*low.T) {}
-- top/top.go --
package top

import (
	"example.com/m/left"
	"example.com/m/low"
	"example.com/m/right"
)

func F() {
	right.Put(left.Get())
	var t *low.T = left.Get()
	_ = t
}
`)
	b := load(t, dir)
	top := unit(t, b, "example.com/m/top")
	name := func(p string) string { return filepath.Join(dir, p, p+".go") }
	text := map[string]string{}
	for _, p := range []string{"low", "left", "right", "top"} {
		text[p] = testmod.ReadFile(t, name(p))
	}
	for round := range 40 {
		f := &files{changed: map[string]string{}}
		for i, p := range []string{"low", "left", "right", "top"} {
			if (round>>i)&1 != 0 {
				f.changed[name(p)] = text[p] + fmt.Sprintf("\n// %d\n", round%3)
			}
		}
		for _, id := range []string{"left", "right"} {
			if round%5 == 0 {
				analyze(t, b, f, unit(t, b, "example.com/m/"+id))
			}
		}
		if r := analyze(t, b, f, top); r.Broken {
			t.Fatalf("round %d: %s", round, messages(r))
		}
		if round == 20 { // and once more with newer export data
			testmod.WriteFile(t, name("low"), text["low"]+"\n// saved\n")
			settle()
			more(t, b, "./left")
		}
	}
}

// The go command is asked for one package only after another has changed.
func TestExportDataOfTwoLoads(t *testing.T) {
	dir := testmod.Write(t, chain)
	b := load(t, dir)
	a := unit(t, b, "example.com/m/a")
	if r := analyze(t, b, new(driver.Disk), a); r.Broken {
		t.Fatal(messages(r))
	}
	testmod.WriteFile(t, filepath.Join(dir, "c/c.go"), "package c\n\nfunc Run(f func()) { f() }\n\ntype T struct{ Name string }\n")
	testmod.WriteFile(t, filepath.Join(dir, "a/a.go"), "package a\n\nimport (\"example.com/m/b\"; \"example.com/m/c\")\n\nvar _ = b.T{Name: \"\"}\nvar _ = c.T{Name: \"\"}\nvar _ c.T = b.T{}\n")
	if r := analyze(t, b, new(driver.Disk), a); r.Broken {
		t.Errorf("before the load: %s", messages(r))
	}
	settle()
	more(t, b, "./c")
	if r := analyze(t, b, new(driver.Disk), a); r.Broken {
		t.Errorf("after the load of c: %s", messages(r))
	}
	if r := analyze(t, b, edit(filepath.Join(dir, "a/a.go"), testmod.ReadFile(t, dir, "a/a.go")+"\n"), a); r.Broken {
		t.Errorf("after the load of c and an edit of a: %s", messages(r))
	}
	more(t, b)
	r := analyze(t, b, edit(filepath.Join(dir, "a/a.go"), "package a\n\nimport \"example.com/m/b\"\n\nvar _ = b.T{N: 1}\n"), a)
	if !r.Broken {
		t.Error("what c was before is still seen")
	}
}

func TestAddedImport(t *testing.T) {
	dir := testmod.Write(t, chain+"-- d/d.go --\npackage d\n\nfunc Run(f func()) { go f() }\n")
	b := load(t, dir, "./a")
	a, name := unit(t, b, "example.com/m/a"), filepath.Join(dir, "a/a.go")
	if b.Unit("example.com/m/d") != nil {
		t.Fatal("d is known already")
	}
	f := edit(name, "package a\n\nimport (\"example.com/m/d\"; \"os/user\")\n\nfunc F() {\n\tm := make(map[int]int)\n\td.Run(func() { m[1] = 2 })\n\tm[2] = 3\n\tuser.Current()\n}\n")
	r := analyze(t, b, f, a)
	if !r.Broken || !slices.Equal(r.Missing, []string{"example.com/m/d", "os/user"}) {
		t.Fatalf("missing %q, problems %s", r.Missing, messages(r))
	}
	more(t, b, r.Missing...)
	r = analyze(t, b, f, a)
	if r.Broken || len(r.Missing) != 0 || rules(r.Findings) != "unguarded unguarded" {
		t.Errorf("missing %q, problems %q, findings %q", r.Missing, messages(r), lines(r.Findings))
	}
	// What the new import means is part of what the result depends on.
	f.changed[filepath.Join(dir, "d/d.go")] = "package d\n\nfunc Run(f func()) { f() }\n"
	if r = analyze(t, b, f, a); r.Broken || len(r.Findings) != 0 {
		t.Errorf("a change of the new import is not seen: %q %q", messages(r), lines(r.Findings))
	}
	r = analyze(t, b, edit(name, "package a\n\nimport _ \"example.com/m/none\"\n"), a)
	more(t, b, r.Missing...)
	r = analyze(t, b, edit(name, "package a\n\nimport _ \"example.com/m/none\"\n"), a)
	if !r.Broken || len(r.Missing) != 0 {
		t.Errorf("a package that does not exist: missing %q, problems %q", r.Missing, messages(r))
	}
}

func TestImportCycle(t *testing.T) {
	dir := testmod.Write(t, chain)
	b := load(t, dir)
	name := filepath.Join(dir, "c/c.go")
	f := edit(name, strings.Replace(testmod.ReadFile(t, name), "package c\n", "package c\n\nimport _ \"example.com/m/a\"\n", 1)+sized("Sized"))
	for range 20 {
		f.changed[name] += "\n"
		var wg sync.WaitGroup
		results := make([]*driver.Result, 6)
		for i := range results {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
				defer cancel()
				u := b.Unit("example.com/m/" + string("abc"[i%3]))
				r, err := b.Analyze(ctx, f, u)
				if err != nil {
					t.Errorf("%s: %v", u.ID, err)
					return
				}
				results[i] = r
			})
		}
		wg.Wait()
		if t.Failed() {
			return
		}
		for i, r := range results {
			if !strings.Contains(messages(r), "import cycle") {
				t.Errorf("%c: problems %q", "abc"[i%3], messages(r))
			}
		}
		if rules(results[2].Findings) != "sizehint" {
			t.Errorf("findings of c: %q", lines(results[2].Findings))
		}
	}
	if r := analyze(t, b, edit(name, "package c\n\nimport _ \"example.com/m/c\"\n"), unit(t, b, "example.com/m/c")); !strings.Contains(messages(r), "import cycle") {
		t.Errorf("a package that imports itself: %q", messages(r))
	}
	if r := analyze(t, b, new(driver.Disk), unit(t, b, "example.com/m/a")); r.Broken {
		t.Errorf("without the cycle: %q", messages(r))
	}
}

func TestDeletedFile(t *testing.T) {
	dir := testmod.Write(t, "-- p/a.go --\npackage p\n\n"+sized("A")+"\nfunc B() { C() }\n-- p/c.go --\npackage p\n\nfunc C() {}\n")
	b := load(t, dir)
	p, name := unit(t, b, "example.com/m/p"), filepath.Join(dir, "p/c.go")
	check := func(f driver.Files) {
		t.Helper()
		r := analyze(t, b, f, p)
		if !r.Broken || !strings.Contains(messages(r), "undefined: C") || rules(r.Findings) != "sizehint" {
			t.Errorf("problems %q, findings %q", messages(r), lines(r.Findings))
		}
	}
	check(&files{deleted: map[string]bool{name: true}})
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	check(new(driver.Disk))
	b.Forget(filepath.Join(dir, "p"))
	if len(b.Units(name)) != 0 || len(b.Package(filepath.Join(dir, "p"))) != 0 {
		t.Error("forgotten units are there")
	}
	more(t, b)
	p = unit(t, b, "example.com/m/p")
	if r := analyze(t, b, new(driver.Disk), p); len(p.Files) != 1 || !r.Broken {
		t.Errorf("files %q, problems %q", p.Files, messages(r))
	}
	if dirs := b.Dirs(); !slices.Equal(dirs, []string{filepath.Join(dir, "p")}) {
		t.Errorf("folders %q", dirs)
	}
}

// moving are files of which one changes whenever it is read.
type moving struct {
	driver.Disk
	name  string
	reads int
}

func (m *moving) Read(name string) ([]byte, error) {
	data, err := m.Disk.Read(name)
	if name == m.name {
		m.reads++
		data = fmt.Appendf(data, "// %d\n", m.reads)
	}
	return data, err
}

func TestChangeMeanwhile(t *testing.T) {
	dir := testmod.Write(t, chain)
	for _, name := range []string{"a/a.go", "c/c.go"} {
		b := load(t, dir)
		a := unit(t, b, "example.com/m/a")
		f := &moving{name: filepath.Join(dir, name)}
		if r, err := b.Analyze(context.Background(), f, a); r != nil || !driver.Changed(err) {
			t.Errorf("%s: %v, error %v", name, r, err)
		}
		if p, err := b.Check(context.Background(), f, unit(t, b, "example.com/m/"+name[:1])); p != nil || !driver.Changed(err) {
			t.Errorf("check of %s: %v, error %v", name, p, err)
		}
		if r := analyze(t, b, new(driver.Disk), a); r.Broken || len(r.Findings) != 2 {
			t.Errorf("afterwards: %q %q", messages(r), lines(r.Findings))
		}
	}
}

// The go command may clean its cache at any time.
func TestExportDataVanishes(t *testing.T) {
	t.Setenv("GOCACHE", t.TempDir())
	dir := testmod.Write(t, chain)
	a := filepath.Join(dir, "a/a.go")
	b := load(t, dir)
	want := lines(all(t, load(t, dir), new(driver.Disk)))
	if err := os.RemoveAll(os.Getenv("GOCACHE")); err != nil {
		t.Fatal(err)
	}
	for _, u := range b.Locals() {
		if r := analyze(t, b, new(driver.Disk), u); r.Broken {
			t.Errorf("%s: %q", u.ID, messages(r))
		}
	}
	if got := lines(all(t, b, new(driver.Disk))); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	more(t, b) // compiles again
	if r := analyze(t, b, edit(a, testmod.ReadFile(t, a)+"\n"), unit(t, b, "example.com/m/a")); r.Broken {
		t.Errorf("after another load: %q", messages(r))
	}
}

func TestLoadWithOverlay(t *testing.T) {
	dir := testmod.Write(t, chain)
	name, text := filepath.Join(dir, "d/d.go"), "package d\n\nimport \"example.com/m/c\"\n\nvar V c.T\n"
	stand := filepath.Join(t.TempDir(), "x.go")
	testmod.WriteFile(t, stand, text)
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	testmod.WriteFile(t, overlay, fmt.Sprintf(`{"Replace": {%q: %q}}`, name, stand))
	b := newBuild(t, dir, nil, nil)
	if err := os.Mkdir(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := b.Load(context.Background(), overlay, filepath.Dir(name), "./a"); err != nil {
		t.Fatal(err)
	}
	f := edit(name, text)
	if r := analyze(t, b, f, unit(t, b, "example.com/m/d")); r.Broken {
		t.Error(messages(r))
	}
	f.changed[filepath.Join(dir, "a/a.go")] = "package a\n\nimport \"example.com/m/d\"\n\nvar _ int = d.V.N\n"
	if r := analyze(t, b, f, unit(t, b, "example.com/m/a")); r.Broken {
		t.Error(messages(r))
	}
	if err := b.Load(context.Background(), "/no/such/file", "./a"); err == nil {
		t.Error("an overlay that does not exist is no error")
	}
}

// A module that a folder replaces is not reported on, but it may be edited.
func TestReplacedModule(t *testing.T) {
	dir := testmod.Write(t, `
-- main/go.mod --
module example.com/main

go 1.26

require example.com/m v0.0.0

replace example.com/m => ../m
-- main/p.go --
package p

import "example.com/m/lib"

var _ int = lib.V

`+sized("P")+`
-- m/go.mod --
module example.com/m

go 1.26
-- m/lib/lib.go --
package lib

var V int

`+sized("Lib"))
	b := load(t, filepath.Join(dir, "main"))
	p, name := unit(t, b, "example.com/main"), filepath.Join(dir, "m/lib/lib.go")
	if list := b.Locals(); len(list) != 1 {
		t.Errorf("%d local units", len(list))
	}
	if r := analyze(t, b, new(driver.Disk), p); r.Broken || rules(r.Findings) != "sizehint" {
		t.Errorf("problems %q, findings %q", messages(r), lines(r.Findings))
	}
	if r := analyze(t, b, edit(name, "package lib\n\nvar V string\n"), p); !strings.Contains(messages(r), "cannot use lib.V") {
		t.Errorf("an edit of the replaced module is not seen: %q", messages(r))
	}
}

// What another module gets wrong does not keep its importers from being judged.
func TestDependencyThatWasNeverCompiled(t *testing.T) {
	dir := testmod.Write(t, `
-- go.mod --
module example.com/m

go 1.26

require example.com/dep v1.0.0
-- vendor/modules.txt --
# example.com/dep v1.0.0
## explicit; go 1.26
example.com/dep
example.com/dep/low
-- vendor/example.com/dep/dep.go --
package dep

import "example.com/dep/low"

var _ int = ""

var V low.T
-- vendor/example.com/dep/low/low.go --
package low

type T struct{ N int }
-- mid/mid.go --
package mid

import "example.com/dep"

var V = dep.V
-- p/p.go --
package p

import (
	"example.com/dep"
	"example.com/dep/low"
	"example.com/m/mid"
)

var _ low.T = dep.V
var _ low.T = mid.V

`+sized("P"))
	b := load(t, dir)
	if r := analyze(t, b, new(driver.Disk), unit(t, b, "example.com/m/p")); r.Broken || rules(r.Findings) != "sizehint" {
		t.Errorf("problems %q, findings %q", messages(r), lines(r.Findings))
	}
}

// Newer export data is used after a load, and only where there is any.
func TestGenerations(t *testing.T) {
	dir := testmod.Write(t, chain)
	b := load(t, dir)
	a, c := unit(t, b, "example.com/m/a"), filepath.Join(dir, "c/c.go")
	p, err := b.Check(context.Background(), new(driver.Disk), a)
	if err != nil {
		t.Fatal(err)
	}
	first := b.Stats().Generation
	more(t, b)
	if b.Stats().Generation != first {
		t.Error("a load that brings nothing new drops all that is known")
	}
	testmod.WriteFile(t, c, testmod.ReadFile(t, c)+"\nfunc New() {}\n")
	settle()
	if r := analyze(t, b, new(driver.Disk), a); r.Broken || b.Stats().Checked < 3 {
		t.Errorf("problems %q, %+v", messages(r), b.Stats())
	}
	more(t, b)
	if b.Stats().Generation == first {
		t.Error("newer export data is not used")
	}
	q, err := b.Check(context.Background(), new(driver.Disk), unit(t, b, "example.com/m/a"))
	if err != nil || q.Broken() || b.Stats().Checked != 1 {
		t.Errorf("%v, %+v", err, b.Stats())
	}
	if p.Fset == q.Fset || p.Fset.Position(p.Files[0].Package).Line != 1 {
		t.Error("a package of before is not to be looked at any more")
	}
	p.Release()
	q.Release()
}

// A sweep leaves results, and nothing of what was read for it.
func TestSweep(t *testing.T) {
	dir := testmod.Write(t, chain)
	b := load(t, dir)
	disk := new(driver.Disk)
	c := unit(t, b, "example.com/m/c")
	p, err := b.Check(context.Background(), disk, c)
	if err != nil {
		t.Fatal(err)
	}
	first := b.Stats()
	sweep := func(inside func()) {
		t.Helper()
		if err := b.Sweep(func() error {
			for _, u := range b.Locals() {
				analyze(t, b, disk, u)
			}
			inside()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	sweep(func() {
		if s := b.Stats(); s.Generation == first.Generation || s.Files < first.Files {
			t.Errorf("the sweep reads nothing for itself: %+v after %+v", s, first)
		}
	})
	if s := b.Stats(); s.Generation != first.Generation || s.Checked != 1 || s.Files != first.Files || s.Results < 3 {
		t.Errorf("the sweep leaves %+v of %+v", s, first)
	}
	for _, u := range b.Locals() {
		if b.Known(disk, u) == nil {
			t.Errorf("the result of %s is lost", u.ID)
		}
	}
	q, err := b.Check(context.Background(), disk, c)
	if err != nil || q != p {
		t.Errorf("a package in use is another one after the sweep (%v)", err)
	}
	p.Release()
	q.Release()

	// What a load brings while a sweep goes on counts for those after it.
	name := filepath.Join(dir, "c/c.go")
	sweep(func() {
		testmod.WriteFile(t, name, testmod.ReadFile(t, name)+"\nfunc New() {}\n")
		settle()
		more(t, b)
	})
	if s := b.Stats(); s.Generation == first.Generation {
		t.Error("packages of before a load are taken up again")
	}
	name = filepath.Join(dir, "b/b.go")
	if r := analyze(t, b, edit(name, testmod.ReadFile(t, name)+"\nvar _ = c.New\n"), unit(t, b, "example.com/m/b")); r.Broken {
		t.Errorf("problems %q", messages(r))
	}
}

func TestSingle(t *testing.T) {
	dir := testmod.Write(t, "-- p/p.go --\npackage p\n")
	b := load(t, dir)
	one, two := filepath.Join(dir, "one.go"), filepath.Join(dir, "two.go")
	f := &files{changed: map[string]string{one: "package main\n\n" + sized("One"), two: "package main\n\nimport \"example.com/m/p\"\n\nvar _ = p.X\n\n" + sized("Two")}}
	for name, problem := range map[string]string{one: "", two: "undefined: p.X"} {
		u := driver.Single(name)
		if r := analyze(t, b, f, u); messages(r) != problem || rules(r.Findings) != "sizehint" {
			t.Errorf("%s: problems %q, findings %q", name, messages(r), lines(r.Findings))
		}
	}
}
