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
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// escapes reports guarded maps that leave their lock while they live on: the
// receiver uses them without it.
func (c *checker) escapes() {
	for _, as := range c.order {
		g := as.guard
		if g == nil && as.depth > 0 {
			// The maps in a map are guarded with it, where nothing else is known.
			if outer := c.classes[class{as.v, as.depth - 1}]; outer != nil {
				g = outer.guard
			}
		}
		if g == nil || !as.shared() {
			continue
		}
		change := c.inPlace(as)
		if change == nil || c.lazilyMade(as) {
			continue
		}
		for _, a := range as.list {
			if a.by != nil {
				continue // what a callee does with the map is told there
			}
			if lock := c.lockOf(a, g.relation); a.Func.Test || lock != nil && lock.Climbs() {
				continue
			}
			if how := c.escape(g, a); how != "" && !c.handsOver(a) && !c.withLock(g, a) && !c.complete(as, a) && !c.frozen(as, a) {
				c.report(rule.Likely, c.escapePos(a), []analysis.RelatedInformation{{Pos: change.Pos(), Message: "the map is changed in place here"}},
					"%s is %s and then used without %s, %s; it is changed in place at %s",
					a.path, how, c.guardName(g, a), g, c.at(change.Pos()))
			}
		}
	}
}

// handsOver reports whether the field or variable of a map is given another
// map in the statement, later in the function, or when it returns: the map
// that leaves is not used here any more.
func (c *checker) handsOver(a *access) bool {
	cl, _, _ := classOf(a.path)
	d := a.Func.Declared()
	if d.Body == nil {
		return false
	}
	after := a.Pos()
	if s := c.enclosing(a); s != nil {
		after = s.Pos()
	}
	given := func(v *types.Var) bool {
		return slices.ContainsFunc(c.locks.Vars.Writes(v), func(w vars.Write) bool {
			return !w.Part && d.Body.Pos() <= w.Pos && w.Pos < d.Body.End() && (w.Pos > after || c.inDeferred(d, w.Pos))
		})
	}
	if given(cl.v) {
		return true
	}
	// So is the struct that holds it: out <- s.totals; s.totals = newTotals().
	for q := a.path.Parent; q != nil; q = q.Parent {
		if q.Kind == path.Field && lockset.StructOf(q.Obj.Type()) != nil && given(q.Obj) {
			return true
		}
	}
	return false
}

// complete reports whether a map leaves when all that change it have told a group
// that they are done, and the group has been waited for, or the goroutines have ended
// in which alone they run.
func (c *checker) complete(as *accesses, a *access) bool {
	if len(a.State.Waited) == 0 {
		return false
	}
	running := slices.ContainsFunc(as.list, func(b *access) bool {
		ins := c.in[b.Func]
		return counts(b) && b.op.Changes() && (len(ins) == 0 || slices.ContainsFunc(ins, func(x *context) bool { return x.spawn == nil || !c.ended(x.spawn, a) }))
	})
	return !running || slices.ContainsFunc(a.State.Waited, func(w *path.Path) bool {
		return w.Kind == path.Field && !slices.ContainsFunc(as.list, func(b *access) bool {
			return counts(b) && b.op.Writes() && !slices.ContainsFunc(b.Func.Summary.Signals, func(q *path.Path) bool { return q.Kind == path.Field && q.Obj == w.Obj })
		})
	})
}

// inDeferred reports whether a position is inside a deferred literal.
func (c *checker) inDeferred(f *lockset.Func, pos token.Pos) bool {
	for _, e := range f.Deferred {
		if e.Node.Pos() <= pos && pos < e.Node.End() {
			return true
		}
	}
	return false
}

// escapePos returns where a map leaves: for an iterator that is kept in a
// variable first, the return.
func (c *checker) escapePos(a *access) token.Pos {
	if v := c.keptIn(a); v != nil && a.op == lockset.Lazy {
		for _, r := range a.Func.Returns {
			if r.State != nil && c.locks.Returned(r, v) {
				return r.Pos()
			}
		}
	}
	return a.Pos()
}

