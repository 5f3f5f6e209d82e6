package unguarded

import (
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// handler reports what a handler writes to maps that all requests share.
func (c *checker) handler(f *lockset.Func) {
	if f.Decl != nil && f.Called() {
		return // its callers tell what it is called on
	}
	for _, a := range c.locks.Accs(f) {
		if !a.Op.Changes() || len(fitting(a.Held, a.Path)) > 0 || !c.perServer(f, a.Path) || c.guarded(a.At.Path) {
			continue
		}
		what := a.At.Path.String()
		if a.Path.Kind == path.Field && a.At.Path.Obj != a.Path.Obj {
			what += ", which is " + a.Path.String() + ","
		}
		if !f.Handles {
			c.report(rule.Likely, a.At.Pos(), nil, "write to %s in a callback, which several goroutines run at a time, no lock held", what).hasNone(a.At.Path)
			continue
		}
		c.report(rule.Likely, a.At.Pos(), nil, "write to %s in a handler, which runs for several requests at a time, no lock held", what).hasNone(a.At.Path)
	}
}

// perServer reports whether a path from a handler starts at what all requests share:
// a package variable, the handler's receiver, or a variable around a literal.
func (c *checker) perServer(f *lockset.Func, p *path.Path) bool {
	v := p.RootVar()
	for _, s := range p.Steps() {
		if s.Kind == path.Elem {
			if _, constant := s.Key.(string); !constant && !c.fixed(s.Parent) {
				return false
			}
		}
	}
	if path.IsGlobal(v) {
		return true
	}
	if f.Lit != nil {
		if d := f.Declared(); !f.Handles && d.Local(v) {
			return false // one for each callback, perhaps
		}
		return !f.Local(v) && f.Param(v) < 0
	}
	if f.Decl.Recv == nil || f.Param(v) != 0 {
		return false
	}
	_, ptr := v.Type().Underlying().(*types.Pointer)
	return ptr
}

// fixed reports whether a map or slice in a field gets its entries before it is in use:
// what they refer to is there for all requests, not for one each.
func (c *checker) fixed(p *path.Path) bool {
	if p.Kind == path.Field && !p.Obj.Exported() && p.Obj.Pkg() == c.Pkg && mapops.MapType(p.Obj.Type()) == nil {
		return len(c.locks.Vars.Writes(p.Obj)) == 0 && !c.locks.Vars.Addressed(p.Obj)
	}
	cl, owner, ok := classOf(p)
	if !ok || owner == nil || cl.depth > 0 || mapops.MapType(cl.v.Type()) == nil || cl.v.Exported() {
		return false
	}
	as := c.classes[cl]
	return as != nil && as.guard == nil && !as.changed()
}

// besideHandlers reports what callbacks that a goroutine of the package calls and the
// handlers of a server do to one map of their receiver.
func (c *checker) besideHandlers() {
	var asides []*lockset.Acc
	handlers := make(map[*types.Var][]*lockset.Acc) // by the field
	for _, f := range c.locks.Funcs {
		if f.Test || !f.Aside && !f.Handles || f.Decl != nil && f.Called() {
			continue
		}
		for _, a := range c.locks.Accs(f) {
			if len(a.Held) > 0 || a.Path.Parent == nil || c.uncertain(a) || c.guarded(a.At.Path) || f.Handles && !c.perServer(f, a.Path) {
				continue
			}
			if f.Handles {
				handlers[a.Path.Obj] = append(handlers[a.Path.Obj], a)
			} else {
				asides = append(asides, a)
			}
		}
	}
	for _, a := range asides {
		for _, b := range handlers[a.Path.Obj] {
			if !races(a.Op, b.Op) || !c.sameField(a, b) {
				continue
			}
			for _, x := range [][2]*lockset.Acc{{a, b}, {b, a}} {
				if w, o := x[0], x[1]; w.Op.Changes() {
					c.report(rule.Likely, w.At.Pos(), []analysis.RelatedInformation{{Pos: o.At.Pos(), Message: verbOf(o.Op) + " the same map"}},
						"write to %s with no lock held: the %s at %s may happen at the same time, one in a handler, one in a callback that a goroutine runs",
						w.At.Path, noun(o.Op), c.at(o.At.Pos())).hasNone(w.At.Path)
				}
			}
		}
	}
}

// sameField reports whether two accesses reach their maps in the same way from
// variables of one type.
func (c *checker) sameField(a, b *lockset.Acc) bool {
	va, vb := a.Path.RootVar(), b.Path.RootVar()
	if va == nil || vb == nil || named(va.Type()) == nil || named(va.Type()) != named(vb.Type()) {
		return false
	}
	q := c.locks.Replace(a.Path, a.Path.Root(), b.Path.Root())
	return q != nil && c.locks.General(q) == c.locks.General(b.Path)
}
