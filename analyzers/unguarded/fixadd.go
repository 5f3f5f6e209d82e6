package unguarded

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/edit"
	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A bare is a struct type with maps that no lock guards.
type bare struct {
	*fixer
	spec     *ast.TypeSpec
	obj      *types.TypeName
	fields   map[*types.Var]*ast.Field // the maps
	findings []*finding
	mu       *types.Var
}

// addMutexes makes the fixes that give a struct a mutex and guard all accesses
// of its maps with it.
func (x *fixer) addMutexes() {
	var list []*bare
	for _, f := range x.findings {
		if f.bare == nil || f.diag.SuggestedFixes != nil {
			continue
		}
		b := x.bareOf(f.bare.v)
		if b == nil {
			continue
		}
		if i := slices.IndexFunc(list, func(o *bare) bool { return o.obj == b.obj }); i >= 0 {
			list[i].fields[f.bare.v] = b.fields[f.bare.v]
			b = list[i]
		} else {
			list = append(list, b)
		}
		b.findings = append(b.findings, f)
	}
	for _, b := range list {
		plans := x.plans
		edits := b.edits()
		if edits == nil {
			x.plans = plans
			continue
		}
		var names []string
		for _, f := range b.sorted() {
			names = append(names, f.Name())
		}
		for _, f := range b.findings {
			f.diag.SuggestedFixes = []analysis.SuggestedFix{{
				Message:   fmt.Sprintf("Add a mutex to %s and hold it wherever %s is used", b.obj.Name(), strings.Join(names, " or ")),
				TextEdits: edits,
			}}
		}
	}
}

// sorted returns the maps in the order of the struct.
func (b *bare) sorted() []*types.Var {
	var list []*types.Var
	for v := range b.fields {
		list = append(list, v)
	}
	slices.SortFunc(list, func(v, w *types.Var) int { return int(v.Pos() - w.Pos()) })
	return list
}

// bareOf returns the type of which a map is a field, nil where it is not one
// that can be given a mutex.
func (x *fixer) bareOf(v *types.Var) *bare {
	file := x.file(v.Pos())
	if file == nil || v.Exported() && x.Pkg.Name() != "main" {
		return nil
	}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE || v.Pos() < g.Pos() || g.End() <= v.Pos() {
			continue
		}
		for _, s := range g.Specs {
			spec := s.(*ast.TypeSpec)
			st, ok := spec.Type.(*ast.StructType)
			if !ok || spec.Assign.IsValid() || v.Pos() < st.Pos() || st.End() <= v.Pos() {
				continue
			}
			obj, _ := x.TypesInfo.Defs[spec.Name].(*types.TypeName)
			for _, f := range st.Fields.List {
				if obj != nil && slices.ContainsFunc(f.Names, func(id *ast.Ident) bool { return x.TypesInfo.Defs[id] == v }) {
					return &bare{fixer: x, spec: spec, obj: obj, fields: map[*types.Var]*ast.Field{v: f}}
				}
			}
		}
	}
	return nil
}

// edits adds the mutex and all sections; nil where one of them cannot be.
func (b *bare) edits() []analysis.TextEdit {
	st := b.obj.Type().Underlying().(*types.Struct)
	for f := range st.Fields() {
		if isLock(f.Type()) {
			return nil // what that is for, and whether it should guard the map, is not known
		}
	}
	if len(b.IgnoredFiles) > 0 || !b.neverCopied() || !b.ownMaps() {
		return nil
	}
	fields := b.sorted()
	name := "mu"
	for _, n := range []string{"mu", fields[0].Name() + "Mu", ""} {
		name = n
		if obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(b.obj.Type()), true, b.Pkg, n); obj == nil {
			break
		}
	}
	if name == "" {
		return nil
	}
	b.mu = types.NewField(token.NoPos, b.Pkg, name, types.Typ[types.Invalid], false)
	edits := b.sections()
	if edits == nil {
		return nil
	}
	field := b.fields[fields[0]]
	pos := field.Pos()
	if field.Doc != nil {
		pos = field.Doc.Pos()
	}
	sync, imports := edit.Import(b.TypesInfo, b.file(pos), b.spec.Pos(), "sync")
	edits = append(edits, imports...)
	line := func(pos token.Pos) int { return b.Fset.Position(pos).Line }
	decl := name + " " + sync + ".Mutex\n"
	body := b.spec.Type.(*ast.StructType).Fields
	if line(body.Opening) == line(body.Closing) {
		decl = "\n" + decl
		edits = append(edits, analysis.TextEdit{Pos: body.Closing, End: body.Closing, NewText: []byte("\n")})
	} else {
		decl += strings.Repeat("\t", b.Fset.Position(pos).Column-1)
	}
	edits = append(edits, analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(decl)})
	return b.clean(edits)
}

// sections makes the sections of all functions that use the maps.
func (b *bare) sections() []analysis.TextEdit {
	type place struct {
		f     *lockset.Func
		owner *path.Path
	}
	var order []place
	groups := make(map[place][]*lack)
	for _, e := range b.uses() {
		if e == nil {
			return nil
		}
		if b.private(e, e.Path) {
			continue
		}
		_, owner, _ := classOf(e.Path)
		p := place{b.home(e.Func), owner}
		if groups[p] == nil {
			if slices.ContainsFunc(order, func(o place) bool { return o.f == p.f }) {
				return nil // two objects in one function
			}
			order = append(order, p)
		}
		groups[p] = append(groups[p], &lack{at: e, path: e.Path, lock: b.locks.Field(owner, b.mu), writes: e.Op.Changes(), direct: true})
	}
	var edits []analysis.TextEdit
	for _, p := range order {
		lacks := groups[p]
		u := &use{fixer: b.fixer, f: p.f, lock: lacks[0].lock, lacks: lacks, added: true}
		u.guards = func(e *lockset.Event) bool {
			cl, owner, ok := classOf(e.Path)
			return ok && owner == p.owner && b.fields[cl.v] != nil
		}
		if !b.mayTake(p.f) {
			return nil
		}
		if u.collect(); u.bad {
			return nil
		}
		list := []*section{u.plan(lacks)}
		if list[0] == nil {
			list = nil
			for _, l := range lacks {
				s := u.alone(l)
				if s == nil {
					return nil
				}
				if !slices.ContainsFunc(list, func(o *section) bool { return o.stmts[0] == s.stmts[0] }) {
					list = append(list, s)
				}
			}
		}
		for _, s := range list {
			if !b.agrees(s) {
				return nil
			}
			b.plans = append(b.plans, s)
			edits = append(edits, s.edits()...)
		}
	}
	return edits
}

