// Package sitestest makes profiles of sources whose comments say what was measured, for
// tests: their hashes are those of the source as it is.
//
//	m := make(map[string]int) // measured: 900 maps of 310, 100 maps of 20
//
// A comment is about the first make or literal of a map that begins on its line. After a
// semicolon, it may go on with
//
//	hint N       what all makes asked for; of a constant hint it is known
//	final N      entries with which all maps died, all that they ever had if not told
//	alive N      the same of maps that were alive at the end
//	slots N      of all maps, where it is not what entries and hint need
//	reads N, writes N  accesses, of which one in 100 was sampled in all of the module
//	at growth    the maps began on the stack, without a call
//	untracked    their sizes are known by their slots alone
//	stale        the declaration was another one
//	elem N       the size of an element was another one, in bytes
//
// and after a bar with another type of a generic expression.
package sitestest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// Recorded is when all profiles say that they were recorded.
var Recorded = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

// Module returns the profile of the module in a directory. Files in overlay, by their absolute
// names, count instead of those on disk.
func Module(t testing.TB, dir string, overlay map[string][]byte) *sites.Profile {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	module, _, _ := strings.Cut(strings.TrimPrefix(string(mod), "module "), "\n")
	p := &sites.Profile{Schema: sites.Schema, Go: "go1.26.8", Arch: "linux/amd64", Module: module,
		Command: []string{"mapdiag", "test", "./..."}, Recorded: Recorded, Processes: 1}
	files := make(map[string]map[string][]byte) // directory → name below the module → source
	err = filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		src, replaced := overlay[name]
		if !replaced {
			if src, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if files[path.Dir(rel)] == nil {
			files[path.Dir(rel)] = make(map[string][]byte)
		}
		files[path.Dir(rel)][rel] = src
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, sources := range files {
		if !slices.ContainsFunc(slices.Collect(maps.Values(sources)), func(src []byte) bool { return bytes.Contains(src, []byte(mark)) }) {
			continue
		}
		if pkg := Package(t, path.Join(module, dir), sources); len(pkg.Sites) > 0 {
			p.Packages = append(p.Packages, pkg)
		}
	}
	for _, pkg := range p.Packages {
		if slices.ContainsFunc(pkg.Sites, func(s sites.Site) bool { return s.Reads+s.Writes > 0 }) {
			p.Access = 100
		}
	}
	p.Sort()
	return p
}

// Write writes a profile to a file.
func Write(t testing.TB, file string, p *sites.Profile) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := p.Write(f); err != nil {
		t.Fatal(err)
	}
}

// Package returns the part of a profile about one package, given the sources of its files.
func Package(t testing.TB, path string, sources map[string][]byte) sites.Package {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for name, src := range sources {
		f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	config := types.Config{Importer: importer.Default(), Error: func(error) {}} // imports may be missing
	sizes := types.SizesFor("gc", "amd64")
	config.Sizes = sizes
	_, _ = config.Check(path, fset, files, info)
	pkg := sites.Package{Path: path}
	for _, f := range files {
		name := fset.File(f.FileStart).Name()
		decls := sites.Decls(fset, f, sources[name])
		texts := comments(fset, f)
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			m, hint := creation(info, e)
			text, measured := texts[fset.Position(e.Pos()).Line]
			if m == nil || !measured {
				return true
			}
			delete(texts, fset.Position(e.Pos()).Line)
			d := sites.DeclAt(decls, e.Pos())
			if d == nil {
				t.Fatalf("%s: no declaration", fset.Position(e.Pos()))
			}
			for i, text := range strings.Split(text, "|") {
				s := sites.Site{Type: sites.TypeName(m), Place: sites.Place{
					File: name, Line: fset.Position(e.Pos()).Line, Decl: d.Name, Token: d.Token(e.Pos()), Hash: d.Hash,
					Offset: fset.Position(e.Pos()).Line - fset.Position(d.Start).Line,
				}}
				if i > 0 {
					s.Type += fmt.Sprintf(" (%d)", i+1)
				}
				if err := fill(&s, text, m, sizes, hint); err != nil {
					t.Fatalf("%s: %v", fset.Position(e.Pos()), err)
				}
				pkg.Sites = append(pkg.Sites, s)
			}
			return true
		})
		for line := range texts {
			t.Fatalf("%s:%d: no map is made here", name, line)
		}
	}
	return pkg
}

const mark = "// measured: "

