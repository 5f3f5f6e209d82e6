package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/stmts"
)

// frozen reports whether a read is made only where a flag is seen to be set, or a
// channel to be closed, after which the maps of the class do not change any more:
// each function that changes them asks for the flag, or sets it afterwards.
func (c *checker) frozen(as *accesses, a *access) bool {
	if a.op.Changes() || a.owner == nil && !path.IsGlobal(as.v) {
		return false
	}
	flags := slices.Concat(c.seenSet(a), c.setHere(a), c.sealedBefore(a))
	for _, w := range a.State.Waited {
		if w.Kind == path.Field || w.Kind == path.Var && path.IsGlobal(w.Obj) {
			flags = append(flags, w.Obj)
		}
	}
	return slices.ContainsFunc(flags, func(flag *types.Var) bool {
		if c.clears(a.Func, flag) {
			return false // it tells that something has changed since, and may change again
		}
		set := false
		for _, b := range as.list {
			if !counts(b) || !b.op.Changes() {
				continue
			}
			if b == a || !c.asks(b.Func, flag, b.Pos()) && !c.setsAfter(b.Func, flag, b.Pos()) {
				return false
			}
			set = true
		}
		return set
	})
}

// clears reports whether a function sets a flag back.
func (c *checker) clears(f *lockset.Func, flag *types.Var) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || c.atomicOf(n, "Store", "Swap") == flag && c.isZero(n.Args[len(n.Args)-1])
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if sel, ok := ast.Unparen(l).(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) && c.isZero(n.Rhs[i]) {
					v, ok := c.TypesInfo.Uses[sel.Sel].(*types.Var)
					found = found || ok && v.Origin() == flag
				}
			}
		}
		return !found
	})
	return found
}

// setHere returns the fields that the function of an access sets to true, or to a
// state, where it has taken the map under a lock: s.ended = true; m := s.attrs.
func (c *checker) setHere(a *access) []*types.Var {
	if len(a.held) == 0 && len(a.State.Off) == 0 {
		return nil
	}
	var flags []*types.Var
	ast.Inspect(a.Func.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && (call.Pos() < a.Pos() || len(a.held) > 0) && len(call.Args) > 0 && !c.isZero(call.Args[len(call.Args)-1]) {
			if v := c.atomicOf(call, "Store", "Swap"); v != nil {
				flags = append(flags, v)
			}
		}
		s, ok := n.(*ast.AssignStmt)
		if !ok || s.Tok != token.ASSIGN || len(s.Lhs) != len(s.Rhs) || s.Pos() > a.Pos() && len(a.held) == 0 {
			return true
		}
		for i, r := range s.Rhs {
			if sel, ok := ast.Unparen(s.Lhs[i]).(*ast.SelectorExpr); ok && c.TypesInfo.Types[r].Value != nil && !c.isZero(r) {
				flags = c.flag(sel, flags)
			}
		}
		return true
	})
	return flags
}

// seenSet returns the flags that are known to be true at an access: the conditions
// around it, and those whose opposite has left the function before.
func (c *checker) seenSet(a *access) []*types.Var {
	var flags []*types.Var
	at := a.Pos()
	inside := func(n ast.Node) bool { return n != nil && n.Pos() <= at && at < n.End() }
	ast.Inspect(a.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > at {
			return false
		}
		if lit, ok := n.(*ast.FuncLit); ok && !inside(lit) {
			return false
		}
		if s, ok := n.(*ast.SwitchStmt); ok && inside(s) {
			flags = c.cases(s, inside, flags)
		}
		list := stmts.In(n)
		for i, s := range list {
			s, ok := s.(*ast.IfStmt)
			if !ok {
				continue
			}
			switch {
			case inside(s.Body):
				flags = c.flagsOf(s.Cond, true, flags)
			case s.Else != nil && inside(s.Else):
				flags = c.flagsOf(s.Cond, false, flags)
			case s.End() <= at && inside(n) && i < len(list)-1 && endsIn(s.Body):
				flags = c.flagsOf(s.Cond, false, flags)
			}
		}
		return true
	})
	return flags
}

