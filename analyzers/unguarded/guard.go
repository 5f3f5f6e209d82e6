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

// enough reports whether the share of accesses under a lock tells that it is
// meant to guard all of them. A lock that is a field beside the map, or a
// package variable beside a package variable, needs less evidence than one
// elsewhere.
func (c *checker) enough(as *accesses, g *guard) bool {
	writes := c.writesOf(as, g)
	if c.beside(as, g.relation) {
		switch {
		case g.locked >= 2 && g.locked*3 >= g.clear*2:
			return true
		case g.locked >= 3 && g.locked*2 > g.clear && c.othersMistaken(as, g):
			return true // all is done under some lock, of which this one is the map's
		case g.locked >= 3 && g.locked*2 >= g.clear && g.relation.Parent == c.self && c.othersFurther(as, g):
			return true // the others hold the lock of the struct around
		case g.locked >= 3 && c.loneGoroutine(as, g):
			return true
		case g.locked >= 2 && g.locked*2 >= g.clear && c.othersOfBlock(as, g):
			return true
		case g.writes > 0 && g.writes >= writes && c.looksFirst(as, g) && !c.open(as, g.relation):
			return true
		case c.open(as, g.relation):
			return false
		case c.functionsHold(as, g) && (g.writes >= writes || !slices.ContainsFunc(as.list, func(a *access) bool { return counts(a) && len(a.held) > 0 && c.mode(a, g.relation) == 0 })):
			return true
		case g.writes < writes:
			return false
		}
		// All writes hold the lock: those who read without it were
		// forgotten, where most read with it or the lock was taken for the
		// map alone.
		return g.locked*3 >= g.clear && slices.ContainsFunc(as.list, func(a *access) bool {
			return counts(a) && a.op.Changes() && c.mode(a, g.relation) == lockset.Exclusive && c.dedicated(a)
		})
	}
	if g.relation.Root() == c.locks.Any {
		return g.locked == g.clear && g.locked >= 2 || g.locked >= 3 && g.locked*4 >= g.clear*3
	}
	if as.v.IsField() && as.v.Pkg() != c.Pkg && !slices.ContainsFunc(as.list, func(a *access) bool { return len(a.State.Held) > 0 && c.mode(a, g.relation) != 0 }) {
		return false // a struct of others that is handled under a lock of the callers, which is there for what they do
	}
	if g.locked >= 3 && g.locked*4 >= g.clear*3 {
		return true
	}
	return g.writes == writes && writes >= 2 && g.locked*2 >= g.clear
}

// loneGoroutine reports whether the lock is held by all functions that use a map but one,
// which a goroutine runs, and nothing else, without any lock.
func (c *checker) loneGoroutine(as *accesses, g *guard) bool {
	var alone *lockset.Func
	written := false
	held := make(map[*lockset.Func]bool)
	for _, a := range as.list {
		if !counts(a) {
			continue
		}
		f := a.Func.Declared()
		if c.mode(a, g.relation) != 0 {
			held[f] = true
			written = written || a.op.Writes() && c.mode(a, g.relation) == lockset.Exclusive
			continue
		}
		if len(a.held) > 0 || a.by != nil || a.Func != f || alone != nil && f != alone || !a.op.Writes() && !a.op.Reads() {
			return false
		}
		alone = f
	}
	if alone == nil || held[alone] || len(held) < 3 || !written || len(alone.Callers()) == 0 {
		return false
	}
	return !slices.ContainsFunc(alone.Callers(), func(m *lockset.Caller) bool { return !m.Async })
}

// looksFirst reports whether all accesses that do not hold a lock are lookups by functions
// that anybody may call and that take it afterwards, for a change of the same map.
func (c *checker) looksFirst(as *accesses, g *guard) bool {
	first := 0
	for _, a := range as.list {
		if !counts(a) || c.mode(a, g.relation) != 0 {
			continue
		}
		if lookup(a) == nil || !a.Func.Entry.External || len(a.held) > 0 || !slices.ContainsFunc(as.list, func(w *access) bool {
			return w.Func == a.Func && w.path == a.path && w.op.Writes() && w.Pos() > a.Pos() && c.mode(w, g.relation) == lockset.Exclusive
		}) {
			return false
		}
		first++
	}
	return first > 0
}

// open reports whether those of other packages can reach a map but not its lock: they
// read it when it is complete, and others that read it may do so as well.
func (c *checker) open(as *accesses, lock *path.Path) bool {
	if !as.v.Exported() || lock.Obj == nil || lock.Obj.Exported() {
		return false
	}
	return slices.ContainsFunc(as.list, func(a *access) bool {
		t := c.ownerType(a)
		return t != nil && named(t) != nil && named(t).Exported()
	})
}

// othersMistaken reports whether all accesses that do not hold a lock hold another one
// beside it, which guards another map wholly: they took the wrong one.
func (c *checker) othersMistaken(as *accesses, g *guard) bool {
	others := 0
	for _, a := range as.list {
		if !counts(a) || c.mode(a, g.relation) != 0 {
			continue
		}
		others++
		if !slices.ContainsFunc(a.held, func(h lockset.Hold) bool {
			r := c.relation(a, h.Path)
			return r != nil && c.beside(as, r) && c.guardsOther(as, r)
		}) {
			return false
		}
	}
	return others > 0
}

