package unguarded

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// handedOver reports writes to a local map after it was sent to another
// goroutine.
func (c *checker) handedOver() {
	for _, f := range c.locks.Funcs {
		if f.Test {
			continue
		}
		for _, e := range f.Events {
			if e.Kind != lockset.Access || e.State == nil || !e.Op.Writes() || e.Path.Kind != path.Var || len(e.State.Given) == 0 || len(e.State.Held) > 0 {
				continue
			}
			i := slices.IndexFunc(e.State.Given, func(s *lockset.Event) bool { return s.Path == e.Path })
			if i < 0 {
				continue
			}
			sent := e.State.Given[i]
			c.report(rule.Likely, e.Pos(), []analysis.RelatedInformation{{Pos: sent.Pos(), Message: "the map is sent here"}},
				"write to %s, which was sent at %s: its receiver may use it at the same time", e.Path, c.at(sent.Pos()))
		}
	}
}

// loaded reports writes into maps that an atomic value holds, itself or in a
// struct: others that have loaded it too read it without a lock.
func (c *checker) loaded() {
	for _, f := range c.locks.Funcs {
		for _, e := range f.Events {
			if e.Kind != lockset.Access || e.State == nil || !e.Op.Writes() || f.Test {
				continue
			}
			p := e.Path
			if q := c.given(e); q != nil {
				p = q
			}
			at := loadedStep(p)
			if at == nil || at.Root().Kind != path.Var || c.locks.IsFresh(e, at.RootVar()) {
				continue
			}
			if at.Parent.Kind == path.Elem && len(c.locks.Holds(e)) > 0 {
				continue // an element of a sync.Map, under some lock
			}
			if slices.ContainsFunc(c.locks.Holds(e), func(h lockset.Hold) bool { return h.Path.Has(at) }) {
				continue // what was loaded has a lock of its own
			}
			c.report(rule.Certain, e.Pos(), nil, "write to the map that %s holds: others that have loaded it read it at the same time; store a changed copy", at.Parent)
		}
	}
}

// loadedStep returns the part of a path up to what an atomic holds, nil if it
// leads through none, or through a container from there.
func loadedStep(p *path.Path) *path.Path {
	for ; p != nil; p = p.Parent {
		if p.Kind == path.Loaded {
			return p
		}
	}
	return nil
}

// given returns where the map comes from that a write changes, where the field of a
// local struct was given it before.
func (c *checker) given(e *lockset.Event) *path.Path {
	if e.Kind != lockset.Access || !e.Op.Writes() {
		return nil
	}
	return c.locks.Given(e, e.Path)
}
