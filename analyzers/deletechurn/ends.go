package deletechurn

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// closing reports whether code belongs to the end of a value's life: to a
// method of one of the names that Go gives to that, as in io.Closer and
// http.Server, or to a function that only such methods call.
func (pr *program) closing(cur inspector.Cursor) bool {
	return pr.closingSeen(cur, make(map[*types.Func]bool))
}

func (pr *program) closingSeen(cur inspector.Cursor, seen map[*types.Func]bool) bool {
	fn, _ := pr.declOf(cur)
	if fn == nil || seen[fn] {
		return false
	}
	seen[fn] = true
	if sig := fn.Signature(); sig.Recv() != nil || sig.Params().Len() == 0 {
		switch strings.ToLower(fn.Name()) {
		case "close", "shutdown", "stop":
			return true
		}
	}
	if !pr.private(fn) {
		return false
	}
	for _, call := range pr.calls[fn] {
		if !pr.inTest(call) && !pr.closingSeen(call, seen) {
			return false
		}
	}
	return true
}

// ends reports whether the function or an endless loop is left right after
// the statement, so that the map's life is perhaps over.
func (pr *program) ends(stmt inspector.Cursor) bool {
	for loop := range stmt.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch loop.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if pr.endless(loop) > brief {
				return leaves(pr.TypesInfo, stmt, loop)
			}
		default:
			return false
		}
	}
	return false
}

// givenUp reports whether the function of a purge assigns to the variable
// after it.
func givenUp(v *mapops.Var, p purge) bool {
	for _, op := range v.Ops {
		if op.Kind == mapops.Assign && funcOf(op.At) == funcOf(p.stmt) && op.Node.Pos() > p.stmt.Node().Pos() {
			return true
		}
	}
	return false
}

// undoes reports whether code runs only after an error: it takes back what has
// been done rather than ending a life.
func (pr *program) undoes(op *mapops.Op) bool {
	errorType := types.Universe.Lookup("error").Type()
	for c := range op.At.Enclosing((*ast.IfStmt)(nil)) {
		found := false
		ast.Inspect(c.Node().(*ast.IfStmt).Cond, func(n ast.Node) bool {
			cmp, ok := n.(*ast.BinaryExpr)
			if ok && cmp.Op == token.NEQ && pr.TypesInfo.Types[cmp.Y].IsNil() && types.Identical(pr.TypesInfo.TypeOf(cmp.X), errorType) {
				found = true
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}
