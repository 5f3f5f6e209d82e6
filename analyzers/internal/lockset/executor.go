package lockset

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// executor returns the field or variable of a channel if one goroutine alone runs
// the functions that are sent on it: what they do is done one after the other.
func (p *Package) executor(ch *path.Path) *types.Var {
	if ch == nil || ch.Obj == nil {
		return nil
	}
	if p.executors == nil {
		p.executors = make(map[*types.Var]bool)
		p.executing = make(map[*types.Var]ast.Node)
		p.findExecutors()
	}
	if p.executors[ch.Obj] {
		return ch.Obj
	}
	return nil
}

// executorName names the channel of an executor in facts: it need not be found again,
// only be told from others of its package.
func (p *Package) executorName(ch *types.Var) string {
	if ch == nil {
		return ""
	}
	for name, v := range p.elsewhere {
		if v == ch {
			return name
		}
	}
	at := p.Fset.Position(ch.Pos())
	return fmt.Sprintf("%s.%s:%d", p.Types.Path(), ch.Name(), at.Line)
}

// executorElsewhere stands for the channel of an executor of another package, of which
// a fact tells.
func (p *Package) executorElsewhere(fn *types.Func, a *ParamFact) *types.Var {
	if a.Executor == "" {
		return nil
	}
	v := p.elsewhere[a.Executor]
	if v == nil {
		v = types.NewVar(token.NoPos, fn.Pkg(), a.Executor, types.Typ[types.Invalid])
		if p.elsewhere == nil {
			p.elsewhere = make(map[string]*types.Var)
		}
		p.elsewhere[a.Executor] = v
	}
	return v
}

// findExecutors looks for the functions that run what they receive. A channel with one
// such place in a function that is used once, outside of loops, has one executor.
func (p *Package) findExecutors() {
	places := make(map[*types.Var][]ast.Node) // the innermost functions around
	uses := make(map[*types.Func]int)
	for _, f := range p.files {
		var stack []ast.Node
		loop := func(upto ast.Node) bool { // whether a loop stands between a function and the node at hand
			for i := len(stack) - 1; i >= 0; i-- {
				switch n := stack[i].(type) {
				case *ast.ForStmt, *ast.RangeStmt:
					return true
				case *ast.FuncDecl:
					return false
				case *ast.FuncLit:
					if n != upto {
						continue
					}
				}
			}
			return false
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				stack = stack[:len(stack)-1]
				return true
			}
			stack = append(stack, n)
			switch n := n.(type) {
			case *ast.Ident:
				if fn, ok := p.Info.Uses[n].(*types.Func); ok && p.byObj[fn.Origin()] != nil {
					uses[fn.Origin()]++
					if loop(nil) {
						uses[fn.Origin()]++
					}
				}
			case *ast.CallExpr:
				if ch := p.runsReceived(n); ch != nil {
					places[ch] = append(places[ch], p.startedAt(stack))
				}
				for _, ch := range p.handsReceived(n) {
					places[ch] = append(places[ch], p.startedAt(stack))
				}
			}
			return true
		})
	}
	for ch, at := range places {
		if at[0] == nil || slices.ContainsFunc(at, func(n ast.Node) bool { return n != at[0] }) {
			continue
		}
		switch fn := at[0].(type) {
		case *ast.FuncDecl:
			obj, ok := p.Info.Defs[fn.Name].(*types.Func)
			p.executors[ch] = ok && uses[obj] <= 1
		case *ast.FuncLit:
			p.executors[ch] = true
		}
		p.executing[ch] = at[0]
	}
}

// Executing returns the function that runs what is sent on a channel with one executor.
func (p *Package) Executing(ch *types.Var) *Func {
	switch fn := p.executing[ch].(type) {
	case *ast.FuncDecl:
		if obj, ok := p.Info.Defs[fn.Name].(*types.Func); ok {
			return p.byObj[obj]
		}
	case *ast.FuncLit:
		return p.byLit[fn]
	}
	return nil
}

