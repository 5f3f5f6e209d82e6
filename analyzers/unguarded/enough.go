package unguarded

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/stmts"
)

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
		case g.writes > 0 && g.writes >= writes && c.onlyHelpersLack(as, g) && c.onlyFor(as, g.relation):
			return true
		case c.functionsHold(as, g) && (g.writes >= writes || !slices.ContainsFunc(c.without(as, g.relation), func(a *access) bool { return len(a.held) > 0 })):
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

// onlyHelpersLack reports whether all accesses that do not hold a lock stand in functions
// that no fewer call with it than without, and those without plainly do not hold it.
func (c *checker) onlyHelpersLack(as *accesses, g *guard) bool {
	return all(c.without(as, g.relation), func(a *access) bool {
		lock := c.lockOf(a, g.relation)
		if lock == nil || a.Func.Entry.External || len(a.held) > 0 || c.assumed(a.Func) {
			return false
		}
		el := a.Func.Entry.Lock(lock)
		if el == nil || len(el.Holders) == 0 || len(el.Missing) == 0 || len(el.Holders) < len(el.Missing) {
			return false
		}
		return !slices.ContainsFunc(el.Missing, func(m *lockset.Caller) bool {
			up := c.locks.FromCallee(lock, m)
			return up == nil || m.Async || m.Dispatched || len(c.locks.Holds(m.Event)) > 0 || madeIn(m.Func, up.RootVar()) || c.setsUp(m.Func, m.Event.Pos(), up) || !c.bare(m.Func, up, 2)
		})
	})
}

// looksFirst reports whether all accesses that do not hold a lock are lookups by functions
// that anybody may call and that take it afterwards, for a change of the same map.
func (c *checker) looksFirst(as *accesses, g *guard) bool {
	return all(c.without(as, g.relation), func(a *access) bool {
		return lookup(a) != nil && a.Func.Entry.External && len(a.held) == 0 && slices.ContainsFunc(as.list, func(w *access) bool {
			return w.Func == a.Func && w.path == a.path && w.op.Writes() && w.Pos() > a.Pos() && c.mode(w, g.relation) == lockset.Exclusive
		})
	})
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
	return all(c.without(as, g.relation), func(a *access) bool {
		return slices.ContainsFunc(a.held, func(h lockset.Hold) bool {
			r := c.relation(a, h.Path)
			return r != nil && c.beside(as, r) && c.guardsOther(as, r)
		})
	})
}

// without returns the accesses that count and do not hold a lock.
func (c *checker) without(as *accesses, lock *path.Path) []*access {
	var list []*access
	for _, a := range as.list {
		if counts(a) && c.mode(a, lock) == 0 {
			list = append(list, a)
		}
	}
	return list
}

// all reports whether something is so of accesses, of which there are some.
func all(list []*access, is func(*access) bool) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(a *access) bool { return !is(a) })
}

// othersFurther reports whether all accesses that do not hold a lock beside the map hold
// one of a struct around it, some of them for a change: two locks keep nobody apart.
func (c *checker) othersFurther(as *accesses, g *guard) bool {
	list := c.without(as, g.relation)
	return slices.ContainsFunc(list, func(a *access) bool { return a.op.Changes() }) && all(list, func(a *access) bool {
		return len(a.held) > 0 && !slices.ContainsFunc(a.held, func(h lockset.Hold) bool {
			r := c.relation(a, h.Path)
			return r == nil || !r.Climbs() && (r.Root() != c.locks.Any || r.Obj == g.relation.Obj)
		})
	})
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
		if l := stmts.In(n); l != nil {
			list = l
		}
		if x, ok := n.(*ast.ExprStmt); ok && ast.Unparen(x.X) == call {
			index = slices.Index(list, ast.Stmt(x))
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
