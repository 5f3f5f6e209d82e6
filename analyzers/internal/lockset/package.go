package lockset

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// maxNodes bounds the syntax of a function that is looked at: beyond it only
// generated code lies.
var maxNodes = 1_000_000

// Package holds the functions of a package.
type Package struct {
	*path.Resolver
	Types *types.Package
	Fset  *token.FileSet
	Funcs []*Func // declarations in source order, then literals as they are met
	// Any stands for some value that is not known, in the paths of locks.
	Any *path.Path
	// GaveUp holds the functions that were too much work.
	GaveUp []*Func
	// External returns what is known of a function of another package.
	External func(fn *types.Func) *FuncFact

	byObj      map[*types.Func]*Func
	byLit      map[*ast.FuncLit]*Func
	free       map[*ast.FuncLit][]*types.Var
	captured   map[*types.Var]bool // locals that literals use
	contains   map[*types.Var][]*types.Var
	lazy       map[*ast.CallExpr]bool // iterators that outlive their statement
	once       map[*Func]bool         // run by a sync.Once
	results    map[*types.Func]*path.Path
	unit       map[*types.Var]bool            // channels of one slot
	unitType   map[*types.TypeName]*types.Var // see slot
	madeAt     map[*types.Var]token.Pos       // where they are made
	handed     map[*types.Var]*types.Var      // the fields that locals among those are stored in
	byName     map[string][]*Func             // methods by name
	order      []*Func                        // callees first
	serial     map[*path.Path]bool            // groups that run one goroutine at a time
	goStmts    []*ast.GoStmt
	dispatched map[*types.Var]bool    // fields whose functions goroutines call
	aside      map[*types.Var]bool    // fields whose functions a goroutine calls, one at a time perhaps
	kept       []lockRef              // the functions that are kept in fields
	fieldCalls map[*Func][]*types.Var // see calledFields
	loops      []ast.Node
	stored     map[*types.Var]bool     // locals whose values are stored elsewhere
	ranged     map[*types.Var]ast.Expr // what the variables of range clauses are elements of
	rangedKey  map[*types.Var]ast.Expr // what the only variables of range clauses come from
	files      []*ast.File
	executors  map[*types.Var]bool           // see executor
	executing  map[*types.Var]ast.Node       // see Executing
	elsewhere  map[string]*types.Var         // see executorElsewhere
	spins      map[*types.Var]uint8          // see isSpin
	weights    map[*types.Var]constant.Value // see weigh
	emptied    map[*types.Var]bool           // see isEmptied
	lockRefs   []lockRef
	lockers    map[types.Type]bool         // see locker
	joined     map[*types.Var]*types.Var   // see lockRoot
	values     map[*types.Var][]ast.Expr   // what the package gives each field
	elements   map[*types.Var][]*types.Var // the variables that range over each variable
}

// New finds the functions of a package, their events, states, summaries and
// entries.
func New(fset *token.FileSet, files []*ast.File, pkg *types.Package, info *types.Info, v *vars.Index, external func(*types.Func) *FuncFact) *Package {
	p := &Package{
		Resolver:   path.NewResolver(info, v),
		Types:      pkg,
		Fset:       fset,
		External:   external,
		byObj:      make(map[*types.Func]*Func),
		byLit:      make(map[*ast.FuncLit]*Func),
		free:       make(map[*ast.FuncLit][]*types.Var),
		captured:   make(map[*types.Var]bool),
		contains:   make(map[*types.Var][]*types.Var),
		lazy:       make(map[*ast.CallExpr]bool),
		once:       make(map[*Func]bool),
		results:    make(map[*types.Func]*path.Path),
		unit:       make(map[*types.Var]bool),
		unitType:   make(map[*types.TypeName]*types.Var),
		madeAt:     make(map[*types.Var]token.Pos),
		handed:     make(map[*types.Var]*types.Var),
		byName:     make(map[string][]*Func),
		serial:     make(map[*path.Path]bool),
		dispatched: make(map[*types.Var]bool),
		aside:      make(map[*types.Var]bool),
		fieldCalls: make(map[*Func][]*types.Var),
		stored:     make(map[*types.Var]bool),
		ranged:     make(map[*types.Var]ast.Expr),
		rangedKey:  make(map[*types.Var]ast.Expr),
		files:      files,
		lockers:    make(map[types.Type]bool),
		joined:     make(map[*types.Var]*types.Var),
		values:     make(map[*types.Var][]ast.Expr),
		elements:   make(map[*types.Var][]*types.Var),
	}
	p.Stored = func(v *types.Var) bool { return p.stored[v] }
	p.Result = p.resultOf
	p.Literal = p.literalOf
	p.Any = p.Var(types.NewVar(token.NoPos, pkg, "…", types.Typ[types.Invalid]))
	for _, file := range files {
		test := strings.HasSuffix(fset.File(file.FileStart).Name(), "_test.go")
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil {
				continue
			}
			obj, ok := info.Defs[fd.Name].(*types.Func)
			if !ok {
				continue
			}
			f := &Func{Decl: fd, Obj: obj, Body: fd.Body, Test: test, Params: params(info, fd.Recv, fd.Type)}
			f.Handles = IsHandler(obj.Signature())
			p.Funcs = append(p.Funcs, f)
			p.byObj[obj] = f
			if fd.Recv != nil {
				p.byName[obj.Name()] = append(p.byName[obj.Name()], f)
			}
		}
		p.scan(file)
	}
	p.joinLocks()
	for _, g := range p.goStmts {
		p.dispatches(g)
	}
	for i := 0; i < len(p.Funcs); i++ { // literals are added on the way
		p.build(p.Funcs[i])
	}
	p.initializers(files)
	for _, f := range p.Funcs {
		f.Handles = f.Handles || f.Used && f.Obj != nil && !f.Test && takesRequest(f.Obj.Signature())
	}
	p.callbacks()
	p.semaphores()
	p.solveAll()
	p.enterAll()
	return p
}

