package lockset

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// What stands here knows of functions whose result tells whether they have waited, or
// taken a lock: if err := l.Wait(ctx); err != nil { return err }.

// waitsIfGood finds what f has waited for whenever its last result is not that of a
// failure.
func (p *Package) waitsIfGood(f *Func) []*path.Path {
	var list []*path.Path
	first, failures := true, false
	for _, r := range f.Returns {
		if r.State == nil {
			continue
		}
		ret := r.Node.(*ast.ReturnStmt)
		if len(ret.Results) == 0 {
			return nil
		}
		last := ast.Unparen(ret.Results[len(ret.Results)-1])
		if p.isFailure(f, last) {
			failures = true
			continue
		}
		waited := r.State.Waited
		if id, ok := last.(*ast.Ident); ok {
			if v, ok := p.Info.Uses[id].(*types.Var); ok && !path.IsGlobal(v) && f.Param(v) < 0 && len(p.Vars.Writes(v)) > 0 {
				// ok = true where it has waited: most likely it tells of that.
				for _, e := range f.Events {
					if e.Kind == Recv && e.State != nil && e.Path != nil {
						waited, failures = with(waited, e.Path), true
					}
				}
			}
		}
		if call, ok := last.(*ast.CallExpr); ok {
			for _, e := range f.Events {
				if e.Kind != Calls || e.Node != call || e.Call.Fn == nil {
					continue
				}
				for _, q := range e.Call.Fn.Summary.WaitsIfGood {
					if q = p.toCaller(q, e.Call); q != nil {
						waited, failures = with(waited, q), true
					}
				}
			}
		}
		if first {
			list, first = waited, false
			continue
		}
		list = intersect(list, waited)
	}
	if !failures {
		return nil // all its ways wait, or none
	}
	return list
}

// isFailure reports whether a result can only tell of a failure: an error that is not
// nil, false, or nothing.
func (p *Package) isFailure(f *Func, e ast.Expr) bool {
	tv := p.Info.Types[e]
	if tv.Value != nil {
		return tv.Value.ExactString() == "false"
	}
	t := p.Info.TypeOf(e)
	if t == nil {
		return false
	}
	if tv.IsNil() {
		return f.Obj != nil && !isError(f.Obj.Signature().Results().At(f.Obj.Signature().Results().Len()-1).Type())
	}
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		_, ok := ast.Unparen(u.X).(*ast.CompositeLit)
		return ok && f.returnsError()
	}
	if !f.returnsError() {
		return false
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		fn, _ := typeutil.Callee(p.Info, e).(*types.Func)
		return is(fn, "errors", "New") || is(fn, "fmt", "Errorf") || is(fn, "context", "Cause") || is(fn, "context", "Context.Err")
	case *ast.Ident:
		v, ok := p.Info.Uses[e].(*types.Var)
		return ok && (path.IsGlobal(v) || p.seenNotNil(f, v, e.Pos()))
	case *ast.SelectorExpr:
		v, ok := p.Info.Uses[e.Sel].(*types.Var)
		return ok && path.IsGlobal(v)
	}
	return false
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// returnsError reports whether the last result of f is an error.
func (f *Func) returnsError() bool {
	if f.Obj == nil || f.Obj.Signature().Results().Len() == 0 {
		return false
	}
	res := f.Obj.Signature().Results()
	return isError(res.At(res.Len() - 1).Type())
}

// seenNotNil reports whether a place stands in the body of an if that asks for a
// variable not to be nil.
func (p *Package) seenNotNil(f *Func, v *types.Var, at token.Pos) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n == nil || at < n.Pos() || n.End() <= at {
			return false
		}
		if s, ok := n.(*ast.IfStmt); ok && s.Body.Pos() <= at && at < s.Body.End() {
			if x, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr); ok && x.Op == token.NEQ && p.Info.Types[x.Y].IsNil() {
				id, ok := ast.Unparen(x.X).(*ast.Ident)
				found = found || ok && p.Info.Uses[id] == v
			}
		}
		return true
	})
	return found
}

// tells returns the event of what a call has waited for whose result, or the variable
// that holds it, is asked for, nil if there is none. It looks for the assignment of
// the variable among the nodes before, where it has several.
func (b *builder) tells(e ast.Expr) *Event {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		v, ok := b.Info.Uses[id].(*types.Var)
		if !ok || v.IsField() || path.IsGlobal(v) {
			return nil
		}
		if e = b.lastGiven(v); e == nil {
			return nil
		}
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	fn := typeutil.StaticCallee(b.Info, call)
	if fn == nil {
		return nil
	}
	if f := b.byObj[fn.Origin()]; f != nil {
		return &Event{Kind: Tells, Node: call, Call: b.callOf(call, f), Func: b.f}
	}
	if fact := b.external(fn.Origin()); fact != nil && len(fact.AcquiresIfGood) > 0 {
		c := b.callOf(call, &Func{Obj: fn.Origin()})
		c.Fn = nil
		return &Event{Kind: Tells, Node: call, Call: c, Func: b.f}
	}
	return nil
}

