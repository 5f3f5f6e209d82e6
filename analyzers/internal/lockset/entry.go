package lockset

import (
	"go/types"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// An Entry is what is known of the state in which a function is called.
type Entry struct {
	// Locks are those that some callers hold, in terms of the function.
	Locks []EntryLock
	// Fresh are the parameters and captured variables that all callers give
	// values that nothing else refers to.
	Fresh []*types.Var
	// Foreign are the fields of those that some callers have given what others reach.
	Foreign []fieldOf
	// Maybe are locks that a caller holds by a condition that it may know.
	Maybe []*path.Path
	// Quiet says that no goroutine has been started when it is called.
	Quiet bool
	// External says that code that is not seen may call it.
	External bool
	// Blind says that some callers are literals that are kept and hand on what
	// they are given.
	Blind bool
	// Total is the number of calls that count.
	Total int
}

// An EntryLock is a lock that callers hold.
type EntryLock struct {
	Hold
	Holders, Missing []*Caller
	Modes            []Mode // how each holder holds it
}

// A Caller is one way in which a function comes to run.
type Caller struct {
	Func  *Func  // the caller
	Event *Event // the call, the start, or the return at which a deferred call runs
	Fn    *Func  // the callee
	Args  []*path.Path
	// Async says that the callee runs beside the caller, Go as which goroutine.
	Async bool
	Go    *Spawn
	// Extra are the locks that a function between the two holds.
	Extra []Hold
	// Later says that the callee is called after the caller has handed it over, under
	// no other locks than Extra.
	Later bool
	// Dispatched says that the callee is run by code that is only known when the
	// program runs, and may take any lock before.
	Dispatched bool
	// Extra's paths are those of the function between.
	between *Call
}

// MostHold says that a lock counts as held at the entry where at least two
// thirds of the callers hold it.
func (l *EntryLock) MostHold() bool { return len(l.Holders) >= 2*len(l.Missing) && len(l.Holders) > 0 }

// Lock returns what callers do about a lock, or nil.
func (e *Entry) Lock(q *path.Path) *EntryLock {
	for i := range e.Locks {
		if e.Locks[i].Path == q {
			return &e.Locks[i]
		}
	}
	return nil
}

// enterAll finds the entries, callers first.
func (p *Package) enterAll() {
	p.findCallers()
	for i := len(p.order) - 1; i >= 0; i-- {
		p.enter(p.order[i])
		p.order[i].state = 3
	}
}

// findCallers collects how each function comes to run.
func (p *Package) findCallers() {
	add := func(c *Caller) {
		if c.Fn != nil && c.Event.State != nil {
			c.Fn.callers = append(c.Fn.callers, c)
		}
	}
	for _, f := range p.Funcs {
		for _, e := range f.Events {
			switch e.Kind {
			case Calls:
				at := []*Event{e}
				if e.Deferred {
					at = f.Returns
				}
				for _, ev := range at {
					if ev.Kind == Returns && (ev.State == nil || ev.Pos() < e.Pos()) {
						continue // returned before the call was deferred
					}
					p.callersOf(f, e, ev, add)
				}
			case Starts:
				add(&Caller{Func: f, Event: e, Fn: e.Go.Ref.Fn, Args: e.Go.arguments(), Async: true, Go: e.Go})
			}
		}
	}
}

// callersOf reports the functions that a call runs.
func (p *Package) callersOf(f *Func, e, at *Event, add func(*Caller)) {
	c := e.Call
	if c.Fn != nil {
		add(&Caller{Func: f, Event: at, Fn: c.Fn, Args: c.Args})
	} else if c.Obj != nil {
		for _, m := range p.implementations(c) {
			args := slices.Clone(c.Args)
			add(&Caller{Func: f, Event: at, Fn: m, Args: args})
		}
		p.sorted(f, at, c, add)
	}
	for i, r := range c.Funcs {
		if r.Fn == nil {
			continue
		}
		var args []*path.Path
		if r.Recv != nil {
			args = []*path.Path{r.Recv}
		}
		caller := &Caller{Func: f, Event: at, Fn: r.Fn, Args: args}
		if c.Fn != nil {
			u := c.use(i)
			switch {
			case u == nil:
				r.Fn.Used = true
				continue
			case u.Async:
				caller.Async = true
				if k := slices.IndexFunc(p.spawnsOf(e), func(g *Spawn) bool { return g.Ref.Fn == r.Fn }); k >= 0 {
					caller.Go = e.spawns[k]
				}
			case u.Kept && len(u.Later) > 0:
				caller.Extra, caller.between, caller.Later = u.Later, c, true
			case u.Kept:
				r.Fn.Used = true
				continue
			default:
				caller.Extra, caller.between = u.Held, c
				caller.Args = p.callbackArgs(r, u, c)
			}
			caller.Dispatched = u.Dispatched
		} else if c.Obj == nil || c.Obj.Pkg() == nil {
			// A function value of unknown origin: it most likely calls what it
			// is given.
			caller.Dispatched = true
		} else if p.started(c, i) {
			continue // a Starts event tells of it
		} else if fact := p.external(c.Obj); fact != nil {
			caller.Extra = p.factHolds(fact.holds(i), c)
		} else if keeps(c.Obj) {
			r.Fn.Used = true
			continue
		} else {
			caller.Dispatched = c.Dispatched()
		}
		add(caller)
	}
}

// started reports whether a function of another package runs argument i, a
// function, in a goroutine.
func (p *Package) started(c *Call, i int) bool {
	if _, ok := runsAsync(c.Obj, i-recvCount(c)); ok || is(c.Obj, "testing", "T.Run") && p.parallel(c.Funcs[i].Fn) {
		return true
	}
	fact := p.external(c.Obj)
	return fact != nil && fact.Param(i) != nil
}

// recvCount returns 1 where the arguments of a call start with a receiver.
func recvCount(c *Call) int {
	if len(c.Args) == len(c.Node.Args)+1 {
		return 1
	}
	return 0
}

// keeps reports whether a function of another package keeps the functions that
// it is given for later: it registers a callback. The result is a guess from
// the signature: what returns nothing but perhaps a handle and is named for
// registering.
func keeps(fn *types.Func) bool {
	name := fn.Name()
	for _, prefix := range []string{"On", "Handle", "Register", "Add", "Set", "Subscribe", "With", "New", "Watch", "Notify"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// Holds returns the locks that are held at an event, those included that the
// callers of its function hold.
func (p *Package) Holds(e *Event) []Hold {
	if e.State == nil {
		return nil
	}
	held := slices.Clone(e.State.Held)
	if e.Deferred && e.Kind == Access {
		held = p.heldAtReturns(e)
	}
	for i := range e.Func.Entry.Locks {
		l := &e.Func.Entry.Locks[i]
		if !e.Func.Entry.External && l.MostHold() && !slices.Contains(e.State.Dropped, l.Path) && e.State.hold(l.Path) == nil {
			held = append(held, l.Hold)
		}
	}
	return held
}

// heldAtReturns returns the locks that are held when a deferred operation is
// done, at all returns after it was deferred.
func (p *Package) heldAtReturns(e *Event) []Hold {
	var held []Hold
	first := true
	for _, r := range e.Func.Returns {
		if r.State == nil || r.Pos() < e.Pos() {
			continue
		}
		at := slices.DeleteFunc(slices.Clone(r.State.Held), func(h Hold) bool {
			return slices.ContainsFunc(e.Func.Events, func(o *Event) bool {
				return o.Deferred && o.Kind == Unlock && o.Path == h.Path && o.Pos() > e.Pos()
			})
		})
		if first {
			held, first = at, false
			continue
		}
		held = inBoth(held, at)
	}
	return held
}

// IsFresh reports whether, at an event, only its goroutine can reach what a
// variable refers to.
func (p *Package) IsFresh(e *Event, v *types.Var) bool {
	if e.State == nil {
		return true
	}
	if path.IsGlobal(v) {
		return e.Func.Entry.Quiet && !e.State.Started
	}
	return p.unpublished(e, v) && len(p.Lent(e, v)) == 0
}

// unpublished reports whether only goroutines that the function itself has
// started, and may wait for, can reach what a variable refers to.
func (p *Package) unpublished(e *Event, v *types.Var) bool {
	return slices.Contains(e.State.Fresh, v) || slices.Contains(e.Func.Entry.Fresh, v) && !slices.Contains(e.State.Lost, v)
}

// Lent returns the goroutines that may run at an event and can reach what a
// variable refers to.
func (p *Package) Lent(e *Event, v *types.Var) []*Spawn {
	var list []*Spawn
	for _, g := range e.State.Live {
		for _, w := range p.reach(g) {
			if w == v || slices.Contains(p.contains[w], v) {
				list = with(list, g)
			}
		}
	}
	return list
}

// IsLent reports whether at an event what a variable refers to can be reached
// by goroutines that were started here, and by nobody else.
func (p *Package) IsLent(e *Event, v *types.Var) bool {
	return e.State != nil && !path.IsGlobal(v) && p.unpublished(e, v)
}

// vacuous reports whether a caller hands over a value that nobody else can
// reach yet: it needs no lock.
func (p *Package) vacuous(c *Caller, q *path.Path) bool {
	root := q.Root()
	if root.Kind != path.Var {
		return false
	}
	if path.IsGlobal(root.Obj) {
		return p.IsFresh(c.Event, root.Obj)
	}
	if root == p.Any && len(c.Args) > 0 && c.Args[0] != nil {
		v := c.Args[0].RootVar() // of the receiver, most likely
		return v != nil && p.IsFresh(c.Event, v)
	}
	if i := c.Fn.Param(root.Obj); i >= 0 && i < len(c.Args) && c.Args[i] != nil {
		r := c.Args[i].Root()
		if r.Kind != path.Var {
			return false
		}
		if from := p.Given(c.Event, c.Args[i]); from != nil && !p.IsPrivate(c.Event, from) {
			return false
		}
		return c.anything(r.Obj) || p.IsPrivate(c.Event, c.Args[i])
	}
	return c.Fn.Lit != nil && p.IsFresh(c.Event, root.Obj)
}

// anything reports whether a caller is a literal that is kept, such as an option,
// and v a parameter of it: it may get anything, under any lock.
func (c *Caller) anything(v *types.Var) bool {
	return c.Func.Lit != nil && c.Func.Entry.Total == 0 && c.Func.Param(v) >= 0
}

// enter finds the entry of a function whose callers are done. A caller that
// is not, for it is called by the function itself, is left out.
func (p *Package) enter(f *Func) {
	en := &f.Entry
	en.External = p.isExternal(f)
	var callers []*Caller
	for _, c := range f.callers {
		if c.Func.state == 3 && (f.Test || !c.Func.Test) {
			callers = append(callers, c)
		}
	}
	en.Total = len(callers)
	name := ""
	if f.Obj != nil && f.Decl.Recv == nil {
		name = f.Obj.Name()
	}
	en.Quiet = name == "main" && p.Types.Name() == "main" || name == "init" || f.Init
	if len(callers) == 0 {
		return
	}
	en.Quiet = !en.External
	for _, c := range callers {
		en.Quiet = en.Quiet && !c.Async && c.Func.Entry.Quiet && !c.Event.State.Started
	}
	if !en.External {
		en.Fresh = p.freshEntry(f, callers)
		en.Foreign = p.foreignEntry(f, callers)
	}
	for _, c := range callers {
		if len(c.Args) > 0 && c.Args[0] != nil && c.Args[0].RootVar() != nil {
			en.Blind = en.Blind || c.anything(c.Args[0].RootVar())
		}
		if !c.Async && !c.Later {
			for _, q := range union(c.Event.State.Maybe, c.Func.Entry.Maybe) {
				if q = p.toCallee(q, f, c.Args); q != nil {
					en.Maybe = with(en.Maybe, q)
				}
			}
		}
		for _, h := range p.heldBy(c) {
			l := en.Lock(h.Path)
			if l == nil {
				en.Locks = append(en.Locks, EntryLock{Hold: h})
				l = &en.Locks[len(en.Locks)-1]
			}
			if h.Mode < l.Mode {
				l.Mode, l.At = h.Mode, h.At
			}
			l.Holders, l.Modes = append(l.Holders, c), append(l.Modes, h.Mode)
		}
	}
	for i := range en.Locks {
		l := &en.Locks[i]
		for _, c := range callers {
			if !slices.Contains(l.Holders, c) && !p.vacuous(c, l.Path) && !p.holdsSome(en, c, l.Path) {
				l.Missing = append(l.Missing, c)
			}
		}
	}
}

// holdsSome reports whether a caller holds a lock in the same field as another
// one, of a value that the callee cannot name, or one that may be the same.
func (p *Package) holdsSome(en *Entry, c *Caller, q *path.Path) bool {
	return slices.ContainsFunc(en.Locks, func(o EntryLock) bool {
		same := (o.Path.Root() == p.Any || q.Root() == p.Any) && o.Path.Obj == q.Obj || p.SameLock(o.Path.Obj, q.Obj)
		return same && o.Path != q && slices.Contains(o.Holders, c)
	})
}

// freshEntry returns the parameters and captured variables that are fresh at
// all calls.
func (p *Package) freshEntry(f *Func, callers []*Caller) []*types.Var {
	var list []*types.Var
	vars := f.Params
	if f.Lit != nil {
		vars = slices.Concat(vars, p.freeVars(f.Lit))
	}
	for _, v := range vars {
		if v == nil {
			continue
		}
		fresh := true
		for _, c := range callers {
			fresh = fresh && !c.Async && p.vacuous(c, p.Var(v))
		}
		if fresh {
			list = append(list, v)
		}
	}
	return list
}

// heldBy returns the locks that a caller holds, in terms of the callee.
func (p *Package) heldBy(c *Caller) []Hold {
	if c.Async && (c.Go == nil || c.Event.State == nil) {
		return nil
	}
	var list []Hold
	add := func(q *path.Path, h Hold) {
		if q == nil || slices.ContainsFunc(list, func(o Hold) bool { return o.Path == q }) {
			return
		}
		h.Path, h.Mode = p.normal(q, h.Mode)
		list = append(list, h)
	}
	for _, h := range p.Holds(c.Event) {
		if c.Later {
			break
		}
		if c.Event.Kind == Returns && p.releasedBefore(c, h.Path) {
			continue
		}
		q := p.toCallee(h.Path, c.Fn, c.Args)
		if c.Async && (q == nil || !slices.Contains(c.Fn.Summary.Releases, q)) { // not handed over
			if !p.endsUnder(c.Func, c.Go, h.Path, maxDepth) {
				continue
			}
			h.Lent = true
		}
		add(q, h)
		if h.Path.Kind == path.Field && (q == nil || q.Climbs()) {
			add(p.Field(p.Any, h.Path.Obj), h) // some lock of that kind, at least
		}
	}
	for _, h := range c.Extra { // none where it is Async
		if c.between == nil {
			add(p.toCallee(h.Path, c.Fn, c.Args), h)
		} else if q := p.toCaller(h.Path, c.between); q != nil {
			add(p.toCallee(q, c.Fn, c.Args), h)
		}
	}
	return list
}

// isExternal reports whether code that is not seen may call f.
func (p *Package) isExternal(f *Func) bool {
	if f.Handles {
		return true
	}
	if f.Init {
		return false
	}
	if f.Lit != nil {
		return f.Used
	}
	if f.Used {
		return true
	}
	if !f.Obj.Exported() {
		return f.Decl.Recv == nil && (f.Obj.Name() == "main" || f.Obj.Name() == "init")
	}
	if recv := f.Obj.Signature().Recv(); recv != nil {
		t := types.Unalias(recv.Type())
		if ptr, ok := t.(*types.Pointer); ok {
			t = types.Unalias(ptr.Elem())
		}
		if n, ok := t.(*types.Named); ok && !n.Obj().Exported() {
			return len(f.callers) == 0
		}
	}
	if p.Types.Name() == "main" {
		return len(f.callers) == 0
	}
	return true
}
