package unguarded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// A class is all maps that live in one field or variable, or the maps that
// are elements of those.
type class struct {
	v     *types.Var
	depth int
}

// An access is one use of a map of a class.
type access struct {
	*lockset.Event
	path  *path.Path // of the map
	owner *path.Path // of the struct that the map is a field of; nil for a variable
	op    lockset.Op
	expr  ast.Expr // what the function uses for the map
	held  []lockset.Hold
	// copied are locks that are held in a copy, which guards nothing.
	copied []lockset.Hold
	// by is the access in a callee that a call leads to, or nil.
	by *lockset.Event
	// waited is what the goroutine of the access has waited for before it.
	waited []*path.Path
}

// accesses holds what is done to the maps of one class, except while nobody
// else can reach them.
type accesses struct {
	class
	list []*access
	// guard is the inferred lock.
	guard *guard
}

// classOf splits the path of a map into its class and its owner.
func classOf(p *path.Path) (class, *path.Path, bool) {
	depth := 0
	for p.Kind == path.Elem {
		depth++
		p = p.Parent
	}
	switch p.Kind {
	case path.Field:
		return class{p.Obj, depth}, p.Parent, true
	case path.Var:
		return class{p.Obj, depth}, nil, true
	}
	return class{}, nil, false
}

// collect gathers the accesses of the package by class.
func (c *checker) collect() {
	for _, f := range c.locks.Funcs {
		if f.Init || c.locks.Once(f) || isInit(f) || runsTests(f) {
			continue
		}
		for _, e := range f.Events {
			if e.State == nil {
				continue
			}
			switch e.Kind {
			case lockset.Access:
				c.add(e, e.Path, e.Op, e.Expr, e.Alias, c.locks.Holds(e), nil)
				if q := c.given(e); q != nil && loadedStep(q) == nil {
					c.add(e, q, e.Op, e.Expr, nil, c.locks.Holds(e), nil)
				}
			case lockset.Calls:
				c.derived(e)
			}
		}
	}
}

func isInit(f *lockset.Func) bool {
	d := f.Declared()
	return d.Decl != nil && d.Decl.Recv == nil && d.Decl.Name.Name == "init" && f.Outer == nil
}

// runsTests reports whether a function runs all tests of a package: before that none
// has begun, and after it all have ended.
func runsTests(f *lockset.Func) bool {
	return slices.ContainsFunc(f.Events, func(e *lockset.Event) bool {
		return e.Kind == lockset.Calls && e.Call.Obj != nil && e.Call.Obj.FullName() == "(*testing.M).Run"
	})
}

// derived adds what a callee does to the maps that it is given.
func (c *checker) derived(e *lockset.Event) {
	fn := e.Call.Fn
	if fn == nil {
		if e.Call.Param != nil {
			c.lent(e)
		}
		return
	}
	for i, param := range fn.Params {
		if param == nil || i >= len(e.Call.Args) || e.Call.Args[i] == nil || mapops.MapType(param.Type()) == nil {
			continue
		}
		for _, a := range c.locks.Accs(fn) {
			cl, owner, ok := classOf(a.Path)
			if !ok || owner != nil || cl.v != param {
				continue
			}
			p := c.locks.Replace(a.Path, c.locks.Var(param), e.Call.Args[i])
			if p == nil {
				continue
			}
			held := c.locks.Holds(e)
			for _, h := range a.Held {
				if h.Path = c.locks.ToCaller(h.Path, e.Call); h.Path != nil {
					held = append(held, h)
				}
			}
			c.add(e, p, a.Op, e.Call.Exprs[i], argumentAlias(e, i), held, a.At)
		}
	}
}

// argumentAlias returns the local variable through which argument i of a call
// reaches its map, or nil.
func argumentAlias(call *lockset.Event, i int) *types.Var {
	for _, e := range call.Func.Events {
		if e.Kind == lockset.Access && e.Node == call.Node && e.Expr == call.Call.Exprs[i] {
			return e.Alias
		}
	}
	return nil
}

