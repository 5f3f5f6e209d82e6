package unguarded

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// A context is what a function runs in: a goroutine that one place starts, or,
// where the spawn is nil, calls from outside.
type context struct {
	spawn   *lockset.Spawn
	starter *lockset.Func
	several bool // several such goroutines may run together
	leaks   bool // the starter does not wait for it
	accs    []*access
}

// findContexts finds the contexts that each function runs in.
func (c *checker) findContexts() {
	c.in = make(map[*lockset.Func][]*context)
	c.starts = make(map[*lockset.Spawn]*context)
	var list []*context
	started := make(map[*lockset.Func]bool)
	for _, f := range c.locks.Funcs {
		if f.Test {
			continue
		}
		for _, e := range f.Events {
			if e.State == nil {
				continue
			}
			for _, g := range c.locks.SpawnsOf(e) {
				if g.Inner != nil && g.Inner.Event == e {
					g = g.Inner // the result of a call, run later
				}
				if g.Inner != nil || g.Ref.Fn == nil {
					continue
				}
				ctx := &context{spawn: g, starter: f, leaks: slices.ContainsFunc(f.Summary.Leaks, func(l *lockset.Spawn) bool { return l.Innermost() == g }) || g.Kind == lockset.Handler}
				ctx.several = g.Multi || slices.Contains(e.State.Live, g)
				c.starts[g] = ctx
				list = append(list, ctx)
				started[g.Ref.Fn] = true
			}
		}
	}
	for _, ctx := range list {
		c.mark(ctx.spawn.Ref.Fn, ctx)
	}
	outside := new(context)
	for _, f := range c.locks.Funcs {
		if f.Lit != nil && f.Outer != nil && f.Entry.Total == 0 {
			continue // a callback: it runs where it was made, for all that is known
		}
		// What is started as a goroutine is not called from elsewhere too.
		// What is kept in a field runs in the goroutine that calls it from there.
		if kept := f.Aside && (f.Obj == nil || !f.Obj.Exported()) && !f.Called(); kept {
			continue
		}
		if !f.Test && !started[f] && (f.Entry.External || f.Entry.Total == 0) && !isInit(f) {
			c.mark(f, outside)
		}
	}
	for _, f := range c.locks.Funcs {
		if f.Lit != nil && f.Outer != nil && f.Entry.Total == 0 && len(c.in[f]) == 0 {
			for _, ctx := range c.in[f.Declared()] {
				c.mark(f, ctx)
			}
		}
	}
	for range 2 { // goroutines that start goroutines
		for _, ctx := range list {
			if ctx.several {
				continue
			}
			for _, o := range c.in[ctx.starter] {
				if o.several || o.spawn == nil && ctx.starter.Handles {
					ctx.several = true
				}
				// A short task that an exported function leaves behind may
				// still run when the function is called again.
				if o.spawn == nil && ctx.leaks && !ctx.starter.Summary.Fresh && !endless(ctx.spawn.Ref.Fn) && ctx.starter.Decl != nil && len(ctx.starter.Params) > 1 {
					ctx.several = true
				}
			}
		}
	}
}

// maxContexts bounds the contexts told apart for one function: more of them
// say no more.
const maxContexts = 16

// mark notes that f, and what it calls, runs in a context.
func (c *checker) mark(f *lockset.Func, ctx *context) {
	if slices.Contains(c.in[f], ctx) || len(c.in[f]) >= maxContexts {
		return
	}
	c.in[f] = append(c.in[f], ctx)
	for _, e := range f.Events {
		if e.Kind == lockset.Calls && !c.builds(e) {
			for _, g := range c.locks.Runs(e) {
				c.mark(g, ctx)
			}
		}
	}
}

// builds reports whether a call works on a receiver that nobody else can
// reach yet: the accesses in it say nothing about its context.
func (c *checker) builds(e *lockset.Event) bool {
	if e.State == nil || e.Call.Fn == nil || e.Call.Fn.Decl == nil || e.Call.Fn.Decl.Recv == nil || len(e.Call.Args) == 0 || e.Call.Args[0] == nil {
		return false
	}
	v := e.Call.Args[0].RootVar()
	return v != nil && !path.IsGlobal(v) && c.locks.IsFresh(e, v)
}

