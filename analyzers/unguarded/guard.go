package unguarded

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// A guard is the lock that the accesses of a class are made under.
type guard struct {
	relation *path.Path
	locked   int // accesses under the lock
	total    int // accesses that count
	clear    int // those that are made with the lock or without it, whoever calls
	writes   int // writes among the locked, under the exclusive lock
	evidence *access
	where    string // of the evidence, where it is in another package
	// declared says that an annotation names the lock.
	declared bool
	// fetched says that all writes go through maps that were fetched under the lock.
	fetched bool
}

// guards finds the lock of each class and the accesses without it.
func (c *checker) guards() {
	for _, as := range c.order {
		if !as.shared() {
			continue
		}
		if g := c.declared[as.v]; g != nil && as.depth == 0 {
			as.guard = g
			c.exportGuard(as)
		} else if as.guard = c.importGuard(as); as.guard == nil {
			if !as.changed() {
				continue
			}
			if as.guard = c.infer(as); as.guard == nil {
				continue
			}
			as.guard.where = c.at(as.guard.evidence.Pos())
			c.exportGuard(as)
		}
		c.tell(as)
		for _, writes := range []bool{true, false} {
			for _, a := range as.list {
				if a.op.Changes() == writes {
					c.outlier(as, a)
				}
			}
		}
	}
}

// tell records the guard of a field or variable for those who ask about it.
func (c *checker) tell(as *accesses) {
	g := as.guard
	if as.depth > 0 || as.v.Pkg() != c.Pkg {
		return
	}
	lock := strings.TrimPrefix(g.relation.String(), c.self.String()+".")
	k := rule.Knowledge{Text: fmt.Sprintf("guarded by %s (%d of %d accesses)", lock, g.locked, g.total)}
	if g.declared {
		k.Text = fmt.Sprintf("guarded by %s (annotated)", lock)
	} else if as.v.IsField() && g.relation.Kind == path.Field && g.relation.Parent == c.self {
		k.Guard = g.relation.Obj.Name()
	}
	c.Know(as.v, k)
}

// String tells why the lock is taken for the guard.
func (g *guard) String() string {
	if g.declared {
		return "which guards it by its annotation (" + g.where + ")"
	}
	return fmt.Sprintf("which guards it at %d of %d accesses (%s)", g.locked, g.total, g.where)
}

// counts reports whether an access says something about the guard.
func counts(a *access) bool { return !a.Func.Test && a.op != lockset.Compare }

// infer returns the lock that is held at most accesses of a class, or nil.
func (c *checker) infer(as *accesses) *guard {
	var candidates []*guard
	total := 0
	for _, a := range as.list {
		if !counts(a) {
			continue
		}
		total++
		for _, h := range append(slices.Clip(a.held), c.demanded(a)...) {
			r := c.relation(a, h.Path)
			if r != nil && !c.locks.IsSpin(h.Path) && !slices.ContainsFunc(candidates, func(g *guard) bool { return g.relation == r }) {
				candidates = append(candidates, &guard{relation: r})
			}
		}
	}
	for _, g := range candidates {
		for _, a := range as.list {
			mode := max(c.mode(a, g.relation), c.demands(a, g.relation))
			if !counts(a) || mode == 0 {
				continue
			}
			g.locked++
			if a.op.Changes() && mode == lockset.Exclusive {
				if g.writes++; g.writes == 1 {
					g.evidence = a
				}
			}
			if g.evidence == nil {
				g.evidence = a
			}
		}
	}
	var best *guard
	for _, g := range candidates {
		g.total, g.clear = total, total-c.mixed(as, g)
		if g.writes == 0 && c.helperWrites(as, g) {
			g.writes = 1
		}
		if g.writes == 0 || !c.enough(as, g) {
			continue
		}
		if best == nil || c.better(as, g, best) {
			best = g
		}
	}
	if best == nil {
		best = c.neverForWrites(as, candidates)
	}
	return best
}

// demanded returns the locks that a function which says of itself that its callers hold
// the lock gets from some of them, as each of those holds it.
func (c *checker) demanded(a *access) []lockset.Hold {
	if a.Func.Entry.External || !c.assumed(a.Func) {
		return nil
	}
	var list []lockset.Hold
	for _, l := range a.Func.Entry.Locks {
		if len(l.Holders) > 0 && !slices.Contains(a.State.Dropped, l.Path) {
			h := l.Hold
			h.Mode = slices.Max(l.Modes)
			list = append(list, h)
		}
	}
	return list
}