// add adds an access that is made through an expression, and a local variable, alias,
// which may be nil.
func (c *checker) add(e *lockset.Event, p *path.Path, op lockset.Op, expr ast.Expr, alias *types.Var, held []lockset.Hold, by *lockset.Event) {
	cl, owner, ok := classOf(p)
	if !ok || c.private(e, p) || c.locks.HoldsNew(e, expr) || c.inCopy(e, p, held) || c.tookOut(e, p, expr, alias) || ownParam(e.Func, p) || c.ownField(e, p, op) {
		return
	}
	held = fitting(held, p)
	held, copied := c.originals(e.Func, held)

	as := c.classes[cl]
	if as == nil {
		as = &accesses{class: cl}
		c.classes[cl] = as
		c.order = append(c.order, as)
	}
	as.list = append(as.list, &access{Event: e, path: p, owner: owner, op: op, expr: expr, held: held, copied: copied, by: by})
}

// ownParam reports whether a function literal that is kept for later uses a map
// of its own parameter: an option, or a callback, of which nothing is known.
func ownParam(f *lockset.Func, p *path.Path) bool {
	return f.Lit != nil && f.Entry.Total == 0 && p.Parent != nil && p.Root().Kind == path.Var && f.Param(p.RootVar()) >= 0
}

// ownField reports whether a map is in a field of a struct that the function got as a
// copy, and the function gives the field another map, or has done so: nobody else
// has that.
func (c *checker) ownField(e *lockset.Event, p *path.Path, op lockset.Op) bool {
	root := p.Root()
	if root.Kind != path.Var || p == root || path.IsGlobal(root.Obj) || e.Func.Param(root.Obj) < 0 {
		return false
	}
	if _, ok := root.Obj.Type().Underlying().(*types.Struct); !ok || c.locks.Vars.Addressed(root.Obj) {
		return false
	}
	field := p.Steps()[1]
	if field.Kind != path.Field {
		return false
	}
	if op == lockset.Assign && field == p {
		return true
	}
	return slices.ContainsFunc(c.locks.Vars.Writes(field.Obj), func(w vars.Write) bool {
		return e.Func.Body.Pos() <= w.Pos && w.Pos < e.Pos()
	})
}

// inCopy reports whether a map is in a local variable that holds a struct, not a
// pointer to one, to which nothing else refers: what is stored there is stored
// in this struct alone, and a lock that is elsewhere has nothing to do with it.
func (c *checker) inCopy(e *lockset.Event, p *path.Path, held []lockset.Hold) bool {
	root := p.Root()
	if root.Kind != path.Var || p == root || path.IsGlobal(root.Obj) || e.Func.Param(root.Obj) >= 0 || c.locks.Ranged(root.Obj) {
		return false
	}
	v := root.Obj
	if _, ok := v.Type().Underlying().(*types.Struct); !ok || !declaredIn(e.Func, v) || c.locks.Vars.Addressed(v) || c.locks.Vars.ByClosure(v) {
		return false
	}
	for _, w := range c.locks.Vars.Writes(v) {
		if w.Tuple == nil && !isCall(w.Value) && !w.Part {
			return false // a copy of something that has a name
		}
	}
	return !slices.ContainsFunc(held, func(h lockset.Hold) bool { return h.Path.Root() == root })
}

// declaredIn reports whether a variable is one of a function, or a named result.
func declaredIn(f *lockset.Func, v *types.Var) bool {
	if f.Lit != nil {
		return f.Lit.Pos() <= v.Pos() && v.Pos() < f.Lit.End()
	}
	return f.Decl != nil && f.Decl.Pos() <= v.Pos() && v.Pos() < f.Decl.End()
}

func isCall(e ast.Expr) bool {
	if e == nil {
		return true // or the zero value
	}
	_, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok
}

