package lockset

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// solveAll solves the functions, callees first.
func (p *Package) solveAll() {
	for _, f := range p.Funcs {
		p.visit(f)
	}
}

// visit solves f after the functions that it calls or starts. Functions that
// call each other are solved with what is known of the first: nothing.
func (p *Package) visit(f *Func) {
	if f.state != 0 {
		return
	}
	f.state = 1
	for _, e := range f.Events {
		switch e.Kind {
		case Calls, ReleaseOf, Yields:
			if e.Call.Fn != nil {
				p.visit(e.Call.Fn)
			} else if e.Call.Obj != nil {
				for _, m := range p.implementations(e.Call) {
					if !leadsBack(m, 3) {
						p.visit(m)
					}
				}
			}
			for _, r := range e.Call.Funcs {
				if r.Fn != nil {
					p.visit(r.Fn)
				}
			}
		case Starts:
			if fn := e.Go.Innermost().Ref.Fn; fn != nil {
				p.visit(fn)
			}
		}
	}
	for _, e := range f.Events {
		if e.Kind == Starts {
			p.findSignals(f, e.Go)
		}
	}
	p.solve(f)
	p.summarize(f)
	p.startsItself(f)
	f.state = 2
	p.order = append(p.order, f)
}

// leadsBack reports whether a method calls what is being solved: then that is its
// callee, for sure, while the interface may as well lead to another method.
func leadsBack(f *Func, depth int) bool {
	if f.state != 0 || depth == 0 {
		return f.state == 1
	}
	return slices.ContainsFunc(f.Events, func(e *Event) bool {
		return e.Kind == Calls && e.Call.Fn != nil && leadsBack(e.Call.Fn, depth-1)
	})
}

// startsItself finds by what the goroutines tell that they are done which run the
// function that starts them: that is known only now.
func (p *Package) startsItself(f *Func) {
	for _, g := range append([]*Func{f}, f.lits...) {
		for _, e := range g.Events {
			if e.Kind == Starts && e.Go.Ref.Fn == f {
				e.Go.signals, e.Go.sends, e.Go.waited = nil, nil, nil
				p.findSignals(g, e.Go)
			}
		}
	}
}

// solve finds the state before each event of f.
func (p *Package) solve(f *Func) {
	if len(f.blocks) == 0 {
		return
	}
	f.blocks[0].in = empty
	queue := []int32{0}
	queued := make([]bool, len(f.blocks))
	steps := 0
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		queued[i] = false
		b := &f.blocks[i]
		s := b.in
		for _, e := range b.events {
			e.State = s // for good when the block is not visited again
			s = p.transfer(e, s)
			steps++
		}
		if steps > maxSteps {
			f.GaveUp = true
			p.GaveUp = append(p.GaveUp, f)
			for _, b := range f.blocks {
				for _, e := range b.events {
					e.State = nil
				}
			}
			f.Events, f.Returns, f.Deferred, f.blocks = nil, nil, nil, nil
			return
		}
		for k, succ := range b.succs {
			out := s
			if k < 2 && b.never[k] {
				continue
			}
			if k < 2 {
				for _, l := range b.tries[k] {
					out = p.transfer(l, out)
				}
			}
			next := &f.blocks[succ]
			in := out
			if next.in != nil {
				in = merge(next.in, out)
				if in.equal(next.in) {
					continue
				}
			}
			next.in = in
			if !queued[succ] {
				queued[succ] = true
				queue = append(queue, succ)
			}
		}
	}
}

// maxSteps bounds the transfers of one function's data flow.
const maxSteps = 300_000