// comments returns what the comments of a file say, by line.
func comments(fset *token.FileSet, f *ast.File) map[int]string {
	texts := make(map[int]string)
	for _, g := range f.Comments {
		for _, c := range g.List {
			if _, text, ok := strings.Cut(c.Text, mark); ok {
				text, _, _ = strings.Cut(text, "//") // what else stands there
				texts[fset.Position(c.Pos()).Line] = text
			}
		}
	}
	return texts
}

// creation returns the type of the map that an expression makes, nil if it makes none, and its
// constant hint.
func creation(info *types.Info, e ast.Expr) (m *types.Map, hint int64) {
	switch e := e.(type) {
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); !ok || id.Name != "make" {
			return nil, 0
		}
		if len(e.Args) == 2 {
			if v := info.Types[e.Args[1]].Value; v != nil {
				hint, _ = strconv.ParseInt(v.ExactString(), 10, 64)
			}
		}
	case *ast.CompositeLit:
		hint = int64(len(e.Elts))
	default:
		return nil, 0
	}
	if t := info.TypeOf(e); t != nil {
		m, _ = t.Underlying().(*types.Map)
	}
	return m, hint
}

var made = regexp.MustCompile(`^(\d+) maps? of (\d+)$`)

// fill fills in what a comment says.
func fill(s *sites.Site, text string, m *types.Map, sizes types.Sizes, hint int64) error {
	layout, ok := mapmodel.New(m.Key(), m.Elem(), sizes)
	if !ok { // of type parameters
		layout, _ = mapmodel.Measured(8, 8, 16, 136, false)
	}
	s.Shape = sites.Shape{Key: int(layout.KeySize()), Elem: int(layout.ElemSize()), Slot: int(layout.SlotSize()),
		Group: int(8*layout.SlotSize() + 8), Pointers: layout.Scanned()}
	sizesText, rest, _ := strings.Cut(text, ";")
	final, slots := int64(-1), int64(-1)
	alive := false
	untracked := false
	for _, word := range strings.Split(rest, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(word), " ")
		n, err := strconv.ParseInt(value, 10, 64)
		switch name {
		case "":
			continue
		case "hint":
			hint = n
		case "final":
			final = n
		case "alive":
			final, alive = n, true
		case "slots":
			slots = n
		case "reads":
			s.Reads = uint64(n)
		case "writes":
			s.Writes = uint64(n)
		case "elem":
			s.Shape.Elem = int(n)
		case "at":
			s.AtGrowth, err = true, nil
		case "untracked":
			untracked, err = true, nil
		case "stale":
			s.Hash, err = "0000000000000000", nil
		default:
			err = fmt.Errorf("%q is not known", word)
		}
		if err != nil {
			return err
		}
	}
	for _, part := range strings.Split(sizesText, ",") {
		of := made.FindStringSubmatch(strings.TrimSpace(part))
		if of == nil {
			return fmt.Errorf("%q does not say how many maps of which size", part)
		}
		count, _ := strconv.ParseUint(of[1], 10, 64)
		n, _ := strconv.ParseInt(of[2], 10, 64)
		one := sites.Histogram{{Low: n, High: n, Count: count}}
		s.Makes += count
		s.Peaks = s.Peaks.Add(one)
		if final >= 0 {
			one = sites.Histogram{{Low: final, High: final, Count: count}}
		}
		if alive {
			s.Alive = s.Alive.Add(one)
		} else {
			s.Finals = s.Finals.Add(one)
		}
		if hint > 0 {
			s.Hints = s.Hints.Add(sites.Histogram{{Low: hint, High: hint, Count: count}})
		}
		class := sites.Class{Slots: slots, Maps: count}
		if slots < 0 {
			class.Slots = layout.Slots(int(n), int(hint))
		}
		if i := slices.IndexFunc(s.Slots, func(have sites.Class) bool { return have.Slots == class.Slots }); i >= 0 {
			s.Slots[i].Maps += class.Maps
		} else {
			s.Slots = append(s.Slots, class)
		}
		if grows := layout.Grows(int(n), int(hint)); grows > 0 {
			s.Growths += count * uint64(grows)
			s.Recopied += count * uint64(n)
			s.RecopiedBytes += count * uint64(n*layout.SlotSize())
		}
	}
	slices.SortFunc(s.Slots, func(a, b sites.Class) int { return int(a.Slots - b.Slots) })
	s.Tracked = s.Makes
	if untracked {
		s.Tracked, s.Peaks, s.Finals, s.Alive = 0, nil, nil, nil
	}
	return nil
}
