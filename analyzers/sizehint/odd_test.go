package sizehint_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// editsPerSeed is how many edited files are tried for each seed.
const editsPerSeed = 150

// TestOddCode runs the rule over code of unusual forms, and over what becomes
// of it and of the fixtures when statements are moved, repeated and wrapped at
// random: the rule must not fail, its fixes must leave code that compiles, and
// it must not offer them again.
func TestOddCode(t *testing.T) {
	odd, err := filepath.Glob("testdata/odd/*.go")
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := filepath.Glob("../../testdata/src/sizehint/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	r := &round{TB: t, loader: newLoader(t), dir: t.TempDir(), after: make(map[string][]byte), failed: make(map[string]bool), alone: true}
	r.write("dep/dep.go", []byte("package dep\n"))
	var files [][]byte
	for i, name := range append(odd, fixtures...) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		src = packageClause.ReplaceAll(src, []byte("package p\n"))
		if !r.compiles(src) {
			if i < len(odd) {
				t.Fatalf("%s does not compile", name)
			}
			continue // it needs other packages of the fixtures
		}
		r.analyzeAndFix()
		files = append(files, src)
	}
	for _, seed := range seeds() {
		e := &editor{rand.New(rand.NewPCG(seed, 0))}
		r.seed = seed
		compiled := 0
		for range editsPerSeed {
			i := e.IntN(len(files))
			src := e.edit(files[i])
			if !r.compiles(src) {
				continue
			}
			compiled++
			r.analyzeAndFix()
			if len(src) < 40_000 && e.IntN(2) == 0 {
				files[i] = src
			}
		}
		t.Logf("seed %d: %d of %d edited files compile", seed, compiled, editsPerSeed)
		if compiled < editsPerSeed/10 {
			t.Errorf("seed %d: only %d of %d edited files compile", seed, compiled, editsPerSeed)
		}
	}
}

var packageClause = regexp.MustCompile(`(?m)^package \w+\n`)

// compiles makes a file the only unit of the round, unless it does not
// compile.
func (r *round) compiles(src []byte) bool {
	r.units = []unit{{name: "x", src: string(src)}}
	return len(r.load("before", r.sources()).errors) == 0
}

func (r *round) analyzeAndFix() {
	r.failed = make(map[string]bool)
	p := r.load("before", r.sources())
	r.secondRun(r.apply(p, r.analyze(p)))
	if r.Failed() {
		r.FailNow() // the next files would fail alike
	}
}

// editor edits files at random.
type editor struct{ *rand.Rand }

// edit moves, repeats, wraps or deletes a statement.
func (e *editor) edit(src []byte) []byte {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return src
	}
	var stmts []ast.Stmt
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			stmts = append(stmts, n.List...)
		case *ast.CaseClause:
			stmts = append(stmts, n.Body...)
		}
		return true
	})
	if len(stmts) == 0 {
		return src
	}
	tok := fset.File(f.FileStart)
	text := func(s ast.Stmt) (from, to int, text string) {
		from, to = tok.Offset(s.Pos()), tok.Offset(s.End())
		return from, to, string(src[from:to])
	}
	i := e.IntN(len(stmts))
	j := min(max(0, i+e.IntN(9)-4), len(stmts)-1) // near by, where its variables may be known
	from, to, a := text(stmts[i])
	at, _, b := text(stmts[j])
	var edits []edit
	switch e.IntN(6) {
	case 0:
		edits = []edit{{from, to, ""}}
	case 1:
		edits = []edit{{at, at, a + "\n"}}
	case 2:
		edits = []edit{{at, at, a + "\n"}, {from, to, ""}}
	case 3:
		edits = []edit{{from, to, a + "\n" + b}}
	default:
		wraps := []string{"for range 3 {\n%\n}", "for i := 0; i < 12; i++ {\n%\n}", "if recover() != nil {\n%\n}", "func() {\n%\n}()", "defer func() {\n%\n}()", "go func() {\n%\n}()", "{\n%\n}",
			"switch {\ncase true:\n%\n}", "select {\ndefault:\n%\n}", "label:\nfor {\n%\nbreak label\n}", "if true {\n%\n} else {\n%\n}", "for i := range []int{1, 2} {\n_ = i\n%\n}", "x := func(n int) {\n%\n}\nx(1)\nx(2)"}
		wrapped := bytes.ReplaceAll([]byte(wraps[e.IntN(len(wraps))]), []byte("%"), []byte(a))
		edits = []edit{{from, to, string(wrapped)}}
	}
	if len(edits) > 1 && edits[0].overlaps(edits[1]) {
		return src
	}
	out, err := format.Source(applyEdits(src, edits))
	if err != nil {
		return src
	}
	return out
}

// formatted reports whether gofmt has nothing to change.
func formatted(src []byte) bool {
	clean, err := format.Source(src)
	return err == nil && bytes.Equal(behind.ReplaceAll(clean, nil), behind.ReplaceAll(src, nil))
}
