package lockset

import (
	"go/ast"
	"go/types"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A lockRef is a variable or field that refers to a lock, and what it is given.
type lockRef struct {
	v     *types.Var
	value ast.Expr
}

// refersToLock notes that a variable or field which refers to a lock is given a
// value.
func (p *Package) refersToLock(v *types.Var, value ast.Expr) {
	if v == nil || value == nil {
		return
	}
	switch v.Type().Underlying().(type) {
	case *types.Pointer, *types.Interface:
	default:
		return
	}
	if p.locker(v.Type()) {
		p.lockRefs = append(p.lockRefs, lockRef{v.Origin(), value})
	}
}

// locker reports whether values of a type have the methods of a sync.Locker.
func (p *Package) locker(t types.Type) bool {
	is, ok := p.lockers[t]
	if !ok {
		is = true
		for _, name := range []string{"Lock", "Unlock"} {
			obj, _, _ := types.LookupFieldOrMethod(t, true, p.Types, name)
			m, ok := obj.(*types.Func)
			is = is && ok && m.Signature().Params().Len() == 0 && m.Signature().Results().Len() == 0
		}
		p.lockers[t] = is
	}
	return is
}

// literalRefs notes the locks that the fields of a struct literal without keys
// refer to.
func (p *Package) literalRefs(lit *ast.CompositeLit) {
	if len(lit.Elts) == 0 {
		return
	}
	if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); keyed {
		return
	}
	t := p.Info.TypeOf(lit)
	if t == nil {
		return
	}
	if s, ok := t.Underlying().(*types.Struct); ok && s.NumFields() == len(lit.Elts) {
		for i, e := range lit.Elts {
			p.refersToLock(s.Field(i), e)
		}
	}
}

// argumentRefs notes the locks that a call's arguments refer to.
func (p *Package) argumentRefs(call *ast.CallExpr) {
	var fn *types.Func
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	switch x := fun.(type) {
	case *ast.Ident:
		fn, _ = p.Info.Uses[x].(*types.Func)
	case *ast.SelectorExpr:
		fn, _ = p.Info.Uses[x.Sel].(*types.Func)
	}
	if fn == nil || fn.Pkg() != p.Types {
		return
	}
	params := fn.Origin().Signature().Params()
	for i, a := range call.Args {
		if i < params.Len() {
			p.refersToLock(params.At(i), a)
		}
	}
}

// joinLocks finds which fields and variables may refer to one lock: a lock that
// is handed over when an object is made is that of the one who makes it.
func (p *Package) joinLocks() {
	for _, r := range p.lockRefs {
		q := p.Of(r.value)
		if q == nil {
			continue
		}
		if q.Kind != path.ReadHalf {
			q, _ = p.normal(q, Exclusive)
		} else {
			q = q.Parent
		}
		if q.Obj == nil || q.Kind != path.Field && q.Kind != path.Var {
			continue
		}
		if a, b := p.lockRoot(r.v), p.lockRoot(q.Obj); a != b {
			p.joined[a] = b
		}
	}
}

// lockRoot returns the variable that stands for all that may refer to one lock.
func (p *Package) lockRoot(v *types.Var) *types.Var {
	for p.joined[v] != nil {
		v = p.joined[v]
	}
	return v
}

// SameLock reports whether two variables or fields, at least one of which is a
// reference, may refer to one lock: s.mu = &parent.mu.
func (p *Package) SameLock(a, b *types.Var) bool {
	return a != nil && b != nil && a != b && len(p.joined) > 0 && p.lockRoot(a) == p.lockRoot(b)
}
