package largevalue

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// owned reports whether every use of the variable is in view, and nothing
// can tell by reflection that its type changed.
func (r *rewriter) owned() bool {
	obj, pkg := r.v.Obj, r.p.Pkg
	if obj.Pkg() != pkg {
		return false
	}
	if obj.IsField() {
		return !obj.Exported() && !r.ignored(obj.Name()) && r.ownerHidden(obj)
	}
	if obj.Parent() == pkg.Scope() {
		return !obj.Exported() && !r.ignored(obj.Name())
	}
	r.private = true
	for cur := range r.root.Preorder((*ast.Ident)(nil)) {
		if r.p.TypesInfo.Defs[cur.Node().(*ast.Ident)] != obj {
			continue
		}
		for _, op := range r.v.Ops {
			if function(op.At) != function(cur) {
				r.private = false
			}
		}
	}
	return true
}

// ignored reports whether a file that is left out of this build, for
// another system say, contains the name.
func (r *rewriter) ignored(name string) bool {
	for _, list := range [][]string{r.p.IgnoredFiles, r.p.OtherFiles} {
		for _, f := range list {
			src, err := r.p.ReadFile(f)
			if err != nil || bytes.Contains(src, []byte(name)) {
				return true
			}
		}
	}
	return false
}

// awkwardFile reports whether a node stands in a file that is not to be
// edited: generated, or translated by cgo.
func (r *rewriter) awkwardFile(n ast.Node) bool {
	for _, f := range r.p.Files {
		if f.FileStart > n.Pos() || n.Pos() >= f.FileEnd {
			continue
		}
		for _, im := range f.Imports {
			if im.Path.Value == `"C"` {
				return true
			}
		}
		return ast.IsGenerated(f)
	}
	return true
}

// ownerHidden reports whether the struct that has the field is known to this
// package alone: an unexported type that no exported declaration leads to
// and that is never turned into an interface. Through one, fmt would print
// addresses where it prints values today.
func (r *rewriter) ownerHidden(field *types.Var) bool {
	scope := r.p.Pkg.Scope()
	var owner *types.TypeName
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		if st, ok := tn.Type().Underlying().(*types.Struct); ok {
			for f := range st.Fields() {
				if f == field {
					if owner != nil {
						return false // type B A shares the fields of A
					}
					owner = tn
				}
			}
		}
	}
	if owner == nil || owner.Exported() {
		return false
	}
	if named, ok := owner.Type().(*types.Named); !ok || named.TypeParams().Len() > 0 {
		return false
	}
	reach := reacher{owner: owner.Type()}
	if r.p.Pkg.Name() != "main" {
		for _, name := range scope.Names() {
			if obj := scope.Lookup(name); obj.Exported() && reach.declared(obj) {
				return false
			}
		}
	}
	return !r.boxed(reach)
}

// A reacher finds out whether a value of a type leads to one of the owner.
type reacher struct {
	owner types.Type
	seen  map[types.Type]bool
}

func (r reacher) leads(t types.Type) bool {
	r.seen = make(map[types.Type]bool)
	return r.from(t)
}

func (r reacher) declared(obj types.Object) bool {
	if r.leads(obj.Type()) {
		return true
	}
	named, ok := types.Unalias(obj.Type()).(*types.Named)
	if !ok {
		return false
	}
	for m := range named.Methods() {
		if m.Exported() && r.leads(m.Type()) {
			return true
		}
	}
	return false
}

func (r reacher) from(t types.Type) bool {
	t = types.Unalias(t)
	if t == nil || r.seen[t] {
		return false
	}
	if types.Identical(t, r.owner) {
		return true
	}
	r.seen[t] = true
	switch u := t.(type) {
	case *types.Named:
		for arg := range u.TypeArgs().Types() {
			if r.from(arg) {
				return true
			}
		}
		return r.from(u.Underlying())
	case *types.Pointer:
		return r.from(u.Elem())
	case *types.Slice:
		return r.from(u.Elem())
	case *types.Array:
		return r.from(u.Elem())
	case *types.Chan:
		return r.from(u.Elem())
	case *types.Map:
		return r.from(u.Key()) || r.from(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if r.from(f.Type()) {
				return true
			}
		}
	case *types.Signature:
		return r.from(u.Params()) || r.from(u.Results())
	case *types.Tuple:
		for v := range u.Variables() {
			if r.from(v.Type()) {
				return true
			}
		}
	}
	return false
}

