package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// assign rewrites the creation that the variable is given.
func (r *rewriter) assign(op *mapops.Op) bool {
	switch v := ast.Unparen(op.Value).(type) {
	case *ast.Ident:
		return r.p.TypesInfo.Types[v].IsNil()
	case *ast.CallExpr:
		return mapops.Builtin(r.p.TypesInfo, v) == "make" && r.mapType(v.Args[0])
	case *ast.CompositeLit:
		if v.Type == nil || !r.mapType(v.Type) {
			return false
		}
		for _, e := range v.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				return false // it does not compile
			}
			value := kv.Value
			if lit, ok := value.(*ast.CompositeLit); ok && lit.Type == nil {
				continue // {…} stands for &V{…} as well
			}
			if !r.fresh(value) {
				return false
			}
		}
		return true
	}
	return false
}

// store rewrites m[k] = v so that the map gets a variable of its own.
func (r *rewriter) store(op *mapops.Op) bool {
	a, ok := op.Node.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 || a.Tok != token.ASSIGN {
		return false
	}
	if r.fresh(op.Value) {
		return true
	}
	// Before Go 1.26 new takes no value: declare the variable ahead.
	id, ok := ast.Unparen(op.Value).(*ast.Ident)
	if !ok || !types.Identical(r.p.TypesInfo.TypeOf(id), r.elem) || id != op.Value {
		return false
	}
	cur, ok := r.cursor(a)
	if !ok || !inList(cur) || r.loaded(r.p.TypesInfo.ObjectOf(id)) {
		return false
	}
	br, ok := r.lineBreak(a)
	if !ok {
		return false
	}
	name := r.freshName(cur, id.Name+"Entry")
	r.insert(a.Pos(), rankStatement, name+" := "+id.Name+br)
	r.replace(id.Pos(), id.End(), "&"+name)
	return true
}

// loaded reports whether a variable holds a value read from the map.
func (r *rewriter) loaded(obj types.Object) bool {
	return slices.ContainsFunc(r.loads, func(s *site) bool { return s.obj == obj })
}

// fresh rewrites a value to the address of a new variable that holds it.
func (r *rewriter) fresh(value ast.Expr) bool {
	if !types.Identical(r.p.TypesInfo.TypeOf(value), r.elem) {
		return false
	}
	if lit, ok := ast.Unparen(value).(*ast.CompositeLit); ok {
		r.insert(lit.Pos(), rankWrap, "&")
		return true
	}
	if !r.since(value, "go1.26") || !r.universe(value, "new") {
		return false
	}
	r.insert(value.Pos(), rankWrap, "new(")
	r.insert(value.End(), rankWrap, ")")
	return true
}

// since reports whether the file of a node is written in that version of Go
// or a later one; an unknown version is an old one.
func (r *rewriter) since(n ast.Node, v string) bool {
	cur, ok := r.cursor(n)
	if !ok {
		return false
	}
	for f := range cur.Enclosing((*ast.File)(nil)) {
		have := r.p.TypesInfo.FileVersions[f.Node().(*ast.File)]
		if have == "" {
			have = r.p.Pkg.GoVersion()
		}
		return have != "" && version.Compare(have, v) >= 0
	}
	return false
}

// universe reports whether a predeclared name has its meaning at a node.
func (r *rewriter) universe(n ast.Node, name string) bool {
	scope := r.p.Pkg.Scope().Innermost(n.Pos())
	if scope == nil {
		return false
	}
	_, obj := scope.LookupParent(name, n.Pos())
	return obj != nil && obj.Parent() == types.Universe
}
