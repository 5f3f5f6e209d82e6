package driver

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// typed returns the files that the type checker has looked at.
func (p *Package) typed() []*ast.File {
	if !p.Broken() {
		return p.Files
	}
	return slices.DeleteFunc(slices.Clone(p.Files), func(f *ast.File) bool { return !p.belongs(f) })
}

// belongs reports whether a file has the package clause of its package: if not,
// the type checker has left it out.
func (p *Package) belongs(f *ast.File) bool { return f.Name != nil && f.Name.Name == p.Types.Name() }

// findSound returns the declarations of broken files that are understood: they
// hold no error. All else of a package that does not compile is not judged.
func (p *Package) findSound() map[string][]Span {
	bad := make(map[string][]int) // file → offsets of errors
	for _, q := range p.Problems {
		if q.Soft {
			continue
		}
		// One without a place, such as of a function whose end is missing, comes
		// with another that has one.
		bad[q.Pos.Filename] = append(bad[q.Pos.Filename], q.Pos.Offset)
	}
	u := unknown{info: p.Info, types: make(map[types.Type]bool)}
	spans := make(map[string][]Span)
	for _, f := range p.Files {
		name := p.Fset.PositionFor(f.FileStart, false).Filename
		spans[name] = []Span{}
		if p.gaveUp || !p.belongs(f) {
			continue
		}
		size := int(f.FileEnd - f.FileStart)
		for i, d := range f.Decls {
			s := Span{int(d.Pos() - f.FileStart), min(size, int(d.End()-f.FileStart))}
			// An error may come to light only at what follows.
			next := size
			if i+1 < len(f.Decls) {
				next = int(f.Decls[i+1].Pos() - f.FileStart)
			}
			if !slices.ContainsFunc(bad[name], func(at int) bool { return s.Start <= at && at <= max(s.End, next) }) && !u.in(d) {
				spans[name] = append(spans[name], s)
			}
		}
	}
	return spans
}

// fill gives each expression that the type checker has not come to the type that
// stands for none: rules expect that every expression has one.
func (p *Package) fill() {
	for _, f := range p.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && p.Info.TypeOf(e) == nil {
				p.Info.Types[e] = types.TypeAndValue{Type: types.Typ[types.Invalid]}
			}
			return true
		})
	}
}

// A Span is the bytes [Start, End) of a file.
type Span struct{ Start, End int }

// unknown finds expressions of which the type checker knows no type.
type unknown struct {
	info  *types.Info
	types map[types.Type]bool // those that were looked at, and whether they hold an invalid one
}

// in reports whether a declaration holds such an expression.
func (u *unknown) in(d ast.Decl) bool {
	found := false
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BadDecl, *ast.BadStmt, *ast.BadExpr:
			found = true
		case ast.Expr:
			if tv, ok := u.info.Types[n]; ok && tv.Type != nil && u.invalid(tv.Type) {
				found = true
			}
		}
		return !found
	})
	return found
}

// invalid reports whether a type holds one that is not known, as it is written:
// what is behind a name is another declaration's error.
func (u *unknown) invalid(t types.Type) bool {
	bad, ok := u.types[t]
	if !ok {
		if b, basic := t.(*types.Basic); basic {
			return b.Kind() == types.Invalid
		}
		bad = strings.Contains(types.TypeString(t, func(*types.Package) string { return "" }), "invalid type")
		u.types[t] = bad
	}
	return bad
}
