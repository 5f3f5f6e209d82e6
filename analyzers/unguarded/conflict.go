package unguarded

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// fanOut reports what several goroutines started by one place do to one map.
func (c *checker) fanOut() {
	c.eachSpawn(func(f *lockset.Func, e *lockset.Event, g *lockset.Spawn) {
		if f.Test && g.Kind == lockset.Handler {
			return // a test sends one request after the other, mostly
		}
		if g.Depth() > 2 {
			return // too far away to be sure that it is never waited for
		}
		if (g.Multi || slices.Contains(e.State.Live, g) || c.startsMore(f, g)) && !c.locks.Serial(g) {
			c.several(f, g, c.locks.SpawnAccs(g))
		}
		for _, o := range e.State.Live {
			if o != g && o.Ref.Fn != nil && o.Ref.Fn == g.Ref.Fn && o.Ref.Fn.Lit != nil {
				c.several(f, g, c.locks.SpawnAccs(g)) // one literal, started twice
			}
		}
	})
}

func (c *checker) eachSpawn(do func(*lockset.Func, *lockset.Event, *lockset.Spawn)) {
	for _, f := range c.locks.Funcs {
		for _, e := range f.Events {
			if e.State == nil {
				continue
			}
			for _, g := range c.locks.SpawnsOf(e) {
				do(f, e, g)
			}
		}
	}
}

// pairs reports accesses that the code itself shows to be able to run at the
// same time without a common lock: in a goroutine and in its starter, in two
// goroutines, in a handler.
func (c *checker) pairs() {
	c.eachSpawn(func(f *lockset.Func, e *lockset.Event, g *lockset.Spawn) {
		for _, o := range e.State.Live {
			if o != g {
				c.between(f, g, c.locks.SpawnAccs(g), c.locks.SpawnAccs(o), o)
			}
		}
		if e.Kind == lockset.Calls && e.Call.Fn != nil && !g.Once {
			for _, o := range c.locks.SpawnsOf(e) { // both(func() { … }, func() { … })
				if o == g {
					break
				}
				if o.Ref.Fn != g.Ref.Fn && o.Inner == nil && g.Inner == nil && e.Call.Fn.Variadic() {
					c.between(f, g, c.locks.SpawnAccs(g), c.locks.SpawnAccs(o), o)
				}
			}
		}
	})
	for _, f := range c.locks.Funcs {
		c.parent(f)
		if (f.Handles || f.Dispatched) && !f.Test {
			c.handler(f)
		}
	}
	c.besideHandlers()
	c.besideLoops()
	c.parallelTests()
}

// parallelTests reports package variables that several parallel tests use.
func (c *checker) parallelTests() {
	var accs []*lockset.Acc
	for _, f := range c.locks.Funcs {
		if !c.locks.Parallel(f) {
			continue
		}
		for _, a := range c.locks.Accs(f) {
			if path.IsGlobal(a.Path.RootVar()) && len(a.Held) == 0 {
				accs = append(accs, a)
			}
		}
	}
	for _, a := range accs {
		for _, b := range accs {
			if a.Top.Func != b.Top.Func && a.Op.Changes() && touches(a, b) {
				c.report(rule.Likely, a.At.Pos(), []analysis.RelatedInformation{{Pos: b.At.Pos(), Message: verbOf(b.Op) + " the same map"}},
					"write to %s in a parallel test with no lock held: the %s at %s, in another parallel test, may happen at the same time",
					a.At.Path, noun(b.Op), c.at(b.At.Pos()))
			}
		}
	}
}

// uncertain reports whether an access may be made under a lock by a condition
// that its function knows, or leaves locking to its callers.
func (c *checker) uncertain(a *lockset.Acc) bool {
	f := a.At.Func
	return len(a.At.State.Maybe) > 0 || len(f.Entry.Maybe) > 0 || c.leavesLocking(f)
}

// guarded reports whether a lock was inferred for a map: then the accesses
// without it have been reported.
func (c *checker) guarded(p *path.Path) bool {
	cl, _, ok := classOf(p)
	if !ok {
		return false
	}
	as := c.classes[cl]
	return as != nil && as.shared() && (as.guard != nil || len(as.list) > 2 && mostLocked(as))
}

// common reports whether a lock keeps two accesses apart.
func (c *checker) common(a, b *lockset.Acc) bool {
	for _, h := range a.Held {
		for _, k := range b.Held {
			if (h.Path == k.Path || c.locks.SameLock(h.Path.Obj, k.Path.Obj)) && (h.Mode == lockset.Exclusive || k.Mode == lockset.Exclusive) {
				return true
			}
		}
	}
	return false
}

