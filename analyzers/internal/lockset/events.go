package lockset

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// builder turns one function into events.
type builder struct {
	*Package
	f     *Func
	list  []*Event   // of the block at hand
	nodes []ast.Node // of the block at hand
	// rangeX holds the operands of range statements, comms the communications
	// of select statements: the graph lists them where they are evaluated,
	// which is not where they take effect.
	rangeX map[ast.Node]bool
	comms  map[ast.Node]bool
	skip   map[ast.Node]bool
}

// build finds the events of f.
func (p *Package) build(f *Func) {
	b := &builder{Package: p, f: f, rangeX: map[ast.Node]bool{}, comms: map[ast.Node]bool{}, skip: map[ast.Node]bool{}}
	n := 0
	ast.Inspect(f.Body, func(node ast.Node) bool {
		n++
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.RangeStmt:
			b.rangeX[node.X] = true
			if node.Key != nil {
				b.skip[node.Key] = true
			}
			if node.Value != nil {
				b.skip[node.Value] = true
			}
		case *ast.CommClause:
			if node.Comm != nil {
				b.comms[node.Comm] = true
			}
		}
		return true
	})
	if n > maxNodes {
		f.GaveUp = true
		p.GaveUp = append(p.GaveUp, f)
		return
	}
	g := cfg.New(f.Body, func(call *ast.CallExpr) bool {
		return !noReturn(p.Info, call, typeutil.StaticCallee(p.Info, call))
	})
	f.blocks = make([]block, len(g.Blocks))
	for i, cb := range g.Blocks {
		if !cb.Live {
			continue
		}
		b.list = nil
		switch cb.Kind {
		case cfg.KindRangeLoop:
			b.yields(cb.Stmt.(*ast.RangeStmt), true)
			b.rangeHead(cb.Stmt.(*ast.RangeStmt))
		case cfg.KindRangeBody:
			b.yields(cb.Stmt.(*ast.RangeStmt), false)
		case cfg.KindSelectCaseBody:
			b.comm(cb.Stmt.(*ast.CommClause).Comm)
		case cfg.KindForDone:
			b.loopDone(cb.Stmt.(*ast.ForStmt).Body)
		case cfg.KindRangeDone:
			b.yields(cb.Stmt.(*ast.RangeStmt), true)
			b.loopDone(cb.Stmt.(*ast.RangeStmt).Body)
		}
		for _, node := range cb.Nodes {
			b.node(node)
		}
		blk := &f.blocks[i]
		blk.events = b.list
		for _, s := range cb.Succs {
			blk.succs = append(blk.succs, s.Index)
		}
		if len(cb.Succs) == 2 && len(cb.Nodes) > 0 {
			if cond, ok := cb.Nodes[len(cb.Nodes)-1].(ast.Expr); ok {
				b.nodes = cb.Nodes
				blk.tries[0], blk.tries[1] = b.tryLocks(cond)
				if v := b.Info.Types[cond].Value; v != nil && v.Kind() == constant.Bool && cb.Kind != cfg.KindSwitchNextCase && !inSwitch(cb) {
					blk.never[0], blk.never[1] = !constant.BoolVal(v), constant.BoolVal(v)
				}
			}
		}
		f.Events = append(f.Events, b.list...)
	}
}

// inSwitch reports whether a block ends with the comparison of a switch's tag
// with a case, which a constant case does not decide.
func inSwitch(b *cfg.Block) bool {
	return len(b.Succs) > 0 && b.Succs[0].Kind == cfg.KindSwitchCaseBody
}

// tryLocks returns the locks that are held, and what has been waited for, where a
// condition is true, and where it is false.
func (b *builder) tryLocks(cond ast.Expr) (yes, no []*Event) {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			no, yes = b.tryLocks(e.X)
		}
	case *ast.BinaryExpr:
		xy, xn := b.tryLocks(e.X)
		yy, yn := b.tryLocks(e.Y)
		switch e.Op {
		case token.LAND:
			yes = append(xy, yy...)
		case token.LOR:
			no = append(xn, yn...)
		case token.EQL, token.NEQ:
			if b.Info.Types[e.Y].IsNil() {
				if t := b.tells(e.X); t != nil {
					good := e.Op == token.EQL
					if b.Info.TypeOf(e.X) != nil && !isError(b.Info.TypeOf(e.X)) {
						good = !good // something is better than nothing
					}
					if good {
						yes = append(yes, t)
					} else {
						no = append(no, t)
					}
				}
			}
		}
	default:
		if l := b.tryLock(e); l != nil {
			yes = []*Event{l}
		} else if l := b.spinTaken(e); l != nil {
			yes = []*Event{l}
		} else if t := b.tells(e); t != nil {
			yes = []*Event{t}
		}
	}
	return yes, no
}

