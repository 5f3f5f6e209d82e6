package lockset

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A Summary is what a function does to its caller. Paths start at the
// function's parameters, at variables that it captures, or at package
// variables.
type Summary struct {
	Acquires  []Hold       // held when it returns, taken by it
	Perhaps   []*path.Path // held when it returns on some ways, taken by it
	Releases  []*path.Path // perhaps released by it
	Publishes []*types.Var // parameters that others may reach afterwards
	Waits     []*path.Path // waited for on all ways
	// WaitsIfGood is waited for on all ways but those whose last result tells that the
	// function has failed.
	WaitsIfGood []*path.Path
	// AcquiresIfGood are the locks that it has taken when it returns, unless its last
	// result tells that it has failed.
	AcquiresIfGood []Hold
	Sends          []*path.Path // channels sent on
	Signals        []*path.Path // channels sent on or closed, groups done
	Adds           []*path.Path // groups added to
	Leaks          []*Spawn     // goroutines that may still run when it returns
	Started        bool         // it may start goroutines
	Fresh          bool         // its first result is a value that nothing else refers to
	Params         []ParamUse   // of each parameter that is a function
}

// Dispatched reports whether it is told when the program runs what is called: it is
// a method of an interface, or a function value.
func (c *Call) Dispatched() bool {
	if c.Fn != nil {
		return false
	}
	if c.Obj == nil {
		return true
	}
	recv := c.Obj.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// maxLeaks bounds the goroutines that one function is remembered to leave,
// maxDepth the calls through which they are followed.
const (
	maxLeaks = 8
	maxDepth = 4
)

func (p *Package) summarize(f *Func) {
	s := &f.Summary
	deferredUnlocks := p.deferredUnlocks(f)
	outside := func(q *path.Path) bool {
		r := q.Root()
		return r.Kind == path.Var && (path.IsGlobal(r.Obj) || r == p.Any || !f.Local(r.Obj))
	}
	first := true
	for _, ret := range f.Returns {
		st := ret.State
		if st == nil {
			continue
		}
		var held []Hold
		for _, h := range st.Held {
			if outside(h.Path) && !slices.Contains(deferredUnlocks, h.Path) {
				held = append(held, h)
			}
		}
		if first {
			s.Acquires = held
			s.Waits = st.Waited
		} else {
			for _, h := range slices.Concat(s.Acquires, held) {
				s.Perhaps = with(s.Perhaps, h.Path)
			}
			s.Acquires = inBoth(s.Acquires, held)
			s.Waits = intersect(s.Waits, st.Waited)
		}
		first = false
		// A lock that was taken and released by the same condition is not
		// released for the caller.
		for _, q := range st.Undone {
			if outside(q) && st.hold(q) == nil && !f.locksAtReturn(q, ret) {
				s.Releases = with(s.Releases, q)
			}
		}
		for _, q := range st.Maybe {
			if outside(q) && !slices.Contains(deferredUnlocks, q) {
				s.Perhaps = with(s.Perhaps, q)
			}
		}
		for _, v := range st.Lost {
			if !f.Local(v) {
				s.Publishes = with(s.Publishes, v)
			}
		}
		s.Started = s.Started || st.Started
		for _, g := range p.afterDeferred(f, st.Live) {
			if len(s.Leaks) < maxLeaks && g.depth < maxDepth {
				s.Leaks = with(s.Leaks, g)
			}
		}
	}
	for _, q := range deferredUnlocks {
		taken := false
		for _, e := range f.Events {
			taken = taken || e.Kind == Lock && e.Path == q && !e.Deferred
		}
		if !taken && outside(q) {
			s.Releases = with(s.Releases, q)
		}
	}
	for _, e := range f.Events {
		switch e.Kind {
		case Signal:
			if e.Path != nil && outside(e.Path) && !f.usesAfter(e) {
				s.Signals = with(s.Signals, e.Path)
				if _, send := e.Node.(*ast.SendStmt); send {
					s.Sends = with(s.Sends, e.Path)
				}
			}
		case Adds:
			if e.Path != nil && outside(e.Path) {
				s.Adds = with(s.Adds, e.Path)
			}
		case Recv:
			if e.Deferred && e.Path != nil && outside(e.Path) {
				s.Waits = with(s.Waits, e.Path)
			}
		case Calls:
			if e.Call.Fn == nil {
				for _, r := range e.Call.Funcs {
					if r.Fn != nil && r.Fn.Lit != nil {
						s.Signals = union(s.Signals, r.Fn.Summary.Signals)
					}
				}
				continue
			}
			for _, q := range e.Call.Fn.Summary.Signals {
				if q = p.toCaller(q, e.Call); q != nil && outside(q) {
					s.Signals = with(s.Signals, q)
				}
			}
			for _, q := range e.Call.Fn.Summary.Adds {
				if q = p.toCaller(q, e.Call); q != nil && outside(q) {
					s.Adds = with(s.Adds, q)
				}
			}
			for _, r := range e.Call.Funcs {
				if r.Fn != nil && r.Fn.Lit != nil {
					s.Signals = union(s.Signals, r.Fn.Summary.Signals)
				}
			}
		}
	}
	s.WaitsIfGood = p.waitsIfGood(f)
	p.acquiresIfGood(f, func(q *path.Path) bool { return outside(q) && !slices.Contains(deferredUnlocks, q) })
	s.Fresh = p.returnsFresh(f)
	p.paramUses(f)
}

// usesAfter reports whether f uses a map after a signal, on all ways to that
// use: the signal does not tell that it is done.
func (f *Func) usesAfter(signal *Event) bool {
	if signal.Deferred {
		return false
	}
	return slices.ContainsFunc(f.Events, func(e *Event) bool {
		return e.Kind == Access && e.State != nil && e.Op != Compare && slices.Contains(e.State.Signalled, signal.Path) &&
			e.Path.Root().Kind == path.Var && !f.Local(e.Path.RootVar())
	})
}

// deferredUnlocks returns the locks that f releases when it returns.
func (p *Package) deferredUnlocks(f *Func) []*path.Path {
	var list []*path.Path
	for _, e := range f.Events {
		if !e.Deferred {
			continue
		}
		switch e.Kind {
		case Unlock:
			list = with(list, e.Path)
		case Calls:
			if e.Call.Fn != nil {
				for _, q := range e.Call.Fn.Summary.Releases {
					if q = p.toCaller(q, e.Call); q != nil {
						list = with(list, q)
					}
				}
			}
		case ReleaseOf:
			for _, h := range e.Call.Fn.Summary.taken() {
				if q := p.toCaller(h.Path, e.Call); q != nil {
					list = with(list, q)
				}
			}
		}
	}
	return list
}

// locksAtReturn reports whether a deferred call takes a lock at a return.
func (f *Func) locksAtReturn(q *path.Path, ret *Event) bool {
	return slices.ContainsFunc(f.Events, func(e *Event) bool {
		return e.Kind == Lock && e.Deferred && e.Path == q && e.Pos() < ret.Pos()
	})
}

// afterDeferred returns the goroutines that run on after the deferred calls of f.
func (p *Package) afterDeferred(f *Func, live []*Spawn) []*Spawn {
	if len(live) == 0 {
		return nil
	}
	var waits []*path.Path
	for _, e := range f.Events {
		if !e.Deferred {
			continue
		}
		switch e.Kind {
		case Recv:
			waits = append(waits, e.Path)
		case Calls:
			if fn := e.Call.Fn; fn != nil {
				for _, q := range fn.Summary.Waits {
					if q = p.toCaller(q, e.Call); q != nil {
						waits = append(waits, q)
					}
				}
			}
		}
	}
	var list []*Spawn
	for _, g := range live {
		joined := false
		for _, w := range waits {
			joined = joined || g.joinedBy(w)
		}
		if !joined {
			list = append(list, g)
		}
	}
	return list
}

// returnsFresh reports whether all returns of f give a value that nothing
// else refers to.
func (p *Package) returnsFresh(f *Func) bool {
	if f.Decl == nil || f.Decl.Type.Results == nil || len(f.Returns) == 0 {
		return false
	}
	some := false
	for _, r := range f.Returns {
		ret := r.Node.(*ast.ReturnStmt)
		if r.State == nil {
			continue
		}
		if len(ret.Results) == 0 {
			// A named result, or a call that is the end of the function.
			if len(f.Decl.Type.Results.List[0].Names) == 0 {
				return false
			}
			v, _ := p.Info.Defs[f.Decl.Type.Results.List[0].Names[0]].(*types.Var)
			if v == nil || !slices.Contains(r.State.Fresh, v) {
				return false
			}
			some = true
			continue
		}
		e := ast.Unparen(ret.Results[0])
		if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
			e = ast.Unparen(u.X)
		}
		switch e := e.(type) {
		case *ast.CompositeLit:
			some = true
			continue
		case *ast.Ident:
			if p.Info.Types[e].IsNil() {
				continue
			}
			if v, ok := p.Info.Uses[e].(*types.Var); ok && slices.Contains(r.State.Fresh, v) {
				some = true
				continue
			}
		case *ast.CallExpr:
			if fn := typeutil.StaticCallee(p.Info, e); fn != nil {
				if g := p.byObj[fn.Origin()]; g != nil && g.Summary.Fresh {
					some = true
					continue
				}
			}
		}
		return false
	}
	return some
}

