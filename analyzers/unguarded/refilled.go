package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// refilled reports writes to a local map that a loop hands, each time around, to a
// function which keeps it in a guarded field: the others read it under the lock while the
// loop fills it again without.
func (c *checker) refilled() {
	for _, f := range c.locks.Funcs {
		if f.Test {
			continue
		}
		for _, e := range f.Events {
			if e.Kind != lockset.Calls || e.State == nil || e.Call.Fn == nil || e.Deferred || e.Call.Fn.Test {
				continue
			}
			loops := c.loopsAround(f, e.Node)
			if len(loops) == 0 {
				continue
			}
			for i, x := range e.Call.Exprs {
				if v := c.ownMap(f, x); v != nil && v.Pos() < loops[len(loops)-1].Pos() && i < len(e.Call.Fn.Params) {
					c.refills(f, e, v, c.keptBy(e.Call.Fn, e.Call.Fn.Params[i]), loops[len(loops)-1])
				}
			}
		}
	}
}

// refills reports what a loop writes to a map that a call in it has handed over, to be
// kept in a field.
func (c *checker) refills(f *lockset.Func, call *lockset.Event, v, field *types.Var, loop ast.Node) {
	as := c.classes[class{field, 0}]
	if field == nil || as == nil || len(call.Call.Args) == 0 || call.Call.Args[0] == nil || c.locks.IsPrivate(call, call.Call.Args[0]) {
		return
	}
	read := slices.IndexFunc(as.list, func(a *access) bool {
		return counts(a) && a.op.Reads() && len(a.held) > 0 && a.Func.Declared() != f.Declared()
	})
	if read < 0 {
		return
	}
	for _, a := range c.locks.Accs(f) {
		if a.Path != c.locks.Var(v) || !a.Op.Writes() || len(a.Held) > 0 || a.Top.Pos() < loop.Pos() || loop.End() <= a.Top.Pos() {
			continue
		}
		c.report(rule.Likely, a.At.Pos(), []analysis.RelatedInformation{{Pos: call.Pos(), Message: "the map is handed over here"}},
			"write to %s, which %s has kept the last time (%s): it may be read at the same time (%s)",
			a.At.Path, types.ExprString(call.Call.Node.Fun), c.at(call.Pos()), c.at(as.list[read].Pos()))
	}
}

// ownMap returns the variable of f that an expression names, where it holds one map
// throughout, which was made here.
func (c *checker) ownMap(f *lockset.Func, x ast.Expr) *types.Var {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := c.TypesInfo.Uses[id].(*types.Var)
	if !ok || !f.Local(v) || mapops.MapType(v.Type()) == nil || c.locks.Variable(v) != c.locks.Var(v) || c.locks.Vars.Definition(v) == nil {
		return nil
	}
	return v
}

// keptBy returns the field in which a function stores the map that it is given, as it
// is, or nil.
func (c *checker) keptBy(f *lockset.Func, param *types.Var) *types.Var {
	if param == nil || f.Decl == nil || len(c.locks.Vars.Writes(param)) > 0 {
		return nil
	}
	var field *types.Var
	ast.Inspect(f.Body, func(n ast.Node) bool {
		s, ok := n.(*ast.AssignStmt)
		if !ok || len(s.Lhs) != len(s.Rhs) || s.Tok != token.ASSIGN {
			return field == nil
		}
		for i, r := range s.Rhs {
			id, ok := ast.Unparen(r).(*ast.Ident)
			if !ok || c.TypesInfo.Uses[id] != param {
				continue
			}
			if p := c.locks.Of(s.Lhs[i]); p != nil && p.Kind == path.Field && len(f.Params) > 0 && p.RootVar() == f.Params[0] {
				field = p.Obj
			}
		}
		return field == nil
	})
	return field
}
