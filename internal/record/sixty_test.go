package record_test

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/record"
	"github.com/mapdiag/mapdiag/internal/sites"
)

var expected = regexp.MustCompile(`// (make|grow|stack|lost) (\d+)`)

// TestLines runs a program that says beside each make how often it runs, and compares.
func TestLines(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("testdata", "sixty"))
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		file string
		n    int
	}
	type count struct {
		kind string
		n    uint64
	}
	want := make(map[line]count)
	for _, name := range []string{"main.go", "inner/inner.go"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		scan := bufio.NewScanner(f)
		for n := 1; scan.Scan(); n++ {
			if m := expected.FindStringSubmatch(scan.Text()); m != nil && !strings.HasPrefix(scan.Text(), "//") {
				k, _ := strconv.ParseUint(m[2], 10, 64)
				want[line{name, n}] = count{m[1], k}
			}
		}
	}
	if len(want) < 60 {
		t.Fatalf("only %d lines", len(want))
	}

	p := recordRun(t, dir, ".")
	got := make(map[line]count)
	for _, pkg := range p.Packages {
		for i := range pkg.Sites {
			s := &pkg.Sites[i]
			if filepath.IsAbs(s.File) {
				continue // of the standard library
			}
			kind := "make"
			switch {
			case s.AtGrowth:
				kind = "grow"
			case s.OnStack > 0:
				kind = "stack"
			case want[line{s.File, s.Line}].kind == "lost":
				kind = "lost"
			}
			at := line{s.File, s.Line}
			if have, ok := got[at]; ok && have.kind != kind {
				t.Errorf("%s:%d: maps of kind %s and %s", s.File, s.Line, have.kind, kind)
			}
			got[at] = count{kind, got[at].n + s.Makes}
			if lost := s.Token < 0; lost != (kind == "lost") || s.Hash == "" {
				t.Errorf("%s:%d: no expression is found for %d maps of type %s (%s)", s.File, s.Line, s.Makes, s.Type, kind)
			}
		}
	}
	wrong := 0
	for at, w := range want {
		if g := got[at]; g != w {
			wrong++
			t.Logf("%s:%d: %d of kind %q, want %d of kind %q", at.file, at.n, g.n, g.kind, w.n, w.kind)
		}
	}
	for at, g := range got {
		if _, ok := want[at]; !ok {
			wrong++
			t.Logf("%s:%d: %d of kind %q, want none", at.file, at.n, g.n, g.kind)
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d lines are wrong", wrong, len(want))
	}
}

// recordRun runs a program and returns its profile.
func recordRun(t *testing.T, dir string, args ...string) *sites.Profile {
	t.Helper()
	var last *sites.Profile
	var out strings.Builder
	r := &record.Recording{
		Options: record.Options{Dir: dir},
		Stdout:  &out,
		Stderr:  &out,
		Update:  func(p *sites.Profile) error { last = p; return nil },
	}
	if code, err := r.Run(t.Context(), args); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v\n%s", code, err, out.String())
	}
	return last
}