// endless reports whether a goroutine runs until it is told to stop.
func endless(f *lockset.Func) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == f.Lit
		case *ast.ForStmt:
			found = found || n.Cond == nil
		case *ast.RangeStmt:
			found = true
		}
		return !found
	})
	return found
}

// contended reports whether an access may happen at the same time as another
// one that it races with.
func (c *checker) contended(as *accesses, a *access) bool {
	if as.guard != nil && as.guard.evidence == nil {
		return true // the other accesses are in another package
	}
	for _, b := range as.list {
		if a.Func == b.Func && c.afterAll(a) && c.afterAll(b) {
			continue // nothing runs any more
		}
		if !b.Func.Test && races(a.op, b.op) && c.together(a, b) {
			return true
		}
	}
	return false
}

// afterAll reports whether an access follows the end of a goroutine.
func (c *checker) afterAll(a *access) bool {
	for g := range c.starts {
		if c.ended(g, a) {
			return true
		}
	}
	return false
}

// together reports whether two accesses may happen at the same time.
func (c *checker) together(a, b *access) bool {
	ins, others := c.in[a.Func], c.in[b.Func]
	if len(ins) == 0 || len(others) == 0 {
		return true
	}
	for _, x := range ins {
		for _, y := range others {
			if c.overlap(x, y, a, b) {
				return true
			}
		}
	}
	return false
}

func (c *checker) overlap(x, y *context, a, b *access) bool {
	switch {
	case c.inTurn(x, y, b), c.inTurn(y, x, a):
		return false
	case x == y:
		return x.spawn == nil || x.several
	case x.spawn == nil:
		return !c.around(y, a) && !c.ended(y.spawn, a)
	case y.spawn == nil:
		return !c.around(x, b) && !c.ended(x.spawn, b)
	case x.starter == y.starter && !x.leaks && !y.leaks:
		// Two phases of one function.
		return slices.Contains(x.spawn.Event.State.Live, y.spawn) || slices.Contains(y.spawn.Event.State.Live, x.spawn)
	}
	return true
}

// around reports whether an access is made by the function that starts a goroutine
// and waits for it, before or after it runs.
func (c *checker) around(ctx *context, a *access) bool {
	return !ctx.leaks && a.Func == ctx.starter && !slices.Contains(a.State.Live, ctx.spawn)
}

// contexts reports maps in fields and package variables that a goroutine
// uses while functions use them that anyone may call, or another goroutine.
func (c *checker) contexts() {
	var list []*context
	for _, f := range c.locks.Funcs {
		if f.Test || !f.Entry.External && f.Entry.Total > 0 {
			continue
		}
		for _, g := range f.Summary.Leaks {
			ctx := c.starts[g.Innermost()]
			if ctx == nil || ctx.spawn.Kind == lockset.Handler || ctx.spawn.Executor != nil {
				continue
			}
			if !slices.Contains(list, ctx) {
				list = append(list, ctx)
			}
			for _, a := range c.locks.SpawnAccs(g) {
				if !c.outlives(f, a.Path) {
					continue
				}
				if _, owner, ok := classOf(a.Path); ok {
					ctx.accs = append(ctx.accs, &access{Event: a.At, path: a.Path, owner: owner, op: a.Op, held: a.Held, waited: a.Waited})
				}
			}
		}
	}
	type pair struct {
		at  *lockset.Event
		ctx *context
	}
	seen := make(map[pair]bool)
	for _, ctx := range list {
		for _, a := range ctx.accs {
			if k := (pair{a.Event, ctx}); !seen[k] {
				seen[k] = true
				c.overlaps(ctx, a)
			}
		}
	}
}

