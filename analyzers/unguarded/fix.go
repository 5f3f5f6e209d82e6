package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// A finding is kept until all are known: what a fix may do depends on the
// other fixes of the package.
type finding struct {
	level rule.Level
	diag  analysis.Diagnostic
	// One of these tells what would mend it, where anything is known to.
	lacks *lack
	reads *sharedHold
	bare  *class
}

// A lack is a place that has to hold a lock and does not.
type lack struct {
	at     *lockset.Event
	path   *path.Path // of the map
	lock   *path.Path
	writes bool
	// direct says that the place itself uses the map, a callee otherwise.
	direct bool
}

// A sharedHold is a lock that is held for reading at a write.
type sharedHold struct {
	at   *lockset.Event
	lock *path.Path
	// by is the call that took it, nil where callers of the function did.
	by ast.Node
}

// lacksLock notes that a finding is mended by holding a lock there.
func (f *finding) lacksLock(l *lack) {
	if f != nil {
		f.lacks = l
	}
}

// readsOnly notes that a finding is mended by taking a lock exclusively.
func (f *finding) readsOnly(s *sharedHold) {
	if f != nil {
		f.reads = s
	}
}

// hasNone notes that no lock guards the map of a finding.
func (f *finding) hasNone(p *path.Path) {
	if f == nil {
		return
	}
	if cl, owner, ok := classOf(p); ok && owner != nil && cl.depth == 0 {
		f.bare = &cl
	}
}

// flush reports what was found, with fixes.
func (c *checker) flush() {
	x := &fixer{checker: c}
	x.mend()
	for _, f := range c.findings {
		c.Report(f.level, f.diag)
	}
}

// A fixer makes the fixes of one package.
type fixer struct {
	*checker
	plans []*section
}

// mend adds fixes to the findings.
func (x *fixer) mend() {
	type place struct {
		f    *lockset.Func
		lock *path.Path
	}
	groups := make(map[place][]*finding)
	var order []place
	for _, f := range x.findings {
		switch {
		case f.lacks != nil:
			p := place{x.home(f.lacks.at.Func), f.lacks.lock}
			if groups[p] == nil {
				order = append(order, p)
			}
			groups[p] = append(groups[p], f)
		case f.reads != nil:
			if edits := x.exclusive(f.reads); edits != nil {
				f.diag.SuggestedFixes = []analysis.SuggestedFix{{Message: "Take the lock for writing", TextEdits: edits}}
			}
		}
	}
	for _, p := range order {
		beside := slices.ContainsFunc(order, func(o place) bool { return o.f == p.f && o != p })
		x.hold(&use{fixer: x, f: p.f, lock: p.lock, beside: beside}, groups[p])
	}
	x.addMutexes()
}

// home returns the function in whose course a literal runs: the literal itself
// where it runs beside it, or nobody knows when.
func (x *fixer) home(f *lockset.Func) *lockset.Func {
	for f.Outer != nil && !f.Used && !f.Handles && len(f.Callers()) > 0 {
		for _, m := range f.Callers() {
			if m.Async || m.Func != f.Outer {
				return f
			}
		}
		f = f.Outer
	}
	return f
}

// hold makes the fixes of what lacks one lock in one function.
func (x *fixer) hold(u *use, group []*finding) {
	if !x.mayTake(u.f) || x.isCopy(u.f, u.lock) || x.lockType(u.lock) == nil || !x.taken(u.lock) {
		return
	}
	for _, g := range group {
		u.lacks = append(u.lacks, g.lacks)
		if g.lacks.direct && leaves(g.lacks.at.Op) {
			return // the map is used when the lock has been released
		}
	}
	if u.collect(); u.bad {
		return
	}
	if s := u.plan(u.lacks); s != nil {
		if edits := x.commit(s); edits != nil {
			for _, g := range group {
				g.diag.SuggestedFixes = s.fixes(edits)
			}
		}
		return
	}
	// No one section holds them all: one for each, where they have nothing
	// to do with each other. What functions do with a map may well have.
	if slices.ContainsFunc(u.lacks, func(l *lack) bool { return !l.direct }) {
		return
	}
	for _, g := range group {
		if s := u.alone(g.lacks); s != nil {
			if edits := x.commit(s); edits != nil {
				g.diag.SuggestedFixes = s.fixes(edits)
			}
		}
	}
}

