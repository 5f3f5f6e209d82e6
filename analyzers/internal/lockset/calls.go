package lockset

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// literal returns the function of a literal, which stands in b.f.
func (b *builder) literal(lit *ast.FuncLit) *Func {
	f := b.byLit[lit]
	if f == nil {
		f = &Func{Lit: lit, Outer: b.f, Body: lit.Body, Test: b.f.Test}
		f.Params = params(b.Info, nil, lit.Type)
		if sig, ok := b.Info.TypeOf(lit).(*types.Signature); ok {
			f.Handles = IsHandler(sig) || servesCall(sig) && !b.f.Test && !b.f.serving()
		}
		b.byLit[lit] = f
		b.Funcs = append(b.Funcs, f)
		b.f.lits = append(b.f.lits, f)
	}
	return f
}

// serving reports whether a function, or one around it, serves a call: a literal in it may
// be run at once.
func (f *Func) serving() bool {
	for ; f != nil; f = f.Outer {
		if f.Handles || f.Obj != nil && servesCall(f.Obj.Signature()) {
			return true
		}
	}
	return false
}

// params returns the variables of a function's parameters, the receiver
// first. A parameter without a name is nil.
func params(info *types.Info, recv *ast.FieldList, typ *ast.FuncType) []*types.Var {
	var list []*types.Var
	for _, fields := range []*ast.FieldList{recv, typ.Params} {
		if fields == nil {
			continue
		}
		for _, f := range fields.List {
			if len(f.Names) == 0 {
				list = append(list, nil)
			}
			for _, n := range f.Names {
				v, _ := info.Defs[n].(*types.Var)
				list = append(list, v)
			}
		}
	}
	return list
}

// funcValue returns the function that an expression denotes.
func (b *builder) funcValue(e ast.Expr) (FuncRef, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return FuncRef{Fn: b.literal(e)}, true
	case *ast.Ident:
		switch obj := b.Info.Uses[e].(type) {
		case *types.Func:
			return FuncRef{Fn: b.byObj[obj.Origin()], Obj: obj.Origin()}, true
		case *types.Var:
			if def := b.Vars.Definition(obj); def != nil {
				switch def := ast.Unparen(def).(type) {
				case *ast.FuncLit, *ast.SelectorExpr:
					return b.funcValue(def)
				}
			}
			// var f func(); f = func() { … f() … }
			if w := b.Vars.Writes(obj); len(w) == 2 && w[0].Define && w[0].Value == nil && w[0].Tuple == nil && w[1].Value != nil {
				if lit, ok := ast.Unparen(w[1].Value).(*ast.FuncLit); ok {
					return FuncRef{Fn: b.literal(lit)}, true
				}
			}
		}
	case *ast.SelectorExpr:
		if sel := b.Info.Selections[e]; sel != nil && sel.Kind() == types.MethodVal {
			fn := sel.Obj().(*types.Func).Origin()
			return FuncRef{Fn: b.byObj[fn], Obj: fn, Recv: b.Receiver(e)}, true
		}
		if fn, ok := b.Info.Uses[e.Sel].(*types.Func); ok {
			return FuncRef{Fn: b.byObj[fn.Origin()], Obj: fn.Origin()}, true
		}
	case *ast.CallExpr:
		// A conversion: http.HandlerFunc(f).
		if tv, ok := b.Info.Types[e.Fun]; ok && tv.IsType() && len(e.Args) == 1 {
			return b.funcValue(e.Args[0])
		}
	}
	return FuncRef{}, false
}

// lockPath returns the path of the lock that a Lock or Unlock method is called on.
func (b *builder) lockPath(sel *ast.SelectorExpr) *path.Path {
	p := b.Receiver(sel)
	if p == nil {
		return nil
	}
	return b.lockAlias(p)
}

