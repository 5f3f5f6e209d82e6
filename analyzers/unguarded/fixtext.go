package unguarded

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// A section is a part of a function in which a lock is to be held.
type section struct {
	*fixer
	f     *lockset.Func
	name  string // the lock, as written
	read  bool
	stmts []ast.Stmt
	end   token.Pos
	// deferred says that the lock is released when the function returns, body
	// is the function's body where the section is all of it.
	deferred bool
	body     *ast.BlockStmt
	// unlock is the statement that ends a section right before this one, and
	// is to come after it instead.
	unlock ast.Stmt
	runs   map[*lockset.Func]bool // the functions that run in it
	lits   map[*ast.FuncLit]bool
}

func (s *section) overlaps(o *section) bool {
	if s.unlock != nil && s.unlock.Pos() <= o.end && o.stmts[0].Pos() < s.end {
		return true
	}
	if o.unlock != nil && o.unlock.Pos() <= s.end && s.stmts[0].Pos() < o.end {
		return true
	}
	return s.stmts[0].Pos() < o.end && o.stmts[0].Pos() < s.end
}

// fixes returns the fix that the edits of a section make.
func (s *section) fixes(edits []analysis.TextEdit) []analysis.SuggestedFix {
	m := "Hold " + s.name + " here"
	switch {
	case s.unlock != nil:
		m = "Release " + s.name + " later"
	case s.deferred:
		m = "Hold " + s.name + " until the function returns"
	}
	return []analysis.SuggestedFix{{Message: m, TextEdits: edits}}
}

// edits takes the lock before the section, and releases it after it or when
// the function returns.
func (s *section) edits() []analysis.TextEdit {
	take, release := s.name+".Lock()", s.name+".Unlock()"
	if s.read {
		take, release = s.name+".RLock()", s.name+".RUnlock()"
	}
	insert := func(pos token.Pos, text string) analysis.TextEdit {
		return analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(text)}
	}
	first, last := s.stmts[0], s.stmts[len(s.stmts)-1]
	line := func(pos token.Pos) int { return s.Fset.Position(pos).Line }
	indent := strings.Repeat("\t", s.Fset.Position(first.Pos()).Column-1)
	if b := s.f.Body; line(b.Lbrace) == line(b.Rbrace) {
		// A body on one line is spread over several, which gofmt then indents.
		text := []analysis.TextEdit{insert(first.Pos(), "\n"+take+"\n")}
		if s.deferred {
			text[0].NewText = append(text[0].NewText, "defer "+release+"\n"...)
			return append(text, insert(b.List[len(b.List)-1].End(), "\n"))
		}
		return append(text, insert(last.End(), "\n"+release+"\n"))
	}
	if u := s.unlock; u != nil {
		text := types.ExprString(u.(*ast.ExprStmt).X)
		return []analysis.TextEdit{
			{Pos: u.Pos(), End: first.Pos()},
			insert(s.lineEnd(last.End()), "\n"+indent+text),
		}
	}
	if s.body != nil {
		pos := s.lineEnd(s.body.Lbrace + 1)
		return []analysis.TextEdit{insert(pos, "\n"+indent+take+"\n"+indent+"defer "+release)}
	}
	if s.deferred {
		return []analysis.TextEdit{insert(first.Pos(), take+"\n"+indent+"defer "+release+"\n"+indent)}
	}
	return []analysis.TextEdit{
		insert(first.Pos(), take+"\n"+indent),
		insert(s.lineEnd(last.End()), "\n"+indent+release),
	}
}

// lineEnd returns the position, or the end of the comment that follows it on
// its line.
func (c *checker) lineEnd(pos token.Pos) token.Pos {
	file := c.file(pos)
	if file == nil {
		return pos // half-written code: a node has no place
	}
	line := c.Fset.Position(pos).Line
	for _, g := range file.Comments {
		if g.Pos() >= pos && c.Fset.Position(g.Pos()).Line == line && strings.HasPrefix(g.List[0].Text, "//") {
			return g.List[0].End()
		}
	}
	return pos
}

