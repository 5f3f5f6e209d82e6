// Package path names memory by how code reaches it: a variable, then fields
// and elements. Two expressions with the same path denote the same lock or
// map wherever neither variable nor field is assigned in between.
package path

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// Kind is the kind of the last step of a path.
type Kind uint8

const (
	Var      Kind = iota // a variable: the first step
	Value                // the value of an expression that nothing else denotes, such as a call: the first step
	Field                // a field of a struct, through pointers too
	Elem                 // an element of an array, slice or map
	Loaded               // what an atomic value or pointer holds
	ReadHalf             // the Locker that RLocker returns
	Up                   // the struct or container of which the path so far is field Obj, or an element
)

// A Path is a chain of steps. Paths are made by a [Table], which makes equal
// paths identical.
type Path struct {
	Parent *Path // nil for the first step
	Kind   Kind
	Obj    *types.Var // of Var, Field and Up of a field
	Key    any        // of Elem: a *types.Var, the text of a constant, or the index expression itself; of Value: the expression
	Len    int        // the number of steps
}

// Root returns the first step.
func (p *Path) Root() *Path {
	for p.Parent != nil {
		p = p.Parent
	}
	return p
}

// RootVar returns the variable that the path starts at, or nil.
func (p *Path) RootVar() *types.Var { return p.Root().Obj }

// Steps returns the steps in order, the root first.
func (p *Path) Steps() []*Path {
	list := make([]*Path, p.Len)
	for q := p; q != nil; q = q.Parent {
		list[q.Len-1] = q
	}
	return list
}

// Has reports whether the path starts with q.
func (p *Path) Has(q *Path) bool {
	for p != nil && p.Len > q.Len {
		p = p.Parent
	}
	return p == q
}

// Climbs reports whether the path leads out of the value that it starts at.
func (p *Path) Climbs() bool {
	for ; p != nil; p = p.Parent {
		if p.Kind == Up {
			return true
		}
	}
	return false
}

// through reports whether a step of the path is of a kind.
func (p *Path) through(k Kind) bool {
	for ; p != nil; p = p.Parent {
		if p.Kind == k {
			return true
		}
	}
	return false
}

// String returns the path as Go code that a reader knows: s.items, byID[…].
func (p *Path) String() string {
	var b strings.Builder
	for _, s := range p.Steps() {
		switch s.Kind {
		case Var:
			b.WriteString(s.Obj.Name())
		case Value:
			b.WriteString(types.ExprString(s.Key.(ast.Expr)))
		case Field:
			if !s.Obj.Embedded() || s == p {
				b.WriteByte('.')
				b.WriteString(s.Obj.Name())
			}
		case Elem:
			b.WriteByte('[')
			switch k := s.Key.(type) {
			case *types.Var:
				b.WriteString(k.Name())
			case string:
				b.WriteString(k)
			case ast.Expr:
				b.WriteString(types.ExprString(k))
			case [2]types.Object: // x.id
				b.WriteString(k[0].Name() + "." + k[1].Name())
			default:
				b.WriteString("…")
			}
			b.WriteByte(']')
		case Loaded:
			b.WriteString(".Load()")
		case ReadHalf:
			b.WriteString(".RLocker()")
		case Up:
			b.WriteString("^")
			if s.Obj != nil {
				b.WriteString(s.Obj.Name())
			}
		}
	}
	return b.String()
}

type step struct {
	parent *Path
	kind   Kind
	obj    *types.Var
	key    any
}

// A Table makes paths.
type Table struct {
	paths map[step]*Path
	// Init returns the path of what field f of the struct in variable v was
	// given when the struct was made, or nil.
	Init func(v, f *types.Var) *Path
}

// NewTable returns an empty table.
func NewTable() *Table { return &Table{paths: make(map[step]*Path)} }

func (t *Table) intern(s step) *Path {
	p := t.paths[s]
	if p == nil {
		p = &Path{Parent: s.parent, Kind: s.kind, Obj: s.obj, Key: s.key, Len: 1}
		if s.parent != nil {
			p.Len = s.parent.Len + 1
		}
		t.paths[s] = p
	}
	return p
}

// Var returns the path of a variable.
func (t *Table) Var(v *types.Var) *Path { return t.intern(step{kind: Var, obj: v.Origin()}) }

// Value returns the path of an expression's value.
func (t *Table) Value(e ast.Expr) *Path { return t.intern(step{kind: Value, key: e}) }

// Field returns the path of a field of p.
func (t *Table) Field(p *Path, f *types.Var) *Path {
	f = f.Origin()
	if p.Kind == Up && p.Obj == f {
		return p.Parent
	}
	if p.Kind == Var && t.Init != nil && isReference(f.Type()) {
		if q := t.Init(p.Obj, f); q != nil {
			return q
		}
	}
	return t.intern(step{parent: p, kind: Field, obj: f})
}

// Elem returns the path of an element of p; a nil key stands for any.
func (t *Table) Elem(p *Path, key any) *Path {
	return t.intern(step{parent: p, kind: Elem, key: key})
}