// commonAmong reports whether a lock that all goroutines share keeps apart what
// two of those that g starts do. A lock that each of them has for itself
// does not.
func (c *checker) commonAmong(f *lockset.Func, g *lockset.Spawn, a, b *lockset.Acc) bool {
	shared := func(acc *lockset.Acc) *lockset.Acc {
		x := *acc
		x.Held = slices.DeleteFunc(slices.Clone(acc.Held), func(h lockset.Hold) bool { return !c.sharedAmong(f, g, h.Path) })
		return &x
	}
	return c.common(shared(a), shared(b))
}

// touches reports whether two accesses of one map race: one changes it, and
// either both use the same map or one replaces the map that the other uses.
func touches(a, b *lockset.Acc) bool {
	return a.Path == b.Path && races(a.Op, b.Op)
}

// races reports whether two operations on one map race when they happen at
// the same time. An operation that only reads the variable does so with one
// that assigns it.
func races(a, b lockset.Op) bool {
	switch {
	case a == lockset.Assign || b == lockset.Assign:
		return true
	case a.Writes():
		return b.Writes() || b.Reads()
	case b.Writes():
		return a.Reads()
	}
	return false
}

// several reports what goroutines started by one place do to each other.
func (c *checker) several(f *lockset.Func, g *lockset.Spawn, accs []*lockset.Acc) {
	for i, a := range accs {
		if c.uncertain(a) || c.guarded(a.At.Path) && !c.lentLock(a) || !c.sharedAmong(f, g, a.Path) || a.At.Alias != nil && c.locks.NewFor(g, a.At.Alias) {
			continue
		}
		for _, b := range accs[i:] {
			if !touches(a, b) || c.commonAmong(f, g, a, b) || c.uncertain(b) || f.Test && (!a.At.Func.Test || !b.At.Func.Test) {
				continue
			}
			// The side that changes the map is the one to mend, unless it
			// holds a lock and the other does not.
			for _, x := range [][2]*lockset.Acc{{a, b}, {b, a}} {
				w, o := x[0], x[1]
				if !w.Op.Changes() && (len(w.Held) > 0 || len(o.Held) == 0) {
					continue
				}
				if len(w.Held) > 0 && len(o.Held) == 0 && w != o {
					continue
				}
				c.severalReport(g, w, o)
			}
		}
	}
}

// lentLock reports whether an access is made under a lock that the one holds who has
// started its goroutine, which keeps nobody out whom that starts as well.
func (c *checker) lentLock(a *lockset.Acc) bool {
	return slices.ContainsFunc(c.locks.Holds(a.At), func(h lockset.Hold) bool { return h.Lent })
}

func (c *checker) severalReport(g *lockset.Spawn, w, o *lockset.Acc) {
	start := g.Innermost()
	where := "in goroutines started at " + c.at(g.Node.Pos())
	if loop := c.loopOf(g); loop != nil {
		where = "in goroutines started by the loop at " + c.at(loop.Pos())
	}
	level := rule.Certain
	if g.Kind == lockset.Handler || start.Kind == lockset.Handler {
		where, level = "in a handler, which runs for several requests at a time", rule.Likely
	}
	if w.At.Foreign || start.Kind == lockset.Runner && !start.Contained && c.loopOf(g) == nil {
		level = rule.Likely // of what runs it, not all is seen
	}
	related := []analysis.RelatedInformation{{Pos: g.Node.Pos(), Message: "the goroutines are started here"}}
	if o != w {
		related = append(related, analysis.RelatedInformation{Pos: o.At.Pos(), Message: verbOf(o.Op) + " the same map"})
	}
	if !w.Op.Changes() && len(o.Held) > 0 {
		c.report(rule.Likely, w.At.Pos(), related, "read of %s without %s, which the write at %s in other such goroutines holds",
			w.At.Path, o.Held[0].Path, c.at(o.At.Pos()))
		return
	}
	c.report(level, w.At.Pos(), related, "%s %s %s, %s", verbOf(w.Op), w.At.Path, where, lockText(w)).hasNone(w.At.Path)
}

func lockText(a *lockset.Acc) string {
	if len(a.Held) == 0 {
		return "no lock held"
	}
	return "no common lock held"
}

// loopOf returns the innermost loop around the statement that starts
// goroutines, or nil.
func (c *checker) loopOf(g *lockset.Spawn) ast.Node {
	loops := c.loopsAround(g.Event.Func, g.Node)
	if len(loops) == 0 {
		return nil
	}
	return loops[len(loops)-1]
}

