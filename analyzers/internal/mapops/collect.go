package mapops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"
)

type collector struct {
	*Index
	info *types.Info
}

func run(pass *analysis.Pass) (any, error) {
	c := &collector{
		Index: &Index{vars: make(map[*types.Var]*Var), creations: make(map[ast.Expr]*Creation)},
		info:  pass.TypesInfo,
	}
	root := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	for cur := range root.Preorder((*ast.CallExpr)(nil), (*ast.CompositeLit)(nil)) {
		c.creation(cur)
	}
	for cur := range root.Preorder((*ast.Ident)(nil), (*ast.CompositeLit)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.Ident:
			c.ident(cur, n)
		case *ast.CompositeLit:
			c.positionalFields(cur, n)
		}
	}
	for _, v := range c.Vars {
		// The fields of a literal without keys come before what is in them.
		sort.SliceStable(v.Ops, func(i, j int) bool { return v.Ops[i].Expr.Pos() < v.Ops[j].Expr.Pos() })
	}
	return c.Index, nil
}

func (c *collector) creation(cur inspector.Cursor) {
	expr := cur.Node().(ast.Expr)
	switch e := expr.(type) {
	case *ast.CallExpr:
		if c.builtin(e) != "make" || len(e.Args) == 0 {
			return
		}
	}
	t := MapType(c.info.TypeOf(expr))
	if t == nil {
		return
	}
	cr := &Creation{Expr: expr, At: cur, Type: t}
	switch e := expr.(type) {
	case *ast.CallExpr:
		if len(e.Args) > 1 {
			cr.Hint = e.Args[1]
		}
	case *ast.CompositeLit:
		cr.Len = len(e.Elts)
	}
	c.creations[expr] = cr
	c.Creations = append(c.Creations, cr)
}

// ident records the operation that a use of a map variable takes part in.
func (c *collector) ident(cur inspector.Cursor, id *ast.Ident) {
	obj := c.info.Defs[id]
	if obj == nil {
		obj = c.info.Uses[id]
	}
	v, ok := obj.(*types.Var)
	if !ok {
		return
	}
	t := MapType(v.Type())
	if t == nil {
		return
	}
	op := &Op{Expr: id, At: cur}
	switch k := cur.ParentEdgeKind(); k {
	case edge.SelectorExpr_Sel:
		op.At = cur.Parent()
		op.Expr = op.At.Node().(ast.Expr)
	case edge.KeyValueExpr_Key:
		if !v.IsField() {
			break
		}
		kv := cur.Parent().Node().(*ast.KeyValueExpr)
		op.Kind, op.Node, op.Value = Assign, kv, kv.Value
		c.add(op, v, t)
		return
	case edge.Field_Names:
		return // a declaration without a value
	case edge.ValueSpec_Names:
		spec := cur.Parent().Node().(*ast.ValueSpec)
		if len(spec.Values) == 0 {
			return
		}
	}
	c.classify(op, t)
	c.add(op, v, t)
}

// positionalFields records the fields that a literal S{m1, m2} gives a value.
func (c *collector) positionalFields(cur inspector.Cursor, lit *ast.CompositeLit) {
	if len(lit.Elts) == 0 {
		return
	}
	if _, ok := lit.Elts[0].(*ast.KeyValueExpr); ok {
		return
	}
	t := c.info.TypeOf(lit)
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, e := range lit.Elts {
		if i >= s.NumFields() {
			break
		}
		if mt := MapType(s.Field(i).Type()); mt != nil {
			at := cur.ChildAt(edge.CompositeLit_Elts, i)
			c.add(&Op{Kind: Assign, Expr: e, At: at, Node: e, Value: e}, s.Field(i), mt)
		}
	}
}

func (c *collector) add(op *Op, obj *types.Var, t *types.Map) {
	obj = obj.Origin()
	v := c.vars[obj]
	if v == nil {
		v = &Var{Obj: obj, Type: t}
		c.vars[obj] = v
		c.Vars = append(c.Vars, v)
	}
	op.Var = v
	v.Ops = append(v.Ops, op)
	if op.Value != nil && (op.Kind == Assign || op.Kind == Insert) {
		if cr := c.creations[ast.Unparen(op.Value)]; cr != nil {
			cr.Op = op
		}
	}
}

