package path

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
)

// A Resolver finds the paths of expressions. It looks through local
// variables that are given one value only.
type Resolver struct {
	*Table
	Info *types.Info
	Vars *vars.Index
	// Result returns the path that a call of a function of the package
	// returns, in terms of the function's parameters, or nil.
	Result func(fn *types.Func) (result *Path, params []*types.Var)

	// Stored reports whether the value of a local variable is stored in a
	// field or an element. It may be nil.
	Stored func(v *types.Var) bool

	// Literal returns the struct literal that a function of the package returns, or
	// nil. It may be nil.
	Literal func(fn *types.Func) *ast.CompositeLit

	local map[*types.Var]*Path // caches what local variables stand for
}

// NewResolver returns a resolver with a table of its own.
func NewResolver(info *types.Info, v *vars.Index) *Resolver {
	r := &Resolver{Table: NewTable(), Info: info, Vars: v, local: make(map[*types.Var]*Path)}
	r.Init = r.initial
	return r
}

// initial returns what the field of a local struct was made with, p := &S{m: seen} or
// p := newS(seen), if the field is given nothing else where p is used: a map, or the
// pointer to another struct.
func (r *Resolver) initial(v, f *types.Var) *Path {
	if IsGlobal(v) || v.IsField() {
		return nil
	}
	constant := len(r.Vars.Writes(f)) == 0
	switch t := f.Type().Underlying().(type) {
	case *types.Map:
	case *types.Pointer:
		if _, ok := t.Elem().Underlying().(*types.Struct); !ok || !constant {
			return nil
		}
	case *types.Interface:
		if !constant {
			return nil
		}
	default:
		return nil
	}
	e := r.Vars.Definition(v)
	if w := r.Vars.Writes(v); e == nil && constant && len(w) == 1 && w[0].Define {
		e = w[0].Value
	}
	if e == nil {
		return nil
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		return r.constructed(call, f)
	}
	lit, ok := deref(e).(*ast.CompositeLit)
	if !ok || r.written(v, f) {
		return nil
	}
	if x := r.fieldOf(lit, f); x != nil {
		if p := r.Of(x); p != nil && p.Root().Kind == Var {
			return p
		}
	}
	return nil
}

// fieldOf returns what a struct literal gives a field, or nil.
func (r *Resolver) fieldOf(lit *ast.CompositeLit, f *types.Var) ast.Expr {
	for _, x := range lit.Elts {
		kv, ok := x.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); ok {
			if v, ok := r.Info.Uses[id].(*types.Var); ok && v.Origin() == f {
				return kv.Value
			}
		}
	}
	return nil
}

// constructed returns what a call of a constructor gives a field, where nothing else is
// ever stored there: an argument, or what the constructor reaches from one.
func (r *Resolver) constructed(call *ast.CallExpr, f *types.Var) *Path {
	if r.Literal == nil || len(r.Vars.Writes(f)) > 0 {
		return nil
	}
	fn := typeutil.StaticCallee(r.Info, call)
	if fn == nil {
		return nil
	}
	lit := r.Literal(fn.Origin())
	if lit == nil {
		return nil
	}
	x := r.fieldOf(lit, f)
	if x == nil {
		return nil
	}
	q := r.Of(x)
	if q == nil || q.Root().Kind != Var || q.through(Elem) {
		return nil
	}
	v := q.RootVar()
	if IsGlobal(v) {
		return q
	}
	if len(r.Vars.Writes(v)) > 0 {
		return nil
	}
	sig := fn.Origin().Signature()
	if sig.Recv() == v {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			if p := r.Receiver(sel); p != nil && p.Root().Kind == Var {
				return r.Replace(q, q.Root(), p)
			}
		}
		return nil
	}
	params := sig.Params()
	for i := range params.Len() {
		if params.At(i) == v && i < len(call.Args) && !(fn.Signature().Variadic() && i == params.Len()-1) {
			if p := r.Of(call.Args[i]); p != nil && p.Root().Kind == Var {
				return r.Replace(q, q.Root(), p)
			}
		}
	}
	return nil
}

