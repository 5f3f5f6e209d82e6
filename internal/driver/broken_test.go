package driver_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

func TestCodeThatDoesNotCompile(t *testing.T) {
	good, bad := sized("Good"), "func Bad() {\n\t%s\n}\n"
	for _, test := range []struct {
		name, text string
		broken     bool
		problem    string
		findings   string // by rule
	}{
		{"sound", "package p\n\n" + good, false, "", "sizehint"},
		{"type error", "package p\n\n" + good + fmt.Sprintf(bad, `var _ int = ""`), true, "cannot use", "sizehint"},
		{"error before", "package p\n\n" + fmt.Sprintf(bad, `undefined()`) + good, true, "undefined: undefined", "sizehint"},
		{"error in the same", "package p\n\n" + strings.Replace(good, "return m", "return n", 1), true, "undefined: n", ""},
		{"unused variable", "package p\n\n" + strings.Replace(good, "\treturn", "\tx := 1\n\treturn", 1), false, "declared and not used: x", "sizehint"},
		{"unused import", "package p\n\nimport \"unsafe\"\n\n" + good, false, "imported and not used", "sizehint"},
		{"missing package", "package p\n\nimport \"example.com/m/none\"\n\n" + good + fmt.Sprintf(bad, `none.F()`), true, "does not know example.com/m/none", "sizehint"},
		{"parse error after", "package p\n\n" + good + fmt.Sprintf(bad, "if {"), true, "missing condition", "sizehint"},
		{"open brace", "package p\n\n" + good + "func Bad() {\n\tif true {\n}\n\n" + sized("Swallowed"), true, "expected", "sizehint"},
		{"unfinished call", "package p\n\n" + good + fmt.Sprintf(bad, "Good("), true, "", "sizehint"},
		{"garbage between", "package p\n\n" + good + "func Mid() {}\n}}} ??? \n\n", true, "expected", "sizehint"},
		{"package clause", "package q\n\n" + good, true, "expected package p", ""},
		{"no clause", good, true, "expected 'package'", ""},
		{"nothing", "", true, "expected 'package'", ""},
		{"declared twice", "package p\n\n" + good + "type T int\ntype T string\n", true, "T redeclared", "sizehint"},
		{"infinite type", "package p\n\ntype T struct{ a [2]T; m map[string]T }\n" + good, true, "invalid recursive type", "sizehint"},
		{"line", "package p\n\n//line other.go:100\n" + good + fmt.Sprintf(bad, "if {"), true, "missing condition", "sizehint"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := testmod.Write(t, "-- p/p.go --\npackage p\n-- p/z.go --\npackage p\n\n"+sized("Other"))
			b := load(t, dir)
			name := filepath.Join(dir, "p/p.go")
			r := analyze(t, b, edit(name, test.text), unit(t, b, "example.com/m/p"))
			if r.Broken != test.broken || !strings.Contains(messages(r), test.problem) || test.problem == "" && test.broken != (len(r.Problems) > 0) {
				t.Errorf("broken %v, problems %v", r.Broken, r.Problems)
			}
			if len(r.Failures) > 0 {
				t.Errorf("failures %q", r.Failures)
			}
			other := slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return f.Pos.Filename == name })
			mine := slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return f.Pos.Filename != name })
			if rules(other) != "sizehint" || rules(mine) != test.findings {
				t.Errorf("findings %q", lines(r.Findings))
			}
			for _, p := range r.Problems {
				if p.Pos.IsValid() && p.Pos.Filename != name {
					t.Errorf("a problem in another file: %s", p)
				}
			}
		})
	}
}

func TestBrokenDependency(t *testing.T) {
	dir := testmod.Write(t, chain)
	b := load(t, dir)
	c := filepath.Join(dir, "c/c.go")
	f := edit(c, "package c\n\nfunc Run(f func()) { go f() }\n\ntype T struct{ N undefined }\n\nfunc Half() { if \n")
	r := analyze(t, b, f, unit(t, b, "example.com/m/a"))
	if r.Broken || rules(r.Findings) != "unguarded unguarded" {
		t.Errorf("problems %q, findings %q", messages(r), lines(r.Findings))
	}
	if r := analyze(t, b, f, unit(t, b, "example.com/m/c")); !r.Broken {
		t.Error("the dependency is not broken")
	}
}

// Two packages in one folder, and one of which the go command has much to say.
func TestListedWithErrors(t *testing.T) {
	dir := testmod.Write(t, "-- p/a.go --\npackage a\n\n"+sized("A")+"-- p/b.go --\npackage b\n\n"+sized("B")+
		"-- q/q.go --\npackage q\n\nimport _ \"example.com/m/p\"\nimport _ \"example.com/none\"\n\n"+sized("Q")+
		"-- r/r.go --\npackage r\n\nimport _ \"example.com/m/r\"\n\n"+sized("R")+
		"-- s/s_linux.go --\npackage s\n\nfunc (\n-- s/s_plan9.go --\npackage s\n")
	b := load(t, dir)
	for _, id := range []string{"example.com/m/q", "example.com/m/r"} {
		r := analyze(t, b, new(driver.Disk), unit(t, b, id))
		if !r.Broken || rules(r.Findings) != "sizehint" {
			t.Errorf("%s: problems %q, findings %q", id, messages(r), lines(r.Findings))
		}
	}
	for _, u := range b.Locals() {
		analyze(t, b, new(driver.Disk), u)
	}
}