// spawnsOf returns the goroutines that a call starts and does not wait for, and
// those in which a callee runs the functions that it is given.
func (p *Package) spawnsOf(e *Event) []*Spawn {
	if e.spawnsDone {
		return e.spawns
	}
	e.spawnsDone = true
	c := e.Call
	if c.Fn == nil {
		p.spawnsBehind(e)
		return e.spawns
	}
	for _, leak := range c.Fn.Summary.Leaks {
		if leak.Param != nil {
			continue // the argument is known here
		}
		g := &Spawn{Kind: leak.Kind, Node: c.Node, Multi: leak.Multi, Via: c, Inner: leak, Event: e, depth: leak.depth + 1}
		for _, q := range leak.signals {
			if q = p.toCaller(q, c); q != nil {
				g.signals = append(g.signals, q)
			}
		}
		for _, q := range leak.waited {
			if q = p.toCaller(q, c); q != nil {
				g.waited = append(g.waited, q)
			}
		}
		if leak.Joined != nil {
			g.Joined = p.toCaller(leak.Joined, c)
		}
		if leak.pool != nil {
			g.pool = p.toCaller(leak.pool, c)
		}
		e.spawns = append(e.spawns, g)
	}
	p.answers(c, e.spawns)
	for i, r := range c.Funcs {
		if r.Fn == nil {
			continue
		}
		if u := c.use(i); u != nil && u.Async {
			g := p.runner(e, r, u)
			for _, q := range u.Signals {
				if q = p.toCaller(q, c); q != nil {
					g.signals = append(g.signals, q)
				}
			}
			if u.Pool && len(c.Args) > 0 {
				g.pool = c.Args[0]
			}
			e.spawns = append(e.spawns, g)
		}
	}
	return e.spawns
}