// clean returns the edits so changed that the declarations which they are in
// stay as gofmt would have them. It returns nil where that fails.
func (x *fixer) clean(edits []analysis.TextEdit) []analysis.TextEdit {
	slices.SortStableFunc(edits, func(a, b analysis.TextEdit) int { return cmp.Compare(a.Pos, b.Pos) })
	var list []analysis.TextEdit
	for len(edits) > 0 {
		file := x.file(edits[0].Pos)
		if file == nil || ast.IsGenerated(file) || x.Fset.Position(edits[0].Pos) != x.Fset.PositionFor(edits[0].Pos, false) {
			return nil
		}
		from, to, n := edits[0].Pos, edits[0].End, 1
		for i, d := range file.Decls {
			start := d.Pos()
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Doc != nil {
					start = d.Doc.Pos()
				}
			case *ast.GenDecl:
				if d.Doc != nil {
					start = d.Doc.Pos()
				}
			}
			if edits[0].Pos < start || d.End() < edits[0].Pos {
				continue
			}
			if x.aligned(file, i) {
				return nil
			}
			from, to = start, d.End()
			for n < len(edits) && edits[n].Pos <= to {
				n++
			}
			break
		}
		for _, e := range edits[:n] {
			to = max(to, e.End)
		}
		done, ok := x.gofmt(from, to, edits[:n])
		if !ok {
			return nil
		}
		list = append(list, done...)
		edits = edits[n:]
	}
	return list
}

// aligned reports whether a function on one line stands next to others, with
// whose bodies gofmt aligns its own.
func (x *fixer) aligned(file *ast.File, i int) bool {
	line := func(pos token.Pos) int { return x.Fset.Position(pos).Line }
	d, ok := file.Decls[i].(*ast.FuncDecl)
	if !ok || line(d.Pos()) != line(d.End()) {
		return false
	}
	return i > 0 && line(file.Decls[i-1].End())+1 == line(d.Pos()) || i+1 < len(file.Decls) && line(d.End())+1 == line(file.Decls[i+1].Pos())
}

// gofmt returns edits between two positions, followed by the changes in space
// that gofmt would then make.
func (x *fixer) gofmt(from, to token.Pos, edits []analysis.TextEdit) ([]analysis.TextEdit, bool) {
	tf := x.Fset.File(from)
	src, err := x.ReadFile(tf.Name())
	if err != nil || tf.Offset(to) > len(src) {
		return nil, false
	}
	old := src[tf.Offset(from):tf.Offset(to)]
	var text []byte
	at := 0
	for _, e := range edits {
		start := tf.Offset(e.Pos) - tf.Offset(from)
		if start < at {
			return nil, false
		}
		text = append(append(text, old[at:start]...), e.NewText...)
		at = tf.Offset(e.End) - tf.Offset(from)
	}
	text = append(text, old[at:]...)
	want, err := format.Source(text)
	if err != nil {
		return nil, false
	}
	if bytes.Equal(want, text) {
		return edits, true
	}
	if was, err := format.Source(old); err != nil || !bytes.Equal(was, old) {
		return edits, true // not as gofmt has it in the first place
	}
	// The lines that differ, as one edit.
	a, b := bytes.SplitAfter(old, []byte("\n")), bytes.SplitAfter(want, []byte("\n"))
	i := 0
	for i < len(a) && i < len(b) && bytes.Equal(a[i], b[i]) {
		i++
	}
	j := 0
	for j < len(a)-i && j < len(b)-i && bytes.Equal(a[len(a)-1-j], b[len(b)-1-j]) {
		j++
	}
	start := from + token.Pos(len(bytes.Join(a[:i], nil)))
	return []analysis.TextEdit{{
		Pos:     start,
		End:     start + token.Pos(len(bytes.Join(a[i:len(a)-j], nil))),
		NewText: bytes.Join(b[i:len(b)-j], nil),
	}}, true
}
