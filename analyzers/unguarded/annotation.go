package unguarded

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/path"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// annotationPrefix begins the comment by which a user names the lock of the
// map in a field.
const annotationPrefix = "//mapdiag:guardedby "

// annotations reads which locks the user says guard the maps in fields.
func (c *checker) annotations() {
	c.declared = make(map[*types.Var]*guard)
	for _, f := range c.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range s.Fields.List {
				for _, group := range []*ast.CommentGroup{field.Doc, field.Comment} {
					if group == nil {
						continue
					}
					for _, comment := range group.List {
						if name, ok := strings.CutPrefix(comment.Text, annotationPrefix); ok {
							c.annotation(s, field, comment, strings.TrimSpace(name))
						}
					}
				}
			}
			return true
		})
	}
}

// annotation checks and keeps one annotation.
func (c *checker) annotation(s *ast.StructType, field *ast.Field, comment *ast.Comment, name string) {
	name, _, _ = strings.Cut(name, " ")
	fail := func(what string) {
		c.Report(rule.Likely, analysis.Diagnostic{Pos: comment.Pos(), End: comment.End(),
			Message: name + " " + what + ": name the field of this struct that holds the lock"})
	}
	st, ok := c.TypesInfo.TypeOf(s).(*types.Struct)
	if !ok {
		return
	}
	var lock *types.Var
	for f := range st.Fields() {
		if f.Name() == name {
			lock = f
		}
	}
	switch {
	case lock == nil:
		fail("is not a field of the struct")
		return
	case !isLock(lock.Type()):
		fail("is no lock, it has no Lock and Unlock methods")
		return
	}
	relation := c.locks.Field(c.self, lock)
	if inner := c.lockInside(lock, relation); inner != nil {
		relation = inner
	}
	for _, id := range field.Names {
		if v, ok := c.TypesInfo.Defs[id].(*types.Var); ok && mapops.MapType(v.Type()) != nil {
			c.declared[v] = &guard{relation: relation, declared: true, where: c.at(comment.Pos())}
		}
	}
}

// lockInside returns the lock that the Lock method of a lock's type takes,
// where that is a type of this package that wraps another one.
func (c *checker) lockInside(lock *types.Var, relation *path.Path) *path.Path {
	obj, _, _ := types.LookupFieldOrMethod(lock.Type(), true, c.Pkg, "Lock")
	m, ok := obj.(*types.Func)
	if !ok {
		return nil
	}
	f := c.locks.Func(m)
	if f == nil || len(f.Summary.Acquires) != 1 || len(f.Params) == 0 || f.Params[0] == nil {
		return nil
	}
	return c.locks.Replace(f.Summary.Acquires[0].Path, c.locks.Var(f.Params[0]), relation)
}

// isLock reports whether values of a type have Lock and Unlock methods.
func isLock(t types.Type) bool {
	if _, iface := t.Underlying().(*types.Interface); !iface {
		if _, ptr := t.Underlying().(*types.Pointer); !ptr {
			t = types.NewPointer(t)
		}
	}
	for _, name := range []string{"Lock", "Unlock"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		m, ok := obj.(*types.Func)
		if !ok || m.Signature().Params().Len() != 0 || m.Signature().Results().Len() != 0 {
			return false
		}
	}
	return true
}
