package lockset

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

const semaphorePath = "golang.org/x/sync/semaphore"

// weigh notes the weight of a semaphore that a variable or field is given, where it is
// a constant; a variable that is given several has none.
func (p *Package) weigh(target *types.Var, v ast.Expr) {
	if target == nil || v == nil {
		return
	}
	var w constant.Value
	switch v := ast.Unparen(v).(type) {
	case *ast.Ident: // sem := semaphore.NewWeighted(1); …; return &S{sem: sem}
		if from, ok := p.Info.Uses[v].(*types.Var); ok {
			w = p.weights[from]
		}
	case *ast.CallExpr:
		if is(typeutil.StaticCallee(p.Info, v), semaphorePath, "NewWeighted") && len(v.Args) == 1 {
			if w = p.Info.Types[v.Args[0]].Value; w == nil {
				w = constant.MakeUnknown()
			}
		}
	}
	if w == nil {
		return
	}
	if p.weights == nil {
		p.weights = make(map[*types.Var]constant.Value)
	}
	target = target.Origin()
	if old := p.weights[target]; old != nil && !constant.Compare(old, token.EQL, w) {
		w = constant.MakeUnknown()
	}
	p.weights[target] = w
}

// weightedOp tells what a method of a semaphore does to it as a lock: who acquires all
// of its weight excludes everybody, who acquires a part excludes those.
func (b *builder) weightedOp(fn *types.Func, sel *ast.SelectorExpr, e *ast.CallExpr) (op lockOp, ok bool) {
	var n ast.Expr
	switch {
	case is(fn, semaphorePath, "Weighted.Acquire") && len(e.Args) == 2:
		op, n = lockOp{acquire: true}, e.Args[1]
	case is(fn, semaphorePath, "Weighted.TryAcquire") && len(e.Args) == 1:
		op, n = lockOp{acquire: true, try: true}, e.Args[0]
	case is(fn, semaphorePath, "Weighted.Release") && len(e.Args) == 1:
		op, n = lockOp{release: true}, e.Args[0]
	default:
		return op, false
	}
	p := b.Receiver(sel)
	if p == nil || p.Obj == nil {
		return op, false
	}
	w, v := b.weights[p.Obj.Origin()], b.Info.Types[n].Value
	if w == nil || w.Kind() == constant.Unknown || v == nil {
		return op, false
	}
	if constant.Compare(v, token.EQL, w) {
		op.mode = Exclusive
		return op, true
	}
	op.mode = Shared
	return op, b.isEmptied(p.Obj.Origin())
}

// isEmptied reports whether somebody acquires the whole weight of a semaphore. Where
// nobody does, those who acquire a part exclude nobody.
func (p *Package) isEmptied(v *types.Var) bool {
	if p.emptied == nil {
		p.emptied = make(map[*types.Var]bool)
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || !is(typeutil.StaticCallee(p.Info, call), semaphorePath, "Weighted.Acquire") {
					return true
				}
				if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && len(call.Args) == 2 {
					if q := p.Receiver(sel); q != nil && q.Obj != nil {
						n, w := p.Info.Types[call.Args[1]].Value, p.weights[q.Obj.Origin()]
						p.emptied[q.Obj.Origin()] = p.emptied[q.Obj.Origin()] || n != nil && w != nil && constant.Compare(n, token.EQL, w)
					}
				}
				return true
			})
		}
	}
	return p.emptied[v]
}
