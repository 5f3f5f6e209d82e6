package deletechurn

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A life says why a map lives longer than the functions that use it.
type life struct {
	strength strength
	pos      token.Pos
	why      string // a clause about the map or the value that holds it
}

type strength int

const (
	brief  strength = iota // nothing says that the map lives long
	shared                 // a lock beside it says that goroutines share it, for a while
	long                   // it lives as long as the program or an endless loop
)

// lifeOf returns the reason why the map in a variable lives long.
func (pr *program) lifeOf(v *mapops.Var) life {
	switch {
	case v.Obj.IsField():
		l := pr.lives[v.Obj]
		if owner := pr.structs[v.Obj]; l.strength == shared && owner != nil && pr.comesAndGoes(owner) {
			return life{} // a lock says less than that
		}
		return l
	case v.Obj.Parent() == pr.Pkg.Scope():
		return life{long, v.Obj.Pos(), v.Obj.Name() + " is a package variable"}
	}
	for _, op := range v.Ops {
		if loop, s := pr.loopOver(v.Obj, op.At); s > brief {
			return life{s, loop.Node().Pos(), v.Obj.Name() + " lives as long as this loop runs"}
		}
	}
	return life{}
}

// comesAndGoes reports whether values of a struct type, or pointers to them, are
// the elements of a map that loses entries: the maps in them go with them.
func (pr *program) comesAndGoes(t *types.Named) bool {
	for _, v := range pr.maps.Vars {
		if namedOf(v.Type.Elem()) == t && shrinks(v) {
			return true
		}
	}
	return false
}

// collectLives finds the struct fields whose values live long: those of
// package variables, of variables that an endless loop uses, of HTTP
// handlers, and of structs with a lock; and the fields of their fields.
func (pr *program) collectLives() {
	for _, obj := range pr.TypesInfo.Defs {
		name, ok := obj.(*types.TypeName)
		if !ok || name.IsAlias() {
			continue
		}
		if named, ok := name.Type().(*types.Named); ok {
			pr.ownFields(named, named.Underlying(), 0)
		}
	}
	scope := pr.Pkg.Scope()
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok && !pr.testObject(v) {
			pr.markFields(v.Type(), life{long, v.Pos(), "package variable " + name + " holds it"})
		}
	}
	for cur := range pr.root.Preorder((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if s := pr.endless(cur); s > brief && !pr.inTest(cur) {
			pr.markLoop(cur, s)
		}
	}
	for _, fn := range pr.sortedDecls() {
		if recv := fn.Signature().Recv(); recv != nil && isHandler(fn) {
			pr.markFields(recv.Type(), life{long, fn.Pos(), "it serves HTTP"})
		}
	}
	for _, name := range scope.Names() {
		if t, ok := scope.Lookup(name).(*types.TypeName); ok && !t.IsAlias() {
			if pos := lockField(t.Type()); pos.IsValid() {
				pr.markFields(t.Type(), life{shared, pos, "goroutines share it under this lock"})
			}
		}
	}
}

func (pr *program) testObject(v types.Object) bool {
	cur, ok := pr.root.FindByPos(v.Pos(), v.Pos())
	return ok && pr.inTest(cur)
}

func (pr *program) sortedDecls() []*types.Func {
	var list []*types.Func
	for fn := range pr.decls {
		list = append(list, fn)
	}
	slices.SortFunc(list, func(a, b *types.Func) int { return int(a.Pos() - b.Pos()) })
	return list
}

// ownFields records the named type of its fields, and of those of unnamed
// structs in it.
func (pr *program) ownFields(owner *types.Named, t types.Type, depth int) {
	s, ok := t.(*types.Struct)
	if !ok || depth > 5 {
		return
	}
	for f := range s.Fields() {
		if pr.structs[f] == nil || depth == 0 {
			pr.structs[f] = owner
		}
		pr.ownFields(owner, types.Unalias(f.Type()), depth+1)
	}
}

// markFields notes that values of a type live long, as far as they are part
// of one another or hold pointers to one another. Slices, maps and channels
// of values say nothing: their elements come and go.
func (pr *program) markFields(t types.Type, l life) {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		pr.markFields(t.Elem(), l)
	case *types.Array:
		pr.markFields(t.Elem(), l)
	case *types.Named:
		if t.Obj().Pkg() == pr.Pkg {
			pr.markFields(t.Origin().Underlying(), l)
		}
	case *types.Struct:
		for f := range t.Fields() {
			if old := pr.lives[f]; old.strength < l.strength {
				pr.lives[f] = l
				pr.markFields(f.Type(), l)
			}
		}
	}
}

func (pr *program) markLoop(loop inspector.Cursor, s strength) {
	for cur := range loop.Preorder((*ast.Ident)(nil)) {
		v, ok := pr.TypesInfo.Uses[cur.Node().(*ast.Ident)].(*types.Var)
		if ok && !v.IsField() && outside(v, loop) {
			pr.markFields(v.Type(), life{s, loop.Node().Pos(), "this loop keeps it"})
		}
	}
}

// isHandler reports whether a method is that of http.Handler.
func isHandler(fn *types.Func) bool {
	params := fn.Signature().Params()
	return fn.Name() == "ServeHTTP" && params.Len() == 2 &&
		types.TypeString(params.At(1).Type(), nil) == "*net/http.Request"
}

// lockField returns the position of a struct's own lock.
func lockField(t types.Type) token.Pos {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return token.NoPos
	}
	for f := range s.Fields() {
		switch types.TypeString(f.Type(), nil) {
		case "sync.Mutex", "sync.RWMutex", "*sync.Mutex", "*sync.RWMutex":
			return f.Pos()
		}
	}
	return token.NoPos
}
