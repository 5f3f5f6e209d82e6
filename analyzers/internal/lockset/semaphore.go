package lockset

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// semaphores turns sends and receives on channels of one slot that are used
// as locks into lock events.
func (p *Package) semaphores() {
	if len(p.unit) == 0 {
		return
	}
	type count struct{ send, recv int }
	first := make(map[*types.Var]*count)
	filled := p.filled()
	alone := make(map[*types.Var]*count)
	chanOf := func(e *Event) *types.Var {
		if e.Again || e.Kind != Recv && e.Kind != Signal || e.Path == nil || e.Path.Obj == nil || !p.unit[e.Path.Obj] {
			return nil
		}
		if c, ok := e.Node.(*ast.CallExpr); ok && c != nil {
			return nil // close, or a WaitGroup
		}
		return e.Path.Obj
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
			v := q.Obj
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
			for q := range sends {
				if alone[q.Obj] == nil {
					alone[q.Obj] = new(count)
				}
				alone[q.Obj].send++
			}
			for q := range recvs {
				if alone[q.Obj] == nil {
					alone[q.Obj] = new(count)
				}
				alone[q.Obj].recv++
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

// filled returns the channels of one slot that are made with a token in them, and
// the send that puts it there: to receive it is to take the lock, to send it back is
// to release it.
func (p *Package) filled() map[*types.Var]*Event {
	list := make(map[*types.Var]*Event)
	for _, f := range p.Funcs {
		for _, e := range f.Events {
			send, ok := e.Node.(*ast.SendStmt)
			if e.Kind != Signal || !ok || e.Path == nil || e.Path.Obj == nil || !p.unit[e.Path.Obj] || list[e.Path.Obj] != nil {
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
				list[e.Path.Obj] = e
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