// sentFuncs calls do for the functions that a value holds which is sent: itself, or
// what the struct is made with that is sent.
func (p *Package) sentFuncs(e ast.Expr, do func(ast.Expr)) {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		do(e)
	case *ast.Ident:
		if t := p.Info.TypeOf(e); t != nil && isFuncType(t) {
			do(e)
		} else if v, ok := p.Info.Uses[e].(*types.Var); ok && !path.IsGlobal(v) {
			if def := p.Vars.Definition(v); def != nil {
				if u, ok := ast.Unparen(def).(*ast.UnaryExpr); ok {
					def = u.X
				}
				if lit, ok := ast.Unparen(def).(*ast.CompositeLit); ok {
					p.sentFuncs(lit, do)
				}
			}
		}
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			p.sentFuncs(e.X, do)
		}
	case *ast.CompositeLit:
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			if t := p.Info.TypeOf(x); t != nil && isFuncType(t) {
				p.sentFuncs(x, do)
			}
		}
	case *ast.CallExpr:
		if tv, ok := p.Info.Types[e.Fun]; ok && tv.IsType() && len(e.Args) == 1 {
			p.sentFuncs(e.Args[0], do)
		}
	}
}

// executes records that the one receiver of a channel runs the literals that are sent.
func (b *builder) executes(s *ast.SendStmt) {
	ch := b.executor(b.Of(s.Chan))
	if ch == nil {
		return
	}
	b.sentFuncs(s.Value, func(e ast.Expr) {
		if ref, ok := b.funcValue(e); ok && ref.Fn != nil && ref.Fn.Lit != nil {
			b.starts(&Spawn{Kind: Runner, Node: s, Ref: ref, Executor: ch})
		}
	})
}

// startedAt returns the innermost function of a stack of nodes, nil if it is a
// literal that several goroutines may run.
func (p *Package) startedAt(stack []ast.Node) ast.Node {
	for i := len(stack) - 1; i >= 0; i-- {
		switch n := stack[i].(type) {
		case *ast.FuncDecl:
			return n
		case *ast.FuncLit:
			if i < 2 {
				return nil
			}
			// go func() { … }(), outside of loops
			if _, ok := stack[i-2].(*ast.GoStmt); !ok {
				return nil
			}
			for _, o := range stack[:i] {
				switch o.(type) {
				case *ast.ForStmt, *ast.RangeStmt:
					return nil
				}
			}
			return n
		}
	}
	return nil
}

// runsReceived returns the channel that the function which a call runs was received
// from: for f := range ch { f() }, or f := <-ch; f(), or r := <-ch; r.fn().
func (p *Package) runsReceived(call *ast.CallExpr) *types.Var {
	return p.receivedFrom(p.ranBy(call))
}

// handsReceived returns the channels from which a call hands on what a function of the
// package runs that it calls: s.handle(<-reqs), which runs r.fn().
func (p *Package) handsReceived(call *ast.CallExpr) []*types.Var {
	fn := typeutil.StaticCallee(p.Info, call)
	if fn == nil || p.byObj[fn.Origin()] == nil {
		return nil
	}
	f := p.byObj[fn.Origin()]
	first := len(f.Params) - len(call.Args)
	var list []*types.Var
	for i, a := range call.Args {
		v, ok := ast.Unparen(a).(*ast.Ident)
		if !ok || first < 0 || f.Params[first+i] == nil {
			continue
		}
		ch := p.receivedFrom(v)
		if ch == nil {
			continue
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if inner, ok := n.(*ast.CallExpr); ok && ch != nil {
				if id := p.ranBy(inner); id != nil && p.Info.Uses[id] == f.Params[first+i] {
					list, ch = append(list, ch), nil
				}
			}
			return true
		})
	}
	return list
}

// ranBy returns the variable whose function, or that of a field of which, a call runs.
func (p *Package) ranBy(call *ast.CallExpr) *ast.Ident {
	fun := ast.Unparen(call.Fun)
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if s := p.Info.Selections[sel]; s == nil || s.Kind() != types.FieldVal {
			return nil
		}
		fun = ast.Unparen(sel.X)
	}
	id, _ := fun.(*ast.Ident)
	return id
}

// receivedFrom returns the channel from which a variable has its value, or nil.
func (p *Package) receivedFrom(id *ast.Ident) *types.Var {
	if id == nil {
		return nil
	}
	v, ok := p.Info.Uses[id].(*types.Var)
	if !ok {
		return nil
	}
	w := p.Vars.Writes(v)
	if len(w) != 1 {
		return nil
	}
	from := w[0].Value
	if from == nil {
		from = w[0].Tuple // f, ok := <-ch
	}
	if from == nil {
		from = p.rangedKey[v]
	}
	if u, ok := from.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		from = u.X
	} else if p.rangedKey[v] == nil {
		return nil
	}
	if q := p.Of(from); q != nil {
		return q.Obj
	}
	return nil
}
