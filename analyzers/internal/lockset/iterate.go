package lockset

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// yields records that the body of a range over a function runs under the
// locks that the function holds when it yields, or that it ends.
func (b *builder) yields(s *ast.RangeStmt, done bool) {
	t := b.Info.TypeOf(s.X)
	if t == nil || !isFuncType(t) {
		return
	}
	ref, ok := b.funcValue(s.X)
	var maker *Call
	if !ok || ref.Fn == nil {
		ref, maker = b.made(s.X)
	}
	if ref.Fn == nil || len(ref.Fn.Params) == 0 {
		return
	}
	c := &Call{Fn: ref.Fn, Obj: ref.Obj, maker: maker}
	if ref.Recv != nil {
		c.Args = []*path.Path{ref.Recv}
	}
	b.emit(&Event{Kind: Yields, Node: s.X, Call: c, Again: done})
}

// made returns the function that a call of a function of the package makes, in
// terms of that function, and the call: x.All(), or a variable that holds its result.
func (b *builder) made(e ast.Expr) (FuncRef, *Call) {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		v, ok := b.Info.Uses[id].(*types.Var)
		if !ok {
			return FuncRef{}, nil
		}
		e = b.Vars.Definition(v)
	}
	if e == nil {
		return FuncRef{}, nil
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return FuncRef{}, nil
	}
	fn := typeutil.StaticCallee(b.Info, call)
	if fn == nil || b.byObj[fn.Origin()] == nil {
		return FuncRef{}, nil
	}
	maker := b.byObj[fn.Origin()]
	if len(maker.Body.List) == 0 {
		return FuncRef{}, nil
	}
	ret, ok := maker.Body.List[len(maker.Body.List)-1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return FuncRef{}, nil
	}
	in := &builder{Package: b.Package, f: maker}
	ref, ok := in.funcValue(ret.Results[0])
	if !ok || ref.Fn == nil {
		return FuncRef{}, nil
	}
	return ref, b.callOf(call, maker)
}

// yielded returns a lock that a function holds when it yields, in terms of the
// function with the loop, nil if that cannot name it.
func (p *Package) yielded(q *path.Path, c *Call) *path.Path {
	q = p.toCaller(q, c)
	if q != nil && c.maker != nil {
		q = p.toCaller(q, c.maker)
	}
	return q
}

// iterates reports whether a literal has the shape of an iterator: its one
// parameter is the function that it yields to.
func (f *Func) iterates() bool {
	if f.Lit == nil || len(f.Params) != 1 || f.Params[0] == nil {
		return false
	}
	sig, ok := f.Params[0].Type().Underlying().(*types.Signature)
	return ok && sig.Results().Len() == 1 && types.Identical(sig.Results().At(0).Type(), types.Typ[types.Bool])
}
