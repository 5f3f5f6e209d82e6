package vet

import (
	"go/token"
	"maps"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers"
)

func TestParseComplaints(t *testing.T) {
	const text = `go: warning: something
p/p_test.go:4:15: expected operand
# example.com/m/a
a/a.go:4:13: first
a/a.go:5:13: second
# example.com/m/b
# [example.com/m/b]
mapvet: b/b_test.go:4:13: bad
# example.com/m/c [example.com/m/c.test]
# example.com/m/d_test
# [example.com/m/d_test]
mapvet: d
`
	failed, rest := parseComplaints(text, "mapvet")
	want := map[string]string{
		"example.com/m/a":      "a/a.go:4:13: first\na/a.go:5:13: second",
		"example.com/m/b":      "b/b_test.go:4:13: bad",
		"example.com/m/c":      "the go command cannot build it",
		"example.com/m/d_test": "d",
	}
	if !maps.Equal(failed, want) {
		t.Errorf("failed %q", failed)
	}
	if rest != "go: warning: something\np/p_test.go:4:15: expected operand\n" {
		t.Errorf("rest %q", rest)
	}
}

func TestParsePosition(t *testing.T) {
	for s, want := range map[string]token.Position{
		"/p/p.go:3:14":   {Filename: "/p/p.go", Line: 3, Column: 14},
		"/p/p.go:3":      {Filename: "/p/p.go", Line: 3},
		"/p/p.go":        {Filename: "/p/p.go"},
		`C:\p\p.go:3:14`: {Filename: `C:\p\p.go`, Line: 3, Column: 14},
		"/a:b/p.go:3:14": {Filename: "/a:b/p.go", Line: 3, Column: 14},
		"-":              {Filename: "-"},
		"":               {},
	} {
		if got := parsePosition(s); got != want {
			t.Errorf("%q: %#v", s, got)
		}
	}
}

func TestParseStream(t *testing.T) {
	var o output
	err := o.parseStream(strings.NewReader(`{}
{"example.com/m/p [example.com/m/p.test]": {
	"sizehint": [{
		"category": "sizehint/likely", "posn": "/p/p.go:3:1", "end": "/p/p.go:3:5", "message": "m",
		"related": [{"posn": "/p/p.go:4:1", "end": "/p/p.go:4:2", "message": "r"}],
		"suggested_fixes": [{"message": "f", "edits": [{"filename": "/p/p.go", "start": 1, "end": 2, "new": "n"}]}]
	}],
	"unguarded": [{"category": "internal-error", "posn": "/p/p.go:1:1", "end": "", "message": "rule unguarded failed"}],
	"largevalue": {"error": "boom"},
	"deletechurn": [{"category": "note", "posn": "/p/p.go:9:1", "end": "", "message": "too large"}]
}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if len(o.findings) != 1 || len(o.gaps) != 2 {
		t.Fatalf("%d findings and %d gaps", len(o.findings), len(o.gaps))
	}
	f := o.findings[0]
	if f.Rule != "sizehint" || f.Level != analyzers.Likely || f.Package != "example.com/m/p" || f.Pos.Line != 3 || f.End.Column != 5 ||
		len(f.Related) != 1 || f.Related[0].Pos.Line != 4 || len(f.Fixes) != 1 || f.Fixes[0].Edits[0].New != "n" {
		t.Errorf("finding %+v", f)
	}
	if o.notes != "/p/p.go:9:1: too large\n" {
		t.Errorf("the notes are %q", o.notes)
	}
	reasons := o.gaps[0].String() + "\n" + o.gaps[1].String()
	for _, want := range []string{"rule unguarded failed", "rule largevalue failed on package example.com/m/p: boom"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("no gap says %q:\n%s", want, reasons)
		}
	}
	if err := new(output).parseStream(strings.NewReader(`{"p": `)); err == nil {
		t.Error("a truncated stream is taken for complete")
	}
}

func TestGapString(t *testing.T) {
	for _, test := range []struct {
		gap  Gap
		want string
	}{
		{Gap{Package: "p", Reason: "a"}, "left out package p: a"},
		{Gap{Package: "p", Tests: true, Reason: "a\n\tb\nc"}, "left out the tests of package p: a\n\tb\n\tc"},
		{Gap{Package: "p", Rule: "r", Reason: "rule r failed"}, "rule r failed"},
		{Gap{Reason: "a"}, "left out packages: a"},
	} {
		if got := test.gap.String(); got != test.want {
			t.Errorf("%+v: %q", test.gap, got)
		}
	}
}
