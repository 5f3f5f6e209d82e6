package server_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/sites"
)

// profile is a profile of the module example.com/m that is being put together.
type profile struct {
	sites.Profile
	sites []sites.Site
	paths []string // of their packages
}

func newProfile() *profile {
	return &profile{Profile: sites.Profile{
		Go: runtime.Version(), Arch: runtime.GOOS + "/" + runtime.GOARCH, Module: "example.com/m",
		Command: []string{"mapdiag", "test", "./..."}, Recorded: recorded, Processes: 1,
	}}
}

// add adds a site whose expression begins at an offset in a file of the module in dir.
func (p *profile) add(t testing.TB, dir, name string, offset int, s sites.Site) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	pos := file.FileStart + token.Pos(offset)
	d := sites.DeclAt(sites.Decls(fset, file, text), pos)
	if d == nil || d.Token(pos) < 0 {
		t.Fatalf("%v is no token of a declaration", fset.Position(pos))
	}
	below, err := filepath.Rel(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	below = filepath.ToSlash(below)
	line := fset.Position(pos).Line
	s.Place = sites.Place{File: below, Line: line, Decl: d.Name, Offset: line - fset.Position(d.Start).Line, Token: d.Token(pos), Hash: d.Hash}
	p.sites = append(p.sites, s)
	p.paths = append(p.paths, path.Join(p.Module, path.Dir(below)))
}

func (p *profile) text(t testing.TB) string {
	t.Helper()
	q := p.Profile
	for i, s := range p.sites {
		at := slices.IndexFunc(q.Packages, func(pkg sites.Package) bool { return pkg.Path == p.paths[i] })
		if at < 0 {
			at = len(q.Packages)
			q.Packages = append(q.Packages, sites.Package{Path: p.paths[i]})
		}
		q.Packages[at].Sites = append(q.Packages[at].Sites, s)
	}
	var b bytes.Buffer
	if err := q.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (p *profile) write(t testing.TB, name string) {
	t.Helper()
	writeFile(t, name, p.text(t))
}

var _ = time.Second