// fragments are put into the text by the property test.
var fragments = []string{"{", "}", "(", ")", "[", "]", "\n", "func ", "map[", "for ", "range ", "type T ", "go ", "defer ", "*", "&", ".", ":=", "=", "\"", "`", "//", "/*", "if ", "switch {", "interface{", "struct {", "...", "package x", "import \"fmt\"", "delete(", "make(", "[T any]", "goto x", "\x00", "é", "case ", "chan "}

func mutate(r *rand.Rand, text string) string {
	for range 1 + r.IntN(3) {
		at := r.IntN(len(text) + 1)
		end := min(len(text), at+r.IntN(60))
		switch r.IntN(5) {
		case 0:
			text = text[:at]
		case 1:
			text = text[:at] + text[end:]
		case 2:
			text = text[:at] + fragments[r.IntN(len(fragments))] + text[at:]
		case 3:
			text = text[:at] + fragments[r.IntN(len(fragments))] + text[end:]
		case 4:
			from := r.IntN(len(text) + 1)
			text = text[:at] + text[from:min(len(text), from+r.IntN(200))] + text[at:]
		}
	}
	return text
}

func TestMutatedSources(t *testing.T) {
	rounds := 60 // for each module
	if testing.Short() {
		rounds = 6
	}
	mods, err := filepath.Glob("../../testdata/src/*/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, mod := range mods {
		dir, err := filepath.Abs(filepath.Dir(mod))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			b := load(t, dir)
			units := b.Locals()
			random := rand.New(rand.NewPCG(1, 2))
			for round := range rounds {
				u := units[random.IntN(len(units))]
				name := u.Files[random.IntN(len(u.Files))]
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				text := mutate(random, string(data))
				f := edit(name, text)
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				r, err := b.Analyze(ctx, f, u)
				cancel()
				if err != nil {
					t.Fatalf("round %d, %s: %v\n%s", round, u.ID, err, text)
				}
				inBounds(t, f, u, r)
				if t.Failed() {
					t.Fatalf("round %d, %s:\n%s", round, name, text)
				}
			}
		})
	}
}

// inBounds reports findings outside of files and sound declarations.
func inBounds(t *testing.T, f driver.Files, u *driver.Unit, r *driver.Result) {
	t.Helper()
	for _, text := range r.Failures {
		t.Errorf("%s: %s", u.ID, text)
	}
	for _, found := range r.Findings {
		data, err := f.Read(found.Pos.Filename)
		if err != nil || !slices.Contains(u.Files, found.Pos.Filename) {
			t.Errorf("a finding in %s: %v", found.Pos.Filename, err)
			continue
		}
		if found.Pos.Offset < 0 || found.End.Offset > len(data) || found.End.Offset < found.Pos.Offset {
			t.Errorf("offsets %d to %d of %d: %s", found.Pos.Offset, found.End.Offset, len(data), found.Message)
		}
		if !r.Judges(found.Pos.Filename, found.Pos.Offset) {
			t.Errorf("a finding in what is not judged: %s: %s", found.Pos, found.Message)
		}
		if r.Broken && !sound(found.Pos.Filename, data, found.Pos.Offset) {
			t.Errorf("a finding in a declaration that does not parse: %s: %s", found.Pos, found.Message)
		}
		for _, x := range found.Fixes {
			for _, e := range x.Edits {
				data, err := f.Read(e.Filename)
				if err != nil || e.Start < 0 || e.End < e.Start || e.End > len(data) {
					t.Errorf("an edit of %s, %d to %d of %d: %v", e.Filename, e.Start, e.End, len(data), err)
				}
			}
		}
	}
}

// sound reports whether the declaration at an offset parses when it stands alone.
func sound(name string, data []byte, offset int) bool {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, data, parser.SkipObjectResolution|parser.AllErrors)
	if err == nil {
		return true
	}
	for _, d := range f.Decls {
		from, to := fset.PositionFor(d.Pos(), false).Offset, fset.PositionFor(d.End(), false).Offset
		if _, bad := d.(*ast.BadDecl); bad || offset < from || offset > to {
			continue
		}
		_, err := parser.ParseFile(token.NewFileSet(), name, "package p\n"+string(data[from:min(to, len(data))])+"\n", parser.SkipObjectResolution)
		if err == nil {
			return true
		}
	}
	return false
}