// Loaded returns the path of what the atomic value p holds.
func (t *Table) Loaded(p *Path) *Path { return t.intern(step{parent: p, kind: Loaded}) }

// ReadHalf returns the path of the Locker that RLocker of the lock p returns.
func (t *Table) ReadHalf(p *Path) *Path { return t.intern(step{parent: p, kind: ReadHalf}) }

// maxLen bounds the steps of a path: recursive calls would grow it for ever.
const maxLen = 12

// up returns the path of the container that q, a step of another path, leads
// out of.
func (t *Table) up(p *Path, q *Path) *Path {
	switch q.Kind {
	case Field:
		return t.intern(step{parent: p, kind: Up, obj: q.Obj})
	case Elem:
		return t.intern(step{parent: p, kind: Up})
	}
	return nil
}

// add appends one step of another path.
func (t *Table) add(p *Path, q *Path) *Path {
	switch q.Kind {
	case Field:
		return t.Field(p, q.Obj)
	case Up:
		return t.climb(p, q.Obj)
	case Elem:
		return t.Elem(p, q.Key)
	case Loaded:
		return t.Loaded(p)
	case ReadHalf:
		return t.ReadHalf(p)
	}
	return nil
}

// climb takes one step out of field f (an element where f is nil).
func (t *Table) climb(p *Path, f *types.Var) *Path {
	if f != nil && p.Kind == Field && p.Obj == f || f == nil && p.Kind == Elem {
		return p.Parent
	}
	return t.intern(step{parent: p, kind: Up, obj: f})
}

// Replace returns p with its prefix from replaced by to; nil if p does not
// start with from or becomes too long.
func (t *Table) Replace(p, from, to *Path) *Path {
	if !p.Has(from) || p.Len-from.Len+to.Len > maxLen {
		return nil
	}
	steps := p.Steps()
	for _, s := range steps[from.Len:] {
		if to = t.add(to, s); to == nil {
			return nil
		}
	}
	return to
}

// Relative returns the path that leads from the value at from, which is
// called self, to p: up through the steps that they do not share, then down.
// It returns nil if they start at different variables.
func (t *Table) Relative(p, from, self *Path) *Path {
	if p.Root() != from.Root() {
		return nil
	}
	common := from
	for !p.Has(common) {
		common = common.Parent
	}
	steps := from.Steps()
	to := self
	for i := len(steps) - 1; i >= common.Len; i-- {
		if to = t.up(to, steps[i]); to == nil {
			return nil
		}
	}
	return t.Replace(p, common, to)
}

// General returns the path with all elements of a container taken together.
func (t *Table) General(p *Path) *Path {
	if p.Parent == nil {
		return p
	}
	q := t.General(p.Parent)
	switch p.Kind {
	case Elem:
		return t.Elem(q, nil)
	default:
		return t.add(q, p)
	}
}

// Unknown is the key of an element that a call or a function uses, and does not tell.
type Unknown struct{ By any }

// KeyVar returns the variable that the key of an element starts at, and the field of it
// that the key is, where it is one: v[x.id]. It returns nil for other keys.
func KeyVar(key any) (v *types.Var, field types.Object) {
	switch k := key.(type) {
	case *types.Var:
		return k, nil
	case [2]types.Object:
		v, _ = k[0].(*types.Var)
		return v, k[1]
	}
	return nil, nil
}

// Rekey returns p with other keys for its elements; constant ones stay.
func (t *Table) Rekey(p *Path, key func(any) any) *Path {
	if !p.through(Elem) {
		return p
	}
	q := t.Rekey(p.Parent, key)
	if p.Kind != Elem {
		return t.add(q, p)
	}
	if _, constant := p.Key.(string); constant || p.Key == nil {
		return t.Elem(q, p.Key)
	}
	return t.Elem(q, key(p.Key))
}

// key returns what identifies an index: a constant's text, a variable, or
// else the expression itself, which is equal to no other.
func key(info *types.Info, e ast.Expr) any {
	e = ast.Unparen(e)
	if v := info.Types[e].Value; v != nil {
		if v.Kind() == constant.String || v.Kind() == constant.Int {
			return v.ExactString()
		}
	}
	if id, ok := e.(*ast.Ident); ok {
		if v, ok := info.Uses[id].(*types.Var); ok {
			return v.Origin()
		}
	}
	if s, ok := e.(*ast.SelectorExpr); ok {
		// x.id names the same element throughout a function that indexes by
		// it again and again.
		if _, ok := s.X.(*ast.Ident); ok {
			if root, ok := info.Uses[s.X.(*ast.Ident)].(*types.Var); ok && info.Uses[s.Sel] != nil {
				return [2]types.Object{root.Origin(), info.Uses[s.Sel]}
			}
		}
	}
	return e
}

// isReference reports whether values of a type refer to memory that copies of
// them share.
func isReference(t types.Type) bool {
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Slice, *types.Interface, *types.Signature:
		return true
	}
	return false
}

// deref strips *, & and parentheses.
func deref(e ast.Expr) ast.Expr {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			if x.Op != token.AND {
				return e
			}
			e = x.X
		default:
			return e
		}
	}
}