// fitting leaves out locks that are one of several, chosen by a key, unless the
// map is chosen by the same key: they do not guard what all keys share.
func fitting(held []lockset.Hold, p *path.Path) []lockset.Hold {
	keyed := func(q *path.Path) any {
		for ; q != nil; q = q.Parent {
			if _, constant := q.Key.(string); q.Kind == path.Elem && !constant {
				return q.Key
			}
		}
		return nil
	}
	return slices.DeleteFunc(slices.Clone(held), func(h lockset.Hold) bool {
		k := keyed(h.Path)
		return k != nil && k != keyed(p)
	})
}

// private reports whether nobody else can reach the map yet.
func (c *checker) private(e *lockset.Event, p *path.Path) bool {
	root := p.Root()
	switch root.Kind {
	case path.Var:
		return c.locks.IsPrivate(e, p) || c.lentElsewhere(e, p)
	case path.Value:
		switch x := root.Key.(type) {
		case *ast.CompositeLit:
			return true
		case *ast.CallExpr:
			// A part of what nobody else can reach: c.shard(k).
			if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
				r := c.locks.Receiver(sel)
				return r != nil && c.locks.IsPrivate(e, r)
			}
		}
	}
	return false
}

// lentElsewhere reports whether the only goroutines that can reach the map
// leave it alone.
func (c *checker) lentElsewhere(e *lockset.Event, p *path.Path) bool {
	if p.Parent == nil || !c.locks.IsLent(e, p.RootVar()) {
		return false
	}
	cl, _, _ := classOf(p)
	for _, g := range c.locks.Lent(e, p.RootVar()) {
		for _, a := range c.locks.SpawnAccs(g) {
			if o, _, ok := classOf(a.At.Path); ok && o == cl {
				return false
			}
		}
	}
	return true
}

// tookOut reports whether an access goes through a local variable, a copy of a struct
// perhaps, to a map that the function has taken out.
func (c *checker) tookOut(e *lockset.Event, p *path.Path, expr ast.Expr, alias *types.Var) bool {
	if alias == nil {
		alias = c.copyIn(expr)
	}
	return alias != nil && c.replaced(e, p, alias)
}

// copyIn returns the local variable that an expression starts at, where it was made as
// a copy of a struct: the maps in it are those of the struct.
func (c *checker) copyIn(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.Ident:
			if v, ok := c.TypesInfo.Uses[x].(*types.Var); ok && c.locks.Copied(v) {
				return v
			}
			return nil
		default:
			return nil
		}
	}
}

// replaced reports whether an access goes through a local variable to a map
// whose field is given another one in the same function: the function took
// the map out and owns it.
func (c *checker) replaced(e *lockset.Event, p *path.Path, alias *types.Var) bool {
	d := e.Func.Declared()
	if c.takenOut(e, p, alias) {
		return true
	}
	for q := p; q != nil; q = q.Parent {
		if q.Obj == nil || q.Kind != path.Field && q.Kind != path.Var {
			continue
		}
		for _, w := range c.locks.Vars.Writes(q.Obj) {
			if !w.Part && d.Body.Pos() <= w.Pos && w.Pos < d.Body.End() && w.Pos > alias.Pos() && q.Obj != alias {
				return true
			}
			if q.Kind == path.Field && c.replacedByCallee(d, q, w.Pos, alias) {
				return true
			}
		}
	}
	return false
}

// replacedByCallee reports whether a write to a field stands in a method of its
// struct that f calls after it has taken the map out.
func (c *checker) replacedByCallee(f *lockset.Func, field *path.Path, write token.Pos, alias *types.Var) bool {
	return slices.ContainsFunc(f.Events, func(e *lockset.Event) bool {
		if e.Kind != lockset.Calls || e.Call.Fn == nil || e.Pos() < alias.Pos() || len(e.Call.Args) == 0 || e.Call.Args[0] != field.Parent {
			return false
		}
		body := e.Call.Fn.Body
		return body != nil && body.Pos() <= write && write < body.End()
	})
}