// demands returns how a lock in a relation is demanded of the callers at an access; 0 if
// it is not.
func (c *checker) demands(a *access, relation *path.Path) lockset.Mode {
	for _, h := range c.demanded(a) {
		if c.relation(a, h.Path) == relation {
			return h.Mode
		}
	}
	return 0
}

// helperWrites reports whether a function that some callers call with a lock, held
// exclusively, writes to a map of the class.
func (c *checker) helperWrites(as *accesses, g *guard) bool {
	return slices.ContainsFunc(as.list, func(a *access) bool {
		if !counts(a) || !a.op.Changes() {
			return false
		}
		lock := c.lockOf(a, g.relation)
		if lock == nil || a.Func.Entry.External {
			return false
		}
		el := a.Func.Entry.Lock(lock)
		return el != nil && slices.Contains(el.Modes, lockset.Exclusive)
	})
}

// better reports whether a lock is more likely the guard of a class than another:
// one that all writes hold before one that some lack.
func (c *checker) better(as *accesses, g, o *guard) bool {
	if all := g.writes >= c.writesOf(as, g); all != (o.writes >= c.writesOf(as, o)) {
		return all
	}
	if g.locked != o.locked {
		return g.locked > o.locked
	}
	// The lock of an owner that is known tells more than that of any owner.
	if known := g.relation.Root() != c.locks.Any; known != (o.relation.Root() != c.locks.Any) {
		return known
	}
	return g.relation.Len < o.relation.Len
}

// mixed counts the accesses in functions that some callers call with the lock
// and some without: they are evidence of neither.
func (c *checker) mixed(as *accesses, g *guard) int {
	n := 0
	for _, a := range as.list {
		if !counts(a) || c.mode(a, g.relation) != 0 || c.demands(a, g.relation) != 0 {
			continue
		}
		if c.maybe(a, g.relation) || c.calledBackUnder(a, g) || slices.ContainsFunc(a.State.Tried, func(q *path.Path) bool { return c.relation(a, q) == g.relation }) {
			n++
		} else if lock := c.lockOf(a, g.relation); lock != nil {
			if a.Alias != nil && slices.Contains(a.State.Off, lock) || c.gotten(a) {
				n++ // the map was fetched under the lock
				continue
			}
			if el := a.Func.Entry.Lock(lock); el != nil && len(el.Holders) > 0 || c.assumed(a.Func) && !c.locksItself(a) || lock.Climbs() || c.unneeded(a, lock) {
				n++
			}
		}
	}
	return n
}

// gotten reports whether an access reaches its map through a struct that a method of
// the package has returned a copy of, or through the map that it has returned from under
// its lock: where that is wrong, the method is.
func (c *checker) gotten(a *access) bool {
	if a.Alias != nil && a.by == nil && c.fetched(a.Alias, a.path) {
		return true
	}
	if a.op == lockset.Return && a.path.Kind == path.Elem && len(a.held) == 0 && a.Func.Obj != nil && !a.Func.Obj.Exported() && c.locks.Gives(a.Func) {
		return true // what the callers do with it tells
	}
	sel, ok := a.expr.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return false
	}
	if _, ok := v.Type().Underlying().(*types.Struct); !ok {
		return false
	}
	def := c.locks.Vars.Definition(v)
	return def != nil && isCall(def)
}

// fetched reports whether a local variable holds the map of a path that a function of the
// package has returned while it held a lock.
func (c *checker) fetched(v *types.Var, p *path.Path) bool {
	if mapops.MapType(v.Type()) == nil || p.Obj == nil {
		return false
	}
	call, ok := c.locks.Vars.Definition(v).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := typeutil.StaticCallee(c.TypesInfo, call)
	if fn == nil || c.locks.Func(fn) == nil {
		return false
	}
	return slices.ContainsFunc(c.locks.Func(fn).Events, func(e *lockset.Event) bool {
		return e.Kind == lockset.Access && e.Op == lockset.Return && e.State != nil && e.Path.Obj == p.Obj && len(e.State.Held) > 0
	})
}

// unneeded reports whether an access most likely needs no lock of its own: the object
// is being set up, or somebody in sight holds the lock for it.
func (c *checker) unneeded(a *access, lock *path.Path) bool {
	return c.setsUp(a.Func, a.Pos(), lock) || c.keptUnder(a, lock) || helper(a.Func, lock)
}

// locksItself reports whether the function of an access holds a lock there that it
// has taken itself and that has to do with the map.
func (c *checker) locksItself(a *access) bool {
	return slices.ContainsFunc(a.State.Held, func(h lockset.Hold) bool { return c.relation(a, h.Path) != nil })
}
