package command_test

import (
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/testmod"
)

// Each kind of breakage costs what it must and no more: the package good, and
// whatever else is sound, keeps its findings.
func TestBrokenInput(t *testing.T) {
	t.Parallel()
	const good = `
-- good/good.go --
package good

var X = "safe"
-- good/good_test.go --
package good

var Y = "safe"
`
	for _, test := range []struct {
		name    string
		archive string
		found   []string // files with findings, besides those of good
		left    []string // what is left out, from after "left out "
	}{
		{
			name: "type error",
			archive: `
-- bad/bad.go --
package bad

var X int = "safe"
-- user/user.go --
package user

import _ "example.com/m/bad"

var X = "safe"
-- far/far.go --
package far

import _ "example.com/m/user"

var X = "safe"
`,
			left: []string{
				"package example.com/m/bad: bad/bad.go:3:13: ",
				"package example.com/m/user: it depends on example.com/m/bad, ",
				"package example.com/m/far: it depends on example.com/m/bad, ",
			},
		},
		{
			name: "type error in a package with tests",
			archive: `
-- bad/bad.go --
package bad

var X int = "safe"
-- bad/bad_test.go --
package bad

var Y = "safe"
-- bad/x_test.go --
package bad_test

var Y = "safe"
`,
			left: []string{"package example.com/m/bad: bad/bad.go:3:13: "},
		},
		{
			name:    "syntax error",
			archive: "-- bad/bad.go --\npackage bad\n\nvar X = (\n",
			left:    []string{"package example.com/m/bad: bad/bad.go:"},
		},
		{
			name:    "bad package clause",
			archive: "-- bad/bad.go --\npakage bad\n",
			left:    []string{"package example.com/m/bad: bad/bad.go:1:1: "},
		},
		{
			name:    "two packages in a directory",
			archive: "-- bad/a.go --\npackage a\n-- bad/b.go --\npackage b\n",
			left:    []string{"package example.com/m/bad: found packages a (a.go) and b (b.go)"},
		},
		{
			name: "missing module",
			archive: `
-- bad/bad.go --
package bad

import _ "example.org/nowhere"
-- bad/bad_test.go --
package bad

var X = "safe"
-- user/user.go --
package user

import _ "example.com/m/bad"
`,
			left: []string{
				"package example.com/m/bad: bad/bad.go:3:8: no required module provides package example.org/nowhere",
				"package example.com/m/user: it depends on example.com/m/bad, ",
			},
		},
		{
			name:    "missing package of the module",
			archive: "-- bad/bad.go --\npackage bad\n\nimport _ \"example.com/m/none\"\n",
			left:    []string{"package example.com/m/bad: bad/bad.go:3:8: "},
		},
		{
			name:    "missing package of the standard library",
			archive: "-- bad/bad.go --\npackage bad\n\nimport _ \"fmtt\"\n",
			left:    []string{"package example.com/m/bad: bad/bad.go:3:8: package fmtt is not in std"},
		},
		{
			name: "import cycle",
			archive: `
-- a/a.go --
package a

import _ "example.com/m/b"
-- b/b.go --
package b

import _ "example.com/m/a"
`,
			left: []string{
				"package example.com/m/a: import cycle not allowed: example.com/m/a imports example.com/m/b imports example.com/m/a",
				"package example.com/m/b: it depends on example.com/m/a, ",
			},
		},
		{
			name: "type error in a test",
			archive: `
-- half/half.go --
package half

var X = "safe"
-- half/bad_test.go --
package half

var Y int = "safe"
-- half/x_test.go --
package half_test

var Y = "safe"
`,
			found: []string{"half/half.go"},
			left:  []string{"the tests of package example.com/m/half: half/bad_test.go:3:13: "},
		},
		{
			name: "type error in an external test",
			archive: `
-- half/half.go --
package half

var X = "safe"
-- half/half_test.go --
package half

var Y = "safe"
-- half/x_test.go --
package half_test

var Y int = "safe"
`,
			found: []string{"half/half.go", "half/half_test.go"},
			left:  []string{"the tests of package example.com/m/half: half/x_test.go:3:13: "},
		},
		{
			name:    "syntax error in a test",
			archive: "-- half/half.go --\npackage half\n\nvar X = \"safe\"\n-- half/half_test.go --\npackage half\n\nvar Y = (\n",
			found:   []string{"half/half.go"},
			left:    []string{"the tests of package example.com/m/half: half/half_test.go:"},
		},
		{
			name: "syntax error in an external test",
			archive: "-- half/half.go --\npackage half\n\nvar X = \"safe\"\n-- half/half_test.go --\npackage half\n\nvar Y = \"safe\"\n" +
				"-- half/x_test.go --\npackage half_test\n\nvar Y = (\n",
			found: []string{"half/half.go", "half/half_test.go"},
			left:  []string{"the tests of package example.com/m/half: half/x_test.go:"},
		},
		{
			name:    "bad package clause of a test",
			archive: "-- half/half.go --\npackage half\n\nvar X = \"safe\"\n-- half/half_test.go --\npakage half\n",
			found:   []string{"half/half.go"},
			left:    []string{"the tests of package example.com/m/half: half/half_test.go:1:1: "},
		},
		{
			name:    "test of another package",
			archive: "-- half/half.go --\npackage half\n\nvar X = \"safe\"\n-- half/half_test.go --\npackage other\n",
			found:   []string{"half/half.go"},
			left:    []string{"the tests of package example.com/m/half: found packages half (half.go) and other (half_test.go)"},
		},
		{
			name:    "missing module of a test",
			archive: "-- half/half.go --\npackage half\n\nvar X = \"safe\"\n-- half/half_test.go --\npackage half\n\nimport _ \"example.org/nowhere\"\n",
			found:   []string{"half/half.go"},
			left:    []string{"the tests of package example.com/m/half: half/half_test.go:3:8: no required module"},
		},
		{
			name: "test that imports a broken package",
			archive: `
-- bad/bad.go --
package bad

var X int = "safe"
-- half/half.go --
package half

var X = "safe"
-- half/half_test.go --
package half

var Y = "safe"
-- half/x_test.go --
package half_test

import (
	_ "example.com/m/bad"
	_ "example.com/m/half"
)
`,
			found: []string{"half/half.go", "half/half_test.go"},
			left: []string{
				"package example.com/m/bad: bad/bad.go:3:13: ",
				"the tests of package example.com/m/half: they depend on example.com/m/bad, ",
			},
		},
		{
			name: "everything at once",
			archive: `
-- a/a.go --
package a

var X int = "safe"
-- b/b.go --
package b

import _ "example.org/nowhere"
-- c/c.go --
package c

var X = "safe"
-- c/c_test.go --
package c

var Y int = "safe"
-- d/d.go --
pakage d
`,
			found: []string{"c/c.go"},
			left: []string{
				"package example.com/m/a: a/a.go:3:13: ",
				"package example.com/m/b: b/b.go:3:8: ",
				"package example.com/m/d: d/d.go:1:1: ",
				"the tests of package example.com/m/c: c/c_test.go:3:13: ",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := testmod.Write(t, good+test.archive)
			r := testmod.Run(t, dir, tool, "./...")
			found := append([]string{"good/good.go", "good/good_test.go"}, test.found...)
			for _, file := range found {
				if !strings.Contains(r.Stdout, file+":3:") {
					t.Errorf("no finding in %s", file)
				}
			}
			if n := strings.Count(r.Stdout, "[safefix]"); n != len(found) {
				t.Errorf("%d findings, want %d", n, len(found))
			}
			for _, left := range test.left {
				if !strings.Contains(r.Stderr, "mapvet: left out "+left) {
					t.Errorf("not told: left out %s", left)
				}
			}
			if n := strings.Count(r.Stderr, "left out "); n != len(test.left) {
				t.Errorf("%d things left out, want %d", n, len(test.left))
			}
			if r.Code != 2 {
				t.Errorf("exit code %d, want 2", r.Code)
			}
			if t.Failed() {
				t.Logf("output:\n%s--\n%s", r.Stdout, r.Stderr)
			}
		})
	}
}
