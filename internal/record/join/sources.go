package join

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/internal/golist"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// Sources are the packages that a program was built from.
type Sources struct {
	module   string                     // path of the main module
	root     string                     // its directory
	packages map[string]*golist.Package // by directory, and by the names that -trimpath gives to directories
	before   time.Time
	fset     *token.FileSet
	files    map[string]*file
}

// A file is one source file as it was when the program was built.
type file struct {
	syntax *ast.File
	decls  []sites.Decl
	places [][]place // by declaration, in source order
}

// Load asks the go command for the packages that match patterns and all that they import. Files
// that were changed after before, when the build began, are not what was built, and are not read.
func Load(ctx context.Context, dir string, buildFlags, patterns []string, before time.Time) (*Sources, error) {
	list, err := golist.Load(ctx, dir, buildFlags, patterns)
	if err != nil {
		return nil, err
	}
	s := &Sources{packages: make(map[string]*golist.Package, len(list)), before: before, fset: token.NewFileSet(), files: make(map[string]*file)}
	for _, p := range slices.Concat(list, onlyForTests(list)) {
		if p.Dir == "" || p.ForTest != "" || strings.HasSuffix(p.ImportPath, ".test") {
			continue
		}
		s.packages[p.Dir] = p
		s.packages[p.ImportPath] = p
		if m := p.Module; m != nil {
			if m.Main && (s.module == "" || !p.DepOnly) {
				s.module, s.root = m.Path, m.Dir
			}
			if m.Version != "" {
				s.packages[m.Path+"@"+m.Version+strings.TrimPrefix(p.ImportPath, m.Path)] = p
			}
		}
	}
	return s, nil
}

// onlyForTests returns the packages that are built for tests alone: those that import the package under
// test, and that its external tests import. The go command lists them with what they are built for in their path.
func onlyForTests(list []*golist.Package) (plain []*golist.Package) {
	seen := make(map[string]bool)
	for _, p := range list {
		if p.ForTest == "" {
			seen[p.Dir] = true
		}
	}
	for _, p := range list {
		path, _, ok := strings.Cut(p.ImportPath, " [")
		if !ok || seen[p.Dir] {
			continue
		}
		seen[p.Dir] = true
		q := *p
		q.ImportPath, q.ForTest = path, ""
		plain = append(plain, &q)
	}
	return plain
}

// Module returns the path of the main module, empty if there is none.
func (s *Sources) Module() string { return s.module }

// locate returns the package that a file in a stack belongs to, and where the file is.
func (s *Sources) locate(name string) (p *golist.Package, file string) {
	dir := filepath.Dir(name)
	if p = s.packages[dir]; p == nil {
		if p = s.packages[path.Dir(name)]; p == nil {
			return nil, name
		}
	}
	return p, filepath.Join(p.Dir, filepath.Base(name))
}

// importPath returns the path under which a file of a package is analysed: that of the external
// test package for its files.
func importPath(p *golist.Package, file string) string {
	if slices.Contains(p.XTestGoFiles, filepath.Base(file)) {
		return p.ImportPath + "_test"
	}
	return p.ImportPath
}

// name returns a file's name as profiles have it.
func (s *Sources) name(file string) string {
	if s.root != "" {
		if rel, err := filepath.Rel(s.root, file); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return file
}

// file parses a file once; nil if it cannot be read or is not what was built.
func (s *Sources) file(name string) *file {
	if f, ok := s.files[name]; ok {
		return f
	}
	f := s.parse(name)
	s.files[name] = f
	return f
}

func (s *Sources) parse(name string) *file {
	info, err := os.Stat(name)
	if err != nil || info.Mode()&fs.ModeType != 0 || info.ModTime().After(s.before) {
		return nil
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	syntax, err := parser.ParseFile(s.fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	f := &file{syntax: syntax, decls: sites.Decls(s.fset, syntax, src)}
	f.places = make([][]place, len(f.decls))
	for i := range f.decls {
		f.places[i] = s.places(f.decls[i].Node)
	}
	return f
}

// line returns the line of a position in the file itself, whatever line directives say.
func (s *Sources) line(pos token.Pos) int { return s.fset.PositionFor(pos, false).Line }
