package directive

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		comment string
		rules   string // joined by "|"
		reason  string
		noLint  bool
	}{
		{comment: "//mapdiag:ignore sizehint it stays empty", rules: "sizehint", reason: "it stays empty"},
		{comment: "//mapdiag:ignore sizehint // it stays empty", rules: "sizehint", reason: "it stays empty"},
		{comment: "//mapdiag:ignore\tsizehint\tit stays empty", rules: "sizehint", reason: "it stays empty"},
		{comment: "//mapdiag:ignore sizehint,largevalue both", rules: "sizehint|largevalue", reason: "both"},
		{comment: "//mapdiag:ignore sizehint, largevalue both", rules: "sizehint|largevalue", reason: "both"},
		{comment: "//mapdiag:ignore sizehint , largevalue both", rules: "sizehint|largevalue", reason: "both"},
		{comment: "//mapdiag:ignore sizehint,", rules: "sizehint"},
		{comment: "//mapdiag:ignore sizehint", rules: "sizehint"},
		{comment: "//mapdiag:ignore sizehint //", rules: "sizehint"},
		{comment: "//mapdiag:ignore"},
		{comment: "//mapdiag:ignore // because", reason: "because"},
		{comment: "//nolint", rules: "all", noLint: true},
		{comment: "// nolint // because", rules: "all", reason: "because", noLint: true},
		{comment: "//nolint because", rules: "all", noLint: true},
		{comment: "//nolint:sizehint", rules: "sizehint", noLint: true},
		{comment: "//nolint:errcheck, SizeHint // because", rules: "errcheck|sizehint", reason: "because", noLint: true},
	} {
		ig := parse(&ast.Comment{Text: test.comment})
		if ig == nil {
			t.Errorf("parse(%q) = nil", test.comment)
			continue
		}
		if rules := strings.Join(ig.Rules, "|"); rules != test.rules || ig.Reason != test.reason || ig.NoLint != test.noLint {
			t.Errorf("parse(%q) = rules %q, reason %q, nolint %v; want %q, %q, %v",
				test.comment, rules, ig.Reason, ig.NoLint, test.rules, test.reason, test.noLint)
		}
	}
	for _, comment := range []string{
		"// mapdiag:ignore sizehint a comment with a blank is text, as with all directives",
		"//mapdiag:ignored sizehint",
		"/*mapdiag:ignore sizehint reason*/",
		"// nolinting is bad",
		"//nolint,errcheck",
		"/*nolint*/",
		"// see //nolint:sizehint",
	} {
		if ig := parse(&ast.Comment{Text: comment}); ig != nil {
			t.Errorf("parse(%q) = %+v, want nil", comment, ig)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, rest := range []string{"", " sizehint reason", " a, b\treason", "\ta,,b // reason", " //", " ,"} {
		f.Add(rest)
	}
	f.Fuzz(func(t *testing.T, rest string) {
		for _, prefix := range []string{"//mapdiag:ignore", "//nolint", "// nolint:"} {
			ig := parse(&ast.Comment{Text: prefix + rest})
			if ig == nil {
				continue
			}
			for _, r := range ig.Rules {
				if !ig.NoLint && (r == "" || strings.ContainsAny(r, " \t,")) {
					t.Errorf("%q names the rule %q", prefix+rest, r)
				}
			}
			if strings.Trim(ig.Reason, " \t") != ig.Reason {
				t.Errorf("%q has the reason %q with blanks around it", prefix+rest, ig.Reason)
			}
			if ig.NoLint && len(ig.Rules) == 0 {
				t.Errorf("%q covers nothing", prefix+rest)
			}
			// What is read out says the same when it is written again.
			if !ig.NoLint && len(ig.Rules) > 0 {
				again := parse(&ast.Comment{Text: "//mapdiag:ignore " + strings.Join(ig.Rules, ",") + " // " + ig.Reason})
				if again == nil || !slices.Equal(again.Rules, ig.Rules) || again.Reason != ig.Reason {
					t.Errorf("%q reads %+v, written again %+v", prefix+rest, ig, again)
				}
			}
		}
	})
}

// TestCovering marks every line that a suppression covers by "// covered",
// and wants no other line covered.
func TestCovering(t *testing.T) {
	const src = `package p

import "fmt"

//mapdiag:ignore r own line
var a = 1 // covered

var b = 1 /* covered */ //mapdiag:ignore r beside
var c = 1

// F is a function.
//
//mapdiag:ignore r in a group
// and on.
func F() { // covered
	fmt.Println()
}

//mapdiag:ignore r a blank line follows

var d = 1

func g() { /* covered */ //mapdiag:ignore r beside a brace
	fmt.Println(
		1, /* covered */ //mapdiag:ignore r inside a call
		//mapdiag:ignore r own line inside a call
		2, // covered
	)
	if a > 0 {
		fmt.Println()
	} else { /* covered */ //mapdiag:ignore r beside else
		fmt.Println()
	} /* covered */ //mapdiag:ignore r beside a closing brace
	switch {
	case a > 0: /* covered */ //mapdiag:ignore r beside a case
	default:
		//mapdiag:ignore r at the end of a block
	} // covered
}

//nolint:r
func h() { // covered
	fmt.Println( // covered
		1) // covered
} // covered

func i() { /* covered */ //nolint
	//nolint:mapdiag // the loop
	for { // covered
		break // covered
	} // covered
	fmt.Println()

	//nolint:errcheck
	fmt.Println()
}

type S struct {
	a map[int]int /* covered */ //mapdiag:ignore r a field
	//mapdiag:ignore q,r two rules
	b map[int]int // covered
}

//mapdiag:ignore q another rule
var e = 1
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	x := collect(&analysis.Pass{Fset: fset, Files: []*ast.File{f}})
	n := 0
	for text := range strings.Lines(src) {
		n++
		if text == "\n" {
			continue // nothing stands there
		}
		want := strings.Contains(text, "covered")
		if got := x.Covering("r", token.Position{Filename: "p.go", Line: n}) != nil; got != want {
			t.Errorf("line %d: covered is %v, want %v: %s", n, got, want, text)
		}
	}
	if got, want := len(x.Ignores), strings.Count(src, "//mapdiag:ignore")+strings.Count(src, "//nolint"); got != want {
		t.Errorf("%d suppressions, want %d", got, want)
	}
	if x.Covering("r", token.Position{Filename: "q.go", Line: 6}) != nil {
		t.Error("a suppression covers a line of another file")
	}
}

// TestLineDirective wants positions as written: what a line directive says
// must not move a suppression away from its code.
func TestLineDirective(t *testing.T) {
	const src = `package p

//line other.go:100
//mapdiag:ignore r reason
var a = 1
`
	x := index(t, src)
	if x.Covering("r", token.Position{Filename: "p.go", Line: 5}) == nil {
		t.Error("the suppression below a line directive covers nothing")
	}
}

// TestFile wants a nolint comment above the package clause to cover the file.
func TestFile(t *testing.T) {
	x := index(t, "//nolint:r\npackage p\n\nvar a = 1\n")
	if x.Covering("r", token.Position{Filename: "p.go", Line: 4}) == nil {
		t.Error("a nolint comment above the package clause does not cover the file")
	}
}

// TestClarity wants the suppression that speaks most clearly of the rule:
// only that one is needed.
func TestClarity(t *testing.T) {
	comments := []string{"//nolint", "//nolint:r", "//mapdiag:ignore r reason"}
	for i := range comments {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			some := comments[:i+1]
			x := index(t, "package p\n\n"+strings.Join(some, "\n")+"\nvar a = 1\n")
			ig := x.Covering("r", token.Position{Filename: "p.go", Line: 4 + i})
			if ig == nil || ig.Comment.Text != some[i] {
				t.Errorf("of %q, %+v covers", some, ig)
			}
		})
	}
}

func index(t *testing.T, src string) *Index {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return collect(&analysis.Pass{Fset: fset, Files: []*ast.File{f}})
}