// call records a call; deferred ones take effect when the function returns,
// though their arguments are evaluated now.
func (b *builder) call(e *ast.CallExpr, deferred bool) {
	if tv, ok := b.Info.Types[e.Fun]; ok && tv.IsType() {
		for _, a := range e.Args {
			if ref, ok := b.funcValue(a); ok && ref.Fn != nil {
				ref.Fn.Used = true
				continue
			}
			b.value(a, Alias, e)
		}
		return
	}
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok {
		if _, ok := b.Info.Uses[sel.Sel].(*types.Builtin); ok {
			return // unsafe.Sizeof(s.m) evaluates nothing
		}
	}
	if name := mapops.Builtin(b.Info, e); name != "" {
		n := len(b.list)
		b.builtin(name, e)
		if deferred && len(b.list) > n {
			b.list[len(b.list)-1].Deferred = true
		}
		return
	}
	fn := typeutil.StaticCallee(b.Info, e)
	if fn == nil {
		fn, _ = typeutil.Callee(b.Info, e).(*types.Func) // an interface's method
	}
	if fn != nil {
		fn = fn.Origin()
	}
	sel, _ := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if fn != nil && sel != nil && b.sync(fn, sel, e, deferred) {
		return
	}
	if fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "maps" && b.mapsCall(fn, e) {
		return
	}
	if is(fn, "sync", "OnceFunc") || is(fn, "sync", "OnceValue") || is(fn, "sync", "OnceValues") {
		if ref, ok := b.funcValue(e.Args[0]); ok && ref.Fn != nil {
			b.once[ref.Fn] = true
			return
		}
	}
	if fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "sync/atomic" {
		b.spinGiven(e, deferred)
	}
	ref, known := b.funcValue(e.Fun)
	c := &Call{Node: e, Fn: ref.Fn, Obj: fn}
	recv := 0
	if fn != nil && fn.Signature().Recv() != nil && sel != nil {
		recv = 1
		if b.Info.Selections[sel] == nil || b.Info.Selections[sel].Kind() == types.MethodExpr {
			recv = 0
		}
	}
	if recv == 1 {
		p := b.Receiver(sel)
		c.Args, c.Exprs, c.Funcs = append(c.Args, p), append(c.Exprs, sel.X), append(c.Funcs, FuncRef{})
		if p != nil && mapops.MapType(fn.Signature().Recv().Type()) != nil {
			b.operand(sel.X)
			if op, ok := mapMethod(fn); ok {
				b.access(op, sel.X, e)
			} else if fact := b.external(fn); fact != nil && fact.writes(0) {
				b.access(Insert, sel.X, e)
			} else if b.byObj[fn] == nil {
				b.access(Pass, sel.X, e)
			}
		} else {
			b.expr(sel.X)
		}
	} else if !known {
		switch f := ast.Unparen(e.Fun).(type) {
		case *ast.Ident:
			c.Param, _ = b.Info.Uses[f].(*types.Var)
		default:
			b.expr(e.Fun)
		}
	} else if ref.Recv != nil {
		// A variable that holds a method value.
		c.Args, c.Exprs, c.Funcs = append(c.Args, ref.Recv), append(c.Exprs, e.Fun), append(c.Funcs, FuncRef{})
		if ref.Obj != nil && fn == nil {
			if op, ok := lockMethod(ref.Obj); ok && !op.try && ref.Fn == nil {
				b.lock(op, b.lockAlias(ref.Recv), e, deferred)
				return
			}
		}
		c.Obj = ref.Obj
	}
	for i, a := range e.Args {
		r, isFunc := b.funcValue(a)
		c.Args, c.Exprs, c.Funcs = append(c.Args, b.Of(a)), append(c.Exprs, a), append(c.Funcs, r)
		if id, ok := ast.Unparen(a).(*ast.Ident); ok && !isFunc && fn != nil {
			if v, ok := b.Info.Uses[id].(*types.Var); ok && isFuncType(v.Type()) {
				if kind, ok := runsAsync(fn, i); ok { // wg.Go(f), where f is a parameter
					b.startsArg(c, &Spawn{Kind: kind, Param: v})
				}
			}
		}
		if call, ok := ast.Unparen(a).(*ast.CallExpr); ok && !isFunc && fn != nil {
			if kind, ok := runsAsync(fn, i); ok {
				b.startsResult(kind, call, e)
			}
		}
		if isFunc {
			if s, ok := ast.Unparen(a).(*ast.SelectorExpr); ok && b.Info.Selections[s] != nil {
				b.expr(s.X)
			}
			if r.Fn != nil {
				b.funcArg(c, fn, i, r)
			}
			continue
		}
		if mapops.MapType(b.Info.TypeOf(a)) != nil {
			switch ast.Unparen(a).(type) {
			case *ast.Ident, *ast.SelectorExpr, *ast.StarExpr, *ast.IndexExpr:
				b.operand(a)
				if c.Fn != nil {
					b.access(Alias, a, e) // what the callee does counts
				} else if fact := b.external(fn); fact != nil && fact.writes(len(c.Args)-1) {
					b.access(Insert, a, e)
				} else {
					b.access(Pass, a, e)
				}
				continue
			}
		}
		if c.Fn == nil && fn != nil && writesOut(fn) {
			b.value(a, ReadAll, e)
			continue
		}
		b.value(a, Pass, e)
	}
	if c.Param != nil {
		// unlock := s.lock(); …; unlock()
		if w := b.Vars.Writes(c.Param); len(w) == 1 {
			from := w[0].Value
			if from == nil && w[0].Result == 0 {
				from = w[0].Tuple // unlock, err := s.lock(ctx)
			}
			if src, ok := ast.Unparen(from).(*ast.CallExpr); ok {
				if f := typeutil.StaticCallee(b.Info, src); f != nil && b.byObj[f.Origin()] != nil {
					b.emit(&Event{Kind: ReleaseOf, Node: e, Call: b.callOf(src, b.byObj[f.Origin()]), Deferred: deferred})
					return
				}
			}
		}
	}
	ev := b.emit(&Event{Kind: Calls, Node: e, Call: c, Deferred: deferred})
	if deferred {
		b.f.Deferred = append(b.f.Deferred, ev)
	}
}