// Func returns the function of a declared function or method, or nil.
func (p *Package) Func(fn *types.Func) *Func { return p.byObj[fn.Origin()] }

// Once reports whether a sync.Once runs the function.
func (p *Package) Once(f *Func) bool {
	for ; f != nil; f = f.Outer {
		if p.once[f] {
			return true
		}
	}
	return false
}

// initializers makes a function of what the package variables are initialised
// with: it runs before anything else.
func (p *Package) initializers(files []*ast.File) {
	n := len(p.Funcs)
	for _, file := range files {
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			body := &ast.BlockStmt{Lbrace: g.Pos(), Rbrace: g.End()}
			for _, spec := range g.Specs {
				for _, v := range spec.(*ast.ValueSpec).Values {
					body.List = append(body.List, &ast.ExprStmt{X: v})
				}
			}
			if len(body.List) > 0 {
				p.Funcs = append(p.Funcs, &Func{Body: body, Init: true})
			}
		}
	}
	for i := n; i < len(p.Funcs); i++ {
		p.build(p.Funcs[i])
	}
	for _, f := range p.Funcs[n:] {
		if f.Outer != nil && f.Outer.Init {
			f.Outer = nil
		}
	}
}

// scan collects what has to be known before events are made.
func (p *Package) scan(file *ast.File) {
	slots := func(target *types.Var, v ast.Expr) {
		p.refersToLock(target, v)
		p.keptFuncs(target, v)
		p.weigh(target, v)
		if target == nil || v == nil {
			return
		}
		if target.IsField() {
			p.values[target.Origin()] = append(p.values[target.Origin()], v)
		}
		if id, ok := ast.Unparen(v).(*ast.Ident); ok {
			// token := make(chan struct{}, 1); …; return &S{token: token}
			if from, ok := p.Info.Uses[id].(*types.Var); ok && p.unit[from] {
				p.unit[target.Origin()] = true
				p.handed[from] = target.Origin()
			}
			return
		}
		call, ok := ast.Unparen(v).(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return
		}
		t := p.Info.TypeOf(call)
		if t == nil {
			return
		}
		if _, ok := t.Underlying().(*types.Chan); !ok {
			return
		}
		c := p.Info.Types[call.Args[1]].Value
		if c != nil && constant.Compare(c, token.EQL, constant.MakeInt64(1)) {
			p.unit[target.Origin()] = true
			p.madeAt[target.Origin()] = call.Pos()
		} else {
			p.unit[target.Origin()] = false
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			p.goStmts = append(p.goStmts, n)
		case *ast.CallExpr:
			p.argumentRefs(n)
			p.makesSlots(n)
			if fn := typeutil.StaticCallee(p.Info, n); fn != nil && len(n.Args) == 1 {
				if kind, ok := runsAsync(fn, 0); ok && kind == Group { // as good as a go statement
					p.goStmts = append(p.goStmts, &ast.GoStmt{Go: n.Pos(), Call: &ast.CallExpr{Fun: n.Args[0], Lparen: n.Rparen, Rparen: n.Rparen}})
				}
			}
		case *ast.CompositeLit:
			p.literalRefs(n)
			p.inOrder(n, slots)
		case *ast.FuncLit:
			for _, v := range p.freeVars(n) {
				p.captured[v] = true
			}
		case *ast.ForStmt:
			p.loops = append(p.loops, n)
		case *ast.RangeStmt:
			p.loops = append(p.loops, n)
			if id, ok := n.Key.(*ast.Ident); ok && n.Value == nil {
				if v, ok := p.Info.Defs[id].(*types.Var); ok {
					p.rangedKey[v] = n.X
				}
			}
			if id, ok := n.Value.(*ast.Ident); ok {
				if v, ok := p.Info.Defs[id].(*types.Var); ok {
					p.ranged[v] = n.X
					if of, ok := ast.Unparen(n.X).(*ast.Ident); ok {
						if slice, ok := p.Info.Uses[of].(*types.Var); ok {
							p.elements[slice] = append(p.elements[slice], v)
						}
					}
				}
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				v, _ := p.Info.Uses[id].(*types.Var)
				slots(v, n.Value)
			}
		case *ast.AssignStmt:
			if len(n.Lhs) == len(n.Rhs) {
				for i, l := range n.Lhs {
					switch l := ast.Unparen(l).(type) {
					case *ast.Ident:
						v, _ := p.Info.ObjectOf(l).(*types.Var)
						slots(v, n.Rhs[i])
					case *ast.SelectorExpr:
						v, _ := p.Info.Uses[l.Sel].(*types.Var)
						slots(v, n.Rhs[i])
					case *ast.IndexExpr: // s.handlers[name] = f
						if sel, ok := ast.Unparen(l.X).(*ast.SelectorExpr); ok {
							v, _ := p.Info.Uses[sel.Sel].(*types.Var)
							p.keptFuncs(v, n.Rhs[i])
						}
					}
				}
			}
			for i, r := range n.Rhs {
				p.outlives(r)
				if id, ok := ast.Unparen(r).(*ast.Ident); ok && len(n.Lhs) == len(n.Rhs) {
					if _, local := ast.Unparen(n.Lhs[i]).(*ast.Ident); !local {
						if v, ok := p.Info.Uses[id].(*types.Var); ok {
							p.stored[v] = true
						}
					}
				}
			}
		case *ast.ValueSpec:
			if len(n.Names) == len(n.Values) {
				for i, id := range n.Names {
					v, _ := p.Info.Defs[id].(*types.Var)
					slots(v, n.Values[i])
				}
			}
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				p.outlives(r)
			}
		}
		return true
	})
}

