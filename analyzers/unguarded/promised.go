package unguarded

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// promises matches what the documentation of a type says whose methods several
// goroutines may call; limits matches what takes some of it back.
var (
	promises = regexp.MustCompile(`(?i)\b(safe|designed|meant|intended|suitable) (for|to be) [^.]{0,30}\b(concurrent|parallel|simultaneous|goroutines)\b|\b(goroutine|thread|concurrency)-?\s?safe\b` +
		`|\b(used|called|shared|accessed|run)\b[^.]{0,30}\b(by|from|between|among|in)\b[^.]{0,12}\b(many|several|multiple|different|any|all|concurrent)\b[^.]{0,12}\b(goroutines?|threads?)\b`)
	limits = regexp.MustCompile(`(?i)\b(not|never|unless|except|before|after|once|but|cannot|only|must|should)\b|n't\b`)
)

// promised reports writes without any lock to the maps of types that say of
// themselves that several goroutines may use them, in what serves one call: it, or
// what calls it, is given a context.
func (c *checker) promised() {
	said := make(map[*types.TypeName]bool)
	for _, f := range c.Files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				doc := t.Doc
				if doc == nil {
					doc = g.Doc
				}
				if doc == nil {
					continue
				}
				if text := commentText(doc); promises.MatchString(text) && !limits.MatchString(text) {
					if tn, ok := c.TypesInfo.Defs[t.Name].(*types.TypeName); ok {
						said[tn] = true
					}
				}
			}
		}
	}
	if len(said) == 0 {
		return
	}
	for _, as := range c.order {
		if !as.v.IsField() || as.guard != nil || as.depth > 0 || as.setLater() {
			continue
		}
		for _, a := range as.list {
			if a.op.Writes() && c.breaksPromise(a, said) {
				c.report(rule.Likely, a.Pos(), nil, "write to %s with no lock held, though the documentation of %s says that several goroutines may use it",
					c.show(a), named(a.path.RootVar().Type()).Name()).hasNone(a.path)
			}
		}
	}
}

// breaksPromise reports whether an access is made in a call of a method of such a
// type, to a map of the receiver, and holds no lock.
func (c *checker) breaksPromise(a *access, said map[*types.TypeName]bool) bool {
	v := a.path.RootVar()
	if v == nil || a.Func.Lit != nil || len(a.held) > 0 || a.path.Len != 2 || !said[named(v.Type())] || !c.isReceiver(a.Func, v) ||
		a.Func.Test || len(a.State.Maybe) > 0 || len(a.Func.Entry.Maybe) > 0 || len(a.Func.Entry.Locks) > 0 || c.leavesLocking(a.Func) || endless(a.Func) {
		return false
	}
	if slices.ContainsFunc(c.in[a.Func], func(o *context) bool { return o.spawn != nil && !o.several }) {
		return false // a goroutine that may own it
	}
	return c.perCall(a.Func, 3)
}

// perCall reports whether a function, or all that call it, serve a call that has a
// context or is a request.
func (c *checker) perCall(f *lockset.Func, depth int) bool {
	if f.Obj == nil {
		return false
	}
	for p := range f.Obj.Signature().Params().Variables() {
		if n := named(p.Type()); n != nil && n.Pkg() != nil && (n.Pkg().Path() == "context" && n.Name() == "Context" || n.Pkg().Path() == "net/http" && n.Name() == "Request") {
			return f.Entry.External && !f.Called() || c.calledFromOutside(f, depth)
		}
	}
	return false
}

// calledFromOutside reports whether only methods lead to a function that anybody may
// call or that are called by such: no callback, and no loop that may own the map.
func (c *checker) calledFromOutside(f *lockset.Func, depth int) bool {
	found := false
	for _, m := range f.Callers() {
		switch {
		case m.Func.Test:
		case m.Async || m.Func.Lit != nil || endless(m.Func):
			return false
		case m.Func.Entry.External && m.Func.Obj.Exported() && m.Func.Decl.Recv != nil:
			found = true
		case depth == 0 || !c.calledFromOutside(m.Func, depth-1):
			return false
		default:
			found = true
		}
	}
	return found
}

// setLater reports whether a map is made by a method, not with its struct: that is how
// an object is set up in steps.
func (as *accesses) setLater() bool {
	return slices.ContainsFunc(as.list, func(a *access) bool { return counts(a) && a.op == lockset.Assign })
}
