package lockset

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// dispatches notes the fields whose functions a goroutine calls: callbacks
// that were registered, for _, f := range s.handlers { go f(ev) }.
func (p *Package) dispatches(g *ast.GoStmt) {
	note := func(fun ast.Expr) {
		if f := p.funcField(fun); f != nil {
			p.dispatched[f] = true
		}
	}
	note(g.Call.Fun)
	for _, a := range g.Call.Args {
		if t := p.Info.TypeOf(a); t != nil && isFuncType(t) {
			note(a) // go s.invoke(f, ev)
		}
	}
	lit, ok := ast.Unparen(g.Call.Fun).(*ast.FuncLit)
	if !ok {
		p.dispatchesFrom(g, g.Call)
		return
	}
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			note(call.Fun)
			p.dispatchesFrom(g, call)
		}
		return true
	})
}

// dispatchesFrom notes the fields whose functions a function of the package calls that
// a goroutine runs: workers, where a loop starts the goroutine and all of them work
// for one object, or else a goroutine of its own.
func (p *Package) dispatchesFrom(g *ast.GoStmt, call *ast.CallExpr) {
	fn := typeutil.StaticCallee(p.Info, call)
	if fn == nil || p.byObj[fn.Origin()] == nil {
		return
	}
	fields := p.calledFields(p.byObj[fn.Origin()])
	if len(fields) == 0 {
		return
	}
	several := p.inLoop(g, call.Fun)
	for _, v := range fields {
		p.aside[v] = true
		p.dispatched[v] = p.dispatched[v] || several
	}
}

// calledFields returns the fields whose functions a function calls, of what it was
// given.
func (p *Package) calledFields(f *Func) []*types.Var {
	list, ok := p.fieldCalls[f]
	if ok {
		return list
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if v := p.funcField(call.Fun); v != nil && p.fromOutside(f, call.Fun, 4) {
				list = with(list, v)
			}
		}
		return true
	})
	p.fieldCalls[f] = list
	return list
}

// inLoop reports whether a loop stands around a go statement, and what the goroutine
// works for is not made in it.
func (p *Package) inLoop(g *ast.GoStmt, fun ast.Expr) bool {
	return slices.ContainsFunc(p.loops, func(l ast.Node) bool {
		if g.Pos() < l.Pos() || l.End() <= g.Pos() {
			return false
		}
		own := false
		ast.Inspect(fun, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				v, ok := p.Info.Uses[n].(*types.Var)
				own = own || ok && l.Pos() <= v.Pos() && v.Pos() < l.End()
			case *ast.CallExpr:
				own = true // each time around, perhaps another one: go newWorker().run()
			}
			return !own
		})
		return !own
	})
}

// fromOutside reports whether a function value in f comes from what f was given: its
// parameters, or what came through a channel of theirs.
func (p *Package) fromOutside(f *Func, e ast.Expr, depth int) bool {
	for depth > 0 {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		case *ast.Ident:
			v, ok := p.Info.Uses[x].(*types.Var)
			if !ok {
				return false
			}
			if f.Param(v) >= 0 || path.IsGlobal(v) {
				return true
			}
			depth--
			if e = p.rangedKey[v]; e != nil {
				continue
			}
			if e = p.ranged[v]; e != nil {
				continue
			}
			w := p.Vars.Writes(v)
			if len(w) != 1 || !w[0].Define {
				return false
			}
			if e = w[0].Value; e == nil && w[0].Result == 0 {
				e = w[0].Tuple
			}
			if e == nil {
				return false
			}
		default:
			return false
		}
	}
	return false
}

// keptFuncs collects the functions that a value holds which is stored in a field: the
// value itself, or the elements of a literal.
func (p *Package) keptFuncs(field *types.Var, value ast.Expr) {
	if field == nil || !field.IsField() || value == nil {
		return
	}
	switch x := ast.Unparen(value).(type) {
	case *ast.CompositeLit:
		switch field.Type().Underlying().(type) {
		case *types.Map, *types.Slice:
		default:
			return
		}
		for _, e := range x.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			p.keptFuncs(field, e)
		}
	case *ast.CallExpr:
		if mapops.Builtin(p.Info, x) == "append" {
			for _, e := range x.Args[1:] {
				p.keptFuncs(field, e)
			}
		}
	case *ast.FuncLit, *ast.Ident, *ast.SelectorExpr:
		if t := p.Info.TypeOf(x); t != nil && isFuncType(t) {
			p.kept = append(p.kept, lockRef{field.Origin(), x})
		}
	}
}

