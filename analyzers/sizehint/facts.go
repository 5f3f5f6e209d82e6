package sizehint

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/bounds"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// fillsFact says that a function fills maps that it is given.
type fillsFact struct {
	Fills []paramFill
}

// paramFill says that parameter Map gains an entry for each element of
// parameter Of.
type paramFill struct {
	Map, Of  int
	Distinct bool // the keys are provably distinct, and there are no others
}

func (*fillsFact) AFact() {}

// inProgress stands for a function that is being looked at: it calls itself.
var inProgress = new(fillsFact)

func (f *fillsFact) String() string {
	s := "fills"
	for _, p := range f.Fills {
		s += fmt.Sprintf(" %d by len(%d)", p.Map, p.Of)
	}
	return s
}

// exportFacts exports the facts of the functions that other packages can
// call.
func (c *checker) exportFacts() {
	for fn := range c.decls {
		if !fn.Exported() || fn.Signature().Recv() != nil {
			continue
		}
		if f := c.fillsOf(fn); f != nil && len(f.Fills) > 0 {
			c.ExportObjectFact(fn, f)
		}
	}
}

// fillsOf returns what a function does to the maps that it is given, nil if
// nothing is known.
func (c *checker) fillsOf(fn *types.Func) *fillsFact {
	fn = fn.Origin()
	decl := c.decls[fn]
	if decl == nil {
		var f fillsFact
		if fn.Pkg() != c.Pkg && c.ImportObjectFact(fn, &f) {
			return &f
		}
		return nil
	}
	if f, ok := c.helpers[fn]; ok {
		return f
	}
	c.helpers[fn] = inProgress
	f := &fillsFact{}
	params := fn.Signature().Params()
	for i := range params.Len() {
		param := params.At(i)
		if mapops.MapType(param.Type()) == nil {
			continue
		}
		v := c.maps.Var(param)
		if v == nil || len(c.vars.Writes(param)) > 0 || c.vars.Addressed(param) {
			continue
		}
		if fill, ok := c.fillOf(v, decl, i, params); ok {
			f.Fills = append(f.Fills, fill)
		}
	}
	c.helpers[fn] = f
	return f
}

// fillOf looks for the one loop over another parameter that fills a map
// parameter.
func (c *checker) fillOf(v *mapops.Var, decl *ast.FuncDecl, i int, params *types.Tuple) (paramFill, bool) {
	p := &place{v: v, ops: new(opList)}
	for _, op := range v.Ops {
		if op.Depth > 0 {
			continue
		}
		switch op.Kind {
		case mapops.Delete, mapops.DeleteFunc, mapops.Clear:
			return paramFill{}, false
		}
		p.ops.all = append(p.ops.all, op)
		p.expr = op.Expr
	}
	if p.expr == nil {
		return paramFill{}, false
	}
	w := c.newWalker(p)
	fills := w.collect(decl.Body.List, env{})
	if w.unknown || w.shrinks || len(fills) != 1 || fills[0].update {
		return paramFill{}, false
	}
	j := w.judge(fills[0])
	if !j.counted || j.level > rule.Likely {
		return paramFill{}, false
	}
	var of ast.Expr
	switch b := fills[0].once; {
	case fills[0].bulk != nil && len(j.loops) == 0:
		of = b.Expr
	case fills[0].bulk == nil && len(j.loops) == 1:
		of = j.loops[0].loop.Expr
	}
	call, ok := of.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return paramFill{}, false
	}
	src := c.variable(call.Args[0])
	for k := range params.Len() {
		if params.At(k) == src && len(c.vars.Writes(src)) == 0 {
			return paramFill{Map: i, Of: k, Distinct: j.level == rule.Certain && !j.moves && !c.paramGrows(p, w, decl)}, true
		}
	}
	return paramFill{}, false
}

// helper returns how many entries a call adds to its i-th argument, and
// whether their keys are distinct.
func (w *walker) helper(call *ast.CallExpr, i int) (b bounds.Bound, distinct, ok bool) {
	fn := typeutil.StaticCallee(w.info, call)
	if fn == nil {
		return b, false, false
	}
	fact := w.fillsOf(fn)
	if fact == inProgress {
		w.unknown = true
	}
	if fact == nil {
		return b, false, false
	}
	for _, f := range fact.Fills {
		if f.Map != i || f.Of >= len(call.Args) {
			continue
		}
		if sig := fn.Signature(); sig.Variadic() && !call.Ellipsis.IsValid() && f.Of == sig.Params().Len()-1 {
			return bounds.Bound{N: int64(len(call.Args) - f.Of), Known: true, Data: true}, f.Distinct, true
		}
		b, ok := bounds.Entries(w.info, w.vars, call.Args[f.Of])
		return b, f.Distinct, ok
	}
	return b, false, false
}