// takenOut reports whether an access goes through a local variable to a map
// that was an element of another map, and has been deleted from that or
// replaced there.
func (c *checker) takenOut(e *lockset.Event, p *path.Path, alias *types.Var) bool {
	if p.Kind != path.Elem {
		return false
	}
	for _, o := range e.Func.Events {
		if o.Kind != lockset.Access || !o.Op.Writes() || o.Path != p.Parent || o.Pos() < alias.Pos() || o.Pos() > e.Pos() {
			continue
		}
		switch s := o.Node.(type) {
		case *ast.CallExpr:
			return true
		case *ast.AssignStmt:
			if len(s.Rhs) == 1 {
				if id, ok := ast.Unparen(s.Rhs[0]).(*ast.Ident); ok && c.TypesInfo.Uses[id] == alias {
					continue // m[k] = inner
				}
				return true
			}
		}
	}
	return false
}

// relation returns the path from the owner of a map to a lock, or nil if they
// have nothing to do with each other.
func (c *checker) relation(a *access, lock *path.Path) *path.Path {
	root := lock.Root()
	if root == c.locks.Any {
		return lock
	}
	if root.Kind != path.Var {
		return nil
	}
	if a.owner != nil {
		if r := c.locks.Relative(lock, a.owner, c.self); r != nil {
			return c.locks.General(r)
		}
	}
	if path.IsGlobal(root.Obj) {
		return c.locks.General(lock)
	}
	if lock.Kind == path.Field && a.owner != nil {
		// Some other struct's lock: which one is not known, but of what type.
		return c.locks.Field(c.locks.Any, lock.Obj)
	}
	return nil
}

// lockOf returns the path of the lock that stands in a relation to an access,
// nil if it cannot be named there.
func (c *checker) lockOf(a *access, relation *path.Path) *path.Path {
	if relation.Root() == c.locks.Any {
		return nil
	}
	if relation.Root() != c.self {
		return relation
	}
	return c.locks.Replace(relation, c.self, a.owner)
}

// mode returns how a lock in a relation is held at an access; 0 if not.
func (c *checker) mode(a *access, relation *path.Path) lockset.Mode {
	var m lockset.Mode
	for _, h := range a.held {
		// A lock of some value that is not known is taken for the right one.
		if c.relation(a, h.Path) == relation || h.Path.Root() == c.locks.Any && h.Path.Obj == relation.Obj || c.mayBe(h.Path, relation) {
			m = max(m, h.Mode)
			if h.Mixed {
				m = lockset.Exclusive // by a condition that the function may know
			}
		}
	}
	return m
}

// mayBe reports whether a lock that is held may be the one in a relation, reached in
// another way: it was handed over as a reference, or belongs to an owner that is not
// the struct of the map.
func (c *checker) mayBe(lock, relation *path.Path) bool {
	if relation.Obj == nil || lock.Obj == nil {
		return false
	}
	return lock.Obj == relation.Obj && relation.Root() == c.self && throughPointer(relation) || c.locks.SameLock(lock.Obj, relation.Obj)
}

// throughPointer reports whether a path from a struct leads through a pointer, as to
// what owns the struct.
func throughPointer(relation *path.Path) bool {
	for p := relation.Parent; p != nil && p.Kind == path.Field; p = p.Parent {
		if _, ok := p.Obj.Type().Underlying().(*types.Pointer); ok {
			return true
		}
	}
	return false
}

// shared reports whether a class is of fields or package variables: locals
// are judged by the goroutines that use them.
func (as *accesses) shared() bool { return as.v.IsField() || path.IsGlobal(as.v) }

// changed reports whether a map of the class changes after it was built.
func (as *accesses) changed() bool {
	return slices.ContainsFunc(as.list, func(a *access) bool { return a.op.Changes() && !a.Func.Test })
}