// tryLock returns the event of the lock that is held where the expression,
// a TryLock or a variable that holds its result, is true.
func (b *builder) tryLock(e ast.Expr) *Event {
	if id, ok := e.(*ast.Ident); ok {
		v, ok := b.Info.Uses[id].(*types.Var)
		if !ok {
			return nil
		}
		w := b.Vars.Writes(v)
		if len(w) != 1 || w[0].Value == nil {
			return nil
		}
		e = ast.Unparen(w[0].Value)
	}
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return nil
	}
	fn := typeutil.StaticCallee(b.Info, call)
	sel, _ := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if fn == nil || sel == nil {
		return nil
	}
	op, ok := lockMethod(fn)
	if !ok {
		op, ok = b.weightedOp(fn, sel, call)
	}
	if ok && op.try {
		if p := b.lockPath(sel); p != nil && p.Kind != path.ReadHalf {
			return &Event{Kind: Lock, Node: call, Path: p, Mode: op.mode, Try: true, Func: b.f}
		}
	}
	return nil
}

func (b *builder) emit(e *Event) *Event {
	e.Func = b.f
	b.list = append(b.list, e)
	return e
}

func (b *builder) rangeHead(s *ast.RangeStmt) {
	t := b.Info.TypeOf(s.X)
	if mapops.MapType(t) != nil {
		b.access(Range, s.X, s)
		return
	}
	if t != nil {
		if _, ok := t.Underlying().(*types.Chan); ok {
			b.recv(s.X, Event{Node: s.X, Path: b.Of(s.X)})
		}
	}
}

// loopDone records that what each iteration of a loop waits for has been waited
// for after it: a loop that collects results runs as often as there are some.
func (b *builder) loopDone(body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.SelectStmt:
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				b.recv(n.X, Event{Node: n, Path: b.received(n.X), Again: true})
			}
		}
		return true
	})
}

// received returns the path of a channel that is received from; for one that a
// method returns, <-queue.Idle(), that of the receiver.
func (b *builder) received(e ast.Expr) *path.Path {
	p := b.Of(e)
	if p == nil || p.Kind != path.Value {
		return p
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			if r := b.Receiver(sel); r != nil {
				return r
			}
		}
	}
	return p
}

// comm records the communication that a select has chosen.
func (b *builder) comm(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.SendStmt:
		b.send(s)
	case *ast.ExprStmt:
		b.expr(s.X)
	case *ast.AssignStmt:
		b.expr(s.Rhs[0])
	}
}

func (b *builder) send(s *ast.SendStmt) {
	b.value(s.Value, Sent, s)
	b.published(s.Value)
	b.executes(s)
	b.emit(&Event{Kind: Signal, Node: s, Path: b.Of(s.Chan)})
}

// node records a statement or expression of a block.
func (b *builder) node(n ast.Node) {
	switch n := n.(type) {
	case ast.Expr:
		switch {
		case b.skip[n]:
		case b.rangeX[n]:
			b.operand(n)
		default:
			b.expr(n)
		}
	case *ast.ExprStmt:
		if !b.comms[n] {
			b.expr(n.X)
		}
	case *ast.SendStmt:
		if b.comms[n] {
			b.expr(n.Value)
			return
		}
		b.send(n)
	case *ast.AssignStmt:
		if !b.comms[n] {
			b.assign(n)
		}
	case *ast.IncDecStmt:
		b.target(n.X, n)
	case *ast.ValueSpec:
		for _, v := range n.Values {
			b.value(v, Alias, n)
		}
		for i, name := range n.Names {
			var v ast.Expr
			if len(n.Values) == len(n.Names) {
				v = n.Values[i]
			}
			b.define(name, v, n)
		}
	case *ast.GoStmt:
		b.spawn(n)
	case *ast.DeferStmt:
		b.call(n.Call, true)
	case *ast.ReturnStmt:
		// What a returned map holds is read when the other results have been
		// evaluated: return m, g.Wait().
		for _, maps := range []bool{false, true} {
			for _, r := range n.Results {
				if (mapops.MapType(b.Info.TypeOf(r)) != nil) == maps {
					b.value(r, Return, n)
				}
			}
		}
		b.f.Returns = append(b.f.Returns, b.emit(&Event{Kind: Returns, Node: n}))
	}
}

