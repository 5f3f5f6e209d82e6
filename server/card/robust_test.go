package card

import (
	"go/ast"
	"go/types"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// sources returns the texts of all archives of this package.
func sources(t *testing.T) (texts []string) {
	t.Helper()
	for _, name := range []string{"testdata/find.txtar", "testdata/card.txtar"} {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			if strings.HasSuffix(f.Name, ".go") {
				texts = append(texts, string(f.Data))
			}
		}
	}
	return texts
}

// everywhere asks at each byte, and a little outside of the file, and returns
// how many places had an answer.
func everywhere(t *testing.T, src source) (answers int) {
	t.Helper()
	for offset := -2; offset <= len(src.text)+2; offset++ {
		s, ok := src.find(offset)
		if !ok {
			continue
		}
		answers++
		if at := int(s.Pos - src.file.FileStart); offset < at || offset >= int(s.End-src.file.FileStart) || s.Map == nil || s.Type == nil {
			t.Fatalf("offset %d has the answer %+v, which lies elsewhere, of\n%s", offset, s, src.text)
		}
	}
	for _, s := range Makes(src.file, src.info) {
		if !s.Global() || s.Map == nil || Lens(s, src.options(), "x") == "" {
			t.Fatalf("Makes returns %+v of\n%s", s, src.text)
		}
	}
	return answers
}

// TestBroken asks at every place of files that were cut off or lost some of their
// text, with types and without.
func TestBroken(t *testing.T) {
	texts := sources(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	answers := 0
	for _, text := range texts {
		broken := []string{text}
		for range 20 {
			from := rnd.IntN(len(text))
			broken = append(broken,
				text[:from],
				text[:from]+text[min(len(text), from+1+rnd.IntN(9)):],
				text[:from]+[]string{"{", "}", "(", "map[", "make(", "\n", ",", "func"}[rnd.IntN(8)]+text[from:],
			)
		}
		for _, b := range broken {
			src := load(b)
			if src.file == nil {
				continue
			}
			answers += everywhere(t, src)
			src.info = &types.Info{}
			if n := everywhere(t, src); n > 0 {
				t.Fatalf("%d answers without types, of\n%s", n, b)
			}
		}
	}
	if answers < 10_000 {
		t.Errorf("only %d answers in all: the broken files have nothing to ask about", answers)
	}
	if s, ok := Find(nil, &types.Info{}, 1); ok || Makes(nil, &types.Info{}) != nil {
		t.Errorf("Find without a file returns %+v", s)
	}
}

// TestTexts makes the texts of every subject for every target.
func TestTexts(t *testing.T) {
	targets := []types.Sizes{types.SizesFor("gc", "amd64"), types.SizesFor("gc", "386"), nil}
	for _, text := range sources(t) {
		src := load(text)
		seen := map[ast.Node]bool{}
		for offset := range text {
			s, ok := src.find(offset)
			if !ok || seen[s.Node] {
				continue
			}
			seen[s.Node] = true
			for _, sizes := range targets {
				o := Options{Sizes: sizes}
				card, line := Card(s, o), Line(s, o)
				if hasTable := strings.Contains(card, "entries |"); hasTable != (line != "") {
					t.Errorf("line %q goes with the card\n%s", line, card)
				}
				if sizes == nil && line != "" {
					t.Errorf("line %q without sizes", line)
				}
				aligned(t, card)
			}
		}
	}
}

// aligned checks that all rows of the table in a card have one width.
func aligned(t *testing.T, card string) {
	t.Helper()
	width := 0
	for line := range strings.Lines(card) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		if width == 0 {
			width = len(line)
		}
		if len(line) != width || strings.Count(line, "|") != 7 {
			t.Errorf("the table is not aligned:\n%s", card)
			return
		}
	}
}

func TestMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"int":          "`int`",
		"a`b":          "`` a`b ``",
		"a`b``c":       "``` a`b``c ```",
		"f[int](x)":    `f\[int\](x)`,
		"*p ← ~r0":     `\*p ← \~r0`,
		"s.mu_a\n<b>":  `s.mu_a \<b>`,
		"`x`":          "\\`x\\`",
		`C:\x`:         `C:\\x`,
		"guarded by m": "guarded by m",
	} {
		got := plain(text)
		if strings.HasPrefix(want, "`") {
			got = code(text)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
