package largevalue

import (
	"bytes"
	"go/ast"
	"go/types"
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