// uses returns the accesses of the maps; among them is nil where one is not
// understood, or where a map leaves the lock that it is to have.
func (b *bare) uses() []*lockset.Event {
	events := make(map[ast.Expr]*lockset.Event)
	for _, f := range b.locks.Funcs {
		for _, e := range f.Events {
			if e.Kind == lockset.Access && e.Expr != nil && !e.Again {
				events[ast.Unparen(e.Expr)] = e
			}
		}
	}
	var list []*lockset.Event
	for _, f := range b.Files {
		keys := make(map[*ast.Ident]bool)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok {
					keys[id] = true
				}
			case *ast.SelectorExpr:
				v, ok := b.TypesInfo.Uses[n.Sel].(*types.Var)
				if !ok || b.fields[v.Origin()] == nil {
					return true
				}
				keys[n.Sel] = true
				e := events[n]
				if e != nil && (e.State == nil || e.Func.Test || leaves(e.Op) || e.Op == lockset.Pass || !b.names(e, v.Origin())) {
					e = nil
				}
				list = append(list, e)
			case *ast.Ident:
				if v, ok := b.TypesInfo.Uses[n].(*types.Var); ok && b.fields[v.Origin()] != nil && !keys[n] {
					list = append(list, nil)
				}
			}
			return true
		})
	}
	return list
}

// names reports whether an access is known to be of the field, and made
// without a lock.
func (b *bare) names(e *lockset.Event, v *types.Var) bool {
	cl, owner, ok := classOf(e.Path)
	return ok && owner != nil && cl.v == v && len(e.State.Held) == 0
}

// ownMaps reports whether the fields are only ever given new maps, which nothing
// else refers to.
func (b *bare) ownMaps() bool {
	for v := range b.fields {
		if b.locks.Vars.Addressed(v) {
			return false
		}
		for _, w := range b.locks.Vars.Writes(v) {
			if w.Tuple != nil || w.Value != nil && !b.makes(w.Value) {
				return false
			}
		}
	}
	ok := true
	for _, f := range b.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			if kv, isPair := n.(*ast.KeyValueExpr); isPair {
				if id, isField := kv.Key.(*ast.Ident); isField {
					if v, isVar := b.TypesInfo.Uses[id].(*types.Var); isVar && b.fields[v.Origin()] != nil {
						ok = ok && b.makes(kv.Value)
					}
				}
			}
			return ok
		})
	}
	return ok
}

// makes reports whether an expression is a new map or none.
func (b *bare) makes(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		return mapops.Builtin(b.TypesInfo, e) == "make"
	}
	return b.TypesInfo.Types[e].IsNil()
}

// neverCopied reports whether values of the type are only ever reached where
// they were made: a mutex must not be copied.
func (b *bare) neverCopied() bool {
	is := func(t types.Type) bool {
		n, ok := types.Unalias(t).(*types.Named)
		return ok && n.Origin().Obj() == b.obj
	}
	ok := true
	for _, f := range b.Files {
		var stack []ast.Node
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				stack = stack[:len(stack)-1]
				return true
			}
			stack = append(stack, n)
			e, isExpr := n.(ast.Expr)
			if !isExpr || len(stack) < 2 {
				return true
			}
			tv, known := b.TypesInfo.Types[e]
			if !known || !is(tv.Type) {
				return true
			}
			parent := stack[len(stack)-2]
			if tv.IsType() {
				ok = ok && b.typeAt(e, parent)
			} else {
				ok = ok && b.valueAt(e, parent)
			}
			return true
		})
	}
	return ok
}

// typeAt reports whether a mention of the type leads to no copies.
func (b *bare) typeAt(e ast.Expr, parent ast.Node) bool {
	switch p := parent.(type) {
	case *ast.StarExpr, *ast.ValueSpec, *ast.IndexExpr, *ast.IndexListExpr, *ast.ParenExpr:
		return true
	case *ast.CompositeLit:
		return p.Type == e && (len(p.Elts) == 0 || keyed(p))
	case *ast.CallExpr:
		return mapops.Builtin(b.TypesInfo, p) == "new"
	}
	return false
}

func keyed(lit *ast.CompositeLit) bool {
	_, ok := lit.Elts[0].(*ast.KeyValueExpr)
	return ok
}

// valueAt reports whether a value of the type is not copied.
func (b *bare) valueAt(e ast.Expr, parent ast.Node) bool {
	switch p := parent.(type) {
	case *ast.ParenExpr:
		return true
	case *ast.SelectorExpr:
		return p.X == e
	case *ast.UnaryExpr:
		return p.Op == token.AND
	case *ast.AssignStmt:
		_, lit := e.(*ast.CompositeLit)
		return lit && p.Tok == token.DEFINE
	case *ast.ValueSpec:
		_, lit := e.(*ast.CompositeLit)
		return lit
	}
	return false
}