// lastGiven returns the call whose last result a variable holds at the end of the
// nodes of the block at hand.
func (b *builder) lastGiven(v *types.Var) ast.Expr {
	for _, n := range slices.Backward(b.nodes) {
		s, ok := n.(*ast.AssignStmt)
		if !ok || len(s.Rhs) != 1 {
			continue
		}
		for i, l := range s.Lhs {
			if id, ok := l.(*ast.Ident); ok && b.Info.ObjectOf(id) == v {
				if i == len(s.Lhs)-1 {
					return s.Rhs[0]
				}
				return nil
			}
		}
	}
	if w := b.Vars.Writes(v); len(w) == 1 {
		if w[0].Value != nil {
			return w[0].Value
		}
		if t, ok := w[0].Tuple.(*ast.CallExpr); ok {
			if sig, ok := b.Info.TypeOf(t).(*types.Tuple); ok && w[0].Result == sig.Len()-1 {
				return t
			}
		}
	}
	return nil
}

// taken returns the locks that a function has taken where it has not failed.
func (s *Summary) taken() []Hold { return slices.Concat(s.Acquires, s.AcquiresIfGood) }

// acquiresIfGood finds the locks that f has taken when its last result does not tell of
// a failure, among those that its caller can name and f leaves taken.
func (p *Package) acquiresIfGood(f *Func, leaves func(*path.Path) bool) {
	s := &f.Summary
	type way struct {
		held   []Hold
		result ast.Expr
	}
	var ways []way
	var all []Hold
	for _, r := range f.Returns {
		if r.State == nil {
			continue
		}
		ret := r.Node.(*ast.ReturnStmt)
		if len(ret.Results) == 0 {
			return
		}
		w := way{r.State.Held, ast.Unparen(ret.Results[len(ret.Results)-1])}
		w.held = append(slices.Clip(w.held), p.heldIfGood(f, w.result)...)
		ways, all = append(ways, w), append(all, w.held...)
	}
	for _, h := range all {
		holds := func(o Hold) bool { return o.Path == h.Path }
		if !leaves(h.Path) || slices.ContainsFunc(s.taken(), holds) {
			continue
		}
		good := true
		for _, w := range ways {
			if slices.ContainsFunc(w.held, holds) {
				tv := p.Info.Types[w.result]
				good = good && (tv.Value == nil || tv.Value.ExactString() != "false")
			} else {
				good = good && p.mayFail(f, w.result)
			}
		}
		if good {
			s.AcquiresIfGood = append(s.AcquiresIfGood, h)
		}
	}
}

// heldIfGood returns the locks that are held where a result is good, which is that of
// an attempt to take them: return s.mu.TryLock().
func (p *Package) heldIfGood(f *Func, result ast.Expr) []Hold {
	if id, ok := result.(*ast.Ident); ok {
		if v, ok := p.Info.Uses[id].(*types.Var); ok && f.Local(v) {
			if def := p.Vars.Definition(v); def != nil {
				result = ast.Unparen(def)
			}
		}
	}
	call, ok := result.(*ast.CallExpr)
	if !ok {
		return nil
	}
	b := &builder{Package: p, f: f}
	if l := b.tryLock(call); l != nil {
		return []Hold{{Path: l.Path, Mode: l.Mode, At: call}}
	}
	fn := typeutil.StaticCallee(p.Info, call)
	if fn == nil || p.byObj[fn.Origin()] == nil {
		return nil
	}
	var held []Hold
	c := b.callOf(call, p.byObj[fn.Origin()])
	for _, h := range c.Fn.Summary.AcquiresIfGood {
		if q := p.toCaller(h.Path, c); q != nil {
			q, mode := p.normal(q, h.Mode)
			held = append(held, Hold{Path: q, Mode: mode, At: call})
		}
	}
	return held
}

// mayFail reports whether a result can tell of a failure: where f returns an error,
// anything but nil does.
func (p *Package) mayFail(f *Func, result ast.Expr) bool {
	if f.returnsError() {
		return !p.Info.Types[result].IsNil()
	}
	return p.isFailure(f, result)
}
