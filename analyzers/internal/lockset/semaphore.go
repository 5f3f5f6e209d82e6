package lockset

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// semaphores turns sends and receives on channels of one slot that are used
// as locks into lock events.
func (p *Package) semaphores() {
	if len(p.unit) == 0 && len(p.unitType) == 0 {
		return
	}
	type count struct{ send, recv int }
	first := make(map[*types.Var]*count)
	filled := p.filled()
	alone := make(map[*types.Var]*count)
	chanOf := func(e *Event) *types.Var {
		if e.Again || e.Kind != Recv && e.Kind != Signal || e.Path == nil || e.Path.Obj == nil {
			return nil
		}
		if c, ok := e.Node.(*ast.CallExpr); ok && c != nil {
			return nil // close, or a WaitGroup
		}
		return p.slot(e.Path.Obj)
	}
	for _, f := range p.Funcs {
		sends, recvs := map[*path.Path]token.Pos{}, map[*path.Path]token.Pos{}
		note := func(g *Func) {
			for _, e := range g.Events {
				v := chanOf(e)
				if v == nil {
					continue
				}
				m := sends
				if e.Kind == Recv {
					m = recvs
				}
				if at, ok := m[e.Path]; !ok || e.Pos() < at {
					m[e.Path] = e.Pos()
				}
			}
		}
		note(f)
		for _, d := range f.Deferred {
			if d.Call.Fn != nil && d.Call.Fn.Lit != nil {
				note(d.Call.Fn)
			}
		}
		for q, s := range sends {
			r, ok := recvs[q]
			v := p.slot(q.Obj)
			if ok {
				c := first[v]
				if c == nil {
					c = new(count)
					first[v] = c
				}
				if s < r {
					c.send++
				} else {
					c.recv++
				}
			}
		}
		if f.Decl != nil && len(f.Body.List) == 1 && len(f.Events) > 0 {
			only := func(q *path.Path) *count {
				v := p.slot(q.Obj)
				if alone[v] == nil {
					alone[v] = new(count)
				}
				return alone[v]
			}
			for q := range sends {
				only(q).send++
			}
			for q := range recvs {
				only(q).recv++
			}
		}
	}
	for v, c := range alone {
		if first[v] == nil && c.send > 0 && c.recv > 0 {
			first[v] = &count{send: 1}
		}
	}
	for v := range filled {
		if first[v] == nil {
			first[v] = new(count)
		}
	}
	for _, f := range p.Funcs {
		for _, e := range f.Events {
			v := chanOf(e)
			if v == nil || first[v] == nil {
				continue
			}
			if filled[v] == e {
				continue // the token is put in
			}
			if (e.Kind == Signal) == (filled[v] == nil && first[v].send >= first[v].recv) {
				e.Kind, e.Mode = Lock, Exclusive
			} else {
				e.Kind, e.Mode = Unlock, Exclusive
			}
		}
	}
}

// makesSlots notes the size of the channels of a type that has a name: where all have
// one slot, what holds such a channel may be a lock.
func (p *Package) makesSlots(call *ast.CallExpr) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || len(call.Args) == 0 {
		return
	}
	if b, ok := p.Info.Uses[id].(*types.Builtin); !ok || b.Name() != "make" {
		return
	}
	name := chanType(p.Info.TypeOf(call))
	if name == nil {
		return
	}
	rep, seen := p.unitType[name]
	if len(call.Args) == 2 {
		if c := p.Info.Types[call.Args[1]].Value; c != nil && constant.Compare(c, token.EQL, constant.MakeInt64(1)) {
			if !seen {
				rep = types.NewVar(call.Pos(), p.Types, name.Name(), name.Type())
			}
			p.unitType[name] = rep
			return
		}
	}
	p.unitType[name] = nil
}

// slot returns the variable under which a channel of one slot is known: itself, or what
// stands for all channels of its type, where that has a name; nil for other variables.
func (p *Package) slot(v *types.Var) *types.Var {
	if name := chanType(v.Type()); name != nil && p.unitType[name] != nil {
		return p.unitType[name]
	}
	if p.unit[v] {
		return v
	}
	return nil
}

// chanType returns the name of a type whose values are channels, nil for others.
func chanType(t types.Type) *types.TypeName {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil
	}
	if _, ok := named.Underlying().(*types.Chan); !ok {
		return nil
	}
	return named.Obj()
}

// filled returns the channels of one slot that are made with a token in them, and
// the send that puts it there: to receive it is to take the lock, to send it back is
// to release it.
func (p *Package) filled() map[*types.Var]*Event {
	list := make(map[*types.Var]*Event)
	for _, f := range p.Funcs {
		for _, e := range f.Events {
			send, ok := e.Node.(*ast.SendStmt)
			if e.Kind != Signal || !ok || e.Path == nil || e.Path.Obj == nil {
				continue
			}
			v := p.slot(e.Path.Obj)
			if v == nil || list[v] != nil {
				continue
			}
			if at := p.madeAt[e.Path.Obj]; at < f.Body.Pos() || f.Body.End() <= at || p.inSelect(f, send) {
				continue
			}
			// A send that is taken back in the same function is the lock's own.
			left := 0
			for _, o := range f.Events {
				if o.Path == e.Path && !o.Again {
					switch o.Kind {
					case Signal:
						left++
					case Recv:
						left--
					}
				}
			}
			if left > 0 {
				list[v] = e
				if to := p.handed[e.Path.Obj]; to != nil {
					list[to] = e
				}
			}
		}
	}
	return list
}

// inSelect reports whether a send is one of the choices of a select statement.
func (p *Package) inSelect(f *Func, send *ast.SendStmt) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CommClause); ok && c.Comm == send {
			found = true
		}
		return !found && n != nil
	})
	return found
}