// othersFurther reports whether all accesses that do not hold a lock beside the map hold
// one of a struct around it, some of them for a change: two locks keep nobody apart.
func (c *checker) othersFurther(as *accesses, g *guard) bool {
	changes := false
	for _, a := range as.list {
		if !counts(a) || c.mode(a, g.relation) != 0 {
			continue
		}
		if len(a.held) == 0 || slices.ContainsFunc(a.held, func(h lockset.Hold) bool {
			r := c.relation(a, h.Path)
			return r == nil || !r.Climbs() && (r.Root() != c.locks.Any || r.Obj == g.relation.Obj)
		}) {
			return false
		}
		changes = changes || a.op.Changes()
	}
	return changes
}

// functionsHold reports whether two of three functions that use a map hold a lock
// throughout: one that has forgotten it may use the map often.
func (c *checker) functionsHold(as *accesses, g *guard) bool {
	all := make(map[*lockset.Func]bool)
	for _, a := range as.list {
		if !counts(a) {
			continue
		}
		f := a.Func.Declared()
		held := c.mode(a, g.relation) != 0
		if was, ok := all[f]; ok {
			if was != held {
				return false // it knows when the lock is needed
			}
			continue
		}
		all[f] = held
	}
	n := 0
	for _, held := range all {
		if held {
			n++
		}
	}
	return n >= 2 && n == len(all)-1
}

// guardsOther reports whether a lock is held at all accesses of another map in the
// same struct, at some of those alone.
func (c *checker) guardsOther(as *accesses, relation *path.Path) bool {
	return slices.ContainsFunc(c.order, func(o *accesses) bool {
		if o == as || o.depth != as.depth || o.v.Pkg() != as.v.Pkg() || len(o.list) < 2 || relation.Root() == c.self && !o.v.IsField() {
			return false
		}
		return !slices.ContainsFunc(o.list, func(a *access) bool { return counts(a) && c.mode(a, relation) == 0 }) &&
			slices.ContainsFunc(o.list, func(a *access) bool {
				return counts(a) && a.op.Changes() && !slices.ContainsFunc(as.list, func(b *access) bool { return b.Func == a.Func })
			})
	})
}

// dedicated reports whether a write stands in a short section under its
// lock that does nothing but use maps.
func (c *checker) dedicated(a *access) bool {
	for _, h := range a.held {
		list, i := c.statement(a.Func, h.At)
		if i < 0 {
			continue
		}
		n := 0
		for _, s := range list[i+1:] {
			if s.End() < a.Pos() && n > 2 {
				break
			}
			if c.unlocks(s) {
				return n > 0
			}
			if _, ok := s.(*ast.DeferStmt); ok {
				break
			}
			if !c.usesMap(a.Func, s) || n > 3 {
				break
			}
			n++
		}
	}
	return false
}

// statement returns the list of statements in which a call is a statement of
// its own, and its index there; -1 if it is none.
func (c *checker) statement(f *lockset.Func, call ast.Node) (list []ast.Stmt, index int) {
	index = -1
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n == nil || index >= 0 || n.Pos() > call.Pos() || call.End() > n.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		case *ast.ExprStmt:
			if ast.Unparen(n.X) == call {
				for i, s := range list {
					if s == n {
						index = i
					}
				}
			}
		}
		return true
	})
	return list, index
}

// unlocks reports whether a statement is the call of an Unlock method.
func (c *checker) unlocks(s ast.Stmt) bool {
	x, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := ast.Unparen(x.X).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && (sel.Sel.Name == "Unlock" || sel.Sel.Name == "RUnlock")
}

// usesMap reports whether a statement uses a map.
func (c *checker) usesMap(f *lockset.Func, s ast.Stmt) bool {
	for _, e := range f.Events {
		if e.Kind == lockset.Access && s.Pos() <= e.Pos() && e.Pos() < s.End() {
			return true
		}
	}
	return false
}

// writesOf counts the writes of a class, except those that make the map for the
// first time: the object is being built there, with its lock or without.
func (c *checker) writesOf(as *accesses, g *guard) int {
	n := 0
	for _, a := range as.list {
		if counts(a) && a.op.Changes() && !c.assumed(a.Func) && len(a.State.Tried) == 0 && (c.mode(a, g.relation) != 0 || !c.initialises(a, g)) {
			n++
		}
	}
	return n
}

// beside reports whether a lock is a field of the struct that the map is in,
// perhaps in an embedded struct, or both are package variables.
func (c *checker) beside(as *accesses, relation *path.Path) bool {
	if relation.Root() != c.self {
		return !as.v.IsField()
	}
	for _, s := range relation.Steps()[1:] {
		switch s.Kind {
		case path.Field:
			if _, ok := s.Obj.Type().Underlying().(*types.Pointer); ok && s != relation {
				return false // of what the struct points to: an owner, most likely
			}
		case path.Up:
			// Out of a struct that is a part of the one with the lock.
			if s.Obj == nil {
				return false
			}
			if _, ok := s.Obj.Type().Underlying().(*types.Struct); !ok {
				return false
			}
		default:
			return false
		}
	}
	return true
}
