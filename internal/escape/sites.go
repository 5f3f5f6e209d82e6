package escape

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A site is an expression or a variable that the compiler may have a
// statement about.
type site struct {
	kind FactKind
	pos  token.Pos // of the fact
	end  token.Pos
	at   token.Pos // where the compiler reports it

	typ     *types.Map // of Make, Literal, New and MovedVar
	entries int64      // of a Literal: its elements; of a Make: see hint
	hint    Hint
	name    string    // how the sentence calls it: a variable, a map, a captured variable
	target  string    // the map that is written to
	convert string    // KeyConversion: the type converted to
	via     token.Pos // StoredAddress of a variable: where the compiler sees the address taken

	fn      string         // the function around it, as the compiler names it; empty in function literals
	generic bool           // in code with type parameters
	blank   bool           // a value of the package-level variable _
	calls   []token.Pos    // where function literals around it, and bodies of loops over functions, are called and may be inlined
	text    types.Type     // as written, for the compiler's text
	file    *token.File    // holds the site
	within  *types.Package // for names in text
}

// collector finds the sites of a file.
type collector struct {
	pkg   Package
	file  *token.File
	sites []site
	stack []ast.Node // around the current node

	callsOf map[*types.Var][]token.Pos // calls of variables, at their parentheses
}

func (p Package) sites(file *ast.File) []site {
	c := collector{pkg: p, file: p.Fset.File(file.FileStart)}
	if c.file == nil {
		return nil
	}
	c.callsOf = make(map[*types.Var][]token.Pos)
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok {
				if v, ok := p.Info.Uses[id].(*types.Var); ok {
					c.callsOf[v] = append(c.callsOf[v], call.Lparen)
				}
			}
		}
		return true
	})
	ast.PreorderStack(file, nil, func(n ast.Node, stack []ast.Node) bool {
		c.stack = stack
		c.visit(n)
		return true
	})
	return c.sites
}

func (c *collector) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		c.call(n)
	case *ast.CompositeLit:
		t := c.pkg.Info.TypeOf(n)
		if p, ok := under(t).(*types.Pointer); ok { // an element {…} that stands for &T{…}
			t = p.Elem()
		}
		if m := coreMap(t); m != nil {
			c.add(site{kind: Literal, pos: n.Pos(), end: n.End(), at: n.Lbrace, typ: m, text: t, entries: int64(len(n.Elts))})
			c.mapLiteral(n)
		}
	case *ast.AssignStmt:
		for i, lhs := range n.Lhs {
			if w := c.mapWrite(lhs); w != nil {
				target := types.ExprString(w.X)
				c.key(w.Index, target)
				c.address(w.Index, target)
				if len(n.Lhs) == len(n.Rhs) {
					c.address(n.Rhs[i], target)
				}
			}
		}
	case *ast.IncDecStmt:
		if w := c.mapWrite(n.X); w != nil {
			c.key(w.Index, types.ExprString(w.X))
		}
	case *ast.FuncLit:
		if names := c.captured(n); len(names) > 0 {
			c.add(site{kind: Capture, pos: n.Pos(), end: n.Type.End(), at: n.Type.Func, name: strings.Join(names, ", ")})
		}
	case *ast.Ident:
		v, ok := c.pkg.Info.Defs[n].(*types.Var)
		if ok && n.Name != "_" && !v.IsField() && v.Parent() != v.Pkg().Scope() {
			if m := coreMap(v.Type()); m != nil {
				c.add(site{kind: MovedVar, pos: n.Pos(), end: n.End(), at: n.Pos(), typ: m, name: n.Name})
			}
		}
	}
}

func (c *collector) call(call *ast.CallExpr) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || len(call.Args) == 0 {
		return
	}
	if _, ok := c.pkg.Info.Uses[id].(*types.Builtin); !ok {
		return
	}
	t := c.pkg.Info.TypeOf(call.Args[0])
	m := coreMap(t)
	if m == nil || !c.pkg.Info.Types[call.Args[0]].IsType() {
		return
	}
	s := site{pos: call.Pos(), end: call.End(), at: call.Lparen, typ: m, text: t}
	switch id.Name {
	case "make":
		s.kind = Make
		s.hint, s.entries = c.hint(call)
	case "new":
		s.kind = New
	default:
		return
	}
	c.add(s)
}

// add fills in what depends on where a site is.
func (c *collector) add(s site) {
	s.file, s.within = c.file, c.pkg.Types
	for i, n := range c.stack { // file, declaration, …
		switch n := n.(type) {
		case *ast.FuncDecl:
			s.generic = c.isGeneric(n)
			s.fn = compilerName(n)
		case *ast.RangeStmt:
			if _, ok := under(c.pkg.Info.TypeOf(n.X)).(*types.Signature); ok && n.Body.Pos() <= s.at && s.at < n.Body.End() {
				s.calls = append(s.calls, n.For)
			}
		case *ast.CallExpr:
			if lit, ok := ast.Unparen(n.Fun).(*ast.FuncLit); ok && lit.Body.Pos() <= s.at && s.at < lit.Body.End() {
				s.calls = append(s.calls, n.Lparen)
			}
		case *ast.FuncLit:
			s.fn = ""
			if v := c.holder(n, c.stack[i-1]); v != nil {
				s.calls = append(s.calls, c.callsOf[v]...)
			}
		case *ast.ValueSpec:
			s.blank = i == 2 && !slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return id.Name != "_" })
		}
	}
	c.sites = append(c.sites, s)
}

// compilerName returns f, T.m or (*T).m.
func compilerName(decl *ast.FuncDecl) string {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return decl.Name.Name
	}
	recv := ast.Unparen(decl.Recv.List[0].Type)
	if star, ok := recv.(*ast.StarExpr); ok {
		return "(*" + types.ExprString(star.X) + ")." + decl.Name.Name
	}
	return types.ExprString(recv) + "." + decl.Name.Name
}