// keptIn returns the variable that the statement around an access declares or
// assigns, or nil.
func (c *checker) keptIn(a *access) *types.Var {
	s, ok := c.enclosing(a).(*ast.AssignStmt)
	if !ok || len(s.Lhs) != 1 {
		return nil
	}
	id, ok := s.Lhs[0].(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := c.TypesInfo.ObjectOf(id).(*types.Var)
	return v
}

// withLock reports whether the lock is stored beside the map: the two leave
// together.
func (c *checker) withLock(g *guard, a *access) bool {
	lit, ok := a.Node.(*ast.CompositeLit)
	lock := c.lockOf(a, g.relation)
	if !ok || lock == nil {
		return false
	}
	for _, x := range lit.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			x = kv.Value
		}
		if c.locks.Of(x) == lock {
			return true
		}
	}
	return false
}

// guardName names a lock as seen from an access.
func (c *checker) guardName(g *guard, a *access) string {
	if lock := c.lockOf(a, g.relation); lock != nil {
		return lock.String()
	}
	return "the lock"
}

// inPlace returns a write to the entries of a map of the class, nil if maps
// are only ever replaced as a whole.
func (c *checker) inPlace(as *accesses) *access {
	for _, a := range as.list {
		if a.op.Writes() && !a.Func.Test {
			return a
		}
	}
	return nil
}

// escape tells how a map leaves its lock at an access, "" if it does not.
func (c *checker) escape(g *guard, a *access) string {
	switch a.op {
	case lockset.Return:
		if c.callersHold(g, a) {
			return ""
		}
		return "returned"
	case lockset.Lazy:
		if c.callersHold(g, a) {
			return ""
		}
		if _, ok := c.enclosing(a).(*ast.ReturnStmt); ok {
			return "returned as an iterator"
		}
		if v := c.keptIn(a); v != nil && c.carried(g, a, v) != "" {
			return "returned as an iterator"
		}
	case lockset.Sent:
		return "sent"
	case lockset.Store:
		if to := c.published(a); to != nil {
			return "stored in " + to.String()
		}
		return c.stored(g, a)
	}
	return ""
}

// callersHold reports whether all callers of the function are known and hold
// the lock, so that they may use what it returns.
func (c *checker) callersHold(g *guard, a *access) bool {
	if a.Func.Entry.External || a.Func.Entry.Total == 0 {
		return false
	}
	lock := c.lockOf(a, g.relation)
	if lock == nil {
		return true
	}
	el := a.Func.Entry.Lock(lock)
	if el != nil && len(el.Missing) == 0 {
		return true
	}
	// A getter without the lock: what its callers do with the map tells.
	return a.op == lockset.Return && a.State.Held == nil && a.Func.Obj != nil && !a.Func.Obj.Exported()
}

// stored tells where a map is kept, "" if that is not known to outlive the lock.
func (c *checker) stored(g *guard, a *access) string {
	switch s := c.enclosing(a).(type) {
	case *ast.AssignStmt:
		for i, r := range s.Rhs {
			if !covers(r, a.Expr) || len(s.Lhs) != len(s.Rhs) {
				continue
			}
			to := c.locks.Of(s.Lhs[i])
			if to == nil || to.Root().Kind != path.Var || to == a.path {
				return "" // m[k] = inner, where inner came from there
			}
			v := to.RootVar()
			if a.Func.Local(v) && c.locks.IsFresh(a.Event, v) || to.Parent == nil && !path.IsGlobal(v) {
				return c.carried(g, a, v)
			}
			if a.owner != nil && to.Has(a.owner) || c.locks.IsFresh(a.Event, v) {
				return "" // kept beside itself, under the same lock
			}
			return "stored in " + to.String()
		}
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && len(v.Names) == 1 {
				if obj, ok := c.TypesInfo.Defs[v.Names[0]].(*types.Var); ok {
					return c.carried(g, a, obj)
				}
			}
		}
	case *ast.ReturnStmt:
		if c.callersHold(g, a) {
			return ""
		}
		return "returned in a struct"
	case *ast.SendStmt:
		return "sent"
	}
	return ""
}

