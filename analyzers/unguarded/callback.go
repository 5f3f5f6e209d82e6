package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// calledBackUnder reports whether an access stands in a literal that is kept in a
// field, and whoever calls it from there holds the guard: all calls through the
// field do, or the lock is kept beside the literal.
func (c *checker) calledBackUnder(a *access, g *guard) bool {
	lock := g.relation.Obj
	if a.Func.Lit == nil || lock == nil {
		return false
	}
	fields, besides := c.keptAs(a.Func)
	for _, lit := range besides {
		if slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool { return c.addressOf(e) == lock }) {
			return true
		}
	}
	for _, v := range fields {
		calls := c.callsThrough(v)
		if len(calls) > 0 && !slices.ContainsFunc(calls, func(e *lockset.Event) bool {
			return !slices.ContainsFunc(c.locks.Holds(e), func(h lockset.Hold) bool { return h.Path.Obj == lock })
		}) {
			return true
		}
	}
	return false
}

// keptAs returns the fields that a function literal is stored in, itself or by the
// name of a local variable, and the struct literals among those places.
func (c *checker) keptAs(f *lockset.Func) (fields []*types.Var, besides []*ast.CompositeLit) {
	body := f.Declared().Body
	if body == nil {
		return nil, nil
	}
	var name types.Object
	is := func(e ast.Expr) bool {
		e = ast.Unparen(e)
		if id, ok := e.(*ast.Ident); ok && name != nil {
			return c.TypesInfo.Uses[id] == name
		}
		return e == f.Lit
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, r := range n.Rhs {
				if len(n.Lhs) != len(n.Rhs) || !is(r) {
					continue
				}
				switch l := ast.Unparen(n.Lhs[i]).(type) {
				case *ast.Ident:
					if v := c.TypesInfo.ObjectOf(l); v != nil && name == nil {
						name = v
					}
				case *ast.SelectorExpr:
					if v, ok := c.TypesInfo.Uses[l.Sel].(*types.Var); ok && v.IsField() {
						fields = append(fields, v)
					}
				}
			}
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok || !is(kv.Value) {
					continue
				}
				besides = append(besides, n)
				if id, ok := kv.Key.(*ast.Ident); ok {
					if v, ok := c.TypesInfo.Uses[id].(*types.Var); ok && v.IsField() {
						fields = append(fields, v)
					}
				}
			}
		}
		return true
	})
	return fields, besides
}

// addressOf returns the field whose address an element of a struct literal is, or
// nil.
func (c *checker) addressOf(e ast.Expr) *types.Var {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		e = kv.Value
	}
	u, ok := ast.Unparen(e).(*ast.UnaryExpr)
	if !ok || u.Op != token.AND {
		return nil
	}
	sel, ok := ast.Unparen(u.X).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	v, _ := c.TypesInfo.Uses[sel.Sel].(*types.Var)
	return v
}

// callsThrough returns the calls of the function that a field holds.
func (c *checker) callsThrough(field *types.Var) []*lockset.Event {
	if c.through != nil {
		return c.through[field]
	}
	c.through = make(map[*types.Var][]*lockset.Event)
	for _, f := range c.locks.Funcs {
		for _, e := range f.Events {
			if e.Kind != lockset.Calls || e.State == nil || f.Test {
				continue
			}
			sel, ok := ast.Unparen(e.Call.Node.Fun).(*ast.SelectorExpr)
			if !ok {
				continue
			}
			if v, ok := c.TypesInfo.Uses[sel.Sel].(*types.Var); ok {
				c.through[v] = append(c.through[v], e)
			}
		}
	}
	return c.through[field]
}
