package lockset

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A ParamUse tells how a function runs a function that it is given.
type ParamUse struct {
	Index int
	// Held are the locks held at all calls of it.
	Held []Hold
	// Args are what all calls of it give it, in terms of the function; nil for what
	// differs or cannot be named.
	Args []*path.Path
	// Async says that it is run in a goroutine, Multi in several, Contained
	// that they have ended when the function returns.
	Async, Multi, Contained bool
	// Signals are where the goroutine tells that it is done, in terms of the
	// function; Pool says that workers elsewhere run it.
	Signals []*path.Path
	Pool    bool
	// Once says that it is a task which one of several workers runs once.
	Once bool
	// Executor is the channel whose one receiver runs it.
	Executor *types.Var
	// Kept says that it is stored: nothing is known of when it is run, but that
	// the locks of Later are held then.
	Kept  bool
	Later []Hold
	// Dispatched says that it is given to a method of an interface, or to a function
	// value: they may take any lock before they call it.
	Dispatched bool
}

// Param returns the use of a function's i-th parameter, counting the receiver.
func (s *Summary) Param(i int) *ParamUse {
	for k := range s.Params {
		if s.Params[k].Index == i {
			return &s.Params[k]
		}
	}
	return nil
}

// use returns what the callee does with argument i, a function, or nil if it
// does nothing with it. The last parameter takes all further arguments.
func (c *Call) use(i int) *ParamUse {
	return c.Fn.Summary.Param(min(i, len(c.Fn.Params)-1))
}

// callbackArgs returns what a callee gives a function that it is handed, in terms of
// its caller, after the receiver of a method value.
func (p *Package) callbackArgs(r FuncRef, u *ParamUse, c *Call) []*path.Path {
	var args []*path.Path
	if r.Recv != nil {
		args = []*path.Path{r.Recv}
	}
	for _, q := range u.Args {
		if q != nil {
			q = p.toCaller(q, c)
		}
		args = append(args, q)
	}
	return args
}

// paramUses finds how f runs the functions that it is given.
func (p *Package) paramUses(f *Func) {
	for i, v := range f.Params {
		if v == nil || f.Decl == nil && !f.iterates() {
			continue
		}
		var elems []*types.Var
		if _, ok := v.Type().Underlying().(*types.Signature); !ok {
			t, ok := v.Type().Underlying().(*types.Slice) // fs ...func()
			if !ok {
				continue
			}
			if _, ok := t.Elem().Underlying().(*types.Signature); !ok {
				continue
			}
			elems = p.elements[v]
		}
		u := ParamUse{Index: i}
		calls := 0
		seen := make(map[*Func]bool)
		p.paramUse(f, f, v, &u, &calls, false, seen)
		p.keptUse(f, v, &u, seen)
		for _, e := range elems { // for _, f := range fs { go f() }
			seen := make(map[*Func]bool)
			p.paramUse(f, f, e, &u, &calls, false, seen)
			p.keptUse(f, e, &u, seen)
			u.Multi = false // one goroutine for each function
		}
		if found, sent := p.registers(f, v); found {
			u.Once = sent && !u.Async || u.Once
			// A function that starts the workers itself most likely waits for them.
			starts := slices.ContainsFunc(f.Events, func(e *Event) bool { return e.Kind == Starts })
			u.Contained = starts && (!u.Async || u.Contained)
			u.Async, u.Multi, u.Pool = true, true, true
		}
		if u.Pool && f.Summary.Started && len(f.Summary.Leaks) == 0 {
			u.Contained = true // it has what is kept run, and leaves nothing behind
		}
		if calls > 0 || u.Async || u.Kept {
			f.Summary.Params = append(f.Summary.Params, u)
		}
	}
}

