package sizehint

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/bounds"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// fix returns the edit that adds the hint, if one can be made that changes
// nothing but what the map costs.
func (c *checker) fix(f *finding, entries string) []analysis.SuggestedFix {
	if f.counting {
		return nil
	}
	var factors []factor
	for _, t := range f.terms {
		for _, x := range t.factors {
			if f.level == rule.Possible && !x.Data {
				return nil // a number from anywhere may be far too large
			}
			factors = append(factors, x)
		}
	}
	if fixes := c.clone(f); fixes != nil {
		return fixes
	}
	var edits []analysis.TextEdit
	title := "Add capacity hint " + entries
	switch {
	case c.hintableHere(f, factors):
		edits = c.hintEdits(f.creation, entries)
	case len(factors) == 1 && factors[0].Call != nil:
		edits = c.hoist(f, factors[0])
		title = "Add capacity hint, taking the result of " + c.callText(factors[0].Call) + " first"
	case c.hintableAt(f, factors):
		edits = c.move(f, entries, "")
		title += " next to the loop"
	}
	if edits == nil {
		return nil
	}
	return []analysis.SuggestedFix{{Message: title, TextEdits: edits}}
}

// hintableHere reports whether the number of entries can be written where the
// map is made: its variables are there, do not change until the loop, and
// computing it early cannot panic where the program would not have.
func (c *checker) hintableHere(f *finding, factors []factor) bool {
	pos := f.creation.Expr.Pos()
	if !c.universal(pos, f.creation) {
		return false
	}
	for i, x := range factors {
		if x.Call != nil || !c.visible(x.Expr, pos, false) {
			return false
		}
		if f.region.stmt == nil {
			// A package variable: its initialisation must not come to depend on
			// a function, which could use the map.
			if !c.plainTable(x.Expr) || bounds.MayPanic(c.info, x.Expr) {
				return false
			}
			continue
		}
		to := x.node.Pos()
		if c.changed(x.Expr, f.creation.Expr.End(), to, c.callsBetween(f, to)) {
			return false
		}
		if !bounds.MayPanic(c.info, x.Expr) {
			continue
		}
		if i > 0 {
			if !c.coveredBy(x.Expr, factors[0].Expr) {
				return false
			}
			continue
		}
		if !c.straight(f.between) || !c.calm(f, x.Expr) || !c.runsAlways(f.first, x.node) {
			return false
		}
	}
	return true
}

// calm reports whether the statement that makes the map does nothing else
// that could panic, other than for the same reason as the hint: a nil pointer.
func (c *checker) calm(f *finding, hint ast.Expr) bool {
	s := f.region.stmt
	if c.hasCall(s) {
		return false
	}
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || !bounds.MayPanic(c.info, a.Lhs[0]) {
		return !bounds.MayPanic(c.info, s)
	}
	return !bounds.MayPanic(c.info, a.Rhs[0]) && onlyNil(a.Lhs[0]) && onlyNil(hint)
}

// onlyNil reports whether nothing but a nil pointer can make an expression
// panic.
func onlyNil(e ast.Expr) bool {
	only := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.IndexExpr, *ast.SliceExpr, *ast.BinaryExpr:
			only = false
		}
		return only
	})
	return only
}

// hintableAt reports whether the number of entries can be written right
// before the statement of the first fill.
func (c *checker) hintableAt(f *finding, factors []factor) bool {
	if !c.universal(f.first.Pos(), f.creation) {
		return false
	}
	for i, x := range factors {
		if x.Call != nil || !c.visible(x.Expr, f.first.Pos(), false) {
			return false
		}
		if bounds.MayPanic(c.info, x.Expr) && !(i == 0 && c.runsAlways(f.first, x.node)) && !(i > 0 && c.coveredBy(x.Expr, factors[0].Expr)) {
			return false
		}
	}
	return true
}

// runsAlways reports whether the statement is the loop, or the call, itself.
func (c *checker) runsAlways(s ast.Stmt, node ast.Node) bool {
	if l, ok := s.(*ast.LabeledStmt); ok {
		s = l.Stmt
	}
	if e, ok := s.(*ast.ExprStmt); ok {
		return ast.Node(e.X) == node
	}
	return ast.Node(s) == node
}