// transfer returns the state after an event.
func (p *Package) transfer(e *Event, s *State) *State {
	if e.Deferred {
		return s
	}
	switch e.Kind {
	case Access:
		if e.Op == Sent && e.Path.Kind == path.Var && !path.IsGlobal(e.Path.Obj) {
			return s.give(e)
		}
	case Lock:
		return s.lock(Hold{Path: e.Path, Mode: e.Mode, At: e.Node, Try: e.Try})
	case Unlock:
		return s.unlock(e.Path)
	case Fresh:
		if e.Call != nil && e.Call.Fn == nil {
			if fact := p.external(e.Call.Obj); fact == nil || !fact.Fresh {
				return p.publish(s.replaced(e.Var), e.Var)
			}
			return s.fresh(e.Var)
		}
		if e.Call != nil && !e.Call.Fn.Summary.Fresh {
			return p.publish(s.replaced(e.Var), e.Var)
		}
		return s.fresh(e.Var)
	case Publish:
		if e.Go != nil && !p.leaksOut(e.Go, e.Var) && (slices.Contains(s.Fresh, e.Var) || !e.Func.Local(e.Var)) {
			// It is lent to a goroutine: until that has been waited for, see
			// IsFresh, it is not fresh.
			return s
		}
		if e.Var != nil {
			return p.publish(s, e.Var)
		}
		if root := e.Path.RootVar(); slices.Contains(s.Fresh, root) {
			return s // reachable from what nobody else can reach
		}
		p.carried(e.Node, func(_ *ast.Ident, v *types.Var) { s = p.publishIn(s, v, e.Path.RootVar()) })
		return s
	case Signal:
		if e.Path != nil && !slices.Contains(s.Signalled, e.Path) {
			s = s.copy()
			s.Signalled = with(s.Signalled, e.Path)
		}
	case Recv:
		return s.wait(e.Path, e.One)
	case Starts:
		if e.Go.Kind == Handler || e.Go.Contained {
			return s // it runs when the server has been started, or has ended
		}
		return s.start(e.Go)
	case Yields:
		u := e.Call.Fn.Summary.Param(len(e.Call.Fn.Params) - 1)
		if u == nil {
			return s
		}
		for _, h := range u.Held {
			if q := p.yielded(h.Path, e.Call); q == nil {
				continue
			} else if e.Again {
				s = s.unlock(q)
			} else {
				s = s.lock(Hold{Path: q, Mode: h.Mode, At: e.Node})
			}
		}
	case Tells:
		if e.Call.Fn == nil {
			for _, h := range p.factHolds(p.external(e.Call.Obj).AcquiresIfGood, e.Call) {
				s = s.lock(h)
			}
			return s
		}
		s = p.acquired(e.Call.Fn.Summary.AcquiresIfGood, e.Call, s)
		for _, q := range e.Call.Fn.Summary.WaitsIfGood {
			if q = p.toCaller(q, e.Call); q != nil {
				s = s.wait(q, false)
			}
		}
	case ReleaseOf:
		for _, h := range e.Call.Fn.Summary.taken() {
			if q := p.toCaller(h.Path, e.Call); q != nil {
				s = s.unlock(q)
			}
		}
	case Calls:
		return p.called(e, s)
	}
	return s
}

// publish records that the value of v can be reached by others, and what it
// refers to with it.
func (p *Package) publish(s *State, v *types.Var) *State { return p.publishIn(s, v, nil) }

// publishIn is publish, of what is stored in the value of root: that leads to itself
// then, which tells nobody else of it.
func (p *Package) publishIn(s *State, v, root *types.Var) *State {
	todo := []*types.Var{v}
	for i := 0; i < len(todo) && i < 64; i++ {
		if todo[i] == root {
			continue
		}
		s = s.publish(todo[i])
		todo = union(todo, p.contains[todo[i]])
	}
	return s
}

// leaksOut reports whether a goroutine makes a variable of its starter
// reachable by others than itself.
func (p *Package) leaksOut(g *Spawn, v *types.Var) bool {
	for ; g.Inner != nil; g = g.Inner {
		if arg := g.Via.arg(v); arg == nil {
			break
		}
	}
	fn := g.Ref.Fn
	if fn == nil || g.Kind == Handler || len(fn.Summary.Leaks) > 0 {
		return true
	}
	args := g.arguments()
	for _, w := range fn.Summary.Publishes {
		if w == v {
			return true
		}
		if i := fn.Param(w); i >= 0 && i < len(args) && args[i] != nil && args[i].RootVar() == v {
			return true
		}
	}
	return false
}