// boxed reports whether a value that leads to the owner changes its type
// somewhere: to an interface, to another struct of the same fields, to a
// type parameter.
func (r *rewriter) boxed(reach reacher) bool {
	info := r.p.TypesInfo
	found := false
	flow := func(to, from types.Type) {
		if to == nil || from == nil || types.Identical(to, from) || from == types.Typ[types.UntypedNil] {
			return
		}
		found = found || reach.leads(from) || reach.leads(to)
	}
	for _, inst := range info.Instances {
		for t := range inst.TypeArgs.Types() {
			found = found || reach.leads(t)
		}
	}
	r.root.Inspect(nil, func(cur inspector.Cursor) bool {
		switch n := cur.Node().(type) {
		case *ast.CallExpr:
			r.flowCall(n, flow)
		case *ast.AssignStmt:
			if n.Tok == token.ASSIGN {
				r.flowList(len(n.Lhs), func(i int) types.Type { return info.TypeOf(n.Lhs[i]) }, n.Rhs, flow)
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				found = found || reach.leads(info.TypeOf(n.X)) // rare enough
			}
		case *ast.ValueSpec:
			if n.Type != nil {
				r.flowList(len(n.Names), func(int) types.Type { return info.TypeOf(n.Type) }, n.Values, flow)
			}
		case *ast.ReturnStmt:
			if sig := r.signature(cur); sig != nil {
				r.flowList(sig.Results().Len(), func(i int) types.Type { return sig.Results().At(i).Type() }, n.Results, flow)
			}
		case *ast.SendStmt:
			if ch, ok := info.TypeOf(n.Chan).Underlying().(*types.Chan); ok {
				flow(ch.Elem(), info.TypeOf(n.Value))
			}
		case *ast.CompositeLit:
			r.flowLiteral(n, flow)
		case *ast.IndexExpr:
			if m := mapops.MapType(info.TypeOf(n.X)); m != nil {
				flow(m.Key(), info.TypeOf(n.Index))
			}
		case *ast.BinaryExpr:
			if types.IsInterface(info.TypeOf(n.X)) {
				flow(info.TypeOf(n.X), info.TypeOf(n.Y))
			} else if types.IsInterface(info.TypeOf(n.Y)) {
				flow(info.TypeOf(n.Y), info.TypeOf(n.X))
			}
		}
		return !found
	})
	return found
}

// flowList pairs n targets with their values, which may be the results of
// one call.
func (r *rewriter) flowList(n int, to func(int) types.Type, values []ast.Expr, flow func(to, from types.Type)) {
	if len(values) == 1 && n != 1 {
		if tuple, ok := r.p.TypesInfo.TypeOf(values[0]).(*types.Tuple); ok {
			for i := range min(n, tuple.Len()) {
				flow(to(i), tuple.At(i).Type())
			}
		}
		return
	}
	for i := range min(n, len(values)) {
		flow(to(i), r.p.TypesInfo.TypeOf(values[i]))
	}
}

func (r *rewriter) flowCall(call *ast.CallExpr, flow func(to, from types.Type)) {
	info := r.p.TypesInfo
	tv := info.Types[call.Fun]
	if tv.IsType() {
		for _, a := range call.Args {
			flow(tv.Type, info.TypeOf(a))
		}
		return
	}
	if tv.Type == nil {
		return
	}
	sig, ok := tv.Type.Underlying().(*types.Signature)
	if !ok {
		return
	}
	n := len(call.Args)
	if n == 1 {
		if tuple, ok := info.TypeOf(call.Args[0]).(*types.Tuple); ok {
			n = tuple.Len()
		}
	}
	r.flowList(n, func(i int) types.Type {
		if call.Ellipsis.IsValid() && i == n-1 {
			return sig.Params().At(sig.Params().Len() - 1).Type()
		}
		return paramType(sig, i)
	}, call.Args, flow)
}

// signature returns that of the function around a cursor.
func (r *rewriter) signature(cur inspector.Cursor) *types.Signature {
	switch f := function(cur).Node().(type) {
	case *ast.FuncDecl:
		if fn, ok := r.p.TypesInfo.Defs[f.Name].(*types.Func); ok {
			return fn.Signature()
		}
	case *ast.FuncLit:
		sig, _ := r.p.TypesInfo.TypeOf(f).(*types.Signature)
		return sig
	}
	return nil
}

func (r *rewriter) flowLiteral(lit *ast.CompositeLit, flow func(to, from types.Type)) {
	info := r.p.TypesInfo
	t := info.TypeOf(lit)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	for i, e := range lit.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		value := e
		if keyed {
			value = kv.Value
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			if keyed {
				flow(info.TypeOf(kv.Key), info.TypeOf(value))
			} else if i < u.NumFields() {
				flow(u.Field(i).Type(), info.TypeOf(value))
			}
		case *types.Map:
			flow(u.Key(), info.TypeOf(kv.Key))
			flow(u.Elem(), info.TypeOf(value))
		case *types.Slice:
			flow(u.Elem(), info.TypeOf(value))
		case *types.Array:
			flow(u.Elem(), info.TypeOf(value))
		}
	}
}
