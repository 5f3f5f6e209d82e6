// Package vars tells where the variables of a package get their values.
package vars

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"sort"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// Analyzer computes the [*Index] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "vars",
	Doc:        "find where variables are given values",
	Requires:   []*analysis.Analyzer{inspect.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// A Write is a place at which a variable is given a value.
type Write struct {
	Pos token.Pos
	// Value is the expression that the variable is given; nil where it is
	// one result of several, an element of a range, or changed in place.
	Value ast.Expr
	// Tuple is the expression of which the value is result number Result,
	// where the expression has several: x, ok := m[k].
	Tuple  ast.Expr
	Result int
	// Define says that the write is the declaration of the variable.
	Define bool
	// Part says that only a field or an array element of it is written.
	Part bool
}

// Index holds the writes of a package's variables and fields. Fields are
// taken together over all values of their struct.
type Index struct {
	writes    map[*types.Var][]Write
	addressed map[*types.Var]bool
	byClosure map[*types.Var]bool
	elems     []elemWrite
}

// elemWrite is a write to something that no variable alone denotes: an
// element of a slice or map, or what a pointer points to.
type elemWrite struct {
	pos token.Pos
	typ types.Type
}

// Writes returns the places at which a variable is given a value, in source
// order. A declaration without a value counts: it gives the zero value.
func (x *Index) Writes(v *types.Var) []Write { return x.writes[v.Origin()] }

// Addressed reports whether the address of the variable is taken, be it by a
// method call with a pointer receiver, so that it can change unseen.
func (x *Index) Addressed(v *types.Var) bool { return x.addressed[v.Origin()] }

// ByClosure reports whether a function literal writes to a variable of the
// function around it: then a call can change it.
func (x *Index) ByClosure(v *types.Var) bool { return x.byClosure[v.Origin()] }

// ElemWrittenBetween reports whether, between two positions, an element of a
// slice or map or the target of a pointer is written that has the given type.
func (x *Index) ElemWrittenBetween(t types.Type, from, to token.Pos) bool {
	i := sort.Search(len(x.elems), func(i int) bool { return x.elems[i].pos >= from })
	for ; i < len(x.elems) && x.elems[i].pos < to; i++ {
		if types.Identical(x.elems[i].typ, t) {
			return true
		}
	}
	return false
}

// WrittenBetween reports whether a write stands between two positions.
func (x *Index) WrittenBetween(v *types.Var, from, to token.Pos) bool {
	return x.writeBetween(v, from, to, true)
}

// ReplacedBetween reports whether the variable as a whole is written between
// two positions.
func (x *Index) ReplacedBetween(v *types.Var, from, to token.Pos) bool {
	return x.writeBetween(v, from, to, false)
}

func (x *Index) writeBetween(v *types.Var, from, to token.Pos, parts bool) bool {
	list := x.Writes(v)
	i := sort.Search(len(list), func(i int) bool { return list[i].Pos >= from })
	for ; i < len(list) && list[i].Pos < to; i++ {
		if parts || !list[i].Part {
			return true
		}
	}
	return false
}

// Definition returns the expression that a variable holds throughout its
// life: the value of its declaration, if nothing else is ever written to it.
func (x *Index) Definition(v *types.Var) ast.Expr {
	w := x.Writes(v)
	if len(w) != 1 || !w[0].Define || x.Addressed(v) {
		return nil
	}
	return w[0].Value
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{writes: make(map[*types.Var][]Write), addressed: make(map[*types.Var]bool), byClosure: make(map[*types.Var]bool)}
	info := pass.TypesInfo
	var lits []*ast.FuncLit // those around the node at hand, outermost first
	add := func(v *types.Var, w Write) {
		if n := len(lits); n > 0 && !v.IsField() && (v.Pos() < lits[n-1].Pos() || lits[n-1].End() <= v.Pos()) {
			x.byClosure[v.Origin()] = true
		}
		x.add(v, w)
	}
	var tuple ast.Expr // what the targets at hand get their values from, each one of them
	result := 0
	write := func(target, value ast.Expr) {
		target = ast.Unparen(target)
		part := false
		// A write to a part of a variable changes the variable, unless a
		// pointer, slice or map stands between.
		for {
			switch t := target.(type) {
			case *ast.IndexExpr:
				if _, ok := types.Unalias(info.TypeOf(t.X)).Underlying().(*types.Array); !ok {
					x.elems = append(x.elems, elemWrite{t.Pos(), info.TypeOf(t)})
					return
				}
				target, value, part = ast.Unparen(t.X), nil, true
				continue
			case *ast.SelectorExpr:
				if v, ok := info.Uses[t.Sel].(*types.Var); ok {
					add(v, Write{Pos: t.Sel.Pos(), Value: value, Tuple: tuple, Result: result, Part: part})
				}
				if _, ok := info.TypeOf(t.X).Underlying().(*types.Struct); !ok {
					return
				}
				target, value, part = ast.Unparen(t.X), nil, true
				continue
			case *ast.StarExpr:
				x.elems = append(x.elems, elemWrite{t.Pos(), info.TypeOf(t)})
			case *ast.Ident:
				if v, ok := info.Defs[t].(*types.Var); ok {
					add(v, Write{Pos: t.Pos(), Value: value, Tuple: tuple, Result: result, Define: true})
				} else if v, ok := info.Uses[t].(*types.Var); ok {
					add(v, Write{Pos: t.Pos(), Value: value, Tuple: tuple, Result: result, Part: part})
				}
			}
			return
		}
	}
	ins := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	ins.Preorder([]ast.Node{
		(*ast.AssignStmt)(nil), (*ast.IncDecStmt)(nil), (*ast.RangeStmt)(nil), (*ast.ValueSpec)(nil),
		(*ast.UnaryExpr)(nil), (*ast.SelectorExpr)(nil), (*ast.FuncLit)(nil),
	}, func(n ast.Node) {
		for len(lits) > 0 && lits[len(lits)-1].End() <= n.Pos() {
			lits = lits[:len(lits)-1]
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			lits = append(lits, n)
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				var value ast.Expr
				if len(n.Lhs) == len(n.Rhs) && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
					value = n.Rhs[i]
				} else if len(n.Lhs) > 1 && len(n.Rhs) == 1 {
					tuple, result = n.Rhs[0], i
				}
				write(l, value)
			}
			tuple, result = nil, 0
		case *ast.IncDecStmt:
			write(n.X, nil)
		case *ast.RangeStmt:
			if n.Key != nil {
				write(n.Key, nil)
			}
			if n.Value != nil {
				write(n.Value, nil)
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				var value ast.Expr
				if len(n.Names) == len(n.Values) {
					value = n.Values[i]
				} else if len(n.Values) == 1 {
					tuple, result = n.Values[0], i
				}
				write(id, value)
			}
			tuple, result = nil, 0
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				x.address(info, n.X)
			}
		case *ast.SelectorExpr:
			sel := info.Selections[n]
			if sel == nil || sel.Kind() != types.MethodVal {
				return
			}
			recv := sel.Obj().(*types.Func).Signature().Recv()
			if recv == nil {
				return
			}
			if _, ok := recv.Type().(*types.Pointer); ok {
				if _, ok := info.TypeOf(n.X).Underlying().(*types.Pointer); !ok {
					x.address(info, n.X)
				}
			}
		}
	})
	for _, list := range x.writes {
		sort.SliceStable(list, func(i, j int) bool { return list[i].Pos < list[j].Pos })
	}
	sort.Slice(x.elems, func(i, j int) bool { return x.elems[i].pos < x.elems[j].pos })
	return x, nil
}

func (x *Index) add(v *types.Var, w Write) {
	v = v.Origin()
	x.writes[v] = append(x.writes[v], w)
}

// address records that the address of a variable, or of a part of it, is taken.
func (x *Index) address(info *types.Info, e ast.Expr) {
	for {
		switch t := ast.Unparen(e).(type) {
		case *ast.IndexExpr:
			if tx := info.TypeOf(t.X); tx == nil {
				return
			} else if _, ok := tx.Underlying().(*types.Array); !ok {
				return
			}
			e = t.X
		case *ast.SelectorExpr:
			if v, ok := info.Uses[t.Sel].(*types.Var); ok {
				x.addressed[v.Origin()] = true
			}
			if tx := info.TypeOf(t.X); tx == nil {
				return
			} else if _, ok := tx.Underlying().(*types.Struct); !ok {
				return
			}
			e = t.X
		case *ast.Ident:
			if v, ok := info.Uses[t].(*types.Var); ok {
				x.addressed[v.Origin()] = true
			}
			return
		default:
			return
		}
	}
}
