package deletechurn

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"go/version"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/edit"
	"github.com/mapdiag/mapdiag/analyzers/internal/stmts"
)

// A site is where a fix of a purge works.
type site struct {
	purge
	file   *ast.File
	outer  ast.Stmt // the statement, with its label
	fn     ast.Node // the function around it
	m      string   // the map, as written
	mtype  string   // its type, as the file can write it
	indent string
}

// siteOf prepares a fix. It fails where the file's Go version lacks clear and
// maps, where the type cannot be written, and where no statement can be added.
func (pr *program) siteOf(p purge) (*site, bool) {
	s := &site{purge: p, fn: funcOf(p.stmt).Node(), m: types.ExprString(p.op.Expr)}
	for f := range p.stmt.Enclosing((*ast.File)(nil)) {
		s.file = f.Node().(*ast.File)
	}
	if v := pr.TypesInfo.FileVersions[s.file]; v != "" && version.Compare(v, "go1.21") < 0 {
		return nil, false
	}
	outer := p.stmt
	if _, ok := outer.Parent().Node().(*ast.LabeledStmt); ok {
		outer = outer.Parent()
	}
	if stmts.In(outer.Parent().Node()) == nil {
		return nil, false
	}
	s.outer = outer.Node().(ast.Stmt)
	pos := s.outer.Pos()
	for _, name := range []string{"len", "make", "clear"} {
		scope := pr.TypesInfo.Scopes[s.file].Innermost(pos)
		if scope == nil {
			return nil, false
		}
		if _, obj := scope.LookupParent(name, pos); obj == nil || obj.Parent() != types.Universe {
			return nil, false
		}
	}
	s.indent = strings.Repeat("\t", max(0, pr.Fset.Position(p.stmt.Node().Pos()).Column-1))
	var ok bool
	s.mtype, ok = pr.writeType(pr.TypesInfo.TypeOf(p.op.Expr), s.file, pos)
	return s, ok
}

// writeType returns a type as the file can write it at pos, if it can.
func (pr *program) writeType(t types.Type, file *ast.File, pos token.Pos) (string, bool) {
	text := types.TypeString(t, func(p *types.Package) string {
		if p == pr.Pkg {
			return ""
		}
		for _, spec := range file.Imports {
			if pn := pr.TypesInfo.PkgNameOf(spec); pn != nil && pn.Imported() == p {
				return pn.Name()
			}
		}
		return "_" // cannot be named
	})
	e, err := parser.ParseExpr(text)
	if err != nil {
		return "", false
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	if types.CheckExpr(pr.Fset, pr.Pkg, pos, e, info) != nil {
		return "", false
	}
	tv := info.Types[e]
	return text, tv.IsType() && types.Identical(tv.Type, t)
}

// clearFix replaces a loop that only deletes by clear, which takes NaN too.
func (pr *program) clearFix(p purge) []analysis.SuggestedFix {
	s, ok := pr.siteOf(p)
	if !ok {
		return nil
	}
	edits, ok := s.replace(pr.Fset, "clear("+s.m+")")
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Empty the map with clear", TextEdits: edits}}
}

// renewFix gives an emptied map's variable a new map.
func (pr *program) renewFix(p purge) []analysis.SuggestedFix {
	s, ok := pr.siteOf(p)
	if !ok || !pr.sole(p) {
		return nil
	}
	renew := s.m + " = make(" + s.mtype + ")"
	edits, ok := s.replace(pr.Fset, renew)
	if !p.exact || !ok {
		end := s.lineEnd(pr.Fset)
		edits = []analysis.TextEdit{{Pos: end, End: end, NewText: []byte("\n" + s.indent + renew)}}
	}
	return []analysis.SuggestedFix{{Message: "Replace the emptied map by a new one", TextEdits: edits}}
}

// rebuildFix copies what a purge leaves into a new map, if that is little.
func (pr *program) rebuildFix(p purge) []analysis.SuggestedFix {
	s, ok := pr.siteOf(p)
	if !ok || !pr.sole(p) {
		return nil
	}
	pos := s.outer.Pos()
	before := edit.FreshName(pr.TypesInfo, s.file, s.fn, pos, "before", "sizeBefore")
	n := edit.FreshName(pr.TypesInfo, s.file, s.fn, pos, "n", "rebuilt")
	maps, edits := edit.Import(pr.TypesInfo, s.file, pos, "maps")
	ahead := fmt.Sprintf("%s := len(%s)\n%s", before, s.m, s.indent)
	if s.outer != s.stmt.Node() { // a label stands out by one tab
		ahead = "\t" + strings.TrimSuffix(ahead, "\t")
	}
	after := strings.ReplaceAll(fmt.Sprintf("\nif len(%[1]s) < %[2]s/4 {\n\t%[3]s := make(%[4]s, len(%[1]s))\n\t%[5]s.Copy(%[3]s, %[1]s)\n\t%[1]s = %[3]s\n}",
		s.m, before, n, s.mtype, maps), "\n", "\n"+s.indent)
	end := s.lineEnd(pr.Fset)
	return []analysis.SuggestedFix{{
		Message: "Rebuild the map when the purge leaves less than a quarter",
		TextEdits: append(edits,
			analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(ahead)},
			analysis.TextEdit{Pos: end, End: end, NewText: []byte(after)}),
	}}
}

// lineEnd returns the end of the statement and of a comment behind it.
func (s *site) lineEnd(fset *token.FileSet) token.Pos {
	end := s.outer.End()
	for _, g := range s.file.Comments {
		if c := g.List[0]; c.Pos() >= end && fset.Position(c.Pos()).Line == fset.Position(end).Line {
			return c.End()
		}
	}
	return end
}

// replace returns the edits that put a line of code in the place of the purge.
// They keep a comment on its first line, and fail if there are others in it.
func (s *site) replace(fset *token.FileSet, text string) ([]analysis.TextEdit, bool) {
	n := s.stmt.Node()
	var first *ast.Comment
	for _, g := range s.file.Comments {
		for _, c := range g.List {
			if c.Pos() < n.Pos() || n.End() <= c.Pos() {
				continue
			}
			if first != nil || fset.Position(c.Pos()).Line != fset.Position(n.Pos()).Line {
				return nil, false
			}
			first = c
		}
	}
	loop, ok := n.(*ast.RangeStmt)
	if first == nil {
		return []analysis.TextEdit{{Pos: n.Pos(), End: n.End(), NewText: []byte(text)}}, true
	}
	if !ok || first.Pos() <= loop.Body.Lbrace {
		return nil, false
	}
	return []analysis.TextEdit{
		{Pos: n.Pos(), End: loop.Body.Lbrace + 1, NewText: []byte(text)},
		{Pos: first.End(), End: n.End()},
	}, true
}