// callOf returns the call of a function of the package, with its arguments.
func (b *builder) callOf(e *ast.CallExpr, fn *Func) *Call {
	c := &Call{Node: e, Fn: fn, Obj: fn.Obj}
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && b.Info.Selections[sel] != nil {
		c.Args, c.Exprs, c.Funcs = append(c.Args, b.Receiver(sel)), append(c.Exprs, sel.X), append(c.Funcs, FuncRef{})
	}
	for _, a := range e.Args {
		c.Args, c.Exprs, c.Funcs = append(c.Args, b.Of(a)), append(c.Exprs, a), append(c.Funcs, FuncRef{})
	}
	return c
}

// funcArg decides how a function that is handed to another one runs.
func (b *builder) funcArg(c *Call, fn *types.Func, i int, r FuncRef) {
	if c.Fn != nil || fn == nil {
		return // known from the callee's summary
	}
	if is(fn, "testing", "T.Run") && i == 1 && r.Fn != nil && b.parallel(r.Fn) {
		b.starts(&Spawn{Kind: Runner, Node: c.Node, Ref: r})
		return
	}
	if r.Fn != nil && r.Fn.Obj != nil && !b.f.Test && servesCall(r.Fn.Obj.Signature()) && !b.f.serving() {
		r.Fn.Handles = true // r.GET("/tiles", s.tile)
	}
	if kind, ok := runsAsync(fn, i); ok {
		b.startsArg(c, &Spawn{Kind: kind, Ref: r, Multi: kind == Handler})
		return
	}
	if fact := b.external(fn); fact != nil {
		if a := fact.Param(len(c.Args) - 1); a != nil {
			b.starts(&Spawn{Kind: Runner, Node: c.Node, Ref: r, Multi: a.Multi, Contained: a.Contained, Executor: b.executorElsewhere(fn, a), pool: first(c.Args)})
		}
	}
}

