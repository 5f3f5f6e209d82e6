// Package edit holds what fixes of several rules need: imports and names.
package edit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Import returns the name under which the package of the standard library with
// the given path can be used at pos, and the edits that import it where
// the file does not do so yet.
func Import(info *types.Info, file *ast.File, pos token.Pos, pkgPath string) (name string, edits []analysis.TextEdit) {
	scope := info.Scopes[file].Innermost(pos)
	if scope == nil {
		scope = info.Scopes[file]
	}
	for _, spec := range file.Imports {
		pn := info.PkgNameOf(spec)
		if pn == nil || pn.Imported().Path() != pkgPath || pn.Name() == "." || pn.Name() == "_" {
			continue
		}
		if _, obj := scope.LookupParent(pn.Name(), pos); obj == pn {
			return pn.Name(), nil
		}
	}
	base := path.Base(pkgPath)
	name = base
	// A name that means something else at pos, or to the whole package, is taken.
	for i := 1; ; i++ {
		if _, obj := scope.LookupParent(name, pos); obj == nil {
			break
		}
		name = "std" + base
		if i > 1 {
			name += strconv.Itoa(i)
		}
	}
	spec := strconv.Quote(pkgPath)
	if name != base {
		spec = name + " " + spec
	}
	return name, []analysis.TextEdit{importEdit(file, spec, pkgPath)}
}

// importEdit adds an import in its place among those of the standard library.
func importEdit(file *ast.File, spec, pkgPath string) analysis.TextEdit {
	insert := func(pos token.Pos, text string) analysis.TextEdit {
		return analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(text)}
	}
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.IMPORT {
			break
		}
		if !decl.Lparen.IsValid() || len(decl.Specs) == 0 {
			continue
		}
		var last *ast.ImportSpec
		for _, s := range decl.Specs {
			s := s.(*ast.ImportSpec)
			p := pathOf(s)
			if !isStd(p) {
				if last != nil {
					break // modules without a dot in their names come after the others
				}
				continue
			}
			if p > pkgPath || p == pkgPath && spec[0] == '"' { // before those with names
				return insert(start(s), spec+"\n\t")
			}
			last = s
		}
		if last == nil {
			return insert(start(decl.Specs[0].(*ast.ImportSpec)), spec+"\n\n\t")
		}
		return insert(end(last), "\n\t"+spec)
	}
	// No group: a declaration of its own, after the others or as the first.
	var after *ast.ImportSpec
	for _, s := range file.Imports {
		if pathOf(s) != "C" {
			after = s
		}
	}
	if after != nil {
		return insert(end(after), "\nimport "+spec)
	}
	first := file.Decls[0]
	pos := first.Pos()
	switch d := first.(type) {
	case *ast.GenDecl:
		if d.Doc != nil {
			pos = d.Doc.Pos()
		}
	case *ast.FuncDecl:
		if d.Doc != nil {
			pos = d.Doc.Pos()
		}
	}
	return insert(pos, "import "+spec+"\n\n")
}

func start(s *ast.ImportSpec) token.Pos {
	if s.Doc != nil {
		return s.Doc.Pos()
	}
	return s.Pos()
}

func end(s *ast.ImportSpec) token.Pos {
	if s.Comment != nil {
		return s.Comment.End()
	}
	return s.End()
}

func pathOf(s *ast.ImportSpec) string {
	p, _ := strconv.Unquote(s.Path.Value)
	return p
}

// isStd reports whether an import path is one of the standard library's, whose
// first elements have no dot.
func isStd(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return p != "C" && !strings.Contains(first, ".")
}

// FreshName returns the first of the names, or the last with a number, that
// means nothing at pos and that the function does not use, so that declaring
// it there neither clashes nor captures.
func FreshName(info *types.Info, file *ast.File, fn ast.Node, pos token.Pos, names ...string) string {
	used := make(map[string]bool)
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	scope := info.Scopes[file].Innermost(pos)
	free := func(name string) bool {
		if used[name] {
			return false
		}
		if scope == nil {
			return true
		}
		_, obj := scope.LookupParent(name, pos)
		return obj == nil
	}
	for _, name := range names {
		if free(name) {
			return name
		}
	}
	last := names[len(names)-1]
	for i := 2; ; i++ {
		if name := fmt.Sprint(last, i); free(name) {
			return name
		}
	}
}
