package sizehint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// returnsEmpty counts the ways by which the function is left with the map
// still empty before the first fill: return statements that name the map, or
// what it was put into, or that return it as a named result. Expected are
// those under a condition about an error, or about what the size is made of,
// which is likely to be zero there.
func (c *checker) returnsEmpty(f *finding) (expected, others int) {
	p := f.place
	bound := f.boundVars(c)
	var holders []*types.Var // what the map was put into
	for _, s := range f.between {
		ast.PreorderStack(s, nil, func(n ast.Node, stack []ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.AssignStmt:
				if v := c.variable(n.Lhs[0]); v != nil && n.Tok == token.DEFINE && len(n.Lhs) == 1 && c.aliases(p, n.Rhs[0]) {
					holders = append(holders, v)
				}
			case *ast.ReturnStmt:
				if !c.handsOut(p, n, holders) {
					break
				}
				if slices.ContainsFunc(stack, func(around ast.Node) bool {
					branch, ok := around.(*ast.IfStmt)
					return ok && (c.isErrorCheck(branch.Cond) || c.mentionsAny(branch.Cond, bound))
				}) {
					expected++
				} else {
					others++
				}
			}
			return true
		})
	}
	return expected, others
}

// handsOut reports whether a return statement returns the map, or any of the
// variables that it was put into.
func (c *checker) handsOut(p *place, ret *ast.ReturnStmt, holders []*types.Var) bool {
	if len(ret.Results) == 0 {
		return p.root == nil && isResult(p.v.Obj)
	}
	return slices.ContainsFunc(ret.Results, func(e ast.Expr) bool {
		return c.mentionsPlace(p, e) || c.mentionsAny(e, holders)
	})
}

// aliases reports whether an expression holds the map under another name.
func (c *checker) aliases(p *place, e ast.Expr) bool {
	return slices.ContainsFunc(p.within(e), func(op *mapops.Op) bool { return op.Kind == mapops.Alias })
}

// boundVars returns the variables that the number of entries is made of.
func (f *finding) boundVars(c *checker) []*types.Var {
	var list []*types.Var
	collect := func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if v := c.variable(e); v != nil {
				list = append(list, v)
			}
		}
		return true
	}
	for _, t := range f.terms {
		for _, x := range t.factors {
			if x.Expr != nil {
				ast.Inspect(x.Expr, collect)
			}
			if x.Call != nil {
				ast.Inspect(x.Call, collect)
			}
		}
	}
	return list
}

// mentionsAny reports whether an expression uses any of the variables.
func (c *checker) mentionsAny(e ast.Expr, vars []*types.Var) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && !found {
			v := c.variable(x)
			found = v != nil && slices.Contains(vars, v)
		}
		return !found
	})
	return found
}
