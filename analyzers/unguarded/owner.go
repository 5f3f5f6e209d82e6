package unguarded

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// ownerLacks reports an access in a method of a struct without a lock, whose owner holds
// its own at all other methods that use the map, where nobody who calls this one does.
func (c *checker) ownerLacks(as *accesses, a *access) {
	g := as.guard
	v := a.path.RootVar()
	if a.op == lockset.Assign || g.locked < 3 || a.Func.Decl == nil || a.Func.Entry.External || v == nil || !c.isReceiver(a.Func, v) || len(a.held) > 0 || c.deliberate(a.Event) || c.assumed(a.Func) || c.leavesLocking(a.Func) {
		return
	}
	if slices.ContainsFunc(as.list, func(b *access) bool {
		return counts(b) && b.Func != a.Func && c.mode(b, g.relation) == 0
	}) || !c.contended(as, a) {
		return
	}
	var first *lockset.Caller
	var owner *path.Path
	for _, m := range a.Func.Callers() {
		if m.Func.Test {
			continue
		}
		lock := c.ownersLock(m, g.relation.Obj)
		if lock == nil || m.Dispatched || len(c.locks.Holds(m.Event)) > 0 || len(m.Event.State.Maybe) > 0 || c.assumed(m.Func) || c.deliberate(m.Event) ||
			madeIn(m.Func, lock.RootVar()) || c.setsUp(m.Func, m.Event.Pos(), lock) || !c.bare(m.Func, lock, 2) {
			return
		}
		if first == nil {
			first, owner = m, lock
		}
	}
	if first == nil {
		return
	}
	c.report(rule.Likely, a.Pos(), append(c.evidence(as), analysis.RelatedInformation{Pos: first.Event.Pos(), Message: "called here, without the lock"}),
		"%s %s without %s, as called at %s, %s", verbOf(a.op), c.show(a), owner, c.at(first.Event.Pos()), g)
}

// ownersLock returns the lock of the struct in one of whose fields the receiver of a call
// is, nil if that has no such lock.
func (c *checker) ownersLock(m *lockset.Caller, field *types.Var) *path.Path {
	if field == nil || len(m.Args) == 0 || m.Args[0] == nil || m.Args[0].Kind != path.Field {
		return nil
	}
	owner := m.Args[0].Parent
	if owner.Obj == nil {
		return nil
	}
	t := owner.Obj.Type().Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	s, ok := t.(*types.Struct)
	if !ok {
		return nil
	}
	for f := range s.Fields() {
		if f.Origin() == field {
			return c.locks.Field(owner, field)
		}
	}
	return nil
}