// cases adds the flags that are set in the clause of a switch around a place.
func (c *checker) cases(s *ast.SwitchStmt, inside func(ast.Node) bool, flags []*types.Var) []*types.Var {
	for _, clause := range s.Body.List {
		clause := clause.(*ast.CaseClause)
		if !inside(clause) || len(clause.List) == 0 {
			continue
		}
		for _, e := range clause.List {
			switch {
			case s.Tag == nil && len(clause.List) == 1:
				flags = c.flagsOf(e, true, flags)
			case s.Tag != nil && !c.isZero(e):
				flags = c.flag(s.Tag, flags)
			}
		}
	}
	return flags
}

// endsIn reports whether a block ends by leaving what it stands in.
func endsIn(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}

// flagsOf adds the flags that are set where a condition has a value.
func (c *checker) flagsOf(cond ast.Expr, value bool, flags []*types.Var) []*types.Var {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return c.flagsOf(e.X, !value, flags)
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			if (e.Op == token.LAND) == value {
				flags = c.flagsOf(e.X, value, flags)
				flags = c.flagsOf(e.Y, value, flags)
			}
		case token.EQL, token.NEQ:
			if (e.Op == token.EQL) == value && !c.isZero(e.Y) {
				flags = c.flag(e.X, flags) // state == frozen
			} else if (e.Op == token.NEQ) == value && c.isZero(e.Y) {
				flags = c.flag(e.X, flags)
			}
		case token.GEQ, token.GTR:
			if value {
				flags = c.flag(e.X, flags)
			}
		}
	default:
		if value {
			flags = c.flag(e, flags)
		}
	}
	return flags
}

// isZero reports whether an expression is the constant of a zero value.
func (c *checker) isZero(e ast.Expr) bool {
	v := c.TypesInfo.Types[e].Value
	return v != nil && (v.ExactString() == "0" || v.ExactString() == "false") || c.TypesInfo.Types[e].IsNil()
}

// flag adds the field or package variable that an expression reads: t.sealed,
// t.sealed.Load(), atomic.LoadInt32(&t.sealed), or a local variable that got one.
func (c *checker) flag(e ast.Expr, flags []*types.Var) []*types.Var {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		if v, ok := c.TypesInfo.Uses[id].(*types.Var); ok && !path.IsGlobal(v) {
			if e = c.locks.Vars.Definition(v); e == nil {
				return flags
			}
			e = ast.Unparen(e)
		}
	}
	if call, ok := e.(*ast.CallExpr); ok {
		if v := c.atomicOf(call, "Load"); v != nil {
			return append(flags, v)
		}
		// A method that tells: func (t *T) sealed() bool { return t.state.Load() == sealed }
		if body := c.bodyOf(call); body != nil && len(body.List) == 1 {
			if ret, ok := body.List[0].(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
				if _, again := ast.Unparen(ret.Results[0]).(*ast.CallExpr); !again || c.atomicOf(ast.Unparen(ret.Results[0]).(*ast.CallExpr), "Load") != nil {
					return c.flagsOf(ret.Results[0], true, flags)
				}
			}
		}
		return flags
	}
	if t := c.TypesInfo.TypeOf(e); t == nil || types.IsInterface(t) {
		return flags
	}
	if p := c.locks.Of(e); p != nil && p.Obj != nil && (p.Kind == path.Field || path.IsGlobal(p.Obj)) {
		if b, ok := p.Obj.Type().Underlying().(*types.Basic); ok && b.Info()&(types.IsBoolean|types.IsInteger) != 0 {
			flags = append(flags, p.Obj)
		}
	}
	return flags
}

// bodyOf returns the body of the function of the package that a call calls, or nil.
func (c *checker) bodyOf(call *ast.CallExpr) *ast.BlockStmt {
	fn := typeutil.StaticCallee(c.TypesInfo, call)
	if fn == nil {
		return nil
	}
	if f := c.locks.Func(fn); f != nil {
		return f.Body
	}
	return nil
}

