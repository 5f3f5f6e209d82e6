package lockset

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// What stands here knows of functions that return a channel on which a goroutine of
// theirs tells that something is done:
//
//	func (s *survey) finished() <-chan struct{} {
//		c := make(chan struct{})
//		go func() {
//			s.wg.Wait()
//			close(c)
//		}()
//		return c
//	}

// recv records a receive from the channel that an expression denotes.
func (b *builder) recv(x ast.Expr, e Event) {
	e.Kind = Recv
	b.emit(&e)
	if q := b.answer(x); q != nil {
		e.Path = q
		b.emit(&e)
	}
}

// answer returns the path of the channel that a call of a function of the package has
// returned, where an expression is that call or the variable that holds its result.
func (b *builder) answer(x ast.Expr) *path.Path {
	x, i := ast.Unparen(x), 0
	if id, ok := x.(*ast.Ident); ok {
		v, ok := b.Info.Uses[id].(*types.Var)
		if !ok || path.IsGlobal(v) {
			return nil
		}
		w := b.Vars.Writes(v)
		if len(w) != 1 {
			return nil
		}
		if x = w[0].Value; x == nil {
			x, i = w[0].Tuple, w[0].Result
		}
	}
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return nil
	}
	fn := typeutil.StaticCallee(b.Info, call)
	if fn == nil || b.byObj[fn.Origin()] == nil {
		return nil
	}
	return b.resultPath(call, i)
}

// resultPath returns the path of a result of a call.
func (p *Package) resultPath(call *ast.CallExpr, i int) *path.Path {
	q := p.Value(call)
	if i > 0 {
		q = p.Elem(q, strconv.Itoa(i))
	}
	return q
}

// returned returns what all returns of f give as its i-th result, nil if they give
// different things.
func (p *Package) returned(f *Func, i int) *path.Path {
	var one *path.Path
	for _, r := range f.Returns {
		ret := r.Node.(*ast.ReturnStmt)
		if r.State == nil || i < len(ret.Results) && p.Info.Types[ret.Results[i]].IsNil() {
			continue
		}
		if i >= len(ret.Results) {
			return nil
		}
		q := p.Of(ret.Results[i])
		if q == nil || one != nil && q != one {
			return nil
		}
		one = q
	}
	return one
}

// answers adds to the goroutines that a call leaves by which of its results they tell
// that they are done, themselves or by others that have waited for them.
func (p *Package) answers(c *Call, left []*Spawn) {
	if c.Fn.Obj == nil {
		return
	}
	res := c.Fn.Obj.Signature().Results()
	for i := range res.Len() {
		if _, ok := res.At(i).Type().Underlying().(*types.Chan); !ok {
			continue
		}
		ch := p.returned(c.Fn, i)
		if ch == nil || ch.Kind == path.Var && !c.Fn.Local(ch.Obj) {
			continue
		}
		done := []*path.Path{ch}
		for k := 0; k < len(done) && k < 16; k++ {
			for _, g := range left {
				if slices.Contains(g.Inner.signals, done[k]) {
					done = union(done, g.Inner.waited)
				}
			}
		}
		q := p.resultPath(c.Node, i)
		for _, g := range left {
			if slices.ContainsFunc(done, func(d *path.Path) bool { return d != nil && g.Inner.joinedBy(d) }) {
				g.signals = with(g.signals, q)
			}
			if slices.Contains(g.Inner.sends, ch) {
				g.sends = with(g.sends, q)
			}
		}
	}
}
