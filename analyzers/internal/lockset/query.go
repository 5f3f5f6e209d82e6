package lockset

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// JoinedBy reports whether a receive from p, or a Wait on it, means that the
// goroutine is done.
func (g *Spawn) JoinedBy(p *path.Path) bool { return p != nil && g.joinedBy(p) }

// Returned reports whether a return gives the value of a variable.
func (p *Package) Returned(r *Event, v *types.Var) bool {
	ret := r.Node.(*ast.ReturnStmt)
	found := false
	for _, e := range ret.Results {
		ast.Inspect(e, func(n ast.Node) bool {
			if _, ok := n.(*ast.CallExpr); ok {
				return false // an argument is not returned
			}
			if id, ok := n.(*ast.Ident); ok && p.Info.Uses[id] == v {
				found = true
			}
			return !found
		})
	}
	return found
}

// Runs returns the functions of the package that a call runs before it
// returns, as far as is known.
func (p *Package) Runs(e *Event) []*Func {
	var list []*Func
	p.callersOf(e.Func, e, e, func(c *Caller) {
		if !c.Async {
			list = append(list, c.Fn)
		}
	})
	return list
}

// Depth returns the number of calls that lead to the start of a goroutine.
func (g *Spawn) Depth() int { return g.depth }

// Ranged reports whether a variable is the copy of an element that a range
// clause makes.
func (p *Package) Ranged(v *types.Var) bool { return p.ranged[v] != nil }

// Received reports whether a local variable holds what has been received from a channel
// in a field or a parameter, on which one value may come more than once.
func (p *Package) Received(v *types.Var) bool {
	from := p.rangedKey[v]
	if from == nil {
		w := p.Vars.Writes(v)
		if len(w) != 1 {
			return false
		}
		e := w[0].Value
		if e == nil && w[0].Result == 0 {
			e = w[0].Tuple
		}
		u, ok := ast.Unparen(e).(*ast.UnaryExpr)
		if !ok || u.Op != token.ARROW {
			return false
		}
		from = u.X
	}
	t := p.Info.TypeOf(from)
	if t == nil {
		return false
	}
	if _, ok := t.Underlying().(*types.Chan); !ok {
		return false
	}
	ch := p.Of(from)
	if ch == nil {
		return false
	}
	return ch.Kind == path.Field || ch.Kind == path.Var && !path.IsGlobal(ch.Obj) && len(p.Vars.Writes(ch.Obj)) == 0 // a parameter
}

// Element returns a path with the variable of a range clause at its root
// replaced by an element, any, of what is ranged over; p if that is not what
// it starts at.
func (p *Package) Element(q *path.Path) *path.Path {
	root := q.Root()
	x := p.ranged[root.Obj]
	if root.Kind != path.Var || x == nil {
		return q
	}
	if of := p.Of(x); of != nil {
		if r := p.Replace(q, root, p.Elem(of, nil)); r != nil {
			return r
		}
	}
	return q
}

// ForAll reports whether the structs that a loop makes all get one value in a field, that of
// a variable outside of the loop, and no struct gets another one.
func (p *Package) ForAll(field *types.Var) bool {
	if !field.IsField() || field.Pkg() != p.Types || field.Exported() || len(p.Vars.Writes(field)) > 0 || p.Vars.Addressed(field) || len(p.values[field]) != 1 {
		return false
	}
	switch field.Type().Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Interface:
	default:
		return false
	}
	x := p.values[field][0]
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := p.Info.Uses[id].(*types.Var)
	if !ok || len(p.Vars.Writes(v)) > 1 {
		return false
	}
	return slices.ContainsFunc(p.loops, func(l ast.Node) bool {
		return l.Pos() <= x.Pos() && x.End() <= l.End() && (v.Pos() < l.Pos() || l.End() <= v.Pos())
	})
}

// Gives reports whether it is known what a function returns: its callers use that by the
// path that it has.
func (p *Package) Gives(f *Func) bool {
	if f.Obj == nil {
		return false
	}
	result, _ := p.resultOf(f.Obj)
	return result != nil
}

// Called reports whether a function of the package calls f by its name.
func (f *Func) Called() bool {
	return slices.ContainsFunc(f.callers, func(c *Caller) bool {
		return c.Event.Kind == Calls && c.Event.Call.Fn == f && !c.Func.Test
	})
}

// LeftBy returns the goroutines that run on when a function returns there.
func (p *Package) LeftBy(r *Event) []*Spawn { return p.afterDeferred(r.Func, r.State.Live) }

// Joins reports whether the function of an event that receives or waits has waited
// for a goroutine then.
func (p *Package) Joins(e *Event, g *Spawn) bool {
	return e.Kind == Recv && e.State != nil && slices.Contains(e.State.Live, g) && !slices.Contains(p.transfer(e, e.State).Live, g)
}