// classify sets the kind of the operation on op.Expr, whose map type is t,
// by the syntax around it.
func (c *collector) classify(op *Op, t *types.Map) {
	cur := op.At
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	kind, index := cur.ParentEdge()
	parent := cur.Parent()
	op.Node = parent.Node()
	op.Kind = Other
	switch kind {
	case edge.IndexExpr_X:
		ix := parent.Node().(*ast.IndexExpr)
		if inner := MapType(t.Elem()); inner != nil && c.operatesOnElem(parent) {
			op.Expr, op.At = ix, parent
			op.Depth++
			c.classify(op, inner)
			return
		}
		op.Key = ix.Index
		c.index(op, parent)
	case edge.RangeStmt_X:
		op.Kind = Range
	case edge.RangeStmt_Key, edge.RangeStmt_Value:
		op.Kind = Assign
	case edge.AssignStmt_Lhs:
		a := parent.Node().(*ast.AssignStmt)
		op.Kind = Assign
		if len(a.Lhs) == len(a.Rhs) {
			op.Value = a.Rhs[index]
		}
	case edge.ValueSpec_Names:
		s := parent.Node().(*ast.ValueSpec)
		op.Kind = Assign
		if len(s.Names) == len(s.Values) {
			op.Value = s.Values[index]
		}
	case edge.AssignStmt_Rhs:
		a := parent.Node().(*ast.AssignStmt)
		op.Kind = Alias
		if len(a.Lhs) == len(a.Rhs) && isBlank(a.Lhs[index]) {
			op.Kind = NilCheck // _ = m reads nothing and keeps nothing
		}
	case edge.ValueSpec_Values, edge.KeyValueExpr_Value, edge.KeyValueExpr_Key, edge.CompositeLit_Elts, edge.SendStmt_Value:
		op.Kind = Alias
	case edge.ReturnStmt_Results:
		op.Kind = Return
	case edge.UnaryExpr_X:
		if parent.Node().(*ast.UnaryExpr).Op == token.AND {
			op.Kind = Address
		}
	case edge.BinaryExpr_X, edge.BinaryExpr_Y:
		op.Kind = NilCheck // the only comparison that maps have
	case edge.SelectorExpr_X:
		if call := parent.Parent(); parent.ParentEdgeKind() == edge.CallExpr_Fun {
			op.Kind, op.Node, op.Arg = Pass, call.Node(), -1
		}
	case edge.CallExpr_Args:
		c.argument(op, parent.Node().(*ast.CallExpr), index)
	}
}

// operatesOnElem reports whether the map that an index expression yields is
// operated on in place (m[a][b], range m[a], len(m[a]) …) rather than being
// read into another variable or overwritten.
func (c *collector) operatesOnElem(ix inspector.Cursor) bool {
	for ix.ParentEdgeKind() == edge.ParenExpr_X {
		ix = ix.Parent()
	}
	switch ix.ParentEdgeKind() {
	case edge.IndexExpr_X, edge.RangeStmt_X, edge.CallExpr_Args, edge.SelectorExpr_X:
		return true
	}
	return false
}

// index classifies m[k] by what happens to the element.
func (c *collector) index(op *Op, ix inspector.Cursor) {
	op.Kind = Lookup
	op.Node = ix.Node()
	outer := ix
	for outer.ParentEdgeKind() == edge.ParenExpr_X {
		outer = outer.Parent()
	}
	kind, i := outer.ParentEdge()
	switch kind {
	case edge.AssignStmt_Lhs:
		a := outer.Parent().Node().(*ast.AssignStmt)
		op.Node = a
		op.Kind = Insert
		if a.Tok != token.ASSIGN {
			op.Kind = Update
		}
		if len(a.Lhs) == len(a.Rhs) {
			op.Value = a.Rhs[i]
			if call, ok := ast.Unparen(op.Value).(*ast.CallExpr); ok && c.builtin(call) == "append" &&
				len(call.Args) > 0 && SameExpr(c.info, call.Args[0], ix.Node().(ast.Expr)) {
				op.Kind = Update
			}
		}
	case edge.IncDecStmt_X:
		op.Kind, op.Node = Update, outer.Parent().Node()
	case edge.RangeStmt_Key, edge.RangeStmt_Value:
		op.Kind, op.Node = Insert, outer.Parent().Node()
	case edge.AssignStmt_Rhs:
		if a := outer.Parent().Node().(*ast.AssignStmt); len(a.Lhs) == 2 && len(a.Rhs) == 1 {
			op.Kind, op.Node = LookupOK, a
		}
	case edge.ValueSpec_Values:
		if s := outer.Parent().Node().(*ast.ValueSpec); len(s.Names) == 2 && len(s.Values) == 1 {
			op.Kind, op.Node = LookupOK, s
		}
	}
}