// coveredBy reports whether all that may be nil in e is used by first too,
// so that first panics if e does.
func (c *checker) coveredBy(e, first ast.Expr) bool {
	if first == nil {
		return false
	}
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if sel := c.info.Selections[n]; sel != nil && sel.Indirect() {
				if base := c.text(n.X); !strings.Contains(c.text(first), base+".") {
					ok = false
				}
			}
		case *ast.StarExpr, *ast.SliceExpr, *ast.IndexExpr:
			ok = false
		case *ast.BinaryExpr:
			if n.Op == token.QUO || n.Op == token.REM || n.Op == token.SHL || n.Op == token.SHR {
				ok = false
			}
		}
		return ok
	})
	return ok
}

// callsBetween reports whether, from the creation of the map up to a
// position, anything is called that could write to what others can reach.
func (c *checker) callsBetween(f *finding, to token.Pos) bool {
	to = max(to, f.first.Pos())
	return slices.ContainsFunc(f.walked, func(s ast.Stmt) bool { return s.Pos() < to && c.mayWrite(s) }) ||
		f.region.stmt != nil && c.mayWrite(f.region.stmt)
}

// plainTable reports whether an expression is made of constants and package
// variables that are initialised without calling anything.
func (c *checker) plainTable(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		id, isIdent := n.(*ast.Ident)
		if !isIdent {
			return ok
		}
		switch obj := c.info.ObjectOf(id).(type) {
		case *types.Const, nil:
		case *types.Var:
			def := c.vars.Definition(obj)
			if def == nil {
				ok = false
				return false
			}
			ast.Inspect(def, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr, *ast.FuncLit:
					ok = false
				case *ast.Ident:
					switch c.info.ObjectOf(n).(type) {
					case *types.Func, *types.Var:
						if v, isVar := c.info.ObjectOf(n).(*types.Var); !isVar || !v.IsField() {
							ok = false
						}
					}
				}
				return ok
			})
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// visible reports whether the names of an expression mean at pos what they
// mean where they stand, shadowed builtins apart if asked to.
func (c *checker) visible(e ast.Expr, pos token.Pos, anyLen bool) bool {
	scope := c.Pkg.Scope().Innermost(pos)
	if scope == nil {
		return false
	}
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			ast.Inspect(n.X, func(m ast.Node) bool {
				if id, isIdent := m.(*ast.Ident); isIdent {
					ok = ok && c.identVisible(id, scope, pos)
				}
				_, isSel := m.(*ast.SelectorExpr)
				return !isSel || c.visible(m.(ast.Expr), pos, anyLen)
			})
			return false
		case *ast.Ident:
			ok = ok && (anyLen && c.info.ObjectOf(n) == nil || c.identVisible(n, scope, pos))
		}
		return ok
	})
	return ok
}

func (c *checker) identVisible(id *ast.Ident, scope *types.Scope, pos token.Pos) bool {
	obj := c.info.ObjectOf(id)
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		return true
	}
	_, found := scope.LookupParent(id.Name, pos)
	if obj == nil { // len, written by the rule
		return found != nil && found.Parent() == types.Universe
	}
	return found == obj
}

// universal reports whether the builtins that the edit writes are not
// shadowed at pos.
func (c *checker) universal(pos token.Pos, cr *mapops.Creation) bool {
	scope := c.Pkg.Scope().Innermost(pos)
	if scope == nil {
		return false
	}
	names := []string{"int"}
	if _, ok := cr.Expr.(*ast.CompositeLit); ok {
		names = append(names, "make")
	}
	for _, name := range names {
		if _, obj := scope.LookupParent(name, pos); obj == nil || obj.Parent() != types.Universe {
			return false
		}
	}
	return true
}

// hintEdits returns the edits that turn the creation into a make with a hint.
func (c *checker) hintEdits(cr *mapops.Creation, hint string) []analysis.TextEdit {
	switch e := cr.Expr.(type) {
	case *ast.CallExpr:
		if cr.Hint != nil {
			return []analysis.TextEdit{{Pos: cr.Hint.Pos(), End: cr.Hint.End(), NewText: []byte(hint)}}
		}
		end := e.Args[0].End()
		return []analysis.TextEdit{{Pos: end, End: end, NewText: []byte(", " + hint)}}
	case *ast.CompositeLit:
		if e.Type == nil || c.hasComment(e.Type.End(), e.End()) {
			return nil
		}
		return []analysis.TextEdit{
			{Pos: e.Pos(), End: e.Pos(), NewText: []byte("make(")},
			{Pos: e.Type.End(), End: e.End(), NewText: []byte(", " + hint + ")")},
		}
	}
	return nil
}

