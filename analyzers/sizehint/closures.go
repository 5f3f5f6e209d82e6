package sizehint

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"math"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// registerClosure remembers a function literal that a statement gives to a
// new variable: its body counts where the variable is called.
func (w *walker) registerClosure(s ast.Stmt) {
	add := func(id ast.Expr, value ast.Expr) {
		lit, ok := ast.Unparen(value).(*ast.FuncLit)
		if !ok || len(w.p.within(lit)) == 0 {
			return
		}
		v := w.variable(id)
		if v != nil && w.onlyCalled(v, lit) {
			w.closures[v] = lit
		}
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) == len(s.Rhs) {
			for i := range s.Lhs {
				add(s.Lhs[i], s.Rhs[i])
			}
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok {
			for _, spec := range d.Specs {
				if vs, ok := spec.(*ast.ValueSpec); ok && len(vs.Names) == len(vs.Values) {
					for i := range vs.Names {
						add(vs.Names[i], vs.Values[i])
					}
				}
			}
		}
	}
}

// worksAfter reports whether code after a position, in a declaration, works
// on the place itself or through a closure.
func (w *walker) worksAfter(pos token.Pos, decl span) bool {
	to := token.Pos(math.MaxInt)
	if !decl.empty() {
		to = decl.to
	}
	if len(mapops.Between(w.p.ops.all, pos, to)) > 0 {
		return true
	}
	for v := range w.closures {
		if uses := w.flow().uses[v].all; len(uses) > 0 && uses[len(uses)-1].Node().Pos() >= pos {
			return true
		}
	}
	return false
}

// onlyCalled reports whether a variable holds the literal and nothing else
// (a first declaration without a value, for recursion, apart).
func (w *walker) onlyCalled(v *types.Var, lit *ast.FuncLit) bool {
	if w.vars.Addressed(v) {
		return false
	}
	for _, wr := range w.vars.Writes(v) {
		if wr.Value != nil && ast.Unparen(wr.Value) != lit || wr.Value == nil && !wr.Define {
			return false
		}
	}
	return true
}

func (w *walker) isClosure(lit *ast.FuncLit) bool {
	for _, l := range w.closures {
		if l == lit {
			return true
		}
	}
	return false
}

// call returns the fills of a call of a closure.
func (w *walker) call(lit *ast.FuncLit, call *ast.CallExpr, e env) []*fill {
	if w.active[lit] {
		w.unknown = true // recursion
		return nil
	}
	w.active[lit] = true
	defer func() { w.active[lit] = false }()
	e.args = maps.Clone(e.args)
	if e.args == nil {
		e.args = make(map[*types.Var]ast.Expr)
	}
	i := 0
	for _, field := range lit.Type.Params.List {
		for _, name := range field.Names {
			if v, ok := w.info.Defs[name].(*types.Var); ok && i < len(call.Args) {
				e.args[v] = call.Args[i]
			}
			i++
		}
	}
	e.literal, e.around = true, len(e.frames)
	return w.collect(lit.Body.List, e)
}

// literalRun returns the function literal that a call runs once: one that is
// called where it is written, deferred, started as a goroutine, or handed to
// a function of the standard library or errgroup that runs it once.
func (w *walker) literalRun(call *ast.CallExpr) *ast.FuncLit {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return lit
	}
	fn := typeutil.StaticCallee(w.info, call)
	if fn == nil || fn.Pkg() == nil || len(call.Args) == 0 {
		return nil
	}
	switch fn.Pkg().Path() + "." + fn.Name() {
	case "sync.Go", "sync.Do", "golang.org/x/sync/errgroup.Go", "golang.org/x/sync/errgroup.TryGo", "time.AfterFunc":
		lit, _ := ast.Unparen(call.Args[len(call.Args)-1]).(*ast.FuncLit)
		return lit
	}
	return nil
}
