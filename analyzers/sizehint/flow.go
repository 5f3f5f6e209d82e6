package sizehint

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/bounds"
)

// flow holds what is asked about stretches of a package's code again and
// again. It is collected in one go, so that the cost of a function grows with
// its length however many maps it makes.
type flow struct {
	calls   []token.Pos // of functions that are not builtin
	writers []token.Pos // of those that could write to what others can reach
	gotos   []token.Pos
	skips   []token.Pos // continue statements
	// uses are the uses of variables that hold functions, structs or pointers
	// to structs.
	uses map[*types.Var]useList
}

// useList are uses in source order, and those that stand in function literals.
type useList struct {
	all, inLiterals []inspector.Cursor
}

func (c *checker) flow() *flow {
	if c.flowCache != nil {
		return c.flowCache
	}
	x := &flow{uses: make(map[*types.Var]useList)}
	root := c.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	for cur := range root.Preorder((*ast.CallExpr)(nil), (*ast.RangeStmt)(nil), (*ast.BranchStmt)(nil), (*ast.Ident)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.RangeStmt:
			if _, ok := c.info.TypeOf(n.X).Underlying().(*types.Signature); ok && !isCallExpr(n.X) {
				x.calls, x.writers = append(x.calls, n.X.Pos()), append(x.writers, n.X.Pos())
			}
		case *ast.CallExpr:
			if bounds.IsCall(c.info, n) {
				x.calls = append(x.calls, n.Lparen)
				if bounds.Writes(c.info, n) {
					x.writers = append(x.writers, n.Lparen)
				}
			}
		case *ast.BranchStmt:
			switch n.Tok {
			case token.GOTO:
				x.gotos = append(x.gotos, n.Pos())
			case token.CONTINUE:
				x.skips = append(x.skips, n.Pos())
			}
		case *ast.Ident:
			if v, ok := c.info.Uses[n].(*types.Var); ok && !v.IsField() && followed(v.Type()) {
				list := x.uses[v]
				list.all = append(list.all, cur)
				if inAnyLiteral(cur) {
					list.inLiterals = append(list.inLiterals, cur)
				}
				x.uses[v] = list
			}
		}
	}
	// The calls of a chain a().b() end in another order than they begin.
	slices.Sort(x.calls)
	slices.Sort(x.writers)
	slices.Sort(x.gotos)
	slices.Sort(x.skips)
	for _, list := range x.uses { // files need not be in the order of positions
		slices.SortFunc(list.all, func(a, b inspector.Cursor) int { return comparePos(a, b.Node().Pos()) })
	}
	c.flowCache = x
	return x
}

func isCallExpr(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok
}

func followed(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Signature, *types.Struct:
		return true
	case *types.Pointer:
		_, ok := t.Elem().Underlying().(*types.Struct)
		return ok
	}
	return false
}

// between reports whether one of sorted positions lies between two others.
func between(list []token.Pos, from, to token.Pos) bool {
	i, _ := slices.BinarySearch(list, from)
	return i < len(list) && list[i] < to
}

// hasCall reports whether a node of the program calls a function.
func (c *checker) hasCall(n ast.Node) bool { return between(c.flow().calls, n.Pos(), n.End()) }

// mayWrite reports whether a node of the program calls a function that could
// write to what others can reach.
func (c *checker) mayWrite(n ast.Node) bool { return between(c.flow().writers, n.Pos(), n.End()) }

// A span is a stretch of the source.
type span struct{ from, to token.Pos }

func (s span) holds(pos token.Pos) bool { return s.from <= pos && pos < s.to }

// surroundings returns the declaration that code stands in and the outermost
// loop there around it, each empty if there is none.
func surroundings(cur inspector.Cursor) (decl, loop span) {
	for cur.ParentEdgeKind() != edge.Invalid {
		kind := cur.ParentEdgeKind()
		cur = cur.Parent()
		n := cur.Node()
		switch kind {
		case edge.ForStmt_Body, edge.ForStmt_Post, edge.ForStmt_Cond, edge.RangeStmt_Body:
			loop = span{n.Pos(), n.End()}
		case edge.File_Decls:
			return decl, loop
		}
		decl = span{n.Pos(), n.End()}
	}
	return decl, loop
}

func (s span) empty() bool { return s == span{} }

func comparePos(cur inspector.Cursor, pos token.Pos) int { return cmp.Compare(cur.Node().Pos(), pos) }

// inAnyLiteral reports whether code stands in a function literal.
func inAnyLiteral(cur inspector.Cursor) bool {
	for range cur.Enclosing((*ast.FuncLit)(nil)) {
		return true
	}
	return false
}

// inOtherLiteral reports whether code stands in a function literal that does
// not hold a position as well: then it does not run where it is written.
func inOtherLiteral(cur inspector.Cursor, pos token.Pos) bool {
	for lit := range cur.Enclosing((*ast.FuncLit)(nil)) {
		if n := lit.Node(); n.Pos() <= pos && pos < n.End() {
			return false
		}
		return true
	}
	return false
}

// returned reports whether an expression is part of what its function
// returns, so that nothing of the function runs after it.
func returned(cur inspector.Cursor) bool {
	for e := range cur.Enclosing((*ast.FuncLit)(nil), (*ast.ReturnStmt)(nil)) {
		_, ok := e.Node().(*ast.ReturnStmt)
		return ok
	}
	return false
}