// called applies what is known of a callee.
func (p *Package) called(e *Event, s *State) *State {
	c := e.Call
	for _, g := range p.spawnsOf(e) {
		for _, v := range p.reach(g) {
			if p.leaksOut(g, v) || !slices.Contains(s.Fresh, v) && e.Func.Local(v) {
				s = p.publish(s, v)
			}
		}
		if !g.Contained {
			s = s.start(g)
		}
	}
	if c.Fn == nil {
		return p.calledElsewhere(c, s)
	}
	sum := &c.Fn.Summary
	for _, q := range sum.Releases {
		if q = p.toCaller(q, c); q != nil {
			q, _ = p.normal(q, Shared)
			s = s.unlock(q)
		}
	}
	for _, q := range sum.Perhaps {
		if q = p.toCaller(q, c); q != nil {
			q, _ = p.normal(q, Shared)
			s = s.maybe(q)
		}
	}
	s = p.acquired(sum.Acquires, c, s)
	for _, v := range sum.Publishes {
		if arg := c.arg(v); arg != nil && arg.Parent == nil && arg.Kind == path.Var && !path.IsGlobal(arg.Obj) {
			s = p.publish(s, arg.Obj)
		} else if arg == nil && c.Fn.Param(v) < 0 {
			s = p.publish(s, v) // a variable that the literal captures
		}
	}
	for _, q := range sum.Waits {
		if q = p.toCaller(q, c); q != nil {
			s = s.wait(q, false)
		}
	}
	if sum.Started && !s.Started {
		s = s.copy()
		s.Started = true
	}
	return s
}

// acquired returns the state when a callee has taken locks.
func (p *Package) acquired(list []Hold, c *Call, s *State) *State {
	for _, h := range list {
		if q := p.toCaller(h.Path, c); q != nil {
			q, mode := p.normal(q, h.Mode)
			s = s.lock(Hold{Path: q, Mode: mode, At: c.Node})
		}
	}
	return s
}

// normal returns the lock that a path means, and how it is held: a path may be
// the reading half of a lock, or a struct that embeds it and is used as a
// sync.Locker.
func (p *Package) normal(q *path.Path, mode Mode) (*path.Path, Mode) {
	if q.Kind == path.ReadHalf {
		return q.Parent, Shared
	}
	if q.Obj == nil || q.Kind == path.Up {
		return q, mode
	}
	t := q.Obj.Type()
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if _, ok := t.Underlying().(*types.Struct); !ok {
		return q, mode
	}
	_, index, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, p.Types, "Lock")
	if len(index) < 2 {
		return q, mode
	}
	for _, i := range index[:len(index)-1] {
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return q, mode
		}
		f := s.Field(i)
		q, t = p.Field(q, f), f.Type()
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
	}
	return q, mode
}

// arg returns the path that a call gives a parameter of its callee, or nil.
func (c *Call) arg(v *types.Var) *path.Path {
	if c.Fn == nil {
		return nil
	}
	if i := c.Fn.Param(v); i >= 0 && i < len(c.Args) {
		return c.Args[i]
	}
	return nil
}

// toCaller translates a path of a call's callee to its caller, nil if the
// caller cannot name it.
func (p *Package) toCaller(q *path.Path, c *Call) *path.Path {
	return p.translate(q, c.Fn, c.Args)
}

// translate gives a path of fn in terms of the arguments that it is called with.
func (p *Package) translate(q *path.Path, fn *Func, args []*path.Path) *path.Path {
	return p.translateAt(q, fn, args, nil)
}

// translateAt does so for what fn denotes by the path at an event of its own.
func (p *Package) translateAt(q *path.Path, fn *Func, args []*path.Path, at *Event) *path.Path {
	root := q.Root()
	if root.Kind != path.Var {
		return nil
	}
	v := root.Obj
	keyed := func(q *path.Path) *path.Path {
		return p.Rekey(q, func(k any) any {
			v, sel := path.KeyVar(k)
			if v == nil || fn.Param(v) < 0 {
				return k
			}
			if i := fn.Param(v); i < len(args) && args[i] != nil {
				switch a := args[i]; {
				case a.Kind == path.Var && sel != nil:
					return [2]types.Object{a.Obj, sel}
				case a.Kind == path.Var:
					return a.Obj
				case a.Kind == path.Field && a.Parent.Kind == path.Var && sel == nil:
					return [2]types.Object{a.Parent.Obj, a.Obj}
				}
			}
			return path.Unknown{By: fn}
		})
	}
	if path.IsGlobal(v) || root == p.Any {
		return keyed(q)
	}
	if i := fn.Param(v); i >= 0 {
		if i >= len(args) || args[i] == nil || p.replacedParam(fn, v, q, at) {
			return nil
		}
		return p.Through(p.Replace(keyed(q), root, args[i]))
	}
	if fn.Lit != nil && !fn.Local(v) {
		return keyed(q) // captured: the same variable
	}
	return nil
}

