package deletechurn

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// A program is what the judgements know about the package as a whole. Only
// packages with a candidate pay for it.
type program struct {
	*rule.Pass
	maps *mapops.Index
	vars *vars.Index
	root inspector.Cursor

	decls map[*types.Func]inspector.Cursor   // the declarations of this package's functions
	calls map[*types.Func][]inspector.Cursor // the static calls of them
	loose map[*types.Func]bool               // those that may be called in other ways too

	structs map[*types.Var]*types.Named // the named struct of a field
	lives   map[*types.Var]life         // the fields of values that outlive functions
}

func newProgram(p *rule.Pass) *program {
	pr := &program{
		Pass:    p,
		maps:    p.ResultOf[mapops.Analyzer].(*mapops.Index),
		vars:    p.ResultOf[vars.Analyzer].(*vars.Index),
		root:    p.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root(),
		decls:   make(map[*types.Func]inspector.Cursor),
		calls:   make(map[*types.Func][]inspector.Cursor),
		loose:   make(map[*types.Func]bool),
		structs: make(map[*types.Var]*types.Named),
		lives:   make(map[*types.Var]life),
	}
	pr.collectCalls()
	pr.collectLives()
	return pr
}

func (pr *program) collectCalls() {
	dynamic := make(map[string]bool) // methods that are called through an interface
	for cur := range pr.root.Preorder((*ast.Ident)(nil)) {
		id := cur.Node().(*ast.Ident)
		if fn, ok := pr.TypesInfo.Defs[id].(*types.Func); ok {
			if cur.ParentEdgeKind() == edge.FuncDecl_Name {
				pr.decls[fn] = cur.Parent()
			} else {
				dynamic[fn.Name()] = true // a method of an interface
			}
			continue
		}
		fn, ok := pr.TypesInfo.Uses[id].(*types.Func)
		if !ok || fn.Pkg() != pr.Pkg {
			continue
		}
		fn = fn.Origin()
		if call, ok := called(cur); ok && pr.callee(call) == fn {
			pr.calls[fn] = append(pr.calls[fn], call)
		} else {
			pr.loose[fn] = true
		}
	}
	for fn := range pr.decls {
		if fn.Signature().Recv() != nil && dynamic[fn.Name()] {
			pr.loose[fn] = true
		}
	}
}

// called returns the call whose function the identifier at cur names.
func called(cur inspector.Cursor) (inspector.Cursor, bool) {
	for {
		switch cur.ParentEdgeKind() {
		case edge.SelectorExpr_Sel, edge.IndexExpr_X, edge.IndexListExpr_X, edge.ParenExpr_X:
			cur = cur.Parent()
			continue
		case edge.CallExpr_Fun:
			return cur.Parent(), true
		}
		return inspector.Cursor{}, false
	}
}

// callee returns the function that a call calls for sure, as declared, or nil.
func (pr *program) callee(call inspector.Cursor) *types.Func {
	fn := typeutil.StaticCallee(pr.TypesInfo, call.Node().(*ast.CallExpr))
	if fn == nil {
		return nil
	}
	return fn.Origin()
}

// private reports whether all calls of a function are known.
func (pr *program) private(fn *types.Func) bool {
	if pr.loose[fn] || !pr.decls[fn].Valid() || len(pr.calls[fn]) == 0 {
		return false
	}
	return !fn.Exported() || pr.Pkg.Name() == "main" && fn.Signature().Recv() == nil
}

// reaches reports whether the code below cur can come to the function by
// static calls within the package.
func (pr *program) reaches(cur inspector.Cursor, target *types.Func) bool {
	seen := make(map[*types.Func]bool)
	var visit func(inspector.Cursor) bool
	visit = func(cur inspector.Cursor) bool {
		for call := range cur.Preorder((*ast.CallExpr)(nil)) {
			fn := pr.callee(call)
			if fn == nil || seen[fn] {
				continue
			}
			if fn == target {
				return true
			}
			seen[fn] = true
			if decl, ok := pr.decls[fn]; ok && visit(decl) {
				return true
			}
		}
		return false
	}
	return visit(cur)
}

// declOf returns the declared function around cur, if there is one.
func (pr *program) declOf(cur inspector.Cursor) (*types.Func, inspector.Cursor) {
	for c := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		fn, _ := pr.TypesInfo.Defs[c.Node().(*ast.FuncDecl).Name].(*types.Func)
		return fn, c
	}
	return nil, inspector.Cursor{}
}

// funcOf returns the innermost function declaration or literal around cur.
func funcOf(cur inspector.Cursor) inspector.Cursor {
	for c := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return c
	}
	return inspector.Cursor{}
}

// inTest reports whether the code at cur is that of a test.
func (pr *program) inTest(cur inspector.Cursor) bool {
	return strings.HasSuffix(pr.Fset.File(cur.Node().Pos()).Name(), "_test.go")
}

// visible reports whether all uses of a variable are in this package.
func (pr *program) visible(v *types.Var) bool {
	if pr.Pkg.Name() == "main" || !v.Exported() {
		return true
	}
	if v.IsField() {
		owner := pr.structs[v]
		return owner != nil && !owner.Obj().Exported()
	}
	return v.Parent() != pr.Pkg.Scope()
}