// startsArg records that a call runs an argument in a goroutine; that of a
// group is waited for by the group's Wait.
func (b *builder) startsArg(c *Call, s *Spawn) {
	s.Node = c.Node
	if s.Kind == Group {
		s.Joined = first(c.Args)
	}
	b.starts(s)
}

func first(list []*path.Path) *path.Path {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func isFuncType(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// parallel reports whether a test function calls t.Parallel.
func (p *Package) parallel(f *Func) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && lit != f.Lit {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok && is(typeutil.StaticCallee(p.Info, call), "testing", "T.Parallel") {
			found = true
		}
		return !found
	})
	return found
}

// Parallel reports whether f is a test that runs beside others.
func (p *Package) Parallel(f *Func) bool { return f.Decl != nil && f.Test && p.parallel(f) }

// startsResult records that the literal which a function of the package
// returns is run later: time.AfterFunc(d, c.expire(id)).
func (b *builder) startsResult(kind SpawnKind, call *ast.CallExpr, at ast.Node) {
	fn := typeutil.StaticCallee(b.Info, call)
	if fn == nil || b.byObj[fn.Origin()] == nil {
		return
	}
	maker := b.byObj[fn.Origin()]
	if len(maker.Body.List) == 0 {
		return
	}
	ret, ok := maker.Body.List[len(maker.Body.List)-1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return
	}
	lit, ok := ast.Unparen(ret.Results[0]).(*ast.FuncLit)
	if !ok {
		return
	}
	in := &builder{Package: b.Package, f: maker}
	inner := &Spawn{Kind: kind, Node: at, Ref: FuncRef{Fn: in.literal(lit)}}
	s := &Spawn{Kind: kind, Node: at, Via: b.callOf(call, maker), Inner: inner, depth: 1}
	s.Event = b.emit(&Event{Kind: Starts, Node: at, Go: s})
	inner.Event = s.Event
}

// starts records that goroutines are started.
func (b *builder) starts(s *Spawn) {
	b.captures(s)
	s.Event = b.emit(&Event{Kind: Starts, Node: s.Node, Go: s})
}

// captures publishes what a goroutine can reach.
func (b *builder) captures(s *Spawn) {
	pub := func(v *types.Var) {
		if v != nil && !v.IsField() && !path.IsGlobal(v) {
			b.emit(&Event{Kind: Publish, Node: s.Node, Var: v, Go: s})
		}
	}
	if s.Ref.Recv != nil {
		pub(s.Ref.Recv.RootVar())
	}
	for _, a := range s.Args {
		if a != nil {
			pub(a.RootVar())
		}
	}
	if s.Ref.Fn != nil && s.Ref.Fn.Lit != nil {
		for _, v := range b.freeVars(s.Ref.Fn.Lit) {
			pub(v)
		}
	}
}

// freeVars returns the local variables around a literal that it uses.
func (p *Package) freeVars(lit *ast.FuncLit) []*types.Var {
	if list, ok := p.free[lit]; ok {
		return list
	}
	var list []*types.Var
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := p.Info.Uses[id].(*types.Var); ok && !v.IsField() && !path.IsGlobal(v) && (v.Pos() < lit.Pos() || lit.End() <= v.Pos()) {
				list = with(list, v)
			}
		}
		return true
	})
	p.free[lit] = list
	return list
}