// runner returns the goroutine in which the callee of an event runs one of its arguments.
func (p *Package) runner(e *Event, r FuncRef, u *ParamUse) *Spawn {
	g := &Spawn{Kind: Runner, Node: e.Call.Node, Ref: r, Multi: u.Multi, Contained: u.Contained, Executor: u.Executor, Once: u.Once, Event: e}
	p.findSignals(e.Func, g)
	return g
}

// spawnsBehind finds the goroutines in which the one method of the package that the call
// of an interface's method can run runs the functions that it is given.
func (p *Package) spawnsBehind(e *Event) {
	c := e.Call
	m := p.onlyImplementation(c)
	if m == nil {
		return
	}
	for i, r := range c.Funcs {
		if r.Fn == nil || i >= len(m.Params) {
			continue
		}
		if u := m.Summary.Param(i); u != nil && u.Async && u.Executor == nil {
			g := p.runner(e, r, u)
			if len(c.Args) > 0 {
				g.pool = c.Args[0]
			}
			e.spawns = append(e.spawns, g)
		}
	}
}

// SpawnsOf returns the goroutines that an event starts.
func (p *Package) SpawnsOf(e *Event) []*Spawn {
	switch e.Kind {
	case Starts:
		return []*Spawn{e.Go}
	case Calls:
		return p.spawnsOf(e)
	}
	return nil
}

// findSignals finds by what the goroutine g that f starts tells that it is done.
func (p *Package) findSignals(f *Func, g *Spawn) {
	fn := g.Ref.Fn
	if fn == nil {
		return
	}
	args := g.arguments()
	for _, q := range fn.Summary.Signals {
		q = p.translate(q, fn, args)
		if q == nil {
			continue
		}
		// A group that the goroutine adds itself to may be waited for before
		// it has started, unless its starter adds to it too.
		added := slices.ContainsFunc(fn.Summary.Adds, func(a *path.Path) bool { return p.translate(a, fn, args) == q })
		for o := f; o != nil && added; o = o.Outer {
			added = !slices.ContainsFunc(o.Events, func(e *Event) bool { return e.Kind == Adds && e.Path == q })
		}
		if !added {
			g.signals = append(g.signals, q)
		}
	}
	for _, q := range fn.waitedAtSignals() {
		if q = p.translate(q, fn, args); q != nil {
			g.waited = append(g.waited, q)
		}
	}
	for _, q := range fn.Summary.Sends {
		if q = p.translate(q, fn, args); q != nil {
			g.sends = append(g.sends, q)
		}
	}
}

// waitedAtSignals returns what f has waited for at all places where it tells that
// it is done.
func (f *Func) waitedAtSignals() []*path.Path {
	list := f.Summary.Waits
	for _, e := range f.Events {
		if e.Kind == Signal && !e.Deferred && e.State != nil {
			list = intersect(list, e.State.Waited)
		}
	}
	return list
}

// arguments returns what the goroutine's function gets, the receiver first.
func (g *Spawn) arguments() []*path.Path {
	if len(g.Args) == 0 && g.Ref.Recv != nil {
		return []*path.Path{g.Ref.Recv}
	}
	return g.Args
}

// told returns where it is seen that the goroutine is done.
func (g *Spawn) told() []*path.Path {
	if g.Joined == nil {
		return g.signals
	}
	return with(g.signals, g.Joined)
}

// joinedBy reports whether a receive from p, or a Wait on it, means that the
// goroutine is done.
func (g *Spawn) joinedBy(p *path.Path) bool {
	if g.Kind == Group && g.Joined != nil && (p == nil || g.Joined == p || same(g.Joined, p)) {
		return true
	}
	if g.pool != nil && p != nil && p.Has(g.pool) {
		return true
	}
	if p == nil {
		return true // unknown what it waits for: perhaps this
	}
	for _, q := range g.signals {
		if q == p || same(p, q) {
			return true
		}
	}
	return false
}

// same reports whether two paths end in the same field, which is taken for
// the same group or channel.
func same(p, q *path.Path) bool {
	return p.Kind == path.Field && q.Kind == path.Field && p.Obj == q.Obj
}