// replacedParam reports whether a function gives a parameter, or the field of a
// struct that it got as a copy, another value: then it does not stand for the
// argument any more.
func (p *Package) replacedParam(fn *Func, v *types.Var, q *path.Path, at *Event) bool {
	for _, w := range p.Vars.Writes(v) {
		if w.Part {
			continue
		}
		// md = traced(md): the call still gets the argument.
		before := at != nil && (w.Pos > at.Pos() || w.Value != nil && w.Value.Pos() <= at.Pos() && at.Pos() < w.Value.End())
		if !before {
			return true
		}
	}
	if _, ok := v.Type().Underlying().(*types.Struct); !ok {
		return false
	}
	steps := q.Steps()
	if len(steps) < 2 || steps[1].Kind != path.Field {
		return false
	}
	for _, w := range p.Vars.Writes(steps[1].Obj) {
		if fn.Body.Pos() <= w.Pos && w.Pos < fn.Body.End() {
			return true
		}
	}
	return false
}

// toCallee translates a path of a caller to the callee's parameters, nil if
// the callee cannot name it.
func (p *Package) toCallee(q *path.Path, fn *Func, args []*path.Path) *path.Path {
	root := q.Root()
	if root.Kind == path.Var && path.IsGlobal(root.Obj) || root == p.Any {
		return q
	}
	var best *path.Path
	for i, a := range args {
		if a == nil || i >= len(fn.Params) || fn.Params[i] == nil || a.Root() != root {
			continue
		}
		if r := p.Relative(q, a, p.Var(fn.Params[i])); r != nil && (best == nil || r.Len < best.Len) {
			best = r
		}
	}
	if best == nil && fn.Lit != nil && root.Kind == path.Var && !fn.Local(root.Obj) {
		return q
	}
	for i, a := range args {
		if best == nil && a != nil && a.Kind == path.Var && i < len(fn.Params) && fn.Params[i] != nil {
			best = p.throughField(q, a.Obj, fn.Params[i])
		}
	}
	return best
}

// throughField returns the path that a function with the parameter to has for q, where it
// is given a local struct one of whose fields was made with what q starts at:
// w := &walker{tree: t}; w.walk() reaches t.mu as w.tree.mu.
func (p *Package) throughField(q *path.Path, from, to *types.Var) *path.Path {
	s := StructOf(from.Type())
	if s == nil {
		return nil
	}
	for f := range s.Fields() {
		if _, ok := f.Type().Underlying().(*types.Pointer); !ok {
			continue
		}
		if made := p.Init(from, f.Origin()); made != nil && q.Has(made) {
			return p.Replace(q, made, p.Field(p.Var(to), f))
		}
	}
	return nil
}

// reach returns the local variables that a goroutine can reach.
func (p *Package) reach(g *Spawn) []*types.Var {
	var list []*types.Var
	add := func(q *path.Path) {
		if q != nil && q.Root().Kind == path.Var && !path.IsGlobal(q.RootVar()) {
			list = with(list, q.RootVar())
		}
	}
	if g.Inner != nil {
		for _, v := range p.reach(g.Inner) {
			add(p.toCaller(p.Var(v), g.Via))
		}
		return list
	}
	add(g.Ref.Recv)
	for _, a := range g.Args {
		add(a)
	}
	if g.Ref.Fn != nil && g.Ref.Fn.Lit != nil {
		list = union(list, p.freeVars(g.Ref.Fn.Lit))
	}
	return list
}

// ToCaller translates a path of a call's callee to its caller, nil if the
// caller cannot name it.
func (p *Package) ToCaller(q *path.Path, c *Call) *path.Path {
	if c.Fn == nil {
		return nil
	}
	return p.toCaller(q, c)
}

// FromCallee translates a path of a callee to its caller, nil if the caller
// cannot name it.
func (p *Package) FromCallee(q *path.Path, c *Caller) *path.Path {
	return p.translate(q, c.Fn, c.Args)
}
