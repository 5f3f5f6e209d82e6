package largevalue

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// rangeLoops returns how many loops repeat the copy that a range over the
// map makes, its own included; 0 if its body always leaves after one round.
func (c *coster) rangeLoops(op *mapops.Op) int {
	s := op.Node.(*ast.RangeStmt)
	if leavesAtOnce(s.Body) {
		return 0
	}
	return 1 + c.loopsAround(rangeCursor(op))
}

func rangeCursor(op *mapops.Op) inspector.Cursor {
	cur := op.At
	for cur.Node() != op.Node {
		cur = cur.Parent()
	}
	return cur
}

// loopsAround counts the loops that repeat what stands at cur, within its
// function. Loops of at most eight rounds that the code shows do not count.
func (c *coster) loopsAround(cur inspector.Cursor) int {
	loops := 0
	for ; cur.Node() != nil; cur = cur.Parent() {
		kind := cur.ParentEdgeKind()
		switch parent := cur.Parent().Node().(type) {
		case *ast.FuncDecl:
			return loops
		case *ast.FuncLit:
			// A literal that is called where it stands belongs to the code around.
			if cur.Parent().ParentEdgeKind() != edge.CallExpr_Fun {
				return loops
			}
		case *ast.ForStmt:
			if kind != edge.ForStmt_Init && !leavesAtOnce(parent.Body) && !c.shortFor(parent) {
				loops++
			}
		case *ast.RangeStmt:
			if kind == edge.RangeStmt_Body && !leavesAtOnce(parent.Body) && !c.shortRange(parent) {
				loops++
			}
		}
	}
	return loops
}

const fewRounds = 8

func (c *coster) shortRange(s *ast.RangeStmt) bool {
	x := ast.Unparen(s.X)
	if lit, ok := x.(*ast.CompositeLit); ok {
		return len(lit.Elts) <= fewRounds
	}
	t := c.p.TypesInfo.TypeOf(x)
	if t == nil {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if a, ok := t.Underlying().(*types.Array); ok {
		return a.Len() <= fewRounds
	}
	if v := c.p.TypesInfo.Types[x].Value; v != nil && v.Kind() == constant.Int {
		n, ok := constant.Int64Val(v)
		return ok && n <= fewRounds
	}
	return false
}

// shortFor recognises for i := a; i < b; i++ with constants close together.
func (c *coster) shortFor(s *ast.ForStmt) bool {
	init, ok := s.Init.(*ast.AssignStmt)
	if !ok || len(init.Rhs) != 1 {
		return false
	}
	cond, ok := s.Cond.(*ast.BinaryExpr)
	if !ok {
		return false
	}
	from, to := c.p.TypesInfo.Types[init.Rhs[0]].Value, c.p.TypesInfo.Types[cond.Y].Value
	if from == nil || to == nil || from.Kind() != constant.Int || to.Kind() != constant.Int {
		return false
	}
	a, okA := constant.Int64Val(from)
	b, okB := constant.Int64Val(to)
	return okA && okB && max(a-b, b-a) <= fewRounds
}

// leavesAtOnce reports whether a loop's body ends its first round by leaving
// the loop, and nothing in it starts another.
func leavesAtOnce(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	switch last := body.List[len(body.List)-1].(type) {
	case *ast.ReturnStmt:
	case *ast.BranchStmt:
		if last.Tok != token.BREAK {
			return false
		}
	default:
		return false
	}
	again := false
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && (b.Tok == token.CONTINUE || b.Tok == token.GOTO) {
			again = true
		}
		return !again
	})
	return !again
}