// loopsAround returns the loops of f around a node, outermost first.
func (c *checker) loopsAround(f *lockset.Func, n ast.Node) []ast.Node {
	list, ok := c.loops[n]
	if ok {
		return list
	}
	ast.Inspect(f.Body, func(m ast.Node) bool {
		if m == nil || m.Pos() > n.Pos() || n.End() > m.End() {
			return false
		}
		switch m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			list = append(list, m)
		}
		return true
	})
	c.loops[n] = list
	return list
}

// sharedAmong reports whether all goroutines that g starts reach one map by
// the path, so that it is not one map for each.
func (c *checker) sharedAmong(f *lockset.Func, g *lockset.Spawn, p *path.Path) bool {
	loops := c.loopsAround(f, g.Node)
	each := func(v *types.Var) bool {
		if v.IsField() || path.IsGlobal(v) {
			return false
		}
		if len(loops) == 0 && g.Once && f.Local(v) {
			return true // one task for each call of f
		}
		if len(loops) == 0 {
			return !f.Local(v) && f.Param(v) < 0 && f.Lit == nil && !slices.Contains(f.Params, v) && v.Pos() > f.Body.Pos() && v.Pos() < f.Body.End()
		}
		// One variable for all iterations of some loop is shared.
		for _, l := range loops {
			if v.Pos() < l.Pos() || l.End() <= v.Pos() {
				return false
			}
		}
		return true
	}
	steps := p.Steps()
	for i, s := range steps {
		if s.Kind == path.Field && c.locks.ForAll(s.Obj) {
			steps = p.Steps()[i+1:] // whichever struct it is
		}
	}
	for _, s := range steps {
		switch s.Kind {
		case path.Var:
			if each(s.Obj) || within(g, s.Obj) {
				return false
			}
		case path.Elem:
			k, _ := path.KeyVar(s.Key)
			if _, constant := s.Key.(string); constant || k != nil && s.Parent.Obj != nil && mapops.MapType(s.Parent.Obj.Type()) != nil && c.locks.Received(k) {
				continue // several goroutines may get the same one
			}
			if k == nil || each(k) || within(g, k) || slices.ContainsFunc(loops, func(l ast.Node) bool { return l.Pos() <= k.Pos() && k.Pos() < l.End() }) {
				return false
			}
		}
	}
	return true
}

// within reports whether a variable is declared inside the goroutine's function.
func within(g *lockset.Spawn, v *types.Var) bool {
	fn := g.Ref.Fn
	return fn != nil && (fn.Local(v) || fn.Param(v) >= 0)
}

// parent reports what f does while goroutines run that it started.
func (c *checker) parent(f *lockset.Func) {
	any := false
	for _, e := range f.Events {
		any = any || e.State != nil && len(e.State.Live) > 0
	}
	if !any {
		return
	}
	for _, b := range c.locks.Accs(f) {
		for _, g := range b.Top.State.Live {
			if g.Depth() > 2 {
				continue
			}
			if b.Top.Pos() <= g.Node.Pos() && c.eachIteration(f, g, b.Path) {
				continue // of an earlier iteration, which had another map
			}
			if slices.ContainsFunc(b.Waited, func(w *path.Path) bool { return !slices.Contains(b.Top.State.Waited, w) && g.JoinedBy(w) }) {
				continue // a callee has waited for it
			}
			if c.returnsEnd(b, g) {
				continue // for the callers, when they have waited for it
			}
			c.between(f, g, c.locks.SpawnAccs(g), []*lockset.Acc{b}, nil)
		}
	}
}

// returnsEnd reports whether an access returns a map together with what tells that a
// goroutine is done: return results, done.
func (c *checker) returnsEnd(a *lockset.Acc, g *lockset.Spawn) bool {
	ret, ok := a.At.Node.(*ast.ReturnStmt)
	if !ok || a.Op != lockset.Return {
		return false
	}
	found := false
	for _, r := range ret.Results {
		ast.Inspect(r, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && !found {
				p := c.locks.Of(e)
				found = p != nil && p != a.Path && g.JoinedBy(p)
			}
			return !found
		})
	}
	return found
}

