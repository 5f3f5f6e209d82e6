package main

import (
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/escape"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

func newTally() *tally {
	return &tally{
		verdicts: make(map[escape.Verdict]int),
		kinds:    make(map[escape.FactKind]int),
		reasons:  make(map[string]int),
	}
}

func TestPackage(t *testing.T) {
	dir := testmod.Write(t, `
-- p.go --
package p

var a = make(map[int]int)

func f() int { return len(map[string]int{"a": 1}) }

func g[K comparable]() { _ = map[K]int{} }
-- p_test.go --
package p

var b = map[int]map[int]int{1: {2: 3}}
`)
	c := newTally()
	if err := c.pkg(t.Context(), dir, "example.com/m"); err != nil {
		t.Fatal(err)
	}
	if c.sites != 5 || c.verdicts[escape.OnHeap] != 3 || c.verdicts[escape.OnStack] != 1 || c.verdicts[escape.Unknown] != 1 || len(c.reasons) != 1 {
		t.Errorf("%+v", c)
	}
	if len(c.problems) > 0 || c.rawMaps == 0 {
		t.Errorf("%d raw verdicts, problems %q", c.rawMaps, c.problems)
	}
}

// The comparison is of use only if it finds what is wrong.
func TestCompare(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.go")
	fset := token.NewFileSet()
	file := fset.AddFile(name, -1, 100)
	file.SetLines([]int{0, 40, 80})
	pos := file.Pos(50)
	facts := map[string]escape.Fact{"x.go:2:11 make": {Pos: pos, End: pos + 20, Kind: escape.Make, Verdict: escape.OnStack}}
	report := &escape.Report{Units: []escape.Unit{{Files: []string{name}}}}
	for raw, want := range map[string]string{
		name + ":2:15: make(map[int]int) does not escape":                                            "",
		name + ":2:15: make(map[int]int) escapes to heap":                                            "the compiler escapes to the heap",
		name + ":3:5: make(map[int]int) does not escape":                                             "without a fact",
		name + ":3:5: inlining call to f\n" + name + ":3:5: make(map[int]int) does not escape":       "",
		"/elsewhere/x.go:3:5: make(map[int]int) does not escape":                                     "",
		name + ":2:15: map[int]int{...} escapes to heap\n" + name + ":2:15: []int{} does not escape": "the compiler escapes",
	} {
		c := newTally()
		c.compare(fset, facts, strings.Split(raw, "\n"), "/", report)
		got := strings.Join(c.problems, "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s\n%q, want %q", raw, got, want)
		}
	}
}