func (b *builder) assign(s *ast.AssignStmt) {
	for i, r := range s.Rhs {
		use := Alias
		if len(s.Lhs) == len(s.Rhs) {
			switch l := ast.Unparen(s.Lhs[i]).(type) {
			case *ast.Ident:
				if l.Name == "_" {
					use = Compare
				} else if v, ok := b.Info.ObjectOf(l).(*types.Var); ok && path.IsGlobal(v) {
					use = Store
				} else if ok && b.isResult(v) {
					use = Return
				}
			default:
				use = Store
			}
		}
		b.value(r, use, s)
	}
	for i, l := range s.Lhs {
		var v ast.Expr
		if len(s.Lhs) == len(s.Rhs) {
			v = s.Rhs[i]
		} else if i == 0 {
			v = s.Rhs[0]
		}
		if id, ok := ast.Unparen(l).(*ast.Ident); ok {
			b.define(id, v, s)
			continue
		}
		b.target(l, s)
		if sel, ok := ast.Unparen(l).(*ast.SelectorExpr); ok && v != nil {
			if f, ok := b.Info.Uses[sel.Sel].(*types.Var); ok && serves(f) {
				b.serve(v)
			}
		}
		if v != nil {
			b.stored(l, v)
		}
	}
}

// access records an operation on the map that an expression denotes.
func (b *builder) access(op Op, e ast.Expr, n ast.Node) {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if v, ok := b.Info.Uses[id].(*types.Var); ok {
			if list := b.Alternatives(v); list != nil {
				for _, p := range list {
					b.emit(&Event{Kind: Access, Node: n, Path: p, Op: op, Expr: e, Alias: v})
				}
				return
			}
		}
	}
	if p := b.Of(e); p != nil {
		b.emit(&Event{Kind: Access, Node: n, Path: p, Op: op, Expr: e, Alias: b.alias(e)})
	}
}

// alias returns the local variable through which an expression reaches what
// its path names otherwise, or nil.
func (p *Package) alias(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		case *ast.Ident:
			v, ok := p.Info.Uses[x].(*types.Var)
			if ok && !path.IsGlobal(v) && p.reaches(v) {
				return v
			}
			return nil
		default:
			return nil
		}
	}
}

// operand records what the evaluation of a map expression needs, but not the
// use of the map itself.
func (b *builder) operand(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
	case *ast.SelectorExpr:
		b.expr(e.X)
	case *ast.IndexExpr:
		b.index(e, Lookup)
	case *ast.StarExpr:
		b.expr(e.X)
	default:
		b.expr(e)
	}
}

// index records an operation on an element of a map, slice or array.
func (b *builder) index(e *ast.IndexExpr, op Op) {
	if tv, ok := b.Info.Types[e.Index]; !ok || tv.IsType() {
		return
	}
	if mapops.MapType(b.Info.TypeOf(e.X)) == nil {
		b.expr(e.X)
		b.expr(e.Index)
		return
	}
	b.operand(e.X)
	b.expr(e.Index)
	b.access(op, e.X, e)
}

// target records a write to what an expression denotes.
func (b *builder) target(e ast.Expr, s ast.Node) {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		if mapops.MapType(b.Info.TypeOf(e.X)) == nil {
			b.expr(e.X)
			b.expr(e.Index)
			return
		}
		b.operand(e.X)
		b.expr(e.Index)
		b.published(e.Index)
		b.access(Insert, e.X, s)
	case *ast.SelectorExpr:
		b.expr(e.X)
		if mapops.MapType(b.Info.TypeOf(e)) != nil {
			b.access(Assign, e, s)
		}
	case *ast.StarExpr:
		b.expr(e.X)
		if mapops.MapType(b.Info.TypeOf(e)) != nil {
			b.access(Assign, e, s)
		}
	case *ast.Ident:
	default:
		b.expr(e)
	}
}