// callbacks tells of the functions that are kept in fields by what runs them.
func (p *Package) callbacks() {
	p.subscribed()
	for _, k := range p.kept {
		if !p.dispatched[k.v] && !p.aside[k.v] {
			continue
		}
		var f *Func
		switch x := k.value.(type) {
		case *ast.FuncLit:
			f = p.byLit[x]
		case *ast.Ident:
			if fn, ok := p.Info.Uses[x].(*types.Func); ok {
				f = p.byObj[fn.Origin()]
			}
		case *ast.SelectorExpr:
			if fn, ok := p.Info.Uses[x.Sel].(*types.Func); ok {
				f = p.byObj[fn.Origin()]
			}
		}
		if f == nil || f.Test {
			continue
		}
		f.Aside = true
		if p.dispatched[k.v] {
			f.Dispatched = true
		}
	}
}

// subscribed tells of the functions that are handed to one which keeps them in a field
// whose functions a goroutine calls: bus.Subscribe("door", h.onDoor).
func (p *Package) subscribed() {
	if len(p.aside) == 0 {
		return
	}
	type param struct {
		f *Func
		i int
	}
	known := make(map[param]bool)
	for _, f := range p.Funcs {
		for _, e := range f.Events {
			if e.Kind != Calls || e.Call.Fn == nil || f.Test {
				continue
			}
			for i, r := range e.Call.Funcs {
				if r.Fn == nil || r.Fn.Test || i >= len(e.Call.Fn.Params) || e.Call.Fn.Params[i] == nil {
					continue
				}
				k := param{e.Call.Fn, i}
				keeps, ok := known[k]
				if !ok {
					keeps, _ = p.registersIn(k.f, k.f.Params[i], p.aside)
					known[k] = keeps
				}
				r.Fn.Aside = r.Fn.Aside || keeps
			}
		}
	}
}

// RunsKept reports whether a function itself calls what is kept in a field whose
// functions a goroutine calls.
func (p *Package) RunsKept(f *Func) bool {
	return slices.ContainsFunc(p.calledFields(f), func(v *types.Var) bool { return p.aside[v] })
}

// funcField returns the field from which a function value comes: itself, or an
// element of what it holds.
func (p *Package) funcField(e ast.Expr) *types.Var {
	for range 4 {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, ok := p.Info.Uses[x].(*types.Var)
			if !ok || path.IsGlobal(v) {
				return nil
			}
			if p.ranged[v] != nil {
				e = p.ranged[v]
				continue
			}
			w := p.Vars.Writes(v)
			if len(w) != 1 || !w[0].Define {
				return nil
			}
			if e = w[0].Value; e == nil && w[0].Result == 0 {
				e = w[0].Tuple // f, ok := s.handlers[k]
			}
			if e == nil {
				return nil
			}
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			if sel := p.Info.Selections[x]; sel != nil && sel.Kind() == types.FieldVal {
				return sel.Obj().(*types.Var).Origin()
			}
			return nil
		default:
			return nil
		}
	}
	return nil
}

// registers reports whether f stores its parameter v in a field whose functions
// goroutines call, and whether it does so in what it sends to them.
func (p *Package) registers(f *Func, v *types.Var) (found, sent bool) {
	return p.registersIn(f, v, p.dispatched)
}

func (p *Package) registersIn(f *Func, v *types.Var, fields map[*types.Var]bool) (found, sent bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			e := ast.Unparen(n.Value)
			if u, ok := e.(*ast.UnaryExpr); ok {
				e = u.X
			}
			if lit, ok := e.(*ast.CompositeLit); ok && p.literalKeeps(lit, v, fields) {
				found, sent = true, true
			}
		case *ast.CompositeLit:
			found = found || p.literalKeeps(n, v, fields)
		}
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) || a.Tok == token.DEFINE {
			return !found
		}
		for i, r := range a.Rhs {
			values := []ast.Expr{r}
			if call, ok := ast.Unparen(r).(*ast.CallExpr); ok && mapops.Builtin(p.Info, call) == "append" {
				values = call.Args[1:]
			}
			for _, x := range values {
				if id, ok := ast.Unparen(x).(*ast.Ident); ok && p.Info.Uses[id] == v {
					if field := p.funcField(a.Lhs[i]); field != nil && fields[field] {
						found = true
					}
				}
			}
		}
		return !found
	})
	return found, sent
}

// literalKeeps reports whether a struct literal puts a variable in one of some fields.
func (p *Package) literalKeeps(lit *ast.CompositeLit, v *types.Var, fields map[*types.Var]bool) bool {
	t := p.Info.TypeOf(lit)
	if t == nil {
		return false
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i, e := range lit.Elts {
		var field *types.Var
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				field, _ = p.Info.Uses[id].(*types.Var)
			}
			e = kv.Value
		} else if i < s.NumFields() {
			field = s.Field(i)
		}
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && field != nil && p.Info.Uses[id] == v && fields[field.Origin()] {
			return true
		}
	}
	return false
}
