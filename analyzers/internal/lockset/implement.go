package lockset

import (
	"go/ast"
	"go/types"
)

// implementations returns the methods of this package that a call of an
// interface's method may run.
func (p *Package) implementations(c *Call) []*Func {
	if !c.implsOK {
		c.impls, c.implsOK = p.findImplementations(c), true
	}
	return c.impls
}

// onlyImplementation returns the one method of this package that a call of the method
// of an interface declared here can run, nil if there are several or none.
func (p *Package) onlyImplementation(c *Call) *Func {
	if c.Obj == nil || c.Obj.Pkg() != p.Types {
		return nil
	}
	var only *Func
	for _, m := range p.implementations(c) {
		if m.Test {
			continue
		}
		if only != nil {
			return nil
		}
		only = m
	}
	return only
}

func (p *Package) findImplementations(c *Call) []*Func {
	recv := c.Obj.Signature().Recv()
	if recv == nil {
		return nil
	}
	t := recv.Type()
	if len(c.Exprs) > 0 && recvCount(c) == 1 {
		// The value's own type tells more than the interface that declares
		// the method: an io.WriteCloser's Close is not that of every Closer.
		if x := p.Info.TypeOf(c.Exprs[0]); x != nil {
			t = x
		}
	}
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	if len(c.Exprs) > 0 && recvCount(c) == 1 {
		if only := p.holdsOnly(c.Exprs[0]); only != nil {
			t = only
		}
	}
	var list []*Func
	for _, m := range p.byName[c.Obj.Name()] {
		if r := m.Obj.Signature().Recv(); r != nil && types.Implements(r.Type(), iface) && (types.IsInterface(t) || receives(r.Type(), t)) {
			list = append(list, m)
		}
	}
	return list
}

// receives reports whether a method with a receiver of one type is one of the values of
// another.
func receives(recv, t types.Type) bool {
	if ptr, ok := t.(*types.Pointer); ok && types.Identical(recv, ptr.Elem()) {
		return true
	}
	return types.Identical(recv, t)
}

// holdsOnly returns the type of all values that the package gives a field of an
// interface's type, nil if they differ or others may give it one.
func (p *Package) holdsOnly(x ast.Expr) types.Type {
	sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	field := p.fieldOf(sel)
	if field == nil || !field.IsField() || field.Exported() || field.Pkg() != p.Types || p.Vars.Addressed(field) {
		return nil
	}
	for _, w := range p.Vars.Writes(field) {
		if w.Value == nil {
			return nil
		}
	}
	var only types.Type
	for _, v := range p.values[field] {
		t := p.Info.TypeOf(v)
		if p.Info.Types[v].IsNil() {
			continue
		}
		if t == nil || types.IsInterface(t) || only != nil && !types.Identical(only, t) {
			return nil
		}
		only = t
	}
	return only
}

// sorted adds the methods that package sort or container/heap call on a value.
func (p *Package) sorted(f *Func, at *Event, c *Call, add func(*Caller)) {
	if c.Obj.Pkg() == nil || len(c.Exprs) == 0 {
		return
	}
	switch c.Obj.Pkg().Path() {
	case "sort", "container/heap":
	default:
		return
	}
	t := p.Info.TypeOf(c.Exprs[0])
	if t == nil {
		return
	}
	for _, name := range []string{"Len", "Less", "Swap", "Push", "Pop"} {
		for _, m := range p.byName[name] {
			r := m.Obj.Signature().Recv().Type()
			if types.Identical(r, t) || types.Identical(types.NewPointer(r), t) {
				add(&Caller{Func: f, Event: at, Fn: m, Args: c.Args[:1]})
			}
		}
	}
}