// holder returns the variable that a function literal is assigned to, or nil.
func (c *collector) holder(lit *ast.FuncLit, parent ast.Node) *types.Var {
	var id ast.Expr
	switch p := parent.(type) {
	case *ast.AssignStmt:
		if i := slices.Index(p.Rhs, ast.Expr(lit)); i >= 0 && len(p.Lhs) == len(p.Rhs) {
			id = p.Lhs[i]
		}
	case *ast.ValueSpec:
		if i := slices.Index(p.Values, ast.Expr(lit)); i >= 0 && i < len(p.Names) {
			id = p.Names[i]
		}
	}
	if id, ok := id.(*ast.Ident); ok {
		v, _ := c.pkg.Info.ObjectOf(id).(*types.Var)
		return v
	}
	return nil
}

func (c *collector) isGeneric(decl *ast.FuncDecl) bool {
	fn, ok := c.pkg.Info.Defs[decl.Name].(*types.Func)
	if !ok {
		return false
	}
	sig := fn.Signature()
	return sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0
}

// mapWrite returns the index expression if a variable on the left side of an
// assignment is an element of a map.
func (c *collector) mapWrite(lhs ast.Expr) *ast.IndexExpr {
	if index, ok := ast.Unparen(lhs).(*ast.IndexExpr); ok && coreMap(c.pkg.Info.TypeOf(index.X)) != nil {
		return index
	}
	return nil
}

func (c *collector) mapLiteral(lit *ast.CompositeLit) {
	target := "this map literal"
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			c.key(kv.Key, target)
			c.address(kv.Key, target)
			c.address(kv.Value, target)
		}
	}
}

// key finds the conversions of bytes or runes to strings in a key, through
// other conversions and the literals of structs and arrays.
func (c *collector) key(e ast.Expr, target string) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if len(e.Args) != 1 || !c.pkg.Info.Types[e.Fun].IsType() {
			return
		}
		to, _ := under(c.pkg.Info.TypeOf(e)).(*types.Basic)
		if _, ok := under(c.pkg.Info.TypeOf(e.Args[0])).(*types.Slice); ok && to != nil && to.Info()&types.IsString != 0 {
			c.add(site{kind: KeyConversion, pos: e.Pos(), end: e.End(), at: center(e.Args[0]), name: types.ExprString(e), target: target, convert: types.ExprString(ast.Unparen(e.Fun))})
			return
		}
		c.key(e.Args[0], target)
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			c.key(elt, target)
		}
	}
}

// address finds the addresses in what is stored in a map: &x, &T{…} and
// elements {…} that stand for &T{…}, also within the literals of structs,
// arrays and slices. Maps within maps are visited by themselves.
func (c *collector) address(e ast.Expr, target string) {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if e.Op != token.AND {
			return
		}
		s := site{kind: StoredAddress, pos: e.Pos(), end: e.End(), at: e.OpPos, target: target}
		if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
			s.name = literalName(lit, c.pkg.Info.TypeOf(lit))
			c.add(s)
			c.elements(lit, target)
		} else if v := c.root(e.X); v != nil {
			s.name, s.at, s.via = v.Name(), v.Pos(), e.OpPos
			c.add(s)
		}
	case *ast.CompositeLit:
		t := c.pkg.Info.TypeOf(e)
		if _, ok := under(t).(*types.Pointer); ok && e.Type == nil {
			c.add(site{kind: StoredAddress, pos: e.Pos(), end: e.End(), at: e.Lbrace, target: target, name: literalName(e, t)})
		}
		c.elements(e, target)
	}
}

func (c *collector) elements(lit *ast.CompositeLit, target string) {
	t := c.pkg.Info.TypeOf(lit)
	if p, ok := under(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if coreMap(t) != nil {
		return
	}
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			elt = kv.Value
		}
		c.address(elt, target)
	}
}

// root returns the local variable that x is, or is a part of.
func (c *collector) root(x ast.Expr) *types.Var {
	for {
		switch e := ast.Unparen(x).(type) {
		case *ast.Ident:
			v, ok := c.pkg.Info.Uses[e].(*types.Var)
			if !ok || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
				return nil
			}
			return v
		case *ast.SelectorExpr:
			sel := c.pkg.Info.Selections[e]
			if sel == nil || sel.Indirect() {
				return nil // qualified, or in memory that a pointer leads to
			}
			x = e.X
		case *ast.IndexExpr:
			if _, ok := under(c.pkg.Info.TypeOf(e.X)).(*types.Array); !ok {
				return nil
			}
			x = e.X
		default:
			return nil
		}
	}
}

// captured returns the names of the maps that a function literal uses and
// that are local variables of the functions around it.
func (c *collector) captured(lit *ast.FuncLit) (names []string) {
	seen := make(map[*types.Var]bool)
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := c.pkg.Info.Uses[id].(*types.Var)
		if !ok || seen[v] || v.IsField() || v.Pkg() != c.pkg.Types || v.Parent() == v.Pkg().Scope() {
			return true
		}
		if inside := lit.Pos() <= v.Pos() && v.Pos() < lit.End(); !inside && coreMap(v.Type()) != nil {
			seen[v] = true
			names = append(names, v.Name())
		}
		return true
	})
	return names
}

func literalName(lit *ast.CompositeLit, t types.Type) string {
	name := "{…}"
	if lit.Type != nil {
		name = types.ExprString(lit.Type) + name
	} else if p, ok := under(t).(*types.Pointer); ok {
		if named, ok := types.Unalias(p.Elem()).(*types.Named); ok {
			name = named.Obj().Name() + name
		}
	}
	return "&" + name
}
