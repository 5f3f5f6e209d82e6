package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// abandoned reports structs that are returned while goroutines still write to their
// maps under a lock which is a local variable, and such maps themselves: the caller
// cannot take the lock. On other ways the function waits for the goroutines.
func (c *checker) abandoned() {
	for _, f := range c.locks.Funcs {
		if f.Decl == nil || f.Test {
			continue
		}
		for _, r := range f.Returns {
			if r.State == nil || len(r.State.Live) == 0 {
				continue
			}
			ret := r.Node.(*ast.ReturnStmt)
			for _, e := range ret.Results {
				if lit := literal(e); lit != nil { // report{sums: j.sums}
					for _, x := range lit.Elts {
						if kv, ok := x.(*ast.KeyValueExpr); ok {
							x = kv.Value
						}
						c.abandonsMap(f, r, x)
					}
					continue
				}
				id, ok := ast.Unparen(e).(*ast.Ident)
				if !ok {
					c.abandonsMap(f, r, e)
					continue
				}
				if v, ok := c.TypesInfo.Uses[id].(*types.Var); ok && f.Local(v) && named(v.Type()) != nil {
					c.abandons(f, r, id, v)
				}
			}
		}
	}
}

// abandons reports one result of a return.
func (c *checker) abandons(f *lockset.Func, r *lockset.Event, id *ast.Ident, v *types.Var) {
	root := c.locks.Var(v)
	for _, g := range c.locks.LeftBy(r) {
		if !slices.ContainsFunc(f.Events, func(e *lockset.Event) bool { return c.locks.Joins(e, g) }) {
			continue // it waits in a way that is not understood, or leaves it on purpose
		}
		for _, a := range c.locks.SpawnAccs(g) {
			if !a.Op.Writes() || a.Path.Root() != root || a.Path == root || !fieldsOnly(a.Path) || len(a.Held) == 0 {
				continue
			}
			own := !slices.ContainsFunc(a.Held, func(h lockset.Hold) bool {
				l := h.Path.Root()
				return l == root || l.Kind != path.Var || !f.Local(l.Obj)
			})
			if own {
				c.report(rule.Likely, id.Pos(), c.leftBehind(g, a), "%s is returned while the goroutine started at %s may still write to %s under %s, which the caller does not have (%s)",
					id.Name, c.at(g.Node.Pos()), a.Path, a.Held[0].Path, c.at(a.At.Pos()))
				return
			}
		}
	}
}

// abandonsMap reports a result that is a map in a local struct, which stays behind with
// its lock.
func (c *checker) abandonsMap(f *lockset.Func, r *lockset.Event, e ast.Expr) {
	p := c.locks.Of(e)
	if p == nil || p.Kind != path.Field || !fieldsOnly(p) || mapops.MapType(p.Obj.Type()) == nil || p.RootVar() == nil || !f.Local(p.RootVar()) {
		return
	}
	for _, g := range c.locks.LeftBy(r) {
		if !slices.ContainsFunc(f.Events, func(e *lockset.Event) bool { return c.locks.Joins(e, g) }) {
			continue
		}
		for _, a := range c.locks.SpawnAccs(g) {
			if a.Op.Writes() && a.Path == p && len(a.Held) > 0 {
				c.outdo(e.Pos()) // that b is made here does not matter
				c.report(rule.Likely, e.Pos(), c.leftBehind(g, a),
					"%s is returned while the goroutine started at %s may still write to it under %s (%s)",
					p, c.at(g.Node.Pos()), a.Held[0].Path, c.at(a.At.Pos()))
				return
			}
		}
	}
}

func (c *checker) leftBehind(g *lockset.Spawn, a *lockset.Acc) []analysis.RelatedInformation {
	return []analysis.RelatedInformation{
		{Pos: a.At.Pos(), Message: "write to " + a.Path.String() + " in the goroutine"},
		{Pos: g.Node.Pos(), Message: "the goroutine is started here"},
	}
}

// literal returns the composite literal that an expression is, or whose address it is.
func literal(e ast.Expr) *ast.CompositeLit {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}

// fieldsOnly reports whether a path leads from its variable through fields alone.
func fieldsOnly(p *path.Path) bool {
	for ; p.Parent != nil; p = p.Parent {
		if p.Kind != path.Field {
			return false
		}
	}
	return true
}