// outlives reports whether what a path starts at, in a function that leaves a
// goroutine behind, can be reached by others than the goroutine.
func (c *checker) outlives(f *lockset.Func, p *path.Path) bool {
	v := p.RootVar()
	if path.IsGlobal(v) || !f.Local(v) {
		return true
	}
	for _, r := range f.Returns {
		if r.State != nil && slices.Contains(r.State.Lost, v) || c.locks.Returned(r, v) {
			return true
		}
	}
	return false
}

// overlaps reports the accesses that may happen at the same time as one of a
// goroutine.
func (c *checker) overlaps(ctx *context, a *access) {
	cl, _, _ := classOf(a.path)
	as := c.classes[cl]
	if as == nil || !as.shared() || as.guard != nil || mostLocked(as) {
		return
	}
	for _, x := range as.list {
		if x.Func.Test || x.Event == a.Event || !races(a.op, x.op) || c.leavesLocking(a.Func) || c.leavesLocking(x.Func) || c.apart(a, x) || !c.sameObject(a, x) && !c.sameFromOutside(ctx, a, x) {
			continue
		}
		elsewhere := slices.ContainsFunc(c.in[x.Func], func(o *context) bool {
			return o != ctx && !c.inTurn(o, ctx, a) && !(o.spawn == nil && c.handsOn(ctx, a))
		})
		if !elsewhere || c.ended(ctx.spawn, x) || c.flagged(ctx.spawn, x) || c.awaited(a, x) || c.registers(as, ctx) && !c.startsAtOnce(ctx, a) {
			continue
		}
		for _, w := range [][2]*access{{a, x}, {x, a}} {
			if !w[0].op.Changes() || len(w[0].held) > 0 {
				continue
			}
			other, where := "the goroutine started at "+c.at(ctx.spawn.Node.Pos()), noun(w[1].op)
			if w[0] == a {
				c.report(rule.Likely, a.Pos(), c.sides(w[1], ctx), "write to %s in %s with no lock held: the %s at %s may happen at the same time",
					a.Event.Path, other, where, c.at(x.Pos())).hasNone(a.path)
			} else {
				c.report(rule.Likely, x.Pos(), c.sides(w[1], ctx), "write to %s with no lock held: %s may %s it at the same time (%s)",
					x.path, other, where, c.at(a.Pos())).hasNone(x.path)
			}
		}
	}
}

// handsOn reports whether a goroutine gives the struct of its map, which was made for it
// alone, to a function that is only known when the program runs: that may well be the
// one to call the methods which nobody here calls.
func (c *checker) handsOn(ctx *context, a *access) bool {
	v := a.path.RootVar()
	if path.IsGlobal(v) || !ctx.starter.Local(v) || named(v.Type()) == nil {
		return false
	}
	return slices.ContainsFunc(c.runBy(ctx.spawn.Ref.Fn), func(f *lockset.Func) bool {
		return slices.ContainsFunc(f.Events, func(e *lockset.Event) bool {
			return e.Kind == lockset.Calls && e.Call.Dispatched() && slices.ContainsFunc(e.Call.Exprs, func(x ast.Expr) bool {
				return named(c.TypesInfo.TypeOf(x)) == named(v.Type())
			})
		})
	})
}

// mostLocked reports whether most accesses of a class hold some lock: there
// is a discipline, if one that is not understood.
func mostLocked(as *accesses) bool {
	n, total := 0, 0
	for _, a := range as.list {
		if counts(a) {
			total++
			if len(a.held) > 0 {
				n++
			}
		}
	}
	return 2*n >= total
}

// sameObject reports whether two accesses reach their maps in the same way
// from a package variable or from the receiver of methods of one type: then
// they most likely mean one map.
func (c *checker) sameObject(a, b *access) bool {
	va, vb := a.path.RootVar(), b.path.RootVar()
	if va == nil || vb == nil {
		return false
	}
	if path.IsGlobal(va) || path.IsGlobal(vb) {
		return c.locks.General(a.path) == c.locks.General(b.path)
	}
	if named(va.Type()) == nil || named(va.Type()) != named(vb.Type()) {
		return false
	}
	q := c.locks.Replace(a.path, a.path.Root(), b.path.Root())
	return q != nil && c.locks.General(q) == c.locks.General(b.path) && c.isReceiver(b.Func, vb)
}

