package lockset

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// dispatches notes the fields whose functions a goroutine calls: callbacks
// that were registered, for _, f := range s.handlers { go f(ev) }.
func (p *Package) dispatches(g *ast.GoStmt) {
	note := func(fun ast.Expr) {
		if f := p.funcField(fun); f != nil {
			p.dispatched[f] = true
		}
	}
	note(g.Call.Fun)
	for _, a := range g.Call.Args {
		if t := p.Info.TypeOf(a); t != nil && isFuncType(t) {
			note(a) // go s.invoke(f, ev)
		}
	}
	lit, ok := ast.Unparen(g.Call.Fun).(*ast.FuncLit)
	if !ok {
		return
	}
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			note(call.Fun)
		}
		return true
	})
}

// funcField returns the field from which a function value comes: itself, or an
// element of what it holds.
func (p *Package) funcField(e ast.Expr) *types.Var {
	for range 4 {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, ok := p.Info.Uses[x].(*types.Var)
			if !ok || path.IsGlobal(v) {
				return nil
			}
			if p.ranged[v] != nil {
				e = p.ranged[v]
				continue
			}
			w := p.Vars.Writes(v)
			if len(w) != 1 || !w[0].Define {
				return nil
			}
			if e = w[0].Value; e == nil && w[0].Result == 0 {
				e = w[0].Tuple // f, ok := s.handlers[k]
			}
			if e == nil {
				return nil
			}
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			if sel := p.Info.Selections[x]; sel != nil && sel.Kind() == types.FieldVal {
				return sel.Obj().(*types.Var).Origin()
			}
			return nil
		default:
			return nil
		}
	}
	return nil
}

// registers reports whether f stores its parameter v in a field whose functions
// goroutines call.
func (p *Package) registers(f *Func, v *types.Var) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) || a.Tok == token.DEFINE {
			return !found
		}
		for i, r := range a.Rhs {
			values := []ast.Expr{r}
			if call, ok := ast.Unparen(r).(*ast.CallExpr); ok && mapops.Builtin(p.Info, call) == "append" {
				values = call.Args[1:]
			}
			for _, x := range values {
				if id, ok := ast.Unparen(x).(*ast.Ident); ok && p.Info.Uses[id] == v {
					if field := p.funcField(a.Lhs[i]); field != nil && p.dispatched[field] {
						found = true
					}
				}
			}
		}
		return !found
	})
	return found
}
