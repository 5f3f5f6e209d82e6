package lockset

import (
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// An Acc is an access that a function makes, itself or through the functions
// that it calls, in terms of the function.
type Acc struct {
	Path   *path.Path
	Op     Op
	Held   []Hold
	Waited []*path.Path // waited for before, in the function itself
	At     *Event       // the access
	Top    *Event       // the access, or the call of the function that leads to it
}

// maxAccs bounds the accesses remembered of one function, and of one goroutine
// with those that it starts.
const maxAccs = 128

// Accs returns the accesses of f and of what it calls.
func (p *Package) Accs(f *Func) []*Acc {
	if f.accsOK {
		return f.accs
	}
	f.accsOK = true // a recursive call adds nothing new
	type key struct {
		path  *path.Path
		locks int
		first *path.Path
		at    *Event
	}
	seen := make(map[key]bool)
	var list []*Acc
	add := func(a *Acc) {
		k := key{path: a.Path, locks: len(a.Held), at: a.At}
		if len(a.Held) > 0 {
			k.first = a.Held[0].Path
		}
		if !seen[k] && len(list) < maxAccs {
			seen[k] = true
			list = append(list, a)
		}
	}
	for _, e := range f.Events {
		if e.State == nil {
			continue
		}
		switch e.Kind {
		case Access:
			if q := p.Given(e, e.Path); q != nil && e.Op.Writes() && !p.IsPrivate(e, q) {
				add(&Acc{Path: q, Op: e.Op, Held: e.State.Held, Waited: e.State.Waited, At: e, Top: e})
			}
			root := e.Path.Root()
			if root.Kind != path.Var || p.IsPrivate(e, e.Path) || e.Op == Compare || p.HoldsNew(e, e.Expr) {
				continue
			}
			add(&Acc{Path: e.Path, Op: e.Op, Held: e.State.Held, Waited: e.State.Waited, At: e, Top: e})
		case Calls:
			p.calleeAccs(e, add)
		}
	}
	f.accs = list
	return list
}

// calleeAccs adds the accesses of what an event calls.
func (p *Package) calleeAccs(e *Event, add func(*Acc)) {
	c := e.Call
	from := func(fn *Func, args []*path.Path, between []Hold) {
		for _, a := range p.Accs(fn) {
			q := p.translateAt(a.Path, fn, args, a.Top)
			if q != nil && a.Op.Writes() {
				if from := p.Given(e, q); from != nil {
					q = from
				}
			}
			if q == nil || q.Root().Kind != path.Var || p.IsPrivate(e, q) {
				continue
			}
			if i := fn.Param(a.Path.RootVar()); fn == c.Fn && i >= 0 && i < len(c.Exprs) && p.HoldsNew(e, c.Exprs[i]) {
				continue
			}
			t := &Acc{Path: q, Op: a.Op, At: a.At, Top: e, Held: slices.Concat(e.State.Held, between), Waited: e.State.Waited}
			for _, h := range a.Held {
				if h.Path = p.translate(h.Path, fn, args); h.Path != nil {
					t.Held = append(t.Held, h)
				}
			}
			for _, w := range a.Waited {
				if w = p.translate(w, fn, args); w != nil {
					t.Waited = with(t.Waited, w)
				}
			}
			add(t)
		}
	}
	if c.Fn == nil {
		p.factAccs(e, add)
		if m := p.onlyImplementation(c); m != nil {
			from(m, c.Args, nil)
		}
	}
	if c.Fn != nil && !p.once[c.Fn] {
		from(c.Fn, c.Args, nil)
	}
	for i, r := range c.Funcs {
		if r.Fn == nil {
			continue
		}
		var args []*path.Path
		if r.Recv != nil {
			args = []*path.Path{r.Recv}
		}
		var between []Hold // what the callee holds while it calls its argument
		if c.Fn != nil {
			u := c.use(i)
			if u == nil || u.Async || u.Kept {
				continue
			}
			args = p.callbackArgs(r, u, c)
			for _, h := range u.Held {
				if h.Path = p.toCaller(h.Path, c); h.Path != nil {
					between = append(between, h)
				}
			}
		} else if c.Obj != nil && c.Obj.Pkg() != nil {
			if p.started(c, i) || keeps(c.Obj) && !blocksIn(e) {
				continue
			}
			if fact := p.external(c.Obj); fact != nil {
				between = p.factHolds(fact.holds(i), c)
			}
		}
		from(r.Fn, args, between)
	}
}

// blocksIn reports whether a call takes a context in a goroutine of its own: what it does
// with the functions that it is given, it does beside the one who has started that.
func blocksIn(e *Event) bool {
	params := e.Call.Obj.Signature().Params()
	return params.Len() > 0 && isNamed(params.At(0).Type(), "context", "Context") && e.Func.Lit != nil &&
		slices.ContainsFunc(e.Func.callers, func(c *Caller) bool { return c.Async })
}

// factAccs adds the writes of a function of another package to maps that its
// arguments, or its receiver, lead to.
func (p *Package) factAccs(e *Event, add func(*Acc)) {
	fact := p.external(e.Call.Obj)
	if fact == nil {
		return
	}
	for _, l := range fact.Fields {
		q := p.FromFact(l, e.Call)
		if q == nil || q.Root().Kind != path.Var || p.IsPrivate(e, q) {
			continue
		}
		at := &Event{Kind: Access, Node: e.Node, Path: q, Op: Insert, Expr: e.Call.Node, State: e.State, Func: e.Func, Foreign: true}
		add(&Acc{Path: q, Op: Insert, Held: e.State.Held, Waited: e.State.Waited, At: at, Top: e})
	}
}

// SpawnAccs returns the accesses of a goroutine, in terms of the function
// that starts it.
func (p *Package) SpawnAccs(g *Spawn) []*Acc {
	if !g.accsOK {
		g.accs, g.accsOK = p.spawnAccs(g, 0), true
	}
	return g.accs
}

// spawnAccs includes the goroutines that the goroutine leaves behind, down to
// a depth.
func (p *Package) spawnAccs(g *Spawn, depth int) []*Acc {
	if depth > maxDepth {
		return nil
	}
	if g.Inner != nil {
		return p.translateAccs(p.spawnAccs(g.Inner, depth+1), g.Via.Fn, g.Via.Args)
	}
	if g.Ref.Fn == nil {
		return nil
	}
	accs := p.Accs(g.Ref.Fn)
	if depth < maxDepth {
		for _, leak := range g.Ref.Fn.Summary.Leaks {
			if leak != g && leak.Innermost().Ref.Fn != g.Ref.Fn && leak.Innermost().Executor == nil && len(accs) < maxAccs {
				more := p.spawnAccs(leak, depth+1)
				accs = append(slices.Clip(accs), more[:min(len(more), maxAccs-len(accs))]...)
			}
		}
	}
	return p.translateAccs(accs, g.Ref.Fn, g.arguments())
}

func (p *Package) translateAccs(accs []*Acc, fn *Func, args []*path.Path) []*Acc {
	var list []*Acc
	for _, a := range accs {
		q := p.translateAt(a.Path, fn, args, a.Top)
		if q == nil || q.Root().Kind != path.Var {
			continue
		}
		t := &Acc{Path: q, Op: a.Op, At: a.At, Top: a.Top}
		for _, h := range a.Held {
			if h.Path = p.translate(h.Path, fn, args); h.Path != nil {
				t.Held = append(t.Held, h)
			}
		}
		for _, w := range a.Waited {
			if w = p.translate(w, fn, args); w != nil {
				t.Waited = append(t.Waited, w)
			}
		}
		list = append(list, t)
	}
	return list
}
