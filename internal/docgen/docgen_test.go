package main

import (
	"bytes"
	"go/doc/comment"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers"
)

// TestFresh fails where a generated document is not what the code says now.
func TestFresh(t *testing.T) {
	files, err := generate(root, analyzers.New())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		switch {
		case want == nil:
			t.Errorf("%s is about no rule of the suite; run go generate ./...", name)
		case err != nil:
			t.Errorf("%v; run go generate ./...", err)
		case !bytes.Equal(got, want):
			t.Errorf("%s is stale; run go generate ./...", name)
		}
	}
}

// TestPageOfEachRule fails where the address in a rule's diagnostics leads to
// no page of the repository.
func TestPageOfEachRule(t *testing.T) {
	for _, r := range analyzers.New().Rules {
		path, ok := strings.CutPrefix(r.Analyzer.URL, "https://github.com/mapdiag/mapdiag/blob/main/")
		if !ok {
			t.Errorf("the address of %s is %s, which is not in the repository", r.Name, r.Analyzer.URL)
			continue
		}
		page, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Error(err)
		} else if !bytes.HasPrefix(page, []byte("# "+r.Name+"\n")) {
			t.Errorf("%s is not the page of %s", path, r.Name)
		}
	}
}

// TestDocs holds the form of every rule's doc.go.
func TestDocs(t *testing.T) {
	for _, r := range analyzers.New().Rules {
		t.Run(r.Name, func(t *testing.T) {
			title, text, _ := strings.Cut(r.Analyzer.Doc, "\n")
			if rest, ok := strings.CutPrefix(title, r.Name+": "); !ok || rest == "" || strings.HasSuffix(rest, ".") {
				t.Errorf("the first line is %q; want %q and what is wrong with the code, without a full stop", title, r.Name+": ")
			}
			var got []string
			blocks := make(map[string][]comment.Block)
			for _, b := range new(comment.Parser).Parse(text).Content {
				if h, ok := b.(*comment.Heading); ok {
					got = append(got, plain(h.Text))
					continue
				}
				if len(got) == 0 {
					t.Error("text stands before the first heading")
					return
				}
				last := got[len(got)-1]
				blocks[last] = append(blocks[last], b)
			}
			if !slices.Equal(got, headings) {
				t.Errorf("the headings are %q; want %q", got, headings)
			}
			for _, h := range got {
				if len(blocks[h]) == 0 {
					t.Errorf("nothing stands under %q", h)
				}
			}
			checkExample(t, blocks["Example"])
		})
	}
}

// checkExample wants code after "Before:" and after "After:".
func checkExample(t *testing.T, blocks []comment.Block) {
	for _, label := range []string{"Before:", "After:"} {
		i := slices.IndexFunc(blocks, func(b comment.Block) bool {
			p, ok := b.(*comment.Paragraph)
			return ok && plain(p.Text) == label
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

func TestReplace(t *testing.T) {
	got, err := replace([]byte("a\n<!-- x -->\nold\n<!-- /x -->\nb\n"), "x", "new\n")
	if want := "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"; err != nil || string(got) != want {
		t.Errorf("replace = %q, %v, want %q", got, err, want)
	}
	if _, err := replace([]byte("a\n<!-- /x -->\n<!-- x -->\n"), "x", "new\n"); err == nil {
		t.Error("replace accepts markers in the wrong order")
	}
}
