package card

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// A Measurement is what was measured of the maps that one expression makes. It
// holds for a text, not for its syntax.
type Measurement struct {
	Start, End int           // offsets of the expression; 0 bytes long if it cannot be told
	Sites      []*sites.Site // one, or several types of generic code; not to be changed
	// Stale says that the declaration around the expression was changed since.
	Stale bool
}

// Sum returns the numbers of all types together.
func (m Measurement) Sum() *sites.Site { return sites.Sum(m.Sites) }

// A Source is a file with the text that it was parsed from.
type Source struct {
	Fset *token.FileSet
	File *ast.File
	Info *types.Info
	Text []byte
	// Sizes are those of the target.
	Sizes types.Sizes
}

// Measurements returns what a profile says of a file's makes, in the order of the source. Where
// a declaration was changed since, or the size of a type, that is left out unless stale is set. In a
// changed declaration, places are found by its name, the type of the map, and how many
// of that type are made before it.
func Measurements(src Source, pkg *sites.Package, stale bool) []Measurement {
	if pkg == nil || src.File == nil || len(pkg.Sites) == 0 {
		return nil
	}
	byName := make(map[string][]*sites.Site, len(pkg.Sites))
	for i := range pkg.Sites {
		s := &pkg.Sites[i]
		byName[s.Decl] = append(byName[s.Decl], s)
	}
	decls := sites.DeclsNamed(src.Fset, src.File, src.Text, func(name string) bool { return byName[name] != nil })
	times := make(map[string]int, len(decls)) // there may be several init
	for i := range decls {
		times[decls[i].Name]++
	}
	f := measuring{Source: src, base: filepath.Base(src.Fset.PositionFor(src.File.FileStart, false).Filename)}
	for i := range decls {
		d := &decls[i]
		list := byName[d.Name]
		if len(list) == 0 || d.Name == "" {
			continue
		}
		fresh := slices.DeleteFunc(slices.Clone(list), func(s *sites.Site) bool { return s.Hash != d.Hash })
		switch {
		case len(fresh) > 0:
			f.fresh(d, fresh)
		case stale && times[d.Name] == 1 && d.Name != "init":
			f.stale(d, pkg.Stale(d))
		}
	}
	if !stale {
		f.found = slices.DeleteFunc(f.found, func(m Measurement) bool { return m.Stale })
	}
	slices.SortFunc(f.found, func(a, b Measurement) int { return a.Start - b.Start })
	return f.found
}

type measuring struct {
	Source
	base  string // name of the file without its folder
	found []Measurement
}

func (f *measuring) offset(pos token.Pos) int { return f.Fset.PositionFor(pos, false).Offset }

// end returns where a node ends that begins at an offset. One that was cut off ends where it
// begins: what it lacks may lie behind the file.
func (f *measuring) end(n ast.Node, start int) int {
	end := f.offset(n.End())
	if end < start || end > len(f.Text) {
		return start
	}
	return end
}

// fresh adds the sites of a declaration that is as it was.
func (f *measuring) fresh(d *sites.Decl, list []*sites.Site) {
	byToken := make(map[int][]*sites.Site, len(list))
	for _, s := range list {
		byToken[s.Token] = append(byToken[s.Token], s)
	}
	for i, list := range byToken {
		pos := d.Pos(i)
		if !pos.IsValid() {
			continue
		}
		var made ast.Expr // the innermost that begins there
		ast.Inspect(d.Node, func(n ast.Node) bool {
			if n == nil || n.End() <= pos || n.Pos() > pos {
				return false
			}
			switch n := n.(type) {
			case *ast.CallExpr, *ast.CompositeLit:
				if n.Pos() == pos {
					made = n.(ast.Expr)
				}
			}
			return true
		})
		m := Measurement{Start: f.offset(pos), End: f.offset(pos), Sites: list}
		if made != nil {
			m.End = f.end(made, m.Start)
			m.Stale = !f.fits(f.Info.TypeOf(made), list[0].Shape) && len(list) == 1
		}
		f.found = append(f.found, m)
	}
}

// fits reports whether the maps of a type can be those that were measured: its key and element may
// be of types that are declared elsewhere, and were changed there.
func (f *measuring) fits(t types.Type, shape sites.Shape) bool {
	m := mapOf(t)
	if m == nil || shape == (sites.Shape{}) {
		return true // generic code, or maps that stayed empty
	}
	l, ok := mapmodel.New(m.Key(), m.Elem(), f.Sizes)
	return !ok || l.KeySize() == int64(shape.Key) && l.ElemSize() == int64(shape.Elem)
}

// stale adds the sites of a declaration that was changed. Those of a type are dropped if the
// declaration makes fewer or more maps of that type than were seen: which is which is not known.
func (f *measuring) stale(d *sites.Decl, byType map[string][]*sites.Site) {
	makes := make(map[string][]ast.Node)
	ast.Inspect(d.Node, func(n ast.Node) bool {
		if n == nil {
			return true
		}
		if s, ok := madeBy(f.Info, n, nil); ok {
			if name := sites.TypeName(s.Type); name != "" && byType[name] != nil {
				makes[name] = append(makes[name], n)
			}
		}
		return true
	})
	for name, list := range byType {
		var then [][]*sites.Site // by expression
		for _, s := range list {
			if path.Base(s.File) != f.base || s.Hash != list[0].Hash {
				then = nil // of another file for another target, or of several runs
				break
			}
			i := slices.IndexFunc(then, func(same []*sites.Site) bool { return same[0].Token == s.Token })
			if i < 0 {
				i = len(then)
				then = append(then, nil)
			}
			then[i] = append(then[i], s)
		}
		slices.SortFunc(then, func(a, b []*sites.Site) int { return a[0].Token - b[0].Token })
		if len(then) != len(makes[name]) {
			continue
		}
		for i, n := range makes[name] {
			start := f.offset(n.Pos())
			f.found = append(f.found, Measurement{Start: start, End: f.end(n, start), Sites: then[i], Stale: true})
		}
	}
}
