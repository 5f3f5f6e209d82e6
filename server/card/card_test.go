package card

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// source is a file as a server has it: parsed and checked as far as it goes.
type source struct {
	text string
	fset *token.FileSet
	file *ast.File
	info *types.Info
	pkg  *types.Package
	errs []error
}

func load(text string) source {
	s := source{text: text, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Defs:  map[*ast.Ident]types.Object{},
		Uses:  map[*ast.Ident]types.Object{},
	}}
	note := func(err error) {
		if err != nil {
			s.errs = append(s.errs, err)
		}
	}
	fset := token.NewFileSet()
	s.fset = fset
	file, err := parser.ParseFile(fset, "x.go", text, parser.ParseComments|parser.SkipObjectResolution)
	note(err)
	s.file = file
	conf := types.Config{Importer: imports, Error: note, Sizes: types.SizesFor("gc", "amd64")}
	s.pkg, _ = conf.Check("p", fset, []*ast.File{file}, s.info) // errors are noted
	return s
}

// imports is shared, so that each package is read once.
var imports = importer.Default()

func (s source) find(offset int) (Subject, bool) {
	return Find(s.file, s.info, s.file.FileStart+token.Pos(offset))
}

// options are those of a server that knows nothing of the map.
func (s source) options() Options {
	return Options{Sizes: types.SizesFor("gc", "amd64"), Package: s.pkg}
}

// golden compares the files of an archive that compute returns with those that
// follow each source.
func golden(t *testing.T, name, ext string, compute func(text string) string) {
	t.Helper()
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]byte{}
	var files []txtar.File
	for _, f := range ar.Files {
		want[f.Name] = f.Data
		if !strings.HasSuffix(f.Name, ".go") {
			continue
		}
		files = append(files, f, txtar.File{Name: strings.TrimSuffix(f.Name, ".go") + ext, Data: []byte(compute(string(f.Data)))})
	}
	if len(files) == 0 {
		t.Fatalf("%s has no source", name)
	}
	if *update {
		ar.Files = files
		if err := os.WriteFile(name, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, f := range files {
		if !bytes.Equal(f.Data, want[f.Name]) {
			t.Errorf("%s: %s is\n%swant\n%s", name, f.Name, f.Data, want[f.Name])
		}
	}
}

// TestCard makes the card of what is marked by the last /*here*/ of a source. Its
// comments "escape:", "stays" and "guard:" give the options.
func TestCard(t *testing.T) {
	golden(t, "testdata/card.txtar", ".md", func(text string) string {
		src := load(text)
		if len(src.errs) > 0 && !strings.Contains(text, "// errors") {
			t.Errorf("%s\n%v", text, src.errs)
		}
		const mark = "/*here*/"
		s, ok := src.find(strings.LastIndex(text, mark) + len(mark))
		if !ok {
			t.Fatalf("nothing at the mark of\n%s", text)
		}
		o := src.options()
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if v, ok := strings.CutPrefix(line, "// escape: "); ok {
				o.Escape.Sentence = v
			} else if v, ok := strings.CutPrefix(line, "// guard: "); ok {
				o.Guard = v
			} else if line == "// stays" {
				o.Escape.Stays = true
			}
		}
		return fmt.Sprintf("%s\nline: %s\nlens: %s\n", Card(s, o), Line(s, o), Lens(s, o, "escapes to heap"))
	})
}

// TestFind shows below each line of a source what its bytes are about, by the
// first letter of the kind, and then the makes that a code lens is for.
func TestFind(t *testing.T) {
	golden(t, "testdata/find.txtar", ".txt", func(text string) string {
		src := load(text)
		if len(src.errs) > 0 && !strings.Contains(text, "// errors") {
			t.Errorf("%s\n%v", text, src.errs)
		}
		var b strings.Builder
		offset := 0
		for line := range strings.Lines(text) {
			b.WriteString(line)
			var kinds, about []string
			for i := range len(line) {
				kind := " "
				if s, ok := src.find(offset + i); ok {
					kind = " MLTDV"[s.Kind : s.Kind+1]
					if s.Kind != Var {
						if d := describe(s); len(about) == 0 || about[len(about)-1] != d {
							about = append(about, d)
						}
					}
				} else if line[i] == '\t' {
					kind = "\t"
				}
				kinds = append(kinds, kind)
			}
			offset += len(line)
			if under := strings.TrimRight(strings.Join(kinds, ""), " \t\n"); under != "" {
				b.WriteString(under + "\n")
			}
			for _, d := range about {
				b.WriteString("  = " + d + "\n")
			}
		}
		b.WriteString("lenses:\n")
		for _, s := range Makes(src.file, src.info) {
			b.WriteString("  " + describe(s) + "\n")
		}
		return b.String()
	})
}

func describe(s Subject) string {
	d := fmt.Sprintf("%s %s", [...]string{Make: "make", Literal: "literal", Type: "type", Decl: "decl", Var: "var"}[s.Kind], s.Written)
	if s.Entries >= 0 {
		d += fmt.Sprintf(", %d entries", s.Entries)
	}
	if s.Hint != nil {
		d += ", hint " + types.ExprString(s.Hint)
	}
	if s.Target != nil {
		d += ", for " + s.Target.Name()
		if s.Global() {
			d += " (global)"
		}
	}
	return d
}
