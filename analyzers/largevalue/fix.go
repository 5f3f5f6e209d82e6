package largevalue

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A rewriter turns the map of one variable from map[K]V into map[K]*V.
//
// Entries are pointers to variables that nothing else can reach: every store
// allocates a fresh one. A read keeps the pointer only where nobody can
// write through it meanwhile; otherwise it copies what it points to.
type rewriter struct {
	*coster
	v     *mapops.Var
	elem  types.Type
	loads []*site
	// private: a local variable that no closure captures, so that no call
	// and no other goroutine can reach the map.
	private bool
	// inPlace: some read-modify-write becomes a write through the pointer.
	inPlace bool
	gain    bool // something gets cheaper
	edits   map[token.Pos]*edit
}

// An edit replaces the bytes up to end; insertions at one position keep the
// order of rank, so that new(*v) comes out of two of them.
type edit struct {
	end  token.Pos
	text [3]string // by rank
}

const (
	rankStatement = iota
	rankWrap
	rankStar
)

// fixes offers the pointer rewrite where it provably keeps the program's
// behaviour, and nothing otherwise.
func (c *coster) fixes(f finding) []analysis.SuggestedFix {
	v := c.only(f)
	if v == nil {
		return nil
	}
	r := &rewriter{coster: c, v: v, elem: v.Type.Elem(), edits: make(map[token.Pos]*edit)}
	if !r.owned() || !r.declaration() || !r.operations() || !r.gain {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message:   fmt.Sprintf("Store pointers in %s and rewrite its uses", v.Obj.Name()),
		TextEdits: r.textEdits(),
	}}
}

