package unguarded

import (
	"go/types"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// guardFact tells other packages which lock guards the map in a field.
type guardFact struct {
	Lock          []string // the names of the fields from the struct to the lock
	Locked, Total int
	Declared      bool   // by an annotation
	Evidence      string // file.go:12
}

func (*guardFact) AFact() {}

func (f *guardFact) String() string { return "guarded by " + strings.Join(f.Lock, ".") }

// exportGuard tells other packages the guard of a field that they can reach.
func (c *checker) exportGuard(as *accesses) {
	if as.v.Pkg() != c.Pkg || !as.v.IsField() || !as.v.Exported() || as.depth > 0 || as.guard.relation.Root() != c.self {
		return
	}
	fact := &guardFact{Locked: as.guard.locked, Total: as.guard.total, Declared: as.guard.declared, Evidence: as.guard.where}
	for _, s := range as.guard.relation.Steps()[1:] {
		if s.Kind != path.Field {
			return
		}
		fact.Lock = append(fact.Lock, s.Obj.Name())
	}
	c.ExportObjectFact(as.v, fact)
}

// importGuard returns the guard that the package of a field has told.
func (c *checker) importGuard(as *accesses) *guard {
	fact := new(guardFact)
	if !as.v.IsField() || as.depth > 0 || as.v.Pkg() == c.Pkg || !c.ImportObjectFact(as.v, fact) {
		return nil
	}
	g := &guard{relation: c.self, locked: fact.Locked, total: fact.Total, declared: fact.Declared, where: fact.Evidence}
	var owner types.Type
	for _, a := range as.list {
		if sel := c.ownerType(a); sel != nil {
			owner = sel
		}
	}
	for _, name := range fact.Lock {
		obj, _, _ := types.LookupFieldOrMethod(owner, true, as.v.Pkg(), name)
		f, ok := obj.(*types.Var)
		if !ok {
			return nil
		}
		g.relation = c.locks.Field(g.relation, f)
		owner = f.Type()
	}
	return g
}

// ownerType returns the type of the struct that the map of an access is in.
func (c *checker) ownerType(a *access) types.Type {
	if a.owner == nil || a.owner.Obj == nil {
		return nil
	}
	if a.owner.Kind == path.Elem || a.owner.Kind == path.Value {
		return nil
	}
	return a.owner.Obj.Type()
}