// written reports whether field f is given a value where the local variable v
// can be in scope, beyond its declaration.
func (r *Resolver) written(v, f *types.Var) bool {
	scope := v.Parent()
	if scope == nil {
		return true
	}
	for _, w := range r.Vars.Writes(f) {
		if v.Pos() < w.Pos && w.Pos < scope.End() {
			return true
		}
	}
	return false
}

// Of returns the path of an expression, or nil if it denotes nothing that
// outlives the expression.
func (r *Resolver) Of(e ast.Expr) *Path {
	switch e := deref(e).(type) {
	case *ast.Ident:
		if v, ok := r.Info.ObjectOf(e).(*types.Var); ok {
			return r.Variable(v)
		}
	case *ast.SelectorExpr:
		return r.selector(e)
	case *ast.IndexExpr:
		if tv, ok := r.Info.Types[e.Index]; !ok || tv.IsType() {
			return nil // an instance of a generic function
		}
		if p := r.Of(e.X); p != nil && p.Len < maxLen {
			return r.Elem(p, key(r.Info, e.Index))
		}
	case *ast.TypeAssertExpr:
		return r.Of(e.X)
	case *ast.CallExpr:
		return r.call(e)
	case *ast.CompositeLit:
		return r.Value(e)
	}
	return nil
}

// selector returns the path of x.f, with the embedded fields that it passes.
func (r *Resolver) selector(e *ast.SelectorExpr) *Path {
	sel := r.Info.Selections[e]
	if sel == nil {
		if v, ok := r.Info.Uses[e.Sel].(*types.Var); ok {
			return r.Var(v)
		}
		return nil
	}
	if sel.Kind() != types.FieldVal {
		return nil
	}
	p := r.Of(e.X)
	if p == nil {
		return nil
	}
	return r.fields(p, sel.Recv(), sel.Index())
}

// Receiver returns the path of the value that the method of a selection is
// called on, with the embedded fields that the selection passes.
func (r *Resolver) Receiver(e *ast.SelectorExpr) *Path {
	sel := r.Info.Selections[e]
	if sel == nil || sel.Kind() != types.MethodVal {
		return nil
	}
	p := r.Of(e.X)
	if p == nil {
		return nil
	}
	index := sel.Index()
	return r.fields(p, sel.Recv(), index[:len(index)-1])
}

// fields follows a selection's field indices from a value of type t.
func (r *Resolver) fields(p *Path, t types.Type, index []int) *Path {
	for _, i := range index {
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok || p.Len >= maxLen {
			return nil
		}
		f := s.Field(i)
		// A struct that was copied shares what its reference fields refer to.
		if p.Kind == Var && isReference(f.Type()) {
			if q := r.copied(p.Obj); q != nil && !r.written(p.Obj, f) {
				p = q
			}
		}
		p = r.Field(p, f)
		t = f.Type()
	}
	return p
}

// Through returns a path that starts at a local copy of a struct and leads through one of
// its reference fields as that of the struct: both share what the field refers to.
func (r *Resolver) Through(q *Path) *Path {
	if q == nil {
		return nil
	}
	root := q.Root()
	if q == root || root.Kind != Var || IsGlobal(root.Obj) {
		return q
	}
	from := r.copied(root.Obj)
	if from == nil {
		return q
	}
	first := q.Steps()[1]
	if first.Kind != Field || !isReference(first.Obj.Type()) || r.written(root.Obj, first.Obj) {
		return q
	}
	if t := r.Replace(q, root, from); t != nil {
		return t
	}
	return q
}

// copied returns the path of the struct that a local variable was made as a
// copy of, or nil.
func (r *Resolver) copied(v *types.Var) *Path {
	if _, ok := v.Type().Underlying().(*types.Struct); !ok || IsGlobal(v) || v.IsField() {
		return nil
	}
	w := r.Vars.Writes(v)
	if len(w) == 0 || !w[0].Define {
		return nil
	}
	e := w[0].Value
	if e == nil && w[0].Result == 0 {
		e = w[0].Tuple // v, ok := m[k]
	}
	if e == nil {
		return nil
	}
	if _, call := ast.Unparen(e).(*ast.CallExpr); call && e == w[0].Tuple {
		return nil
	}
	p := r.Of(e)
	if p == nil || p.Root().Kind != Var || p.Root().Obj == v {
		return nil
	}
	return p
}