// spawn records a go statement.
func (b *builder) spawn(g *ast.GoStmt) {
	e := g.Call
	ref, _ := b.funcValue(e.Fun)
	s := &Spawn{Kind: GoStmt, Node: g, Ref: ref}
	if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok && ref.Fn == nil {
		s.Param, _ = b.Info.Uses[id].(*types.Var)
	}
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && b.Info.Selections[sel] != nil && b.Info.Selections[sel].Kind() == types.MethodVal {
		b.expr(sel.X)
		recv := b.Receiver(sel)
		if recv == b.Of(sel.X) {
			recv = b.kept(sel.X, g)
		}
		s.Args = append(s.Args, recv)
	} else if ref.Recv != nil {
		s.Args = append(s.Args, ref.Recv)
	}
	for _, a := range e.Args {
		use := Alias
		if ref.Fn == nil {
			use = Sent // what the goroutine does with it is not known
		}
		b.value(a, use, e)
		s.Args = append(s.Args, b.kept(a, g))
	}
	b.starts(s)
}

// kept returns the path of a goroutine's argument, nil if it is a variable
// that is given another value: the two then part. What was made for this goroutine
// alone is only what the variable holds, though others can find it elsewhere.
func (b *builder) kept(a ast.Expr, at ast.Node) *path.Path {
	p := b.Of(a)
	if id, ok := ast.Unparen(a).(*ast.Ident); ok && p != nil && p.Kind == path.Elem {
		if v, ok := b.Info.Uses[id].(*types.Var); ok && b.newAt(b.f, v, at.Pos()) {
			return b.Var(v)
		}
	}
	if p != nil && p.Kind == path.Var && !path.IsGlobal(p.Obj) && mapops.MapType(p.Obj.Type()) != nil && len(b.Vars.Writes(p.Obj)) > 1 {
		return nil
	}
	return p
}

func (b *builder) builtin(name string, e *ast.CallExpr) {
	if len(e.Args) == 0 {
		return
	}
	isMap := mapops.MapType(b.Info.TypeOf(e.Args[0])) != nil
	switch {
	case name == "len" && isMap:
		b.operand(e.Args[0])
		b.access(Len, e.Args[0], e)
		return
	case name == "delete", name == "clear" && isMap:
		b.operand(e.Args[0])
		for _, a := range e.Args[1:] {
			b.expr(a)
		}
		b.access(Delete, e.Args[0], e)
		return
	case name == "close":
		b.expr(e.Args[0])
		b.emit(&Event{Kind: Signal, Node: e, Path: b.Of(e.Args[0])})
		return
	case name == "append":
		b.expr(e.Args[0])
		for _, a := range e.Args[1:] {
			b.value(a, Store, e)
		}
		return
	case name == "make", name == "new":
		for _, a := range e.Args[1:] {
			b.expr(a)
		}
		return
	}
	for _, a := range e.Args {
		b.value(a, Compare, e)
	}
}

// mapsCall records a call of package maps.
func (b *builder) mapsCall(fn *types.Func, e *ast.CallExpr) bool {
	if len(e.Args) == 0 || mapops.MapType(b.Info.TypeOf(e.Args[0])) == nil {
		return false
	}
	b.operand(e.Args[0])
	for _, a := range e.Args[1:] {
		switch {
		case mapops.MapType(b.Info.TypeOf(a)) != nil:
			b.operand(a)
			b.access(ReadAll, a, e)
		default:
			if ref, ok := b.funcValue(a); ok && ref.Fn != nil {
				b.emit(&Event{Kind: Calls, Node: e, Call: &Call{Node: e, Fn: ref.Fn}})
				continue
			}
			b.expr(a)
		}
	}
	switch fn.Name() {
	case "Copy", "Insert":
		b.access(Insert, e.Args[0], e)
	case "DeleteFunc":
		b.access(Delete, e.Args[0], e)
	case "Keys", "Values", "All":
		op := ReadAll
		if b.lazy[e] {
			op = Lazy
		}
		b.access(op, e.Args[0], e)
	default:
		b.access(ReadAll, e.Args[0], e)
	}
	return true
}