// published returns the atomic value or sync.Map that a map is stored in as a part of a
// struct, nil if it is not: s.latest.Store(&status{counts: s.counts}).
func (c *checker) published(a *access) *path.Path {
	lit, ok := a.Node.(*ast.CompositeLit)
	if !ok || a.Func.Body == nil {
		return nil
	}
	var to *path.Path
	ast.Inspect(a.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > lit.Pos() || lit.End() > n.End() {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			to = nil
			if p := c.storesInto(call); p != nil && slices.ContainsFunc(call.Args, func(x ast.Expr) bool { return literal(x) == lit }) {
				to = p
			}
		}
		return true
	})
	return to
}

// storesInto returns the atomic value or sync.Map that a call stores its last argument
// in, or nil.
func (c *checker) storesInto(call *ast.CallExpr) *path.Path {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	fn, ok := c.TypesInfo.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Signature().Recv() == nil {
		return nil
	}
	if pkg := fn.Pkg().Path(); pkg != "sync/atomic" && pkg != "sync" {
		return nil
	}
	switch fn.Name() {
	case "Store", "Swap", "CompareAndSwap", "LoadOrStore":
		return c.locks.Receiver(sel)
	}
	return nil
}

// carried tells whether the local variable that a map is stored in leaves the
// function.
func (c *checker) carried(g *guard, a *access, v *types.Var) string {
	for _, r := range a.Func.Returns {
		if r.State != nil && c.locks.Returned(r, v) && !c.callersHold(g, a) {
			return "returned in " + v.Name()
		}
	}
	for _, e := range a.Func.Events {
		if e.Kind == lockset.Calls && c.passedOn(g, a, e, v) {
			return "passed on in " + v.Name()
		}
		if call, ok := e.Node.(*ast.CallExpr); ok && e.Kind == lockset.Calls && len(call.Args) > 0 && c.storesInto(call) != nil {
			if id, ok := ast.Unparen(call.Args[len(call.Args)-1]).(*ast.Ident); ok && c.TypesInfo.Uses[id] == v {
				return "stored in " + v.Name()
			}
		}
		if s, ok := e.Node.(*ast.SendStmt); ok && e.Kind == lockset.Signal {
			if id, ok := ast.Unparen(s.Value).(*ast.Ident); ok && c.TypesInfo.Uses[id] == v {
				return "sent in " + v.Name()
			}
		}
	}
	return ""
}

// passedOn reports whether a call after the unlock hands a local variable to a function of
// the package that sends or stores it.
func (c *checker) passedOn(g *guard, a *access, e *lockset.Event, v *types.Var) bool {
	lock := c.lockOf(a, g.relation)
	if e.State == nil || e.Call.Fn == nil || e.Pos() < a.Pos() || lock == nil || !slices.Contains(e.State.Off, lock) {
		return false
	}
	for i, x := range e.Call.Exprs {
		id, ok := ast.Unparen(x).(*ast.Ident)
		if ok && c.TypesInfo.Uses[id] == v && i < len(e.Call.Fn.Params) && slices.Contains(e.Call.Fn.Summary.Publishes, e.Call.Fn.Params[i]) {
			return true
		}
	}
	return false
}

func covers(outer, inner ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}

// enclosing returns the statement around an access.
func (c *checker) enclosing(a *access) ast.Stmt {
	if a.Func.Body == nil {
		return nil // it initialises package variables
	}
	var found ast.Stmt
	ast.Inspect(a.Func.Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > a.Expr.Pos() || a.Expr.End() > n.End() {
			return false
		}
		switch s := n.(type) {
		case *ast.CallExpr:
			// An argument of a call is the callee's business.
			if slices.ContainsFunc(s.Args, func(x ast.Expr) bool { return covers(x, a.Expr) && x != a.Expr }) && !isMapsCall(s, a) {
				found = nil
				return false
			}
		case ast.Stmt:
			found = s
		}
		return true
	})
	return found
}

func isMapsCall(call *ast.CallExpr, a *access) bool { return a.Node == call }