// Copied reports whether a local variable is a struct that was made as a copy
// of another one.
func (r *Resolver) Copied(v *types.Var) bool { return r.copied(v) != nil }

// IsGlobal reports whether a variable is one of a package.
func IsGlobal(v *types.Var) bool {
	return v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

// Variable returns what a variable stands for: itself, or what the one value
// it is ever given denotes.
func (r *Resolver) Variable(v *types.Var) *Path {
	v = v.Origin()
	if IsGlobal(v) || v.IsField() || !isReference(v.Type()) {
		return r.Var(v)
	}
	if p, ok := r.local[v]; ok {
		if p == nil { // being resolved: it is defined by itself
			return r.Var(v)
		}
		return p
	}
	r.local[v] = nil
	p := r.definition(v)
	if p == nil {
		p = r.Var(v)
	}
	r.local[v] = p
	return p
}

// definition returns the one path that all values of a variable denote, where
// fresh maps and structs that it may also be given do not count:
//
//	m := s.byUser[u]
//	if m == nil {
//		m = make(map[string]int)
//		s.byUser[u] = m
//	}
func (r *Resolver) definition(v *types.Var) *Path {
	writes := r.Vars.Writes(v)
	if len(writes) == 0 || !writes[0].Define {
		return nil // a parameter, or unknown
	}
	var found *Path
	other := false // whether it may hold a value of its own as well
	for _, w := range writes {
		if w.Part {
			continue
		}
		e := w.Value
		if e == nil && w.Tuple != nil && w.Result == 0 {
			switch t := ast.Unparen(w.Tuple).(type) {
			case *ast.IndexExpr, *ast.TypeAssertExpr:
				e = t.(ast.Expr)
			case *ast.CallExpr:
				if p := r.syncMapLoad(t); p != nil && len(writes) == 1 {
					return p
				}
			}
		}
		if e == nil {
			if w.Define && w.Tuple == nil && len(writes) > 1 {
				continue // var x T: the zero value
			}
			return nil
		}
		if len(writes) > 1 && r.isNew(e) {
			other = other || r.Stored != nil && !r.Stored(v)
			continue
		}
		p := r.Of(e)
		if p == nil || p.Root().Kind != Var || found != nil && p != found {
			return nil
		}
		found = p
	}
	if other && found != nil && found.Kind != Loaded {
		return nil
	}
	return found
}

// syncMapLoad returns the path of what a Load from a sync.Map gives, or nil.
func (r *Resolver) syncMapLoad(call *ast.CallExpr) *Path {
	fn := typeutil.StaticCallee(r.Info, call)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "sync" || fn.Name() != "Load" || len(call.Args) != 1 {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	p := r.Receiver(sel)
	if p == nil || p.Len >= maxLen {
		return nil
	}
	return r.Loaded(r.Elem(p, key(r.Info, call.Args[0])))
}

// Alternatives returns the paths of which a local variable that holds a map
// stands for one or the other: m := s.a; if b { m = s.b }. It returns nil where
// the variable stands for one path, or for what is not known.
func (r *Resolver) Alternatives(v *types.Var) []*Path {
	writes := r.Vars.Writes(v)
	if len(writes) < 2 || len(writes) > 4 || !writes[0].Define || IsGlobal(v) || v.IsField() {
		return nil
	}
	var list []*Path
	for _, w := range writes {
		e := w.Value
		if e == nil && w.Tuple != nil && w.Result == 0 {
			e, _ = ast.Unparen(w.Tuple).(*ast.IndexExpr)
			if e == (*ast.IndexExpr)(nil) {
				return nil
			}
		}
		if e == nil || w.Part {
			return nil
		}
		if r.isNew(e) {
			continue
		}
		p := r.Of(e)
		if p == nil || p.Root().Kind != Var || p.Kind == Var && !IsGlobal(p.Obj) {
			return nil
		}
		list = append(list, p)
	}
	if len(list) < 2 {
		return nil
	}
	return list
}

// MapFields returns the paths of the maps in the fields of the struct that an
// expression denotes.
func (r *Resolver) MapFields(e ast.Expr) []*Path {
	t := r.Info.TypeOf(e)
	if t == nil {
		return nil
	}
	s, ok := t.Underlying().(*types.Struct)
	p := r.Of(e)
	if !ok || p == nil || p.Root().Kind != Var {
		return nil
	}
	var list []*Path
	for i := range s.NumFields() {
		if _, ok := s.Field(i).Type().Underlying().(*types.Map); !ok {
			continue
		}
		if p.Kind == Var && r.written(p.Obj, s.Field(i)) {
			continue
		}
		if q := r.fields(p, t, []int{i}); q != nil {
			list = append(list, q)
		}
	}
	return list
}

// isNew reports whether an expression makes a new value, or is nil.
func (r *Resolver) isNew(e ast.Expr) bool {
	switch e := deref(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.Ident:
		return r.Info.Types[e].IsNil()
	case *ast.CallExpr:
		if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
			b, ok := r.Info.Uses[id].(*types.Builtin)
			return ok && (b.Name() == "make" || b.Name() == "new")
		}
	}
	return false
}

// call returns the path of what a call returns: that of the operand of a
// conversion, what an atomic holds, what a getter gives, or else a value of its
// own.
func (r *Resolver) call(e *ast.CallExpr) *Path {
	if tv, ok := r.Info.Types[e.Fun]; ok && tv.IsType() && len(e.Args) == 1 {
		return r.Of(e.Args[0])
	}
	fn := typeutil.StaticCallee(r.Info, e)
	if fn == nil {
		return r.Value(e)
	}
	recv, _ := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if fn.Name() == "RLocker" && recv != nil && fn.Signature().Params().Len() == 0 {
		if p := r.Receiver(recv); p != nil {
			return r.ReadHalf(p)
		}
	}
	if IsAtomicLoad(fn) && recv != nil {
		if p := r.Receiver(recv); p != nil {
			return r.Loaded(p)
		}
		return r.Value(e)
	}
	if r.Result == nil {
		return r.Value(e)
	}
	result, params := r.Result(fn.Origin())
	if result == nil {
		return r.Value(e)
	}
	args := e.Args
	root := result.Root()
	result = r.rekeyed(result, fn, params, e)
	if root.Kind == Var && IsGlobal(root.Obj) {
		return result
	}
	for i, p := range params {
		if p != root.Obj {
			continue
		}
		var arg *Path
		if fn.Signature().Recv() != nil {
			i--
		}
		if i < 0 {
			if recv != nil {
				arg = r.Receiver(recv)
			}
		} else if i < len(args) {
			arg = r.Of(args[i])
		}
		if arg != nil {
			if q := r.Replace(result, root, arg); q != nil {
				return q
			}
		}
	}
	return r.Value(e)
}

// rekeyed returns a result path with the keys of its elements in terms of a call: an
// argument for a parameter, or else a key that is equal to no other.
func (r *Resolver) rekeyed(result *Path, fn *types.Func, params []*types.Var, call *ast.CallExpr) *Path {
	return r.Rekey(result, func(k any) any {
		root, sel := KeyVar(k)
		for i, p := range params {
			if fn.Signature().Recv() != nil {
				i--
			}
			if p == nil || root != p || i < 0 || i >= len(call.Args) {
				continue
			}
			k := key(r.Info, call.Args[i])
			if sel == nil {
				return k
			}
			if v, ok := k.(*types.Var); ok {
				return [2]types.Object{v, sel}
			}
		}
		return Unknown{By: call}
	})
}

// IsAtomicLoad reports whether a method is the Load of atomic.Value or
// atomic.Pointer.
func IsAtomicLoad(fn *types.Func) bool {
	return fn.Name() == "Load" && fn.Pkg() != nil && fn.Pkg().Path() == "sync/atomic" && fn.Signature().Recv() != nil
}