// sameFromOutside reports whether what anybody may call, or a server calls, reaches the
// map of an access in the same way as a goroutine reaches its own: Bind leads to
// a.keys.set, the goroutine to a.keys.lookup.
func (c *checker) sameFromOutside(ctx *context, a, b *access) bool {
	for _, o := range c.fromOutside()[b.Event] {
		if len(o.Held) > 0 || o.Op != b.op || slices.ContainsFunc(o.Waited, ctx.spawn.JoinedBy) {
			continue
		}
		if top := (&access{Event: o.Top}); c.flagged(ctx.spawn, top) || c.awaited(a, top) || c.leavesLocking(o.Top.Func) {
			continue
		}
		d := o.Top.Func.Declared()
		p, q := c.origin(a.path), c.origin(o.Path)
		vp, vq := p.RootVar(), q.RootVar()
		if vp == nil || vq == nil || named(vp.Type()) == nil || named(vp.Type()) != named(vq.Type()) || q == o.Path && !c.isReceiver(d, vq) {
			continue
		}
		if r := c.locks.Replace(p, p.Root(), q.Root()); r != nil && c.locks.General(r) == c.locks.General(q) {
			return true
		}
	}
	return false
}

// fromOutside returns the accesses that the functions make which others than the package
// call, through the functions that they call, by where they are made.
func (c *checker) fromOutside() map[*lockset.Event][]*lockset.Acc {
	if c.outer != nil {
		return c.outer
	}
	c.outer = make(map[*lockset.Event][]*lockset.Acc)
	for _, f := range c.locks.Funcs {
		if f.Test || f.Decl == nil || f.Decl.Recv == nil || !f.Entry.External {
			continue
		}
		for _, a := range c.locks.Accs(f) {
			if a.At.Func != f {
				c.outer[a.At] = append(c.outer[a.At], a)
			}
		}
	}
	return c.outer
}

// isReceiver reports whether a variable is the receiver of the method that a
// function is or stands in.
func (c *checker) isReceiver(f *lockset.Func, v *types.Var) bool {
	d := f.Declared()
	return d.Decl != nil && d.Decl.Recv != nil && d.Param(v) == 0
}

// named returns the named type of a value or of what it points to, or nil.
func named(t types.Type) *types.TypeName {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}

func (c *checker) sides(o *access, ctx *context) []analysis.RelatedInformation {
	return []analysis.RelatedInformation{
		{Pos: o.Pos(), Message: verbOf(o.op) + " the same map"},
		{Pos: ctx.spawn.Node.Pos(), Message: "the goroutine is started here"},
	}
}

// apart reports whether a lock in the same relation to the map keeps two
// accesses apart.
func (c *checker) apart(a, b *access) bool {
	for _, h := range a.held {
		r := c.relation(a, h.Path)
		for _, k := range b.held {
			if r != nil && (r == c.relation(b, k.Path) || c.locks.SameLock(h.Path.Obj, k.Path.Obj)) && (h.Mode == lockset.Exclusive || k.Mode == lockset.Exclusive) {
				return true
			}
		}
	}
	return false
}

// ended reports whether an access waits for the end of the goroutine, or of the function
// that has started it and waited for it.
func (c *checker) ended(g *lockset.Spawn, x *access) bool {
	return slices.ContainsFunc(x.State.Waited, g.JoinedBy) || c.starterEnded(g, x)
}

