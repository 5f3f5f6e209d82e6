package unguarded

import (
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// namedLocked reports calls of functions whose name says that the lock is held, by those
// that have just released it, where others call them with it. Of two callers one alone
// would not tell what is right: the name does.
func (c *checker) namedLocked() {
	for _, f := range c.locks.Funcs {
		if f.Test || f.Obj == nil || f.Entry.External {
			continue
		}
		name := strings.ToLower(f.Obj.Name())
		if !strings.HasSuffix(name, "locked") || strings.HasSuffix(name, "unlocked") {
			continue
		}
		for i := range f.Entry.Locks {
			el := &f.Entry.Locks[i]
			if len(el.Holders) == 0 || el.MostHold() {
				continue
			}
			if a := changeBeside(c.locks.Accs(f), f, el.Path); a != nil {
				c.justReleased(el, a)
			}
		}
	}
}

// changeBeside returns a change, made by f itself, of a map in the struct that a lock is
// in, or nil.
func changeBeside(accs []*lockset.Acc, f *lockset.Func, lock *path.Path) *lockset.Acc {
	for _, a := range accs {
		if a.Op.Changes() && a.At.Func == f && a.Path.Kind == path.Field && lock.Parent != nil && a.Path.Parent == lock.Parent {
			return a
		}
	}
	return nil
}

func (c *checker) justReleased(el *lockset.EntryLock, a *lockset.Acc) {
	for _, m := range el.Missing {
		up := c.locks.FromCallee(el.Path, m)
		if up == nil || m.Func.Test || m.Async || c.assumed(m.Func) || c.deliberate(m.Event) {
			continue
		}
		s := m.Event.State
		if !contains(s.Off, up) || contains(s.Maybe, up) || contains(m.Func.Entry.Maybe, up) {
			continue
		}
		if slices.ContainsFunc(c.locks.Holds(m.Event), func(h lockset.Hold) bool { return h.Path.Parent == up.Parent }) {
			continue // the name may mean this lock of the struct, not that one
		}
		c.report(rule.Likely, m.Event.Pos(), nil, "%s %s %s without %s, which has been released before; its name says that it is held (%s)",
			called(m), does(true), a.Path, up, c.at(a.At.Pos())).
			lacksLock(&lack{at: m.Event, path: a.Path, lock: up, writes: true})
	}
}

func contains(list []*path.Path, p *path.Path) bool {
	for _, q := range list {
		if q == p {
			return true
		}
	}
	return false
}

// startsMore reports whether a goroutine starts further ones like itself, by the
// function that has started it, in a loop in which it does not wait for anything, and
// for the same receiver: a machine whose threads start threads.
func (c *checker) startsMore(f *lockset.Func, g *lockset.Spawn) bool {
	r := g.Ref.Fn
	if g.Inner != nil || r == nil || r.Decl == nil || r.Decl.Recv == nil || f.Decl == nil || len(g.Args) == 0 || len(f.Params) == 0 || f.Params[0] == nil || r.Params[0] == nil {
		return false
	}
	if g.Args[0] != c.locks.Var(f.Params[0]) {
		return false
	}
	again := false
	for _, e := range r.Events {
		switch e.Kind {
		case lockset.Recv:
			if len(c.loopsAround(r, e.Node)) > 0 {
				return false
			}
		case lockset.Calls:
			again = again || e.State != nil && !e.Deferred && e.Call.Fn == f && len(e.Call.Args) > 0 && e.Call.Args[0] == c.locks.Var(r.Params[0]) && len(c.loopsAround(r, e.Node)) > 0
		}
	}
	return again
}