// atomicOf returns the field or package variable on which a call of sync/atomic does
// something, nil if it is none of these.
func (c *checker) atomicOf(call *ast.CallExpr, does ...string) *types.Var {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	fn, ok := c.TypesInfo.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "sync/atomic" || !slices.ContainsFunc(does, func(d string) bool {
		return len(fn.Name()) >= len(d) && fn.Name()[:len(d)] == d
	}) {
		return nil
	}
	var p *path.Path
	if fn.Signature().Recv() != nil {
		p = c.locks.Receiver(sel)
	} else if len(call.Args) > 0 {
		p = c.locks.Of(call.Args[0])
	}
	if p == nil {
		return nil
	}
	return p.Obj
}

// asks reports whether a function looks at a flag before a place in it, or all those
// that call it do.
func (c *checker) asks(f *lockset.Func, flag *types.Var, before token.Pos) bool {
	found := false
	ast.Inspect(f.Declared().Body, func(n ast.Node) bool {
		if n == nil || found || n.Pos() >= before {
			return false
		}
		var cond ast.Expr
		switch n := n.(type) {
		case *ast.IfStmt:
			cond = n.Cond
		case *ast.SwitchStmt:
			cond = n.Tag
		case *ast.CommClause: // case <-t.sealed:
			if x, ok := n.Comm.(*ast.ExprStmt); ok {
				cond = x.X
			}
		}
		found = found || cond != nil && c.mentions(cond, flag)
		return !found
	})
	return found || c.callersKnow(f, func(m *lockset.Caller) bool {
		return c.asks(m.Func, flag, m.Event.Pos()) || c.setsAfter(m.Func, flag, m.Event.Pos())
	})
}

// callersKnow reports whether only functions call f that know something.
func (c *checker) callersKnow(f *lockset.Func, know func(*lockset.Caller) bool) bool {
	if f.Entry.External || f.Entry.Total == 0 || c.knowing[f] {
		return false
	}
	if c.knowing == nil {
		c.knowing = make(map[*lockset.Func]bool)
	}
	c.knowing[f] = true
	defer delete(c.knowing, f)
	return !slices.ContainsFunc(f.Callers(), func(m *lockset.Caller) bool { return !m.Func.Test && (m.Async || !know(m)) })
}

// mentions reports whether an expression looks at a flag.
func (c *checker) mentions(e ast.Expr, flag *types.Var) bool {
	return c.mentionsWithin(e, flag, 1)
}

// mentionsWithin is mentions, of the functions that are called as well, to a depth.
func (c *checker) mentionsWithin(e ast.Node, flag *types.Var, depth int) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && depth > 0 {
			if body := c.bodyOf(call); body != nil && len(body.List) <= 2 {
				found = found || c.mentionsWithin(body, flag, depth-1)
			}
		}
		if id, ok := n.(*ast.Ident); ok {
			v, ok := c.TypesInfo.Uses[id].(*types.Var)
			found = found || ok && v.Origin() == flag
			if ok && !found && !v.IsField() && !path.IsGlobal(v) {
				if def := c.locks.Vars.Definition(v); def != nil && def.End() <= e.Pos() {
					found = len(c.flag(def, nil)) > 0 && c.flag(def, nil)[0] == flag
				}
			}
		}
		return !found
	})
	return found
}

// setsAfter reports whether a function sets a flag, or closes a channel, after a
// place in it.
func (c *checker) setsAfter(f *lockset.Func, flag *types.Var, after token.Pos) bool {
	for _, e := range f.Events {
		if e.Kind == lockset.Signal && e.Path != nil && e.Path.Obj == flag && (e.Deferred || e.Pos() > after) {
			return true
		}
	}
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || n.Pos() > after && c.atomicOf(n, "Store", "Swap", "CompareAndSwap") == flag
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if sel, ok := ast.Unparen(l).(*ast.SelectorExpr); ok && n.Pos() > after {
					v, ok := c.TypesInfo.Uses[sel.Sel].(*types.Var)
					found = found || ok && v.Origin() == flag
				}
			}
		}
		return !found
	})
	return found
}