// paramUse collects the uses of parameter v of f in the function g, which is
// f or a literal in it, async if that runs in a goroutine.
func (p *Package) paramUse(f, g *Func, v *types.Var, u *ParamUse, calls *int, async bool, seen map[*Func]bool) {
	if g == nil || g.GaveUp || seen[g] {
		return
	}
	seen[g] = true
	called := func(e *Event) {
		if async {
			u.Async = true
			return
		}
		var held []Hold
		if e.State != nil && g == f {
			held = e.State.Held
		}
		var args []*path.Path
		if e.Call.Param == v && g == f {
			args = e.Call.Args
		}
		if *calls == 0 {
			u.Held, u.Args = held, slices.Clone(args)
		} else {
			u.Held = inBoth(u.Held, held)
			if len(args) != len(u.Args) {
				u.Args = nil
			}
			for i := range u.Args {
				if u.Args[i] != args[i] {
					u.Args[i] = nil
				}
			}
		}
		*calls++
	}
	for _, e := range g.Events {
		switch e.Kind {
		case Calls:
			if e.Call.Param == v {
				called(e)
			}
			for i, x := range e.Call.Exprs {
				id, ok := ast.Unparen(x).(*ast.Ident)
				if ok && p.Info.Uses[id] == v {
					if e.Call.Fn == nil {
						if fact := p.external(e.Call.Obj); fact != nil && fact.Param(i) != nil {
							u.Async, u.Multi = true, u.Multi || fact.Param(i).Multi
							u.Contained = fact.Param(i).Contained
							u.Executor = p.executorElsewhere(e.Call.Obj, fact.Param(i))
							continue
						}
						u.Dispatched = u.Dispatched || e.Call.Dispatched()
						called(e)
						continue
					}
					if w := e.Call.use(i); w != nil {
						if w.Async {
							u.Async, u.Multi, u.Contained = true, u.Multi || w.Multi, w.Contained
							u.Pool = u.Pool || w.Pool
							u.Executor, u.Once = w.Executor, w.Once
							for _, q := range w.Signals {
								if q = p.toCaller(q, e.Call); q != nil {
									u.Signals = with(u.Signals, q)
								}
							}
						} else {
							called(e)
						}
						u.Kept = u.Kept || w.Kept
						u.Dispatched = u.Dispatched || w.Dispatched
					}
				}
				if lit, ok := ast.Unparen(x).(*ast.FuncLit); ok && p.uses(lit, v) {
					in := p.byLit[lit]
					if e.Call.Fn != nil {
						if w := e.Call.use(i); w != nil && w.Async {
							u.Multi, u.Contained = u.Multi || w.Multi, w.Contained
							p.paramUse(f, in, v, u, calls, true, seen)
							continue
						}
					}
					p.paramUse(f, in, v, u, calls, async, seen)
				}
			}
			if lit := e.Call.Fn; lit != nil && lit.Lit != nil && p.uses(lit.Lit, v) {
				p.paramUse(f, lit, v, u, calls, async, seen)
			}
		case Starts:
			in := e.Go.Ref.Fn
			several := e.Go.Multi || e.State != nil && slices.Contains(e.State.Live, e.Go)
			if e.Go.Param == v {
				u.Async, u.Multi = true, u.Multi || several
				u.Signals = union(u.Signals, e.Go.told())
			}
			if in == nil || in.Lit == nil || !p.uses(in.Lit, v) && !slices.ContainsFunc(e.Go.Args, func(a *path.Path) bool { return a == p.Var(v) }) {
				continue
			}
			before := u.Async
			p.paramUse(f, in, v, u, calls, true, seen)
			if u.Async {
				u.Signals = union(u.Signals, e.Go.told())
				u.Multi = u.Multi || several
				if e.Go.Executor != nil {
					u.Executor, u.Multi = e.Go.Executor, false
				}
				contained := !slices.ContainsFunc(f.Summary.Leaks, func(g *Spawn) bool { return g == e.Go })
				u.Contained = contained && (!before || u.Contained)
			}
		case Signal:
			if s, ok := e.Node.(*ast.SendStmt); ok {
				if id, ok := ast.Unparen(s.Value).(*ast.Ident); ok && p.Info.Uses[id] == v {
					// Workers at the other end of the channel run it.
					u.Once = !u.Async
					u.Executor = p.executor(e.Path)
					u.Async, u.Multi, u.Pool = true, u.Executor == nil, true
				} else if ch := p.executor(e.Path); ch != nil {
					p.sentFuncs(s.Value, func(x ast.Expr) {
						if id, ok := x.(*ast.Ident); ok && p.Info.Uses[id] == v {
							u.Executor, u.Async, u.Pool = ch, true, true
						}
					})
				}
			}
		}
	}
}

// keptUse collects the calls of parameter v of f in literals that outlive f.
func (p *Package) keptUse(f *Func, v *types.Var, u *ParamUse, seen map[*Func]bool) {
	first := true
	for _, g := range f.lits {
		if seen[g] || !p.uses(g.Lit, v) {
			continue
		}
		for _, e := range g.Events {
			if e.Kind != Calls || e.Call.Param != v || e.State == nil {
				continue
			}
			u.Kept = true
			if first {
				u.Later, first = e.State.Held, false
				continue
			}
			u.Later = inBoth(u.Later, e.State.Held)
		}
	}
}

// uses reports whether a literal uses a variable around it.
func (p *Package) uses(lit *ast.FuncLit, v *types.Var) bool {
	return slices.Contains(p.freeVars(lit), v)
}
