package lockset

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// makesNew reports whether an expression is a value that nothing else refers to.
func (b *builder) makesNew(e ast.Expr) bool {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.BasicLit:
		return true
	case *ast.CallExpr:
		switch mapops.Builtin(b.Info, e) {
		case "make", "new":
			return true
		}
		if fn := typeutil.StaticCallee(b.Info, e); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "maps" {
			return fn.Name() == "Clone" || fn.Name() == "Collect"
		}
	}
	return false
}

// links records that the value of a variable refers to others: what makes it
// reachable makes them reachable.
func (b *builder) links(v *types.Var, value ast.Expr) {
	if !refers(v.Type()) {
		return
	}
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			if w, ok := b.Info.Uses[n].(*types.Var); ok && !w.IsField() && !path.IsGlobal(w) && w != v {
				b.contains[v] = with(b.contains[v], w)
			}
		case *ast.SelectorExpr:
			if tv, ok := b.Info.Types[n]; ok && !refers(tv.Type) {
				return false // a number or text that was read from it
			}
		}
		return true
	})
}

// stored records that a value is stored in what an expression denotes.
func (b *builder) stored(target, v ast.Expr) {
	to := b.Of(target)
	if to != nil && to.Root().Kind == path.Var && !path.IsGlobal(to.RootVar()) {
		b.links(to.RootVar(), v)
		b.emit(&Event{Kind: Publish, Node: v, Path: to})
		return
	}
	b.published(v)
}

// published records that others can reach a value from here on.
func (b *builder) published(e ast.Expr) {
	b.carried(e, func(id *ast.Ident, v *types.Var) { b.emit(&Event{Kind: Publish, Node: id, Var: v}) })
}

// carried calls do for the local variables whose values make up the value of an
// expression.
func (p *Package) carried(e ast.Node, do func(*ast.Ident, *types.Var)) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.IndexExpr, *ast.SelectorExpr:
			return false
		case *ast.CallExpr:
			return false // passing is not publishing
		case *ast.Ident:
			if v, ok := p.Info.Uses[n].(*types.Var); ok && !v.IsField() && !path.IsGlobal(v) && refers(v.Type()) {
				do(n, v)
			}
		}
		return true
	})
}

// refers reports whether values of a type can lead to shared memory.
func refers(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice, *types.Chan, *types.Signature, *types.Interface:
		return true
	case *types.Array:
		return refers(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if refers(f.Type()) {
				return true
			}
		}
	}
	return false
}

// define records that a variable is given a value (the zero value where v is nil).
func (b *builder) define(id *ast.Ident, v ast.Expr, s ast.Node) {
	obj, ok := b.Info.ObjectOf(id).(*types.Var)
	if !ok || id.Name == "_" {
		return
	}
	if path.IsGlobal(obj) {
		if mapops.MapType(obj.Type()) != nil {
			b.emit(&Event{Kind: Access, Node: s, Path: b.Var(obj), Op: Assign})
		}
		if v != nil {
			b.published(v)
		}
		return
	}
	if mapops.MapType(obj.Type()) != nil && b.captured[obj] {
		if _, def := b.Info.Defs[id]; !def {
			b.emit(&Event{Kind: Access, Node: s, Path: b.Var(obj), Op: Assign})
		}
	}
	if v == nil {
		if _, ok := s.(*ast.ValueSpec); ok {
			b.emit(&Event{Kind: Fresh, Node: s, Var: obj})
		}
		return
	}
	if b.makesNew(v) {
		b.emit(&Event{Kind: Fresh, Node: s, Var: obj})
		b.links(obj, v)
		return
	}
	if call, ok := ast.Unparen(v).(*ast.CallExpr); ok {
		if fn := typeutil.StaticCallee(b.Info, call); fn != nil {
			if fn.Pkg() != b.Types && b.external(fn) != nil {
				b.emit(&Event{Kind: Fresh, Node: s, Var: obj, Call: &Call{Node: call, Obj: fn.Origin()}})
				return
			}
			if callee := b.byObj[fn.Origin()]; callee != nil {
				// Whether the callee returns what nobody else can reach is
				// known when it has been summarised.
				b.emit(&Event{Kind: Fresh, Node: s, Var: obj, Call: &Call{Node: call, Fn: callee}})
				return
			}
		}
	}
	if !b.aliases(obj) || len(b.Vars.Writes(obj)) > 1 {
		b.emit(&Event{Kind: Publish, Node: s, Var: obj})
	}
}

// isResult reports whether a variable is a named result of the function.
func (b *builder) isResult(v *types.Var) bool {
	if b.f.Obj == nil {
		return false
	}
	for r := range b.f.Obj.Signature().Results().Variables() {
		if r == v {
			return true
		}
	}
	return false
}

// aliases reports whether a variable stands for the path of another one, so
// that no event need be made of it.
func (p *Package) aliases(v *types.Var) bool { return p.Variable(v) != p.Var(v) }

// reaches reports whether a local variable stands for a path, or for one of several.
func (p *Package) reaches(v *types.Var) bool { return p.aliases(v) || p.Alternatives(v) != nil }

// HoldsNew reports whether the local variable through which an expression reaches what
// its path names holds, at an event, a value that was made here and that nobody else
// can reach yet: m := s.cache[k]; if m == nil { m = map[string]int{}; m[x] = y … }
func (p *Package) HoldsNew(e *Event, x ast.Expr) bool {
	if x == nil {
		return false
	}
	v := p.alias(x)
	return v != nil && len(p.Vars.Writes(v)) > 1 && p.IsFresh(e, v)
}

// newAt reports whether a local variable holds, at a place in f, a value that was
// made just before, in the block of the place or around it.
func (p *Package) newAt(f *Func, v *types.Var, at token.Pos) bool {
	var last *vars.Write
	writes := p.Vars.Writes(v)
	for i, w := range writes {
		if !w.Part && w.Pos < at && (last == nil || w.Pos > last.Pos) {
			last = &writes[i]
		}
	}
	if last == nil || last.Value == nil || !(&builder{Package: p, f: f}).makesNew(last.Value) {
		return false
	}
	around := true // whether all blocks around the write are around the place
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n == nil || last.Pos < n.Pos() || n.End() <= last.Pos {
			return false
		}
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			around = around && n.Pos() <= at && at < n.End()
		}
		return around
	})
	return around
}

// NewAt reports whether a local variable holds, at an event, what was made just before.
func (p *Package) NewAt(e *Event, v *types.Var) bool { return p.newAt(e.Func, v, e.Pos()) }

// NewFor reports whether a local variable around a goroutine's literal holds what
// was made for this goroutine just before it is started.
func (p *Package) NewFor(g *Spawn, v *types.Var) bool {
	g = g.Innermost()
	return g.Event != nil && g.Event.Func.Local(v) && p.newAt(g.Event.Func, v, g.Node.Pos())
}