// starterEnded reports whether an access waits for a channel of an object that the
// function which starts a goroutine closes when it has waited for that.
func (c *checker) starterEnded(g *lockset.Spawn, x *access) bool {
	ctx := c.starts[g]
	if ctx == nil || ctx.leaks || g.Kind == lockset.Handler || len(x.State.Waited) == 0 {
		return false
	}
	return slices.ContainsFunc(ctx.starter.Events, func(e *lockset.Event) bool {
		if e.Kind != lockset.Signal || e.State == nil || e.Deferred || e.Path == nil || e.Path.Kind != path.Field || e.Pos() < g.Node.Pos() || slices.Contains(e.State.Live, g) {
			return false
		}
		if call, ok := e.Node.(*ast.CallExpr); !ok || len(call.Args) != 1 {
			return false // not close(done)
		}
		return slices.ContainsFunc(x.State.Waited, func(q *path.Path) bool { return q.Kind == path.Field && q.Obj == e.Path.Obj })
	})
}

// flagged reports whether the function of an access looks at an atomic flag
// that the goroutine sets: the flag may tell that the goroutine is done.
func (c *checker) flagged(g *lockset.Spawn, x *access) bool {
	fn := g.Ref.Fn
	if fn == nil {
		return false
	}
	set := c.atomics(fn, "Store", "Swap", "CompareAndSwap", "Add", "Or")
	return len(set) > 0 && slices.ContainsFunc(c.atomics(x.Func, "Load", "CompareAndSwap"), func(v *types.Var) bool { return slices.Contains(set, v) })
}

// atomics returns the fields and variables of types of sync/atomic on which a
// function calls one of some methods.
func (c *checker) atomics(f *lockset.Func, methods ...string) []*types.Var {
	var list []*types.Var
	ast.Inspect(f.Body, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains(methods, sel.Sel.Name) {
			return true
		}
		if fn, ok := c.TypesInfo.Uses[sel.Sel].(*types.Func); ok && fn.Pkg() != nil && fn.Pkg().Path() == "sync/atomic" {
			if p := c.locks.Receiver(sel); p != nil && p.Obj != nil {
				list = append(list, p.Obj)
			}
		}
		return true
	})
	return list
}

// startsAtOnce reports whether the function that makes an object starts the goroutine,
// which does not wait for anything of the object before it uses the map: nobody can
// register anything before it runs.
func (c *checker) startsAtOnce(ctx *context, a *access) bool {
	v := a.path.RootVar()
	if path.IsGlobal(v) || !ctx.starter.Local(v) || !madeIn(ctx.starter, v) {
		return false
	}
	return !slices.ContainsFunc(a.waited, func(w *path.Path) bool { return w.Kind == path.Field || path.IsGlobal(w.RootVar()) })
}

// registers reports whether what is done from outside is the registration of
// something before the goroutine starts: the goroutine only reads, and nothing
// but additions is done elsewhere.
func (c *checker) registers(as *accesses, ctx *context) bool {
	for _, a := range as.list {
		if !a.op.Changes() || a.Func.Test {
			continue
		}
		if slices.Contains(c.in[a.Func], ctx) || a.op == lockset.Delete {
			return false
		}
	}
	return true
}

// services marks the methods that a server calls for each request: those of
// types that are registered as a service.
func (c *checker) services() {
	handle := func(t types.Type) {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		n, ok := types.Unalias(t).(*types.Named)
		if !ok || n.Obj().Pkg() != c.Pkg {
			return
		}
		for m := range n.Methods() {
			if f := c.locks.Func(m); f != nil && m.Exported() && isServiceMethod(m.Signature()) {
				f.Handles = true
			}
		}
	}
	for _, f := range c.locks.Funcs {
		for _, e := range f.Events {
			if e.Kind == lockset.Calls && e.Call.Obj != nil && registersService(e.Call.Obj) {
				for _, a := range e.Call.Node.Args {
					if t := c.TypesInfo.TypeOf(a); t != nil {
						handle(t)
					}
				}
			}
		}
	}
	for _, name := range c.Pkg.Scope().Names() {
		tn, ok := c.Pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if s, ok := tn.Type().Underlying().(*types.Struct); ok && unimplemented(s) {
			handle(tn.Type())
		}
	}
}
