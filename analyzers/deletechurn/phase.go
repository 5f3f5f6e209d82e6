package deletechurn

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// initial reports whether an operation belongs to the making of its map: it
// runs once while the program starts, on a value that nobody else holds yet,
// or on a local variable before the loop that keeps it.
func (pr *program) initial(op *mapops.Op) bool {
	if v := op.Var.Obj; !v.IsField() && v.Parent() != pr.Pkg.Scope() {
		return pr.withOwner(v, op.At)
	}
	return pr.once(op.At) || pr.building(op.Expr, op.At)
}

// once reports whether code runs at most once, while the program starts:
// in initializers of package variables, in init, in main before an endless
// loop, in what sync.Once runs, and in functions called only from there.
func (pr *program) once(cur inspector.Cursor) bool {
	return pr.onceSeen(cur, make(map[*types.Func]bool))
}

func (pr *program) onceSeen(cur inspector.Cursor, seen map[*types.Func]bool) bool {
	for c := cur; ; c = c.Parent() {
		switch n := c.Node().(type) {
		case *ast.File:
			return true // the initializer of a package variable
		case *ast.ForStmt, *ast.RangeStmt:
			if pr.endless(c) > brief {
				return false
			}
		case *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.FuncLit:
			inPlace, guarded := pr.runsInPlace(c)
			if guarded {
				return true
			}
			if !inPlace {
				return false
			}
		case *ast.FuncDecl:
			fn, _ := pr.TypesInfo.Defs[n.Name].(*types.Func)
			if fn == nil {
				return n.Recv == nil && n.Name.Name == "init"
			}
			if n.Recv == nil && (n.Name.Name == "init" || n.Name.Name == "main" && pr.Pkg.Name() == "main") {
				return true
			}
			if seen[fn] || !pr.private(fn) {
				return false
			}
			seen[fn] = true
			for _, call := range pr.calls[fn] {
				if !pr.onceSeen(call, seen) {
					return false
				}
			}
			return true
		}
	}
}

// runsInPlace reports whether a function literal runs where it stands, and
// whether a sync.Once or the like guards it.
func (pr *program) runsInPlace(lit inspector.Cursor) (inPlace, guarded bool) {
	switch lit.ParentEdgeKind() {
	case edge.CallExpr_Fun:
		return true, false
	case edge.CallExpr_Args:
		fn := pr.callee(lit.Parent())
		if fn == nil || fn.Pkg() == nil {
			return false, false
		}
		switch fn.Pkg().Path() {
		case "sync":
			switch fn.Name() {
			case "Do", "OnceFunc", "OnceValue", "OnceValues":
				return true, true
			}
		case "slices", "sort", "maps", "strings", "bytes", "io/fs", "path/filepath":
			return true, false // they call it before they return
		}
	}
	return false, false
}

// withOwner reports whether code that uses a variable runs along with the
// function that declares it: not later in a closure, a goroutine or a deferred
// call, nor in an endless loop, when the value has been at work for a while.
func (pr *program) withOwner(v *types.Var, cur inspector.Cursor) bool {
	for c := cur; ; c = c.Parent() {
		switch c.Node().(type) {
		case *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			if outside(v, c) && pr.endless(c) > brief {
				return false
			}
		case *ast.FuncLit:
			if !outside(v, c) {
				return true
			}
			if inPlace, _ := pr.runsInPlace(c); !inPlace {
				return false
			}
		case *ast.FuncDecl, *ast.File:
			return true
		}
	}
}
