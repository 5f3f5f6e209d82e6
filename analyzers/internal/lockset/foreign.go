package lockset

import (
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/path"
)

// A fieldOf is a field of the struct that a variable holds or points to.
type fieldOf struct {
	v, field *types.Var
}

// IsPrivate reports whether, at an event, only its goroutine can reach what a path
// denotes: the variable that it starts at is fresh, and the field after it was not made
// with something that others reach.
func (p *Package) IsPrivate(e *Event, q *path.Path) bool {
	root := q.Root()
	return root.Kind == path.Var && p.IsFresh(e, root.Obj) && !p.foreign(e.Func, q)
}

// foreign reports whether a path goes through a field that a caller of f made with what
// others reach: s := &session{opts: srv.defaults}; s.apply(req) changes srv.defaults.
func (p *Package) foreign(f *Func, q *path.Path) bool {
	if len(f.Entry.Foreign) == 0 || q.Parent == nil {
		return false
	}
	first := q
	for first.Parent.Parent != nil {
		first = first.Parent
	}
	return first.Kind == path.Field && slices.Contains(f.Entry.Foreign, fieldOf{first.Parent.Obj, first.Obj})
}

// foreignEntry returns the fields of fresh parameters that some callers made with what
// others reach.
func (p *Package) foreignEntry(f *Func, callers []*Caller) []fieldOf {
	var list []fieldOf
	for _, v := range f.Entry.Fresh {
		i := f.Param(v)
		s := StructOf(v.Type())
		if i < 0 || s == nil {
			continue
		}
		for _, c := range callers {
			if i >= len(c.Args) || c.Args[i] == nil || c.Args[i].Kind != path.Var {
				continue
			}
			for field := range s.Fields() {
				q := p.Field(c.Args[i], field.Origin())
				if made := q.Root() != c.Args[i]; made && !p.IsPrivate(c.Event, q) || !made && p.foreign(c.Func, q) {
					list = with(list, fieldOf{v, field.Origin()})
				}
			}
		}
	}
	return list
}

// StructOf returns the struct that values of a type are or point to, or nil.
func StructOf(t types.Type) *types.Struct {
	t = t.Underlying()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem().Underlying()
	}
	s, _ := t.(*types.Struct)
	return s
}