// lock records what a lock's method does.
func (b *builder) lock(op lockOp, p *path.Path, e *ast.CallExpr, deferred bool) {
	if p == nil || op.try {
		return // a TryLock counts on the branch where it succeeded
	}
	mode := op.mode
	if p.Kind == path.ReadHalf {
		p, mode = p.Parent, Shared
	}
	kind := Unlock
	if op.acquire {
		kind = Lock
	}
	b.emit(&Event{Kind: kind, Node: e, Path: p, Mode: mode, Deferred: deferred})
}

// sync records calls of methods of locks, groups and their kin. It reports
// whether the call was one.
func (b *builder) sync(fn *types.Func, sel *ast.SelectorExpr, e *ast.CallExpr, deferred bool) bool {
	if op, ok := lockMethod(fn); ok {
		// A Lock method of this package that locks another lock is a helper
		// like any other.
		if callee := b.byObj[fn]; callee != nil && b.locksOther(callee) {
			return false
		}
		b.expr(sel.X)
		b.lock(op, b.lockPath(sel), e, deferred)
		return true
	}
	if op, ok := waitsForLock(fn); ok && !deferred {
		if callee := b.byObj[fn]; callee != nil && b.locksOther(callee) {
			return false
		}
		b.expr(sel.X)
		for _, a := range e.Args {
			b.expr(a)
		}
		b.lock(op, b.lockPath(sel), e, false)
		return true
	}
	if op, ok := b.weightedOp(fn, sel, e); ok {
		b.expr(sel.X)
		for _, a := range e.Args {
			b.expr(a)
		}
		b.lock(op, b.lockPath(sel), e, deferred)
		return true
	}
	switch {
	case is(fn, "sync", "WaitGroup.Add"):
		b.emit(&Event{Kind: Adds, Node: e, Path: b.Receiver(sel), Deferred: deferred})
	case is(fn, "sync", "WaitGroup.Done"):
		b.emit(&Event{Kind: Signal, Node: e, Path: b.Receiver(sel), Deferred: deferred})
	case is(fn, "sync", "WaitGroup.Wait"), is(fn, errgroupPath, "Group.Wait"):
		b.emit(&Event{Kind: Recv, Node: e, Path: b.Receiver(sel), Deferred: deferred})
	case is(fn, errgroupPath, "Group.SetLimit"):
		if v := b.Info.Types[e.Args[0]].Value; v != nil && v.ExactString() == "1" {
			b.serial[b.Receiver(sel)] = true
		}
	case isOnce(fn):
		if len(e.Args) == 1 {
			if ref, ok := b.funcValue(e.Args[0]); ok && ref.Fn != nil {
				c := &Call{Node: e, Fn: ref.Fn}
				if ref.Recv != nil {
					c.Args = []*path.Path{ref.Recv}
				}
				b.once[ref.Fn] = true
				b.emit(&Event{Kind: Calls, Node: e, Call: c, Deferred: deferred})
				return true
			}
		}
		return false
	case b.byObj[fn] == nil && !is(fn, "sync", "Cond.Wait") && (fn.Name() == "Wait" && fn.Signature().Params().Len() == 0 && fn.Signature().Recv() != nil || groupMethod(fn, "Wait")):
		// Pools of other modules.
		b.expr(sel.X)
		b.emit(&Event{Kind: Recv, Node: e, Path: b.Receiver(sel), Deferred: deferred})
	case b.byObj[fn] == nil && groupMethod(fn, "Done"):
		b.expr(sel.X)
		b.emit(&Event{Kind: Signal, Node: e, Path: b.Receiver(sel), Deferred: deferred})
	default:
		return false
	}
	return true
}

// locksOther reports whether the body of a function of this package calls a
// Lock or Unlock method.
func (b *builder) locksOther(f *Func) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if fn := typeutil.StaticCallee(b.Info, call); fn != nil {
				if _, ok := lockMethod(fn); ok {
					found = true
				}
			} else if fn, ok := typeutil.Callee(b.Info, call).(*types.Func); ok {
				if _, ok := lockMethod(fn); ok {
					found = true
				}
			}
		}
		return !found
	})
	return found
}
