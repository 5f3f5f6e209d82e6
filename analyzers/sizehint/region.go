package sizehint

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"
	"sort"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/bounds"
)

// A region is the code that runs after a map was made, up to where the map is
// replaced or the code may be repeated without making a new one.
type region struct {
	// stmt is the statement that makes the map, in a list of statements.
	stmt ast.Stmt
	// own are the statements after stmt in the same list; outer those after
	// the statements that enclose it.
	own   []ast.Stmt
	outer [][]ast.Stmt
	// lazy says that the map is made in a branch: only if there was none.
	lazy bool
	// looped says that the region is the rest of a loop's body.
	looped bool
}

// regionOf returns the region of a creation, nil if the creation does not
// stand in a statement of its own within a function.
func regionOf(creation inspector.Cursor) *region {
	cur, ok := listed(creation)
	if !ok {
		return nil
	}
	r := &region{stmt: cur.Node().(ast.Stmt)}
	r.own = following(cur)
	for {
		// Go out of the block, as long as running on means leaving it.
		block := cur.Parent()
		switch block.Node().(type) {
		case *ast.CaseClause, *ast.CommClause:
			block = block.Parent()
		}
		switch block.ParentEdgeKind() {
		case edge.IfStmt_Body, edge.IfStmt_Else, edge.SwitchStmt_Body, edge.TypeSwitchStmt_Body, edge.SelectStmt_Body:
			r.lazy = true
		case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
		default:
			switch block.ParentEdgeKind() {
			case edge.ForStmt_Body, edge.RangeStmt_Body:
				r.looped = true
			}
			return r
		}
		if block.ParentEdgeKind() != edge.BlockStmt_List && block.ParentEdgeKind() != edge.CaseClause_Body && block.ParentEdgeKind() != edge.CommClause_Body {
			block = block.Parent()
		}
		if cur, ok = listed(block); !ok {
			return r
		}
		r.outer = append(r.outer, following(cur))
	}
}

// stmts returns the statements of the region.
func (r *region) stmts() iter.Seq[ast.Stmt] {
	return func(yield func(ast.Stmt) bool) {
		for _, s := range r.own {
			if !yield(s) {
				return
			}
		}
		for _, list := range r.outer {
			for _, s := range list {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// listed climbs to the statement that is an element of a statement list. It
// fails where the climb leaves through anything but the parts of one simple
// statement, or through the initialisation of a compound one.
func listed(cur inspector.Cursor) (inspector.Cursor, bool) {
	for {
		switch cur.ParentEdgeKind() {
		case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
			_, ok := cur.Node().(ast.Stmt)
			return cur, ok
		case edge.IfStmt_Init, edge.SwitchStmt_Init, edge.TypeSwitchStmt_Init, edge.ForStmt_Init, edge.ForStmt_Post,
			edge.IfStmt_Cond, edge.RangeStmt_X, edge.FuncLit_Body, edge.CommClause_Comm, edge.ForStmt_Body, edge.RangeStmt_Body,
			edge.FuncDecl_Body, edge.Invalid:
			return cur, false
		}
		if _, ok := cur.Node().(*ast.File); ok {
			return cur, false
		}
		cur = cur.Parent()
	}
}

// following returns the statements after one in the same list.
func following(cur inspector.Cursor) []ast.Stmt {
	var list []ast.Stmt
	switch n := cur.Parent().Node().(type) {
	case *ast.BlockStmt:
		list = n.List
	case *ast.CaseClause:
		list = n.Body
	case *ast.CommClause:
		list = n.Body
	}
	return list[cur.ParentEdgeIndex()+1:]
}

// initRegion returns those statements of the package's init functions that
// may work on a place in a package variable, which they do after its creation.
func (c *checker) initRegion(p *place) *region {
	v := p.v.Obj
	if v.IsField() || v.Parent() != c.Pkg.Scope() {
		return nil
	}
	if c.inits == nil {
		c.inits = []ast.Stmt{}
		for _, f := range c.Files {
			for _, d := range f.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "init" && fd.Body != nil {
					c.inits = append(c.inits, fd.Body.List...)
				}
			}
		}
		slices.SortStableFunc(c.inits, func(a, b ast.Stmt) int { return cmp.Compare(a.Pos(), b.Pos()) })
	}
	first, last := p.ops.all[0].Expr.Pos(), p.ops.all[len(p.ops.all)-1].Expr.Pos()
	i := sort.Search(len(c.inits), func(i int) bool { return c.inits[i].End() > first })
	j := sort.Search(len(c.inits), func(i int) bool { return c.inits[i].Pos() > last })
	if i >= j {
		return nil
	}
	return &region{outer: [][]ast.Stmt{c.inits[i:j]}}
}

func isResult(v *types.Var) bool { return v.Kind() == types.ResultVar }

// mentionsPlace reports whether an expression uses the map or the struct
// that holds it.
func (c *checker) mentionsPlace(p *place, n ast.Node) bool {
	if len(p.within(n)) > 0 {
		return true
	}
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			v, _ := c.info.ObjectOf(id).(*types.Var)
			found = found || v != nil && (v == p.root || v.Origin() == p.v.Obj && !v.IsField())
		}
		return !found
	})
	return found
}

// straight reports whether statements do nothing but compute new variables:
// they neither leave, wait, panic, call, nor write to what could be seen
// after a panic of the code that follows.
func (c *checker) straight(stmts []ast.Stmt) bool {
	for _, s := range stmts {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, l := range s.Lhs {
				if id, ok := l.(*ast.Ident); !ok || s.Tok != token.DEFINE && id.Name != "_" || c.info.Defs[id] == nil && id.Name != "_" {
					return false
				}
			}
		case *ast.DeclStmt, *ast.EmptyStmt:
		default:
			return false
		}
		if c.hasCall(s) || bounds.MayPanic(c.info, s) {
			return false
		}
	}
	return true
}