// argument classifies a map that stands as an argument of a call.
func (c *collector) argument(op *Op, call *ast.CallExpr, index int) {
	op.Kind, op.Arg = Pass, index
	switch c.builtin(call) {
	case "len":
		op.Kind = Len
		return
	case "clear":
		op.Kind = Clear
		return
	case "delete":
		op.Kind = Delete
		if len(call.Args) > 1 {
			op.Key = call.Args[1]
		}
		return
	case "append":
		op.Kind = Alias
		return
	case "print", "println":
		op.Kind = NilCheck
		return
	}
	if tv, ok := c.info.Types[call.Fun]; ok && tv.IsType() {
		op.Kind = Alias // a conversion
		return
	}
	fn := typeutil.StaticCallee(c.info, call)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "maps" {
		return
	}
	switch fn.Name() {
	case "DeleteFunc":
		op.Kind = DeleteFunc
	case "Copy", "Insert":
		op.Kind = ReadAll
		if index == 0 {
			op.Kind = CopyInto
			op.Value = call.Args[1]
		}
	default:
		op.Kind = ReadAll
	}
}

// builtin returns the name of the builtin function that a call calls, or "".
func (c *collector) builtin(call *ast.CallExpr) string {
	return Builtin(c.info, call)
}

// Builtin returns the name of the builtin function that a call calls, or "".
func Builtin(info *types.Info, call *ast.CallExpr) string {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return ""
	}
	b, ok := info.Uses[id].(*types.Builtin)
	if !ok {
		return ""
	}
	return b.Name()
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// SameExpr reports whether two expressions are written alike and mean the
// same variables, functions and constants. It does not say that they have
// the same value: a variable may have changed between them.
func SameExpr(info *types.Info, a, b ast.Expr) bool {
	a, b = ast.Unparen(a), ast.Unparen(b)
	if ca, cb := info.Types[a].Value, info.Types[b].Value; ca != nil && cb != nil {
		return ca.ExactString() == cb.ExactString()
	}
	switch a := a.(type) {
	case *ast.Ident:
		b, ok := b.(*ast.Ident)
		return ok && info.ObjectOf(a) != nil && info.ObjectOf(a) == info.ObjectOf(b)
	case *ast.SelectorExpr:
		b, ok := b.(*ast.SelectorExpr)
		return ok && info.ObjectOf(a.Sel) == info.ObjectOf(b.Sel) && (isQualified(info, a) || SameExpr(info, a.X, b.X))
	case *ast.IndexExpr:
		b, ok := b.(*ast.IndexExpr)
		return ok && SameExpr(info, a.X, b.X) && SameExpr(info, a.Index, b.Index)
	case *ast.StarExpr:
		b, ok := b.(*ast.StarExpr)
		return ok && SameExpr(info, a.X, b.X)
	case *ast.UnaryExpr:
		b, ok := b.(*ast.UnaryExpr)
		return ok && a.Op == b.Op && SameExpr(info, a.X, b.X)
	case *ast.BinaryExpr:
		b, ok := b.(*ast.BinaryExpr)
		return ok && a.Op == b.Op && SameExpr(info, a.X, b.X) && SameExpr(info, a.Y, b.Y)
	case *ast.CallExpr:
		b, ok := b.(*ast.CallExpr)
		return ok && SameExpr(info, a.Fun, b.Fun) && sameExprs(info, a.Args, b.Args)
	case *ast.CompositeLit:
		b, ok := b.(*ast.CompositeLit)
		return ok && types.Identical(info.TypeOf(a), info.TypeOf(b)) && sameExprs(info, a.Elts, b.Elts)
	case *ast.KeyValueExpr:
		b, ok := b.(*ast.KeyValueExpr)
		return ok && SameExpr(info, a.Key, b.Key) && SameExpr(info, a.Value, b.Value)
	case *ast.SliceExpr:
		b, ok := b.(*ast.SliceExpr)
		return ok && sameExprs(info, []ast.Expr{a.X, a.Low, a.High, a.Max}, []ast.Expr{b.X, b.Low, b.High, b.Max})
	case *ast.TypeAssertExpr:
		b, ok := b.(*ast.TypeAssertExpr)
		return ok && a.Type != nil && b.Type != nil && types.Identical(info.TypeOf(a.Type), info.TypeOf(b.Type)) && SameExpr(info, a.X, b.X)
	}
	return false
}

// sameExprs compares lists of expressions, which may be missing.
func sameExprs(info *types.Info, a, b []ast.Expr) bool {
	return slices.EqualFunc(a, b, func(x, y ast.Expr) bool {
		if x == nil || y == nil {
			return x == y
		}
		return SameExpr(info, x, y)
	})
}

// isQualified reports whether a selector is pkg.Name.
func isQualified(info *types.Info, s *ast.SelectorExpr) bool {
	id, ok := s.X.(*ast.Ident)
	if !ok {
		return false
	}
	_, ok = info.Uses[id].(*types.PkgName)
	return ok
}
