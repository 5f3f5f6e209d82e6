package unguarded

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// name returns the lock as code can write it at a position, so that it means
// the same lock up to another one; "" where that cannot be done.
func (u *use) name(from, to token.Pos, lacks []*lack) string {
	if text := u.spell(u.lock); text != "" && u.means(text, u.lock, u.lock.RootVar(), from) && u.stays(u.lock, from, to) {
		return text
	}
	// As the access itself names the struct that map and lock are in.
	text := ""
	for _, l := range lacks {
		x, rest := u.ownerOf(l)
		if x == nil || !u.simple(x, from, to) {
			return ""
		}
		t := types.ExprString(x) + rest
		if text != "" && t != text {
			return ""
		}
		text = t
	}
	if text == "" || !u.means(text, u.lock, nil, from) {
		return ""
	}
	return text
}

// spell writes a path that consists of fields only.
func (u *use) spell(p *path.Path) string {
	for _, s := range p.Steps() {
		if s.Kind != path.Var && s.Kind != path.Field {
			return ""
		}
	}
	return u.dropEmbedded(p.String(), p)
}

// dropEmbedded leaves out the name of a lock that is embedded: its methods
// are those of the struct.
func (u *use) dropEmbedded(text string, p *path.Path) string {
	if p.Kind == path.Field && p.Obj.Embedded() {
		return strings.TrimSuffix(text, "."+p.Obj.Name())
	}
	return text
}

// ownerOf returns the struct that an access reaches its map through, and what
// leads from there to the lock.
func (u *use) ownerOf(l *lack) (owner ast.Expr, rest string) {
	if l.at.Kind != lockset.Access {
		return nil, ""
	}
	e := l.at.Expr
	for {
		if ix, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
			e = ix.X
			continue
		}
		break
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return nil, ""
	}
	p := u.locks.Of(sel.X)
	if p == nil || !u.lock.Has(p) || u.lock == p {
		return nil, ""
	}
	text := ""
	for q := u.lock; q != p; q = q.Parent {
		if q.Kind != path.Field {
			return nil, ""
		}
		if !q.Obj.Embedded() {
			text = "." + q.Obj.Name() + text
		}
	}
	return sel.X, text
}

// simple reports whether an expression is made of variables, fields and
// indices that have the same value from one position to another.
func (u *use) simple(e ast.Expr, from, to token.Pos) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.ParenExpr, *ast.IndexExpr, *ast.BasicLit:
		case *ast.SelectorExpr:
			if v, isVar := u.TypesInfo.Uses[n.Sel].(*types.Var); !isVar || !v.IsField() || u.written(v, from, to) {
				ok = false
			}
			ok = ok && u.simple(n.X, from, to)
			return false
		case *ast.Ident:
			v, isVar := u.TypesInfo.Uses[n].(*types.Var)
			if !isVar || u.written(v, from, to) || !u.visible(v, from) {
				ok = false
			}
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// stays reports whether a path leads to the same lock from one position to
// another.
func (u *use) stays(p *path.Path, from, to token.Pos) bool {
	for _, s := range p.Steps() {
		if u.written(s.Obj, from, to) {
			return false
		}
	}
	return true
}

func (u *use) written(v *types.Var, from, to token.Pos) bool {
	for _, w := range u.locks.Vars.Writes(v) {
		if from <= w.Pos && w.Pos < to {
			return true
		}
	}
	return false
}

// visible reports whether the name of a variable means it at a position.
func (u *use) visible(v *types.Var, pos token.Pos) bool {
	scope := u.Pkg.Scope().Innermost(pos)
	if scope == nil {
		return false
	}
	_, obj := scope.LookupParent(v.Name(), pos)
	return obj == v
}

// means reports whether a text denotes a lock at a position: the methods that
// it has there are those of the field or variable. A lock that is to be added
// is taken for granted.
func (u *use) means(text string, lock *path.Path, root *types.Var, pos token.Pos) bool {
	if root != nil && !u.visible(root, pos) {
		return false
	}
	if u.added {
		text, lock = strings.TrimSuffix(text, "."+lock.Obj.Name()), lock.Parent
	} else {
		text += ".Lock"
	}
	e, err := parser.ParseExpr(text)
	if err != nil {
		return false
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue), Selections: make(map[*ast.SelectorExpr]*types.Selection)}
	if types.CheckExpr(u.Fset, u.Pkg, pos, e, info) != nil {
		return false
	}
	if u.added {
		return true
	}
	sel := info.Selections[e.(*ast.SelectorExpr)]
	if sel == nil {
		return false
	}
	// The last field that the selection passes is the lock's, where it has one.
	last := lastField(sel)
	if last == nil {
		switch x := ast.Unparen(e.(*ast.SelectorExpr).X).(type) {
		case *ast.SelectorExpr:
			if s := info.Selections[x]; s != nil {
				last, _ = s.Obj().(*types.Var)
			}
		case *ast.Ident:
			return lock.Kind == path.Var && lock.Obj.Name() == x.Name
		}
	}
	return last != nil && last.Origin() == lock.Obj.Origin()
}

// lastField returns the last embedded field that a selection of a method
// passes, or nil.
func lastField(sel *types.Selection) *types.Var {
	var f *types.Var
	t := sel.Recv()
	index := sel.Index()
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return nil
		}
		f = s.Field(i)
		t = f.Type()
	}
	return f
}
