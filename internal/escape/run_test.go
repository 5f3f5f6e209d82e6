package escape

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/testmod"
)

func mustRun(t *testing.T, cfg Config) *Report {
	t.Helper()
	report, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// says reports whether a unit has an entry on a line of a file.
func (u *Unit) says(kind Kind, what, file string, line int) bool {
	return slices.ContainsFunc(u.Entries, func(e Entry) bool {
		return e.Kind == kind && e.What == what && e.Pos.File == file && e.Pos.Line == line
	})
}

const runModule = `
-- lib/lib.go --
package lib

func F() map[int]int { return make(map[int]int) }
-- lib/lib_test.go --
package lib

var a = make(map[int]int, 1)
-- lib/x_test.go --
package lib_test

var b = make(map[int]int, 2)
-- lib/other_windows.go --
package lib
-- lib/tagged.go --
//go:build special

package lib

var c = make(map[int]int, 3)
-- cmd/main.go --
package main

func main() { println(len(map[int]int{})) }
-- only/in_test.go --
package only

var d = make(map[int]int, 4)
-- only/x_test.go --
package only_test

var e = make(map[int]int, 5)
`

func TestRun(t *testing.T) {
	dir := testmod.Write(t, runModule)
	lib := func(name string) string { return filepath.Join(dir, "lib", name) }

	report := mustRun(t, Config{Dir: dir, Package: "example.com/m/lib", Tests: true})
	if len(report.Units) != 3 || report.Package != "example.com/m/lib" {
		t.Fatalf("%+v", report)
	}
	for i, want := range []struct{ what, file string }{
		{"make(map[int]int)", "lib.go"}, {"make(map[int]int, 1)", "lib_test.go"}, {"make(map[int]int, 2)", "x_test.go"},
	} {
		u := &report.Units[i]
		if u.Err != "" || !u.says(Escapes, want.what, lib(want.file), 3) {
			t.Errorf("%+v", u)
		}
		if !slices.Contains(u.Files, lib(want.file)) || len(u.Hash) != 64 {
			t.Errorf("%+v", u)
		}
	}
	// The variant repeats what the package says.
	if report.Units[1].says(Escapes, "make(map[int]int)", lib("lib.go"), 3) {
		t.Error("an entry is given twice")
	}
	if !slices.Contains(report.Excluded, lib("tagged.go")) || runtime.GOOS != "windows" && !slices.Contains(report.Excluded, lib("other_windows.go")) {
		t.Errorf("excluded: %v", report.Excluded)
	}
	if report.Skipped != 0 {
		t.Errorf("%d lines were not understood", report.Skipped)
	}

	if u := mustRun(t, Config{Dir: dir, Package: "example.com/m/lib"}).Units; len(u) != 1 {
		t.Errorf("without tests: %+v", u)
	}
	u := mustRun(t, Config{Dir: dir, Package: "example.com/m/lib", BuildFlags: []string{"-tags=special"}}).Units[0]
	if !u.says(Escapes, "make(map[int]int, 3)", lib("tagged.go"), 5) {
		t.Errorf("with a tag: %+v", u)
	}
	u = mustRun(t, Config{Dir: dir, Package: "example.com/m/cmd", Tests: true}).Units[0]
	if !u.says(Stays, "map[int]int{}", filepath.Join(dir, "cmd", "main.go"), 3) {
		t.Errorf("a command: %+v", u)
	}
	r := mustRun(t, Config{Dir: dir, Package: "example.com/m/only", Tests: true})
	if len(r.Units) != 2 || !r.Units[0].says(Escapes, "make(map[int]int, 4)", filepath.Join(dir, "only", "in_test.go"), 3) {
		t.Errorf("a package of tests alone: %+v", r)
	}
	// IDs of test variants, and a directory below the module: what the cache
	// holds of the runs above must not be repeated.
	for _, id := range []string{"example.com/m/lib [example.com/m/lib.test]", "example.com/m/lib_test [example.com/m/lib.test]"} {
		if r := mustRun(t, Config{Dir: filepath.Join(dir, "lib"), Package: id, Tests: true}); len(r.Units) != 3 || !r.Units[0].says(Escapes, "make(map[int]int)", lib("lib.go"), 3) {
			t.Errorf("%s: %+v", id, r)
		}
	}
}

// What the environment says applies, but for what would change the names of
// files or silence the compiler.
func TestRunGOFLAGS(t *testing.T) {
	dir := testmod.Write(t, runModule)
	env := append(os.Environ(), "GOFLAGS=-trimpath -tags=special -gcflags=-N")
	u := mustRun(t, Config{Dir: dir, Package: "example.com/m/lib", Env: env}).Units[0]
	if !u.says(Escapes, "make(map[int]int, 3)", filepath.Join(dir, "lib", "tagged.go"), 5) {
		t.Errorf("%+v", u)
	}
}

func TestRunFiles(t *testing.T) {
	dir := t.TempDir() // no module
	file := filepath.Join(dir, "x.go")
	testmod.WriteFile(t, file, "package main\n\nfunc main() { println(len(map[int]int{})) }\n")
	r := mustRun(t, Config{Dir: dir, Files: []string{file}})
	if len(r.Units) != 1 || !r.Units[0].says(Stays, "map[int]int{}", file, 3) {
		t.Errorf("%+v", r)
	}
}

func TestRunOverlay(t *testing.T) {
	dir := testmod.Write(t, runModule)
	file, added := filepath.Join(dir, "lib", "lib.go"), filepath.Join(dir, "lib", "added.go")
	overlay := map[string][]byte{
		file:  []byte("package lib\n\n\nfunc F() int { return len(make(map[int]int)) }\n"),
		added: []byte("package lib\n\nvar d = map[int]int{}\n"),
	}
	cfg := Config{Dir: dir, Package: "example.com/m/lib", Overlay: overlay}
	u := mustRun(t, cfg).Units[0]
	if !u.says(Stays, "make(map[int]int)", file, 4) || !u.says(Escapes, "map[int]int{}", added, 3) {
		t.Errorf("%+v", u)
	}
	if hash, err := Hash(u.Files, overlay); err != nil || hash != u.Hash {
		t.Errorf("hash of the unsaved content: %s, %v; of the unit: %s", hash, err, u.Hash)
	}
	disk := mustRun(t, Config{Dir: dir, Package: "example.com/m/lib"}).Units[0]
	if disk.Hash == u.Hash {
		t.Error("unsaved content has the hash of what is on disk")
	}
	// The user's own overlay stays in effect.
	testmod.WriteFile(t, filepath.Join(dir, "theirs.go"), "package lib\n\nvar e = map[int]string{}\n")
	testmod.WriteFile(t, filepath.Join(dir, "overlay.json"), `{"Replace": {"lib/theirs.go": "theirs.go", "lib/lib.go": ""}}`)
	cfg.BuildFlags = []string{"-overlay=overlay.json"}
	u = mustRun(t, cfg).Units[0]
	if !u.says(Stays, "make(map[int]int)", file, 4) || !u.says(Escapes, "map[int]string{}", filepath.Join(dir, "lib", "theirs.go"), 3) {
		t.Errorf("with an overlay of the user's: %+v", u)
	}
}

// Nothing is known of what does not compile.
func TestRunBroken(t *testing.T) {
	dir := testmod.Write(t, `
-- typed/typed.go --
package typed

var a = make(map[int]int)
var b int = "b"
var c int = "c"
-- syntax/syntax.go --
package syntax

var a = make(map[int]int
-- uses/uses.go --
package uses

import "example.com/m/typed"

var A = make(map[string]int)
var B = typed.B
-- missing/missing.go --
package missing

import "example.com/m/nowhere"

var A = nowhere.A
-- tests/tests.go --
package tests

var A = make(map[string]int)
-- tests/tests_test.go --
package tests

var B int = "b"
-- excluded/excluded.go --
//go:build never

package excluded
`)
	for name, want := range map[string]string{
		"typed":    `typed.go:4:13: cannot use "b"`,
		"syntax":   "syntax.go:3:",
		"uses":     "what it imports cannot be built: ",
		"missing":  "missing.go:3:8",
		"excluded": "build constraints exclude all Go files",
	} {
		u := mustRun(t, Config{Dir: dir, Package: "example.com/m/" + name, Tests: true}).Units[0]
		if len(u.Entries) > 0 || !strings.Contains(u.Err, want) {
			t.Errorf("%s: %+v", name, u)
		}
	}
	r := mustRun(t, Config{Dir: dir, Package: "example.com/m/tests", Tests: true})
	if len(r.Units) != 2 || r.Units[0].Err != "" || len(r.Units[0].Entries) == 0 || !strings.Contains(r.Units[1].Err, "tests_test.go:3:13") {
		t.Errorf("broken tests: %+v", r)
	}

	for _, cfg := range []Config{
		{Dir: dir, Package: "example.com/m/nosuch"},
		{Dir: dir, Package: "example.com/m/typed", BuildFlags: []string{"-nosuchflag"}},
		{Dir: filepath.Join(dir, "nosuch"), Package: "example.com/m/typed"},
	} {
		if r, err := Run(t.Context(), cfg); err == nil {
			t.Errorf("%+v: %+v", cfg, r)
		} else {
			t.Log(err)
		}
	}
}

func TestRunCgo(t *testing.T) {
	dir := testmod.Write(t, `
-- c.go --
package c

import "C"

var a = make(map[C.int]int)
`)
	file := filepath.Join(dir, "c.go")
	off := mustRun(t, Config{Dir: dir, Package: "example.com/m", Env: append(os.Environ(), "CGO_ENABLED=0")})
	if !slices.Contains(off.Excluded, file) || off.Units[0].Err == "" {
		t.Errorf("cgo off: %+v", off)
	}
	on := mustRun(t, Config{Dir: dir, Package: "example.com/m", Env: append(os.Environ(), "CGO_ENABLED=1")})
	if u := on.Units[0]; u.Err == "" && !slices.Equal(u.CgoFiles, []string{file}) { // an error where there is no C compiler
		t.Errorf("cgo on: %+v", on)
	}
}

func TestRunCancelled(t *testing.T) {
	dir := testmod.Write(t, runModule)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, Config{Dir: dir, Package: "example.com/m/lib"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A file that changes while it is compiled makes the hash doubtful.
func TestHashChanged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.go")
	testmod.WriteFile(t, file, "package x\n")
	r := &Report{Units: []Unit{{Files: []string{file}}}}
	if same, err := r.hash(nil, time.Now().Add(time.Minute)); !same || err != nil {
		t.Errorf("an old file: %v, %v", same, err)
	}
	if same, err := r.hash(nil, time.Now().Add(-time.Minute)); same || err != nil {
		t.Errorf("a new file: %v, %v", same, err)
	}
	first := r.Units[0].Hash
	testmod.WriteFile(t, file, "package y\n")
	if second, err := Hash([]string{file}, nil); err != nil || second == first {
		t.Errorf("other content has the same hash (%v)", err)
	}
	if same, err := r.hash(map[string][]byte{file: []byte("package x\n")}, time.Now().Add(-time.Minute)); !same || err != nil || r.Units[0].Hash != first {
		t.Errorf("an overlay: %v, %v", same, err)
	}
}