// leaves reports whether an operation hands a map on, to be used later.
func leaves(op lockset.Op) bool {
	switch op {
	case lockset.Return, lockset.Store, lockset.Sent, lockset.Lazy, lockset.Alias:
		return true
	}
	return false
}

// mayTake reports whether a function can take a lock: nobody who calls it may
// hold that or any other one, so that no order of locks comes about and nobody waits
// under it for what cannot go on.
func (x *fixer) mayTake(f *lockset.Func) bool {
	if f.Body == nil || f.Test || f.GaveUp || x.assumed(f) || f.Used && !f.Handles {
		return false
	}
	for _, l := range f.Entry.Locks {
		if len(l.Holders) > 0 {
			return false
		}
	}
	// Who holds a lock when it starts a goroutine may wait for that.
	return !slices.ContainsFunc(f.Callers(), func(m *lockset.Caller) bool {
		return m.Async && m.Event.State != nil && len(x.locks.Holds(m.Event)) > 0
	})
}

// taken reports whether the package takes a lock by the lock's own methods,
// and not only by functions made to take it.
func (x *fixer) taken(lock *path.Path) bool {
	if p := lock.Parent; p != nil && p.Kind == path.Field && isLock(p.Obj.Type()) && !lock.Obj.Embedded() {
		return false // the mutex inside of a lock of another kind
	}
	for _, g := range x.declared {
		if g.relation.Obj == lock.Obj {
			return true
		}
	}
	for _, f := range x.locks.Funcs {
		if len(f.Summary.Acquires) > 0 || slices.ContainsFunc(f.Summary.Params, func(u lockset.ParamUse) bool { return len(u.Held) > 0 }) {
			continue
		}
		for _, e := range f.Events {
			if e.Kind == lockset.Lock && e.Path.Obj == lock.Obj {
				return true
			}
		}
	}
	return lock.Obj.Pkg() != x.Pkg
}

// lockType returns the type of a lock that fixes know how to take: those of
// package sync, and such as have their methods and come from elsewhere.
func (x *fixer) lockType(lock *path.Path) types.Type {
	if lock.Obj == nil || lock.Kind != path.Var && lock.Kind != path.Field {
		return nil
	}
	t := lock.Obj.Type()
	if !isLock(t) {
		return nil
	}
	if n := namedOf(t); n == nil || n.Obj().Pkg() == x.Pkg {
		return nil // a wrapper: how it is meant to be taken is not known
	}
	return t
}

func namedOf(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// commit makes the edits of a section and takes note that it takes a lock; it
// fails where that does not go with the sections of other fixes.
func (x *fixer) commit(s *section) []analysis.TextEdit {
	if !x.agrees(s) {
		return nil
	}
	edits := x.clean(s.edits())
	if edits != nil {
		x.plans = append(x.plans, s)
	}
	return edits
}

// agrees reports whether a section can stand beside those of other fixes: no
// section may be inside another, or be run by it.
func (x *fixer) agrees(s *section) bool {
	for _, o := range x.plans {
		if s.overlaps(o) || o.runs[s.f] || s.runs[o.f] || o.lits[s.f.Lit] || s.lits[o.f.Lit] {
			return false
		}
	}
	return true
}

// file returns the file around a position.
func (c *checker) file(pos token.Pos) *ast.File {
	i := slices.IndexFunc(c.Files, func(f *ast.File) bool { return f.FileStart <= pos && pos < f.FileEnd })
	if i < 0 {
		return nil
	}
	return c.Files[i]
}