// only returns the variable of a group that has no other, nil for groups
// that spread over several variables, named types or results.
func (c *coster) only(f finding) *mapops.Var {
	if f.visible || f.imposed || len(f.nodes) != 1 || f.nodes[0].depth != 0 {
		return nil
	}
	obj, ok := f.nodes[0].obj.(*types.Var)
	if !ok || obj.Embedded() {
		return nil
	}
	v := c.index.Var(obj)
	if v == nil || len(f.ops) != len(v.Ops) {
		return nil
	}
	switch v.Type.Elem().Underlying().(type) {
	case *types.Struct, *types.Array:
	default:
		return nil
	}
	for _, x := range f.costs {
		if x.kind == hash || x.kind == rehash || x.kind == keyCopy {
			return nil // a key has no pointer form: it is its value
		}
	}
	return v
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

// declaration rewrites the type where the variable is declared with one.
func (r *rewriter) declaration() bool {
	for id, obj := range r.p.TypesInfo.Defs {
		if obj != r.v.Obj {
			continue
		}
		cur, ok := r.cursor(id)
		if !ok {
			return false
		}
		switch n := cur.Parent().Node().(type) {
		case *ast.Field:
			if _, ok := cur.Parent().Parent().Parent().Node().(*ast.StructType); !ok {
				return false // a parameter: the map comes from elsewhere
			}
			return len(n.Names) == 1 && r.mapType(n.Type)
		case *ast.ValueSpec:
			if len(n.Names) != 1 {
				return false
			}
			return n.Type == nil || r.mapType(n.Type)
		case *ast.AssignStmt:
			return true
		}
	}
	return false
}

// mapType rewrites a map type that stands in the source as such.
func (r *rewriter) mapType(e ast.Expr) bool {
	t, ok := ast.Unparen(e).(*ast.MapType)
	if ok {
		r.insert(t.Value.Pos(), rankStar, "*")
	}
	return ok
}

// operations rewrites every use of the variable.
func (r *rewriter) operations() bool {
	var stores []*mapops.Op
	for _, op := range r.v.Ops {
		ok := op.Depth == 0 && !r.awkwardFile(op.Node)
		switch op.Kind {
		case mapops.Len, mapops.Delete, mapops.Clear, mapops.NilCheck:
		case mapops.Assign:
			ok = ok && r.assign(op)
		case mapops.Insert:
			stores = append(stores, op)
		case mapops.Range, mapops.LookupOK, mapops.Lookup:
			s, good := r.site(op)
			ok = ok && good
			if s != nil {
				r.loads = append(r.loads, s)
			}
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	// First the write-backs: whether there are any decides what a read may do.
	loads := r.coster.loads(&group{typ: r.v.Type, ops: r.v.Ops})
	var plain []*mapops.Op
	for _, op := range stores {
		if !r.modifies(op, loads) {
			plain = append(plain, op)
			continue
		}
		if !r.writeBack(op) {
			return false // as fresh variables they would cost more than now
		}
		r.inPlace = true
	}
	for _, op := range plain {
		if !r.store(op) {
			return false
		}
	}
	for _, s := range r.loads {
		if !r.load(s) {
			return false
		}
	}
	return true
}

// assign rewrites the creation that the variable is given.
func (r *rewriter) assign(op *mapops.Op) bool {
	switch v := ast.Unparen(op.Value).(type) {
	case *ast.Ident:
		return r.p.TypesInfo.Types[v].IsNil()
	case *ast.CallExpr:
		return mapops.Builtin(r.p.TypesInfo, v) == "make" && r.mapType(v.Args[0])
	case *ast.CompositeLit:
		if v.Type == nil || !r.mapType(v.Type) {
			return false
		}
		for _, e := range v.Elts {
			value := e.(*ast.KeyValueExpr).Value
			if lit, ok := value.(*ast.CompositeLit); ok && lit.Type == nil {
				continue // {…} stands for &V{…} as well
			}
			if !r.fresh(value) {
				return false
			}
		}
		return true
	}
	return false
}

// store rewrites m[k] = v so that the map gets a variable of its own.
func (r *rewriter) store(op *mapops.Op) bool {
	a, ok := op.Node.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 || a.Tok != token.ASSIGN {
		return false
	}
	if r.fresh(op.Value) {
		return true
	}
	// Before Go 1.26 new takes no value: declare the variable ahead.
	id, ok := ast.Unparen(op.Value).(*ast.Ident)
	if !ok || !types.Identical(r.p.TypesInfo.TypeOf(id), r.elem) || id != op.Value {
		return false
	}
	cur, ok := r.cursor(a)
	if !ok || !inList(cur) || r.loaded(r.p.TypesInfo.ObjectOf(id)) {
		return false
	}
	br, ok := r.lineBreak(a)
	if !ok {
		return false
	}
	name := r.freshName(cur, id.Name+"Entry")
	r.insert(a.Pos(), rankStatement, name+" := "+id.Name+br)
	r.replace(id.Pos(), id.End(), "&"+name)
	return true
}

// loaded reports whether a variable holds a value read from the map.
func (r *rewriter) loaded(obj types.Object) bool {
	return slices.ContainsFunc(r.loads, func(s *site) bool { return s.obj == obj })
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

// fresh rewrites a value to the address of a new variable that holds it.
func (r *rewriter) fresh(value ast.Expr) bool {
	if !types.Identical(r.p.TypesInfo.TypeOf(value), r.elem) {
		return false
	}
	if lit, ok := ast.Unparen(value).(*ast.CompositeLit); ok {
		r.insert(lit.Pos(), rankWrap, "&")
		return true
	}
	if !r.since(value, "go1.26") || !r.universe(value, "new") {
		return false
	}
	r.insert(value.Pos(), rankWrap, "new(")
	r.insert(value.End(), rankWrap, ")")
	return true
}

// since reports whether the file of a node is written in that version of Go
// or a later one; an unknown version is an old one.
func (r *rewriter) since(n ast.Node, v string) bool {
	cur, ok := r.cursor(n)
	if !ok {
		return false
	}
	for f := range cur.Enclosing((*ast.File)(nil)) {
		have := r.p.TypesInfo.FileVersions[f.Node().(*ast.File)]
		if have == "" {
			have = r.p.Pkg.GoVersion()
		}
		return have != "" && version.Compare(have, v) >= 0
	}
	return false
}

// universe reports whether a predeclared name has its meaning at a node.
func (r *rewriter) universe(n ast.Node, name string) bool {
	scope := r.p.Pkg.Scope().Innermost(n.Pos())
	if scope == nil {
		return false
	}
	_, obj := scope.LookupParent(name, n.Pos())
	return obj != nil && obj.Parent() == types.Universe
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
