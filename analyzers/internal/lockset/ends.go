package lockset

import (
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// endsUnder reports whether a goroutine that f has started ends while f, or those that
// call it, hold a lock since before the start:
//
//	ix.mu.RLock()
//	for i := range ix.parts {
//		wg.Go(func() { results[i] = ix.parts[i].search(q) })
//	}
//	wg.Wait()
//	ix.mu.RUnlock()
func (p *Package) endsUnder(f *Func, g *Spawn, lock *path.Path, depth int) bool {
	if g.Contained {
		return true
	}
	live, left := false, false
	for _, e := range f.Events {
		if e.State == nil || !slices.Contains(e.State.Live, g) {
			continue
		}
		live = true
		if !slices.ContainsFunc(p.Holds(e), func(h Hold) bool { return h.Path == lock }) {
			return false
		}
		left = left || e.Kind == Returns && !f.waitsBeforeUnlock(g, lock)
	}
	if !left {
		return live
	}
	// It runs on when f returns: perhaps the callers wait for it.
	if depth == 0 || f.Entry.External || len(f.callers) == 0 {
		return false
	}
	return !slices.ContainsFunc(f.callers, func(m *Caller) bool {
		up := p.FromCallee(lock, m)
		if m.Async || up == nil || m.Event.Kind != Calls {
			return true
		}
		i := slices.IndexFunc(p.spawnsOf(m.Event), func(o *Spawn) bool { return o.Inner == g })
		return i < 0 || !p.endsUnder(m.Func, m.Event.spawns[i], up, depth-1)
	})
}

// waitsBeforeUnlock reports whether a deferred call waits for a goroutine, before another
// one releases a lock if one does.
func (f *Func) waitsBeforeUnlock(g *Spawn, lock *path.Path) bool {
	waits := false
	for _, e := range f.Events { // those deferred last run first
		if e.Deferred && e.Kind == Unlock && e.Path == lock {
			waits = false
		}
		waits = waits || e.Deferred && e.Kind == Recv && g.joinedBy(e.Path)
	}
	return waits
}

// releasedBefore reports whether a lock is released by a deferred call that
// runs before the deferred call of c.
func (p *Package) releasedBefore(c *Caller, q *path.Path) bool {
	var at *Event
	for _, e := range c.Func.Deferred {
		if e.Call.Fn == c.Fn {
			at = e
		}
	}
	for _, e := range c.Func.Events {
		if e.Deferred && e.Kind == Unlock && e.Path == q && at != nil && e.Pos() > at.Pos() {
			return true
		}
	}
	return false
}
