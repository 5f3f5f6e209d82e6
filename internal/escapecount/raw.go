package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/mapdiag/mapdiag/internal/escape"
)

// countMakes adds the places of the expressions that make a map.
func countMakes(fset *token.FileSet, file *ast.File, info *types.Info, places map[string]bool) {
	isMap := func(t types.Type) bool {
		if t == nil {
			return false
		}
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		_, ok := t.Underlying().(*types.Map)
		if _, param := types.Unalias(t).(*types.TypeParam); param {
			// A literal or make of a type parameter is of a slice or a map.
			return strings.Contains(types.TypeString(t.Underlying(), nil), "map[")
		}
		return ok
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "make" && isMap(info.TypeOf(n)) && info.Types[n.Fun].IsBuiltin() {
				places[fmt.Sprintf("%v %v", fset.Position(n.Pos()), escape.Make)] = true
			}
		case *ast.CompositeLit:
			if isMap(info.TypeOf(n)) {
				places[fmt.Sprintf("%v %v", fset.Position(n.Pos()), escape.Literal)] = true
			}
		}
		return true
	})
}

var rawLine = regexp.MustCompile(`^(\S+\.go):(\d+:\d+): (make\(map\[.*\)|map\[.*\{(?:\.\.\.)?\}) (escapes to heap|does not escape)$`)

// compare holds the facts against raw verdicts on expressions of unnamed map
// types. Where a call was inlined, and at the declaration of a generic function
// whose instance was inlined into its wrapper, the raw line is about code that
// stands elsewhere.
func (t *tally) compare(fset *token.FileSet, facts map[string]escape.Fact, raw []string, dir string, report *escape.Report) {
	files := make(map[string]bool)
	for _, u := range report.Units {
		for _, f := range u.Files {
			files[f] = true
		}
	}
	type fact struct {
		escape.Fact
		place string
	}
	// The compiler gives the parenthesis of make( and the brace of a literal.
	at := make(map[string]fact)
	for place, f := range facts {
		if f.Kind != escape.Make && f.Kind != escape.Literal {
			continue
		}
		for pos := f.Pos; pos < f.End; pos++ {
			p := fset.Position(pos)
			key := fmt.Sprintf("%s:%d:%d", filepath.Base(p.Filename), p.Line, p.Column)
			// Maps within maps: the innermost one owns the place.
			if old, ok := at[key]; !ok || f.End-f.Pos < old.End-old.Pos {
				at[key] = fact{f, place}
			}
		}
	}
	verdicts := make(map[string]map[string]bool) // of each place of a fact
	inlined := make(map[string]bool)
	for _, line := range raw {
		if head, _, ok := strings.Cut(line, ": inlining call to "); ok {
			inlined[filepath.Base(head)] = true
		}
	}
	for _, line := range raw {
		m := rawLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		key := filepath.Base(m[1]) + ":" + m[2]
		if inlined[key] || !files[m[1]] && !files[filepath.Join(dir, m[1])] {
			continue // code of another place, or of another package
		}
		t.rawMaps++
		f, ok := at[key]
		if !ok {
			if !strings.Contains(line, "go.shape.") {
				t.problem("raw verdict without a fact: %s", line)
			}
			continue
		}
		if verdicts[f.place] == nil {
			verdicts[f.place] = make(map[string]bool)
		}
		verdicts[f.place][m[4]] = true
	}
	for place, v := range verdicts {
		want := escape.OnStack
		if v["escapes to heap"] {
			want = escape.OnHeap
		}
		if f := facts[place]; f.Verdict != want {
			t.problem("%s: the fact says %v, the compiler %v", place, f.Verdict, want)
		}
	}
}