// outlives notes that an iterator is kept beyond its statement.
func (p *Package) outlives(e ast.Expr) {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if t := p.Info.TypeOf(call); t != nil {
			if _, ok := t.Underlying().(*types.Signature); ok {
				p.lazy[call] = true
			}
		}
	}
}

// resultOf returns the path that all returns of a function give, if it is one
// path from its parameters or a package variable.
func (p *Package) resultOf(fn *types.Func) (*path.Path, []*types.Var) {
	f := p.byObj[fn]
	if f == nil || f.Decl.Type.Results == nil || fn.Signature().Results().Len() != 1 {
		return nil, nil
	}
	if r, ok := p.results[fn]; ok {
		return r, f.Params
	}
	p.results[fn] = nil // while it is looked for, and where there is none
	var found *path.Path
	several := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) != 1 {
				several = true
				return false
			}
			if p.Info.Types[n.Results[0]].IsNil() {
				return false
			}
			r := p.Of(n.Results[0])
			if r != nil {
				r = p.Element(r)
			}
			if r == nil || r.Root().Kind != path.Var || f.Local(r.RootVar()) || found != nil && r != found {
				several = true
				return false
			}
			if r.Parent == nil && !path.IsGlobal(r.RootVar()) && f.Param(r.RootVar()) < 0 {
				several = true
				return false
			}
			found = r
		}
		return !several
	})
	if several || found == nil || p.replaces(f, found) || p.takes(f, found) || p.computes(f, found) {
		return nil, nil
	}
	p.results[fn] = found
	return found, f.Params
}

// inOrder calls do for the fields of a struct whose values a literal lists without names.
func (p *Package) inOrder(lit *ast.CompositeLit, do func(*types.Var, ast.Expr)) {
	t := p.Info.TypeOf(lit)
	if t == nil {
		return
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for i, x := range lit.Elts {
			if _, named := x.(*ast.KeyValueExpr); !named && i < s.NumFields() {
				do(s.Field(i), x)
			}
		}
	}
}

