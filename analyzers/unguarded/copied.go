package unguarded

import (
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// originals splits locks that are held into those that others can hold too and
// copies, which only the function itself can reach.
func (c *checker) originals(f *lockset.Func, held []lockset.Hold) (originals, copied []lockset.Hold) {
	for _, h := range held {
		if c.isCopy(f, h.Path) {
			copied = append(copied, h)
		} else {
			originals = append(originals, h)
		}
	}
	return originals, copied
}

// isCopy reports whether a lock is part of a value that was copied: of a
// parameter or receiver that is a struct, or a mutex itself, or of a variable
// that was made as a copy of another struct.
func (c *checker) isCopy(f *lockset.Func, lock *path.Path) bool {
	steps := lock.Steps()
	if steps[0].Kind != path.Var {
		return false
	}
	v := steps[0].Obj
	for _, s := range steps {
		var t types.Type
		switch s.Kind {
		case path.Var, path.Field:
			t = s.Obj.Type()
		default:
			return false
		}
		if _, ok := t.Underlying().(*types.Struct); !ok {
			return false // a pointer or an interface leads to what others reach too
		}
	}
	if path.IsGlobal(v) || v.IsField() {
		return false
	}
	for o := f; o != nil; o = o.Outer {
		if o.Param(v) >= 0 {
			return true
		}
	}
	return c.locks.Copied(v) || c.locks.Ranged(v)
}

// copied reports writes to maps under a copy of their lock.
func (c *checker) copied() {
	for _, as := range c.order {
		for _, a := range as.list {
			if !a.op.Writes() || len(a.copied) == 0 || len(a.held) > 0 || a.Func.Test || a.by != nil {
				continue
			}
			lock := a.copied[0]
			v := lock.Path.RootVar()
			what := "a copy of the mutex " + lock.Path.String()
			if lock.Path.Parent != nil {
				what = "a copy of its mutex, since " + v.Name() + " is a value"
			}
			c.report(rule.Likely, a.Pos(), []analysis.RelatedInformation{{Pos: v.Pos(), Message: v.Name() + " is a copy: every call locks a mutex of its own"}},
				"write to %s under %s", c.show(a), what)
		}
	}
}