func (c *checker) hasComment(from, to token.Pos) bool {
	list := c.file(from).Comments
	i := sort.Search(len(list), func(i int) bool { return list[i].End() >= from })
	return i < len(list) && list[i].Pos() < to
}

// source returns the text of a file, nil if it cannot be read.
func (c *checker) source(file *ast.File) []byte {
	src, ok := c.sources[file]
	if !ok {
		src, _ = c.ReadFile(c.Fset.File(file.FileStart).Name())
		c.sources[file] = src
	}
	return src
}

func (c *checker) file(pos token.Pos) *ast.File {
	for _, f := range c.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			return f
		}
	}
	return nil
}

// move returns the edits that put the creation, with a hint, right before
// the statement of the first fill, after further lines of code.
func (c *checker) move(f *finding, hint, lead string) []analysis.TextEdit {
	if !c.movable(f) {
		return nil
	}
	file := c.file(f.creation.Expr.Pos())
	src := c.source(file)
	if src == nil {
		return nil
	}
	tok := c.Fset.File(file.FileStart)
	from, to, ok := ownLines(src, tok, file, f.region.stmt)
	if !ok {
		return nil
	}
	at, _, ok := ownLines(src, tok, file, f.first)
	if !ok || at < to {
		return nil
	}
	inner := c.hintEdits(f.creation, hint)
	if inner == nil {
		return nil
	}
	text := slices.Clone(src[from:to])
	for _, e := range slices.Backward(inner) {
		text = slices.Replace(text, tok.Offset(e.Pos)-from, tok.Offset(e.End)-from, e.NewText...)
	}
	if lead != "" {
		indent := src[lineStart(src, tok.Offset(f.first.Pos())):tok.Offset(f.first.Pos())]
		text = append(append(append(slices.Clone(indent), lead...), '\n'), text...)
	}
	if at < lineStart(src, tok.Offset(f.first.Pos())) {
		text = append(text, '\n') // the comment above the loop is about the loop
	}
	// Leave no second blank line behind.
	if blankBefore(src, from) && to < len(src) && src[to] == '\n' && to < at {
		to++
	}
	return []analysis.TextEdit{
		{Pos: tok.Pos(from), End: tok.Pos(to)},
		{Pos: tok.Pos(at), End: tok.Pos(at), NewText: text},
	}
}

// movable reports whether nothing between the creation and the first fill
// uses the map.
func (c *checker) movable(f *finding) bool {
	if f.region.stmt == nil || f.place.root != nil || f.place.depth > 0 || !slices.Contains(f.region.own, f.first) {
		return false
	}
	v := f.place.v.Obj
	if v.IsField() || v.Parent() == c.Pkg.Scope() {
		return false
	}
	switch s := f.region.stmt.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) != 1 {
			return false
		}
		if s.Tok == token.ASSIGN && !c.straight(f.between) {
			return false // closures and deferred calls may see the old map
		}
	case *ast.DeclStmt:
		d, ok := s.Decl.(*ast.GenDecl)
		if !ok || len(d.Specs) != 1 || d.Lparen.IsValid() || len(d.Specs[0].(*ast.ValueSpec).Names) != 1 {
			return false
		}
	default:
		return false
	}
	for _, s := range f.between {
		if c.mentionsPlace(f.place, s) || jumps(s) {
			return false
		}
	}
	return !jumps(f.first) && c.visibleAll(f.region.stmt, f.first.Pos(), v)
}

// visibleAll reports whether the names in the creation still mean the same
// at pos.
func (c *checker) visibleAll(s ast.Stmt, pos token.Pos, own *types.Var) bool {
	ok := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			ok = ok && c.visible(n, pos, false)
			return false
		case *ast.Field:
			ok = ok && c.visible(n.Type, pos, false)
			return false
		case *ast.Ident:
			if obj := c.info.ObjectOf(n); obj != nil && obj != own {
				ok = ok && c.identVisible(n, c.Pkg.Scope().Innermost(pos), pos)
			}
		}
		return ok
	})
	return ok
}

