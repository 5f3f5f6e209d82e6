package largevalue

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"
)

// cheapRound reports whether what the innermost loop around a read does in a
// round is known to be little: where a round makes requests, writes files or
// starts goroutines, nobody will ever measure the copy.
func (c *coster) cheapRound(x cost) bool {
	if s, ok := x.op.Node.(*ast.RangeStmt); ok && x.kind == iterate {
		cur, ok := c.cursor(s.Body)
		return ok && c.cheap(cur, true)
	}
	for loop := range x.op.At.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		return c.cheap(loop, true)
	}
	return false
}

// formats reports whether every round of the innermost loop around an
// operation writes a log line or formats a text: a call that takes any number
// of values of any type boxes them and costs several times the copy.
func (c *coster) formats(x cost) bool {
	for loop := range x.op.At.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		body := loopBody(loop.Node())
		for _, s := range body.List {
			e, ok := s.(*ast.ExprStmt)
			if !ok {
				continue // under a condition it is the exception
			}
			call, ok := e.X.(*ast.CallExpr)
			if !ok {
				continue
			}
			tv := c.p.TypesInfo.Types[call.Fun]
			if tv.IsBuiltin() || tv.Type == nil {
				continue
			}
			sig, ok := tv.Type.Underlying().(*types.Signature)
			if !ok || !sig.Variadic() || len(call.Args) < sig.Params().Len() {
				continue
			}
			if t := paramType(sig, sig.Params().Len()-1); t != nil && types.IsInterface(t) {
				return true
			}
		}
		return false
	}
	return false
}

func loopBody(loop ast.Node) *ast.BlockStmt {
	if f, ok := loop.(*ast.ForStmt); ok {
		return f.Body
	}
	return loop.(*ast.RangeStmt).Body
}

// cheap reports whether code calls only what computes in memory: builtin
// functions, a few packages, and functions of this package that in turn
// call no others of it.
func (c *coster) cheap(code inspector.Cursor, follow bool) bool {
	info := c.p.TypesInfo
	for cur := range code.Preorder((*ast.CallExpr)(nil), (*ast.GoStmt)(nil), (*ast.SendStmt)(nil), (*ast.SelectStmt)(nil), (*ast.DeferStmt)(nil)) {
		call, ok := cur.Node().(*ast.CallExpr)
		if !ok {
			return false
		}
		if tv := info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
			continue
		}
		fn := typeutil.StaticCallee(info, call)
		switch {
		case fn == nil:
			return false
		case inMemory(fn):
		case fn.Pkg() == c.p.Pkg && follow:
			decl, ok := c.declOf(fn)
			if !ok || !c.cheap(decl, false) || loops(decl) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// inMemory reports whether a function of the standard library works on its
// arguments alone and returns soon.
func inMemory(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "strings", "strconv", "bytes", "cmp", "math", "math/bits", "unicode", "unicode/utf8", "path", "time", "slices", "maps", "sort":
		return fn.Name() != "Sleep"
	case "errors":
		return true
	}
	return false
}

func loops(code inspector.Cursor) bool {
	for range code.Preorder((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		return true
	}
	return false
}

func (c *coster) declOf(fn *types.Func) (inspector.Cursor, bool) {
	if c.decls == nil {
		c.decls = make(map[types.Object]*ast.FuncDecl)
		for _, f := range c.p.Files {
			for _, d := range f.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
					c.decls[c.p.TypesInfo.Defs[d.Name]] = d
				}
			}
		}
	}
	d := c.decls[fn.Origin()]
	if d == nil {
		return inspector.Cursor{}, false
	}
	return c.cursor(d.Body)
}