// eachIteration reports whether a path begins at a variable that is declared
// in a loop around the start of a goroutine, or has one for an index.
func (c *checker) eachIteration(f *lockset.Func, g *lockset.Spawn, p *path.Path) bool {
	loops := c.loopsAround(f, g.Node)
	return slices.ContainsFunc(p.Steps(), func(s *path.Path) bool {
		v := s.Obj
		if s.Kind == path.Elem {
			v, _ = s.Key.(*types.Var)
		}
		return v != nil && slices.ContainsFunc(loops, func(l ast.Node) bool { return l.Pos() <= v.Pos() && v.Pos() < l.End() })
	})
}

// between reports accesses of a goroutine that may run at the same time as
// others: those of the function that started it, or of another goroutine.
func (c *checker) between(f *lockset.Func, g *lockset.Spawn, accs, others []*lockset.Acc, og *lockset.Spawn) {
	if g.Innermost().Executor != nil || og != nil && og.Innermost().Executor != nil {
		return // perhaps the other runs there as well
	}
	byPath := make(map[*path.Path][]*lockset.Acc, len(others))
	for _, b := range others {
		byPath[b.Path] = append(byPath[b.Path], b)
	}
	for _, a := range accs {
		if a.At.Foreign {
			continue // in another package, whose locking is not known well enough
		}
		for _, b := range byPath[a.Path] {
			if b.At.Foreign || c.gated(f, a, b) {
				continue
			}
			if !touches(a, b) || c.common(a, b) || c.uncertain(a) || c.uncertain(b) || c.guarded(a.At.Path) || og != nil && c.gated(f, b, a) {
				continue
			}
			if b.Path.Kind == path.Elem && !c.sharedAmong(f, g, a.Path) {
				continue
			}
			if f.Test && (!a.At.Func.Test || !b.At.Func.Test) {
				continue // a test may call what a program does not
			}
			level := rule.Likely
			if c.deliberate(a.At) || c.deliberate(b.At) {
				level = rule.Possible // somebody has thought of it
			}
			unlockedA, unlockedB := !related(a), !related(b)
			if a.Op.Changes() && (unlockedA || !unlockedB) {
				c.report(level, a.At.Pos(), c.also(b, g), "write to %s in the goroutine started at %s, with %s: the %s at %s may happen at the same time",
					a.At.Path, c.at(g.Node.Pos()), lockText(a), noun(b.Op), c.at(b.At.Pos())).hasNone(a.At.Path)
			} else if unlockedA && !unlockedB {
				c.report(level, a.At.Pos(), c.also(b, g), "read of %s in the goroutine started at %s, with no lock held: the write at %s may happen at the same time",
					a.At.Path, c.at(g.Node.Pos()), c.at(b.At.Pos()))
			}
			if b.Op.Changes() && (unlockedB || !unlockedA) {
				c.report(level, b.At.Pos(), c.also(a, g), "write to %s with %s: the goroutine started at %s may %s it at the same time (%s)",
					b.At.Path, lockText(b), c.at(g.Node.Pos()), noun(a.Op), c.at(a.At.Pos())).hasNone(b.At.Path)
			} else if unlockedB && !unlockedA {
				c.report(level, b.At.Pos(), c.also(a, g), "read of %s with no lock held: the goroutine started at %s may write it at the same time (%s)",
					b.At.Path, c.at(g.Node.Pos()), c.at(a.At.Pos()))
			}
		}
	}
}

// related reports whether an access holds a lock that has to do with the map.
func related(a *lockset.Acc) bool {
	return slices.ContainsFunc(a.Held, func(h lockset.Hold) bool {
		r := h.Path.Root()
		return r == a.Path.Root() || r.Kind == path.Var && (path.IsGlobal(r.Obj) || !r.Obj.IsField() && a.Path.Parent == nil)
	})
}

func noun(op lockset.Op) string {
	if op.Changes() {
		return "write"
	}
	return "read"
}

func (c *checker) also(o *lockset.Acc, g *lockset.Spawn) []analysis.RelatedInformation {
	return []analysis.RelatedInformation{
		{Pos: o.At.Pos(), Message: verbOf(o.Op) + " the same map"},
		{Pos: g.Node.Pos(), Message: "the goroutine is started here"},
	}
}

// gated reports whether an access waits for a signal that the function f
// gives after the other access: it cannot happen before that.
func (c *checker) gated(f *lockset.Func, a, other *lockset.Acc) bool {
	for _, w := range a.Waited {
		for o := f; o != nil; o = o.Outer {
			for _, e := range o.Events {
				if e.Kind == lockset.Signal && e.Path == w && !(other.Top.Func == f && slices.Contains(other.Top.State.Signalled, w)) {
					return true
				}
			}
		}
	}
	return false
}
