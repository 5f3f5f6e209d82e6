package ruledoc

import (
	"go/doc/comment"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
)

// TestManuals holds the form of every rule's doc.go.
func TestManuals(t *testing.T) {
	for _, r := range analyzers.New().Rules {
		t.Run(r.Name, func(t *testing.T) {
			title, _, _ := strings.Cut(r.Analyzer.Doc, "\n")
			if rest, ok := strings.CutPrefix(title, r.Name+": "); !ok || rest == "" || strings.HasSuffix(rest, ".") {
				t.Errorf("the first line is %q; want %q and what is wrong with the code, without a full stop", title, r.Name+": ")
			}
			var headings []string
			for _, s := range Sections(r) {
				if slices.Contains(Headings, s.Heading) {
					headings = append(headings, s.Heading)
				}
				if len(s.Blocks) == 0 {
					t.Errorf("nothing stands under %q", s.Heading)
				}
				if s.Heading == "Example" {
					checkExample(t, s.Blocks)
				}
			}
			if !slices.Equal(headings, Headings) {
				t.Errorf("the headings are %q; want %q, in that order, and others between them where the rule has more to say", headings, Headings)
			}
		})
	}
}

// checkExample wants code after "Before:" and after "After:".
func checkExample(t *testing.T, blocks []comment.Block) {
	for _, label := range []string{"Before:", "After:"} {
		i := slices.IndexFunc(blocks, func(b comment.Block) bool {
			p, ok := b.(*comment.Paragraph)
			return ok && Plain(p.Text) == label
		})
		if i < 0 || i+1 == len(blocks) {
			t.Errorf("the example has no %q", label)
		} else if _, ok := blocks[i+1].(*comment.Code); !ok {
			t.Errorf("no code follows %q in the example", label)
		}
	}
}

func TestFenced(t *testing.T) {
	for code, want := range map[string]string{
		"m := make(map[string]int)\n":                "```go\nm := make(map[string]int)\n```\n",
		"var m map[string]int\n\nfunc f() { g() }\n": "```go\nvar m map[string]int\n\nfunc f() { g() }\n```\n",
		"$ go test -bench .\n":                       "```\n$ go test -bench .\n```\n",
	} {
		if got := fenced(code); got != want {
			t.Errorf("fenced(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestRender(t *testing.T) {
	r := &analyzers.Rule{Analyzer: &analysis.Analyzer{Doc: `thing: what it says

# What it reports

Words about map[K]V, and
a list:

  - one
  - two

# Example

	m := make(map[int]int)

# Options
`}}
	r.Name = "thing"
	r.Analyzer.Flags.Int("min", 8, "report maps of `n` entries| and more")
	if got := Summary(r); got != "what it says" {
		t.Errorf("summary %q", got)
	}
	const text = `What it reports

    Words about map[K]V, and a list:

      - one
      - two

Example

        m := make(map[int]int)

Options
`
	if got := Text(r); got != text {
		t.Errorf("text\n%s", got)
	}
	markdown := `## What it reports

Words about map\[K]V, and a list:

  - one
  - two

## Example

~~~go
m := make(map[int]int)
~~~

## Options

| option | default | meaning |
|---|---|---|
| ~-thing.min n~ | ~8~ | report maps of n entries\| and more |
`
	markdown = strings.ReplaceAll(markdown, "~", "`")
	if got := Markdown(r); got != markdown {
		t.Errorf("markdown\n%s", got)
	}
}