// literalOf returns the struct literal that a function ends by returning, itself or by
// the name of a local variable; nil if it has other results.
func (p *Package) literalOf(fn *types.Func) *ast.CompositeLit {
	f := p.byObj[fn]
	if f == nil || len(f.Body.List) == 0 {
		return nil
	}
	ret, ok := f.Body.List[len(f.Body.List)-1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	e := ast.Unparen(ret.Results[0])
	if id, ok := e.(*ast.Ident); ok {
		v, ok := p.Info.Uses[id].(*types.Var)
		if !ok || path.IsGlobal(v) {
			return nil
		}
		if e = p.Vars.Definition(v); e == nil {
			return nil
		}
		e = ast.Unparen(e)
	}
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}

// Serial reports whether the group that a goroutine belongs to, or what executes its
// function, runs one at a time.
func (p *Package) Serial(g *Spawn) bool {
	return g.Joined != nil && p.serial[g.Joined] || g.Innermost().Executor != nil
}

// replaces reports whether f gives the variable or field at the end of a path
// another value: what it returns was taken out.
func (p *Package) replaces(f *Func, q *path.Path) bool {
	if q.Obj == nil {
		return false
	}
	for _, w := range p.Vars.Writes(q.Obj) {
		if f.Body.Pos() <= w.Pos && w.Pos < f.Body.End() {
			return true
		}
	}
	return false
}

// lockAlias returns the path of the lock that another path stands for: the L
// of a sync.Cond is the lock that it was made with.
func (p *Package) lockAlias(l *path.Path) *path.Path {
	if l.Kind == path.Field && p.swapped(l.RootVar()) {
		return p.Field(p.Any, l.Obj)
	}
	if l.Kind == path.Field {
		if m := p.fieldAlias(l); m != nil {
			return m
		}
	}
	if l.Kind != path.Field || l.Obj.Name() != "L" || l.Obj.Pkg() == nil || l.Obj.Pkg().Path() != "sync" {
		return l
	}
	cond := l.Parent
	if cond.Obj == nil {
		return l
	}
	w := p.Vars.Writes(cond.Obj)
	if len(w) != 1 || w[0].Value == nil {
		return l
	}
	call, ok := ast.Unparen(w[0].Value).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !is(typeutil.StaticCallee(p.Info, call), "sync", "NewCond") {
		return l
	}
	m := p.Of(call.Args[0])
	switch {
	case m == nil:
		return l
	case cond.Kind == path.Var || m.Root().Kind == path.Var && path.IsGlobal(m.RootVar()):
		return m
	case cond.Kind == path.Field && m.Kind == path.Field && m.Parent != nil:
		// s.cond = sync.NewCond(&s.mu): fields of one struct.
		return p.Field(cond.Parent, m.Obj)
	}
	return l
}

// swapped reports whether a local variable changes places with another, as where
// two locks are taken in the order of their owners' numbers: which of the two
// it stands for is not known.
func (p *Package) swapped(v *types.Var) bool {
	return v != nil && !v.IsField() && !path.IsGlobal(v) && slices.ContainsFunc(p.Vars.Writes(v), func(w vars.Write) bool {
		if w.Define || w.Value == nil {
			return false
		}
		id, ok := ast.Unparen(w.Value).(*ast.Ident)
		if !ok {
			return false
		}
		other, ok := p.Info.Uses[id].(*types.Var)
		return ok && slices.ContainsFunc(p.Vars.Writes(other), func(o vars.Write) bool {
			back, ok := o.Value.(*ast.Ident)
			return ok && o.Pos <= w.Value.End() && w.Pos <= o.Value.End() && p.Info.Uses[back] == v
		})
	})
}

// fieldAlias returns the lock beside a field that holds its address or its
// reading half throughout: d.wl, d.rl = &d.mu, d.mu.RLocker().
func (p *Package) fieldAlias(l *path.Path) *path.Path {
	switch l.Obj.Type().Underlying().(type) {
	case *types.Pointer, *types.Interface:
	default:
		return nil
	}
	w := p.Vars.Writes(l.Obj)
	if len(w) != 1 || w[0].Value == nil {
		return nil
	}
	m := p.Of(w[0].Value)
	half := m != nil && m.Kind == path.ReadHalf
	if half {
		m = m.Parent
	}
	if m == nil || m.Kind != path.Field || m.Parent == nil || m.Parent.Obj == nil || m.Obj == l.Obj {
		return nil
	}
	t := m.Parent.Obj.Type().Underlying()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem().Underlying()
	}
	s, ok := t.(*types.Struct)
	if !ok {
		return nil
	}
	for f := range s.Fields() {
		if f.Origin() == l.Obj {
			q := p.Field(l.Parent, m.Obj)
			if half {
				q = p.ReadHalf(q)
			}
			return q
		}
	}
	return nil
}
