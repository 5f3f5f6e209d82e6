package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// An edit replaces the bytes up to end; insertions at one position keep the
// order of rank, so that new(*v) comes out of two of them.
type edit struct {
	end  token.Pos
	text [3]string // by rank
}

// insert adds text at a position, behind earlier text of the same rank.
func (r *rewriter) insert(at token.Pos, rank int, text string) {
	e := r.edits[at]
	if e == nil {
		e = &edit{end: at}
		r.edits[at] = e
	}
	e.text[rank] += text
}

// replace replaces a node, which may hold no other edit.
func (r *rewriter) replace(from, to token.Pos, text string) {
	e := &edit{end: to}
	e.text[rankStatement] = text
	r.edits[from] = e
}

func (r *rewriter) textEdits() []analysis.TextEdit {
	var list []analysis.TextEdit
	for at, e := range r.edits {
		list = append(list, analysis.TextEdit{Pos: at, End: e.end, NewText: []byte(strings.Join(e.text[:], ""))})
	}
	slices.SortFunc(list, func(a, b analysis.TextEdit) int { return int(a.Pos - b.Pos) })
	return list
}

// lineBreak returns what separates a new statement from the one it is put
// before: a line break with its indentation, or a semicolon.
func (r *rewriter) lineBreak(before ast.Node) (string, bool) {
	file := r.p.Fset.File(before.Pos())
	src, err := r.p.ReadFile(file.Name())
	if err != nil || file.Size() != len(src) {
		return "", false
	}
	at := file.Offset(before.Pos())
	start := file.Offset(file.LineStart(file.PositionFor(before.Pos(), false).Line))
	if lead := string(src[start:at]); strings.TrimSpace(lead) == "" {
		return "\n" + lead, true
	}
	return "; ", true
}

// freshName returns a name that nothing in the function around cur bears.
func (r *rewriter) freshName(cur inspector.Cursor, name string) string {
	used := make(map[string]bool)
	for f := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.File)(nil)) {
		for id := range f.Preorder((*ast.Ident)(nil)) {
			used[id.Node().(*ast.Ident).Name] = true
		}
		break
	}
	for used[name] || r.p.Pkg.Scope().Lookup(name) != nil || types.Universe.Lookup(name) != nil {
		name += "_"
	}
	return name
}

func (c *coster) cursor(n ast.Node) (inspector.Cursor, bool) { return c.root.FindNode(n) }

// inList reports whether a statement stands in a block or a clause, where
// other statements can be put beside it.
func inList(cur inspector.Cursor) bool {
	switch cur.ParentEdgeKind() {
	case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
		return true
	}
	return false
}