// value records the evaluation of an expression whose value is used so.
func (b *builder) value(e ast.Expr, use Op, n ast.Node) {
	e = ast.Unparen(e)
	if lit, ok := e.(*ast.FuncLit); ok {
		f := b.literal(lit)
		f.Used = f.Used || use != Alias // a local variable's calls are known
		return
	}
	if mapops.MapType(b.Info.TypeOf(e)) != nil {
		switch x := e.(type) {
		case *ast.CallExpr:
			if tv, ok := b.Info.Types[x.Fun]; ok && tv.IsType() && len(x.Args) == 1 && mapops.MapType(b.Info.TypeOf(x.Args[0])) != nil {
				b.value(x.Args[0], use, n) // a conversion
				return
			}
		case *ast.Ident:
			b.access(use, x, n)
			return
		case *ast.SelectorExpr, *ast.StarExpr:
			b.operand(x)
			b.access(use, x, n)
			return
		case *ast.IndexExpr:
			b.index(x, Lookup)
			if mapops.MapType(b.Info.TypeOf(x.X)) != nil || use != Alias {
				b.access(use, x, n)
			}
			return
		}
	}
	if use == Return || use == Sent {
		switch ast.Unparen(e).(type) {
		case *ast.Ident, *ast.SelectorExpr, *ast.StarExpr:
			for _, p := range b.MapFields(e) {
				b.emit(&Event{Kind: Access, Node: n, Path: p, Op: use, Expr: e})
			}
		}
	}
	if ref, ok := b.funcValue(e); ok && use == Alias && ref.Fn != nil {
		if sel, ok := e.(*ast.SelectorExpr); ok && ref.Recv != nil {
			b.expr(sel.X)
		}
		return // a local variable's calls are known
	}
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		if lit, ok := ast.Unparen(u.X).(*ast.CompositeLit); ok {
			e = lit
		}
	}
	if lit, ok := e.(*ast.CompositeLit); ok {
		if use != ReadAll {
			use = Store
		}
		b.composite(lit, use)
		return
	}
	b.expr(e)
}

// composite records the evaluation of a literal whose elements are used so.
func (b *builder) composite(lit *ast.CompositeLit, use Op) {
	for _, x := range lit.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			if key, field := kv.Key.(*ast.Ident); !field {
				b.expr(kv.Key)
			} else if v, ok := b.Info.Uses[key].(*types.Var); ok && serves(v) {
				b.serve(kv.Value)
			}
			x = kv.Value
		}
		b.value(x, use, lit)
	}
}

// serve records that a function is called for several requests at a time.
func (b *builder) serve(e ast.Expr) {
	if ref, ok := b.funcValue(e); ok && ref.Fn != nil && !ref.Fn.Test {
		ref.Fn.Handles = true
	}
}

// expr records the evaluation of an expression.
func (b *builder) expr(e ast.Expr) {
	switch e := e.(type) {
	case nil:
	case *ast.ParenExpr:
		b.expr(e.X)
	case *ast.FuncLit:
		b.literal(e).Used = true
	case *ast.CallExpr:
		b.call(e, false)
	case *ast.IndexExpr:
		b.index(e, Lookup)
	case *ast.SelectorExpr:
		if sel := b.Info.Selections[e]; sel != nil {
			b.expr(e.X)
			if sel.Kind() == types.MethodVal {
				if f := b.byObj[sel.Obj().(*types.Func).Origin()]; f != nil {
					f.Used = true
				}
			}
		}
	case *ast.Ident:
		if fn, ok := b.Info.Uses[e].(*types.Func); ok {
			if f := b.byObj[fn.Origin()]; f != nil {
				f.Used = true
			}
		}
	case *ast.UnaryExpr:
		b.expr(e.X)
		if e.Op == token.ARROW {
			b.recv(e.X, Event{Node: e, Path: b.received(e.X), One: true})
		}
	case *ast.BinaryExpr:
		for _, x := range []ast.Expr{e.X, e.Y} {
			if mapops.MapType(b.Info.TypeOf(x)) != nil {
				b.value(x, Compare, e)
			} else {
				b.expr(x)
			}
		}
	case *ast.StarExpr:
		b.expr(e.X)
	case *ast.TypeAssertExpr:
		b.expr(e.X)
	case *ast.SliceExpr:
		b.expr(e.X)
		b.expr(e.Low)
		b.expr(e.High)
		b.expr(e.Max)
	case *ast.CompositeLit:
		b.composite(e, Store)
	case *ast.KeyValueExpr:
		b.expr(e.Key)
		b.expr(e.Value)
	case *ast.IndexListExpr:
		b.expr(e.X)
	}
}
