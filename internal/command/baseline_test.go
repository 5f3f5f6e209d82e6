package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/testmod"
)

func TestBaseline(t *testing.T) {
	t.Parallel()
	const src = `package p

var A = "safe"

func F() (string, string) {
	x := "safe"
	return x, "risky"
}
`
	dir := testmod.Write(t, "-- p/p.go --\n"+src+"-- q/q.go --\npackage q\n\nvar X = \"safe\"\n")
	run := func(args ...string) testmod.Result {
		t.Helper()
		return testmod.Run(t, dir, tool, args...)
	}
	file := filepath.Join(dir, "p", "p.go")

	r := run("-write-baseline", "./...")
	check(t, r, 0, nil, []string{"wrote 4 known findings to mapvet-baseline.tsv"})
	if r.Stdout != "" {
		t.Errorf("-write-baseline prints\n%s", r.Stdout)
	}
	written := testmod.ReadFile(t, dir, "mapvet-baseline.tsv")
	known := []string{"-baseline=mapvet-baseline.tsv", "./..."}
	check(t, run("./..."), 1, []string{"p/p.go:3:9"}, nil)
	if r = run(known...); r.Stdout != "" || r.Stderr != "" || r.Code != 0 {
		t.Errorf("with the baseline: %+v", r)
	}

	// Line numbers, file names, formatting and comments do not matter.
	moved := "package p\n" + strings.Repeat("\n// Line.\n", 50) + strings.TrimPrefix(src, "package p\n")
	moved = strings.Replace(moved, "x := \"safe\"", "x   :=   \"safe\" // why not", 1)
	testmod.WriteFile(t, filepath.Join(dir, "p", "renamed.go"), moved)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if r = run(known...); r.Stdout != "" || r.Stderr != "" || r.Code != 0 {
		t.Errorf("after 100 lines above, in a renamed file: %+v", r)
	}
	check(t, run("-write-baseline", "./..."), 0, nil, nil)
	if again := testmod.ReadFile(t, dir, "mapvet-baseline.tsv"); again != written {
		t.Errorf("the baseline became\n%s\nfrom\n%s", again, written)
	}

	// The same code a second time is a new finding.
	twice := strings.Replace(moved, "\treturn", "\ty := \"safe\"\n\t_ = y\n\treturn", 1)
	testmod.WriteFile(t, filepath.Join(dir, "p", "renamed.go"), twice)
	r = run(known...)
	check(t, r, 1, []string{"p/renamed.go:107:7: ", "[safefix]"}, nil)
	if n := strings.Count(r.Stdout, "[safefix]"); n != 1 {
		t.Errorf("%d new findings, want 1:\n%s", n, r.Stdout)
	}

	// What was mended is told, where the run can tell.
	testmod.WriteFile(t, filepath.Join(dir, "p", "renamed.go"), strings.Replace(moved, `"risky"`, `""`, 1))
	const stale = "1 known finding is found no more"
	check(t, run(known...), 0, nil, []string{stale, "example.com/m/p\tF\triskyfix\t1\treturn x , \"risky\""})
	for _, args := range [][]string{{"./q"}, {"-riskyfix=false", "./..."}} {
		r = run(append([]string{"-baseline=mapvet-baseline.tsv"}, args...)...)
		if strings.Contains(r.Stderr, "no more") {
			t.Errorf("%q: cannot know\n%s", args, r.Stderr)
		}
	}
	testmod.WriteFile(t, filepath.Join(dir, "p", "bad.go"), "package p\n\nvar Bad int = \"\"\n")
	r = run(known...)
	check(t, r, 2, nil, []string{"left out package example.com/m/p"})
	if strings.Contains(r.Stderr, "no more") {
		t.Errorf("nothing is known about a broken package:\n%s", r.Stderr)
	}
	// Nor may its entries get lost.
	check(t, run("-write-baseline", "./..."), 2, nil, []string{"wrote 4 known findings"})
	check(t, run("-write-baseline", "./q"), 0, nil, []string{"wrote 4 known findings"})

	// A package that is gone takes its entries with it.
	if err := os.RemoveAll(filepath.Join(dir, "p")); err != nil {
		t.Fatal(err)
	}
	check(t, run(known...), 0, nil, []string{"3 known findings are found no more"})
	check(t, run("-write-baseline", "./..."), 0, nil, []string{"wrote 1 known finding "})
}

func TestBaselineFiles(t *testing.T) {
	t.Parallel()
	dir := testmod.Write(t, "-- p.go --\npackage p\n\nvar A = \"safe\"\n-- sub/x --\n")
	r := testmod.Run(t, dir, tool, "-baseline=sub/known.tsv", "-write-baseline")
	check(t, r, 0, nil, []string{"sub/known.tsv"})
	// Like all names of files, it is relative to -C.
	r = testmod.Run(t, filepath.Join(dir, "sub"), tool, "-C", "..", "-baseline=sub/known.tsv")
	check(t, r, 0, nil, nil)

	for content, want := range map[string]string{
		"a\tb\n":                  "line 1: want 5 fields",
		"# x\np\tF\tr\tzero\tt\n": "line 2: want a number",
	} {
		testmod.WriteFile(t, filepath.Join(dir, "odd.tsv"), content)
		check(t, testmod.Run(t, dir, tool, "-baseline=odd.tsv"), 2, nil, []string{"odd.tsv", want})
	}
	testmod.WriteFile(t, filepath.Join(dir, "crlf.tsv"), strings.ReplaceAll(testmod.ReadFile(t, dir, "sub/known.tsv"), "\n", "\r\n"))
	check(t, testmod.Run(t, dir, tool, "-baseline=crlf.tsv"), 0, nil, nil)
}