// jumps reports whether a statement holds a label or a goto: a variable must
// not be declared between the two.
func jumps(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.LabeledStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO
		}
		return !found
	})
	return found
}

// hoist returns the edits that give the result of a ranged call a name, so
// that its length can be taken before the map is made. The call stays where
// it is.
func (c *checker) hoist(f *finding, x factor) []analysis.TextEdit {
	loop, ok := x.node.(*ast.RangeStmt)
	if !ok || ast.Stmt(loop) != f.first || ast.Unparen(loop.X) != ast.Expr(x.Call) {
		return nil
	}
	if !c.universal(loop.Pos(), f.creation) || !c.identVisible(ast.NewIdent("len"), c.Pkg.Scope().Innermost(loop.Pos()), loop.Pos()) {
		return nil
	}
	name := c.freshName(loop)
	named := *f
	named.terms = slices.Clone(f.terms)
	for i, t := range named.terms {
		if len(t.factors) > 0 { // there is but one
			x.Bound = bounds.Bound{Expr: &ast.CallExpr{Fun: ast.NewIdent("len"), Args: []ast.Expr{ast.NewIdent(name)}}}
			named.terms[i].factors = []factor{x}
		}
	}
	text := c.sumText(named.terms)
	src := c.source(c.file(loop.Pos()))
	if src == nil {
		return nil
	}
	tok := c.Fset.File(loop.X.Pos())
	call := src[tok.Offset(loop.X.Pos()):tok.Offset(loop.X.End())]
	if bytes.ContainsRune(call, '\n') {
		return nil
	}
	edits := c.move(f, text, fmt.Sprintf("%s := %s", name, call))
	if edits == nil {
		return nil
	}
	return append(edits, analysis.TextEdit{Pos: loop.X.Pos(), End: loop.X.End(), NewText: []byte(name)})
}

// freshName returns a name that the file does not use.
func (c *checker) freshName(n ast.Node) string {
	file := c.file(n.Pos())
	used := c.names[file]
	if used == nil {
		used = make(map[string]bool)
		c.names[file] = used
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
	}
	for _, name := range []string{"elems", "all", "list"} {
		if !used[name] && c.Pkg.Scope().Lookup(name) == nil {
			return name
		}
	}
	for i := 2; ; i++ {
		if name := fmt.Sprintf("elems%d", i); !used[name] && c.Pkg.Scope().Lookup(name) == nil {
			return name
		}
	}
}

// ownLines returns the offsets of the whole lines that a statement has to
// itself, with the comment right above it and the one behind it.
func ownLines(src []byte, tok *token.File, file *ast.File, s ast.Stmt) (from, to int, ok bool) {
	start, end := tok.Offset(s.Pos()), tok.Offset(s.End())
	from = lineStart(src, start)
	if len(bytes.TrimSpace(src[from:start])) > 0 {
		return 0, 0, false
	}
	to = len(src)
	if i := bytes.IndexByte(src[end:], '\n'); i >= 0 {
		to = end + i + 1
	}
	rest := bytes.TrimSpace(src[end:to])
	if _, isBlock := s.(*ast.RangeStmt); !isBlock && len(rest) > 0 && !bytes.HasPrefix(rest, []byte("//")) {
		return 0, 0, false
	}
	i := sort.Search(len(file.Comments), func(i int) bool { return tok.Offset(file.Comments[i].End()) > from })
	if i > 0 {
		g := file.Comments[i-1]
		gs, ge := tok.Offset(g.Pos()), tok.Offset(g.End())
		ls := lineStart(src, gs)
		if len(bytes.TrimSpace(src[ge:from])) == 0 && bytes.Count(src[ge:from], []byte("\n")) == 1 && len(bytes.TrimSpace(src[ls:gs])) == 0 {
			from = ls
		}
	}
	return from, to, true
}

func lineStart(src []byte, offset int) int {
	return bytes.LastIndexByte(src[:offset], '\n') + 1
}

// blankBefore reports whether the line before an offset is blank or opens a
// block.
func blankBefore(src []byte, offset int) bool {
	line := bytes.TrimSpace(src[lineStart(src, max(0, offset-1)):offset])
	return len(line) == 0 || line[len(line)-1] == '{'
}
