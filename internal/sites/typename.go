package sites

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// TypeName writes a type as [Site.Type] has it: packages by their paths, but by their names within
// channels, functions, structs and interfaces other than type arguments, and no aliases. It is empty for types that
// depend on a type parameter or are not valid.
func TypeName(t types.Type) string {
	w := typeWriter{paths: true}
	if w.write(t); w.failed {
		return ""
	}
	return w.String()
}

type typeWriter struct {
	strings.Builder
	paths  bool
	args   bool // type arguments are written, which have paths everywhere
	failed bool
}

// qualifier names a package. Commands are linked as main.
func (w *typeWriter) qualifier(pkg *types.Package) string {
	if w.paths && pkg.Name() != "main" {
		return pkg.Path()
	}
	return pkg.Name()
}

// inside writes with names of packages.
func (w *typeWriter) inside(write func()) {
	was := w.paths
	w.paths = w.args
	write()
	w.paths = was
}

func (w *typeWriter) write(t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.Invalid:
			w.failed = true
		case types.UnsafePointer:
			w.WriteString("unsafe.Pointer")
		default:
			w.WriteString(types.Typ[t.Kind()].Name()) // byte is uint8
		}
	case *types.Named:
		if pkg := t.Obj().Pkg(); pkg != nil {
			w.WriteString(w.qualifier(pkg) + ".")
		}
		w.WriteString(t.Obj().Name())
		if args := t.TypeArgs(); args != nil {
			paths, inArgs := w.paths, w.args
			w.paths, w.args = true, true
			for i := range args.Len() {
				w.WriteByte("[,"[min(i, 1)])
				w.write(args.At(i))
			}
			w.WriteByte(']')
			w.paths, w.args = paths, inArgs
		}
	case *types.Pointer:
		w.WriteByte('*')
		w.write(t.Elem())
	case *types.Slice:
		w.WriteString("[]")
		w.write(t.Elem())
	case *types.Array:
		fmt.Fprintf(w, "[%d]", t.Len())
		w.write(t.Elem())
	case *types.Map:
		w.WriteString("map[")
		w.write(t.Key())
		w.WriteByte(']')
		w.write(t.Elem())
	case *types.Chan:
		w.inside(func() { w.channel(t) })
	case *types.Signature:
		w.WriteString("func")
		w.inside(func() { w.signature(t) })
	case *types.Struct:
		w.inside(func() { w.fields(t) })
	case *types.Interface:
		w.inside(func() { w.methods(t) })
	default: // a type parameter
		w.failed = true
	}
}

func (w *typeWriter) channel(t *types.Chan) {
	w.WriteString(map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()])
	if inner, ok := types.Unalias(t.Elem()).(*types.Chan); ok && inner.Dir() == types.RecvOnly && t.Dir() == types.SendRecv {
		w.WriteByte('(')
		w.write(inner)
		w.WriteByte(')')
		return
	}
	w.write(t.Elem())
}

func (w *typeWriter) signature(t *types.Signature) {
	w.WriteByte('(')
	for i := range t.Params().Len() {
		if i > 0 {
			w.WriteString(", ")
		}
		p := t.Params().At(i).Type()
		if s, ok := p.(*types.Slice); ok && t.Variadic() && i == t.Params().Len()-1 {
			w.WriteString("...")
			p = s.Elem()
		}
		w.write(p)
	}
	w.WriteByte(')')
	switch n := t.Results().Len(); n {
	case 0:
	case 1:
		w.WriteByte(' ')
		w.write(t.Results().At(0).Type())
	default:
		w.WriteString(" (")
		for i := range n {
			if i > 0 {
				w.WriteString(", ")
			}
			w.write(t.Results().At(i).Type())
		}
		w.WriteByte(')')
	}
}

func (w *typeWriter) fields(t *types.Struct) {
	w.WriteString("struct {")
	for i := range t.NumFields() {
		f := t.Field(i)
		if i > 0 {
			w.WriteByte(';')
		}
		w.WriteByte(' ')
		if w.args && !f.Exported() && f.Pkg() != nil {
			w.WriteString(w.qualifier(f.Pkg()) + ".")
		}
		if !f.Embedded() {
			w.WriteString(f.Name() + " ")
		}
		w.write(f.Type())
		if tag := t.Tag(i); tag != "" {
			w.WriteString(" " + strconv.Quote(tag))
		}
	}
	if t.NumFields() > 0 {
		w.WriteByte(' ')
	}
	w.WriteByte('}')
}

func (w *typeWriter) methods(t *types.Interface) {
	w.WriteString("interface {")
	for i := range t.NumMethods() { // sorted by name
		m := t.Method(i)
		if i > 0 {
			w.WriteByte(';')
		}
		w.WriteByte(' ')
		if !m.Exported() && m.Pkg() != nil {
			w.WriteString(w.qualifier(m.Pkg()) + ".")
		}
		w.WriteString(m.Name())
		w.signature(m.Signature())
	}
	if t.NumMethods() > 0 {
		w.WriteByte(' ')
	}
	w.WriteByte('}')
}
