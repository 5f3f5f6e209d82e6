package largevalue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// opKind says what an operation costs.
type opKind int

const (
	modify  opKind = iota // v := m[k]; v.f = …; m[k] = v
	iterate               // for _, v := range m
	lookup                // v := m[k], v, ok := m[k], m[k].Method()
	insert                // m[k] = v
	hash                  // an access that hashes and compares a large key
	rehash                // a read-modify-write under a key that is costly to hash
	keyCopy               // for k := range m with a large key
	kinds                 // how many there are
)

// A cost is one operation that a large key or value makes dear.
type cost struct {
	kind  opKind
	op    *mapops.Op
	node  ast.Node
	bytes int64
	loops int  // the loops around it whose every round repeats it
	whole bool // the value is wanted as a copy: stored, sent, returned or passed on whole
	once  bool // it stands in an initializer, init, main or a test
}

type coster struct {
	p     *rule.Pass
	sizes types.Sizes
	limit int64 // bytes
	typed map[*ast.Ident]bool
	index *mapops.Index
	root  inspector.Cursor
	decls map[types.Object]*ast.FuncDecl
}

// costs lists the dear operations of a group in source order.
func (c *coster) costs(g *group) []cost {
	minimum := min(halfLimit, c.limit)
	valueSize, keySize := c.size(g.typ.Elem()), c.size(g.typ.Key())
	loads := c.loads(g)
	var list []cost
	for _, op := range g.ops {
		add := func(kind opKind, n ast.Node, bytes int64, loops int, whole bool) {
			once := c.runsOnce(op.At)
			list = append(list, cost{kind: kind, op: op, node: n, bytes: bytes, loops: loops, whole: whole, once: once})
		}
		if keySize > c.limit {
			switch op.Kind {
			case mapops.Insert, mapops.Update, mapops.Lookup, mapops.LookupOK, mapops.Delete:
				add(hash, op.Node, keySize, c.loopsAround(op.At), false)
			case mapops.Range:
				if s := op.Node.(*ast.RangeStmt); s.Key != nil && !isBlank(s.Key) {
					if n := c.rangeLoops(op); n > 0 {
						add(keyCopy, rangeHeader(s), keySize, n, false)
					}
				}
			}
		}
		if keySize > minimum && keySize <= c.limit && op.Kind == mapops.Insert && c.modifies(op, loads) {
			add(rehash, op.Node, keySize, c.loopsAround(op.At), false)
		}
		if valueSize < minimum {
			continue
		}
		switch op.Kind {
		case mapops.Range:
			s := op.Node.(*ast.RangeStmt)
			if s.Value == nil || isBlank(s.Value) {
				continue
			}
			if n := c.rangeLoops(op); n > 0 {
				add(iterate, rangeHeader(s), valueSize, n, c.onlyWhole(s.Value, op.At))
			}
		case mapops.Lookup:
			if bytes, at := c.read(op); bytes >= minimum {
				add(lookup, at.Node(), bytes, c.loopsAround(op.At), c.wholeUse(at))
			}
		case mapops.LookupOK:
			v := boundVar(op)
			if v == nil {
				continue
			}
			add(lookup, op.Node, valueSize, c.loopsAround(op.At), c.onlyWhole(v, op.At))
		case mapops.Insert:
			kind := insert
			if c.modifies(op, loads) {
				kind = modify
			}
			add(kind, op.Node, valueSize, c.loopsAround(op.At), false)
		}
	}
	return list
}

// size returns the size of a type, 0 where it depends on a type parameter.
func (c *coster) size(t types.Type) int64 {
	if generic(t) {
		return 0
	}
	return c.sizes.Sizeof(t)
}

// read returns how many bytes a plain m[k] copies and the expression that
// does. The compiler follows fields and elements of the entry in place:
// m[k].f copies the field alone, m[k].f[i] the element; len(m[k]) and
// for i := range m[k] of an array copy nothing.
func (c *coster) read(op *mapops.Op) (int64, inspector.Cursor) {
	cur := op.At.Parent() // the index expression, perhaps below parentheses
	for cur.Node() != op.Node {
		cur = cur.Parent()
	}
	info := c.p.TypesInfo
	for {
		kind := cur.ParentEdgeKind()
		switch kind {
		case edge.ParenExpr_X:
			cur = cur.Parent()
			continue
		case edge.SelectorExpr_X:
			sel := info.Selections[cur.Parent().Node().(*ast.SelectorExpr)]
			if sel == nil {
				return 0, cur
			}
			if sel.Kind() == types.FieldVal {
				if sel.Indirect() {
					return 0, cur
				}
				cur = cur.Parent()
				continue
			}
			// A method's receiver is copied, of an embedded pointer just the pointer.
			if recv := sel.Obj().(*types.Func).Signature().Recv(); recv != nil && !sel.Indirect() {
				if _, ok := recv.Type().Underlying().(*types.Interface); !ok {
					return c.size(recv.Type()), cur.Parent()
				}
			}
			return 0, cur
		case edge.IndexExpr_X:
			if _, ok := info.TypeOf(cur.Node().(ast.Expr)).Underlying().(*types.Array); !ok {
				return 0, cur
			}
			cur = cur.Parent()
			continue
		case edge.CallExpr_Args:
			if mapops.Builtin(info, cur.Parent().Node().(*ast.CallExpr)) != "append" && info.Types[cur.Parent().Node().(*ast.CallExpr).Fun].IsBuiltin() {
				return 0, cur
			}
		case edge.RangeStmt_X:
			if s := cur.Parent().Node().(*ast.RangeStmt); s.Value == nil || isBlank(s.Value) {
				return 0, cur
			}
		case edge.ExprStmt_X:
			return 0, cur
		case edge.AssignStmt_Rhs:
			a := cur.Parent().Node().(*ast.AssignStmt)
			if i := cur.ParentEdgeIndex(); i < len(a.Lhs) && isBlank(a.Lhs[i]) {
				return 0, cur
			}
		}
		return c.size(info.TypeOf(cur.Node().(ast.Expr))), cur
	}
}

// boundVar returns the variable that receives the value of v, ok := m[k],
// nil where it is blank.
func boundVar(op *mapops.Op) ast.Expr {
	switch n := op.Node.(type) {
	case *ast.AssignStmt:
		if !isBlank(n.Lhs[0]) {
			return n.Lhs[0]
		}
	case *ast.ValueSpec:
		if !isBlank(n.Names[0]) {
			return n.Names[0]
		}
	}
	return nil
}

// runsOnce reports whether the code at cur runs about once in the life of the
// program: in init, main, or the value of a package variable.
func (c *coster) runsOnce(cur inspector.Cursor) bool {
	for f := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		decl := f.Node().(*ast.FuncDecl)
		name := decl.Name.Name
		return decl.Recv == nil && (name == "init" || name == "main" && c.p.Pkg.Name() == "main")
	}
	return true
}

func rangeHeader(s *ast.RangeStmt) ast.Node { return header{s} }

// header is the part of a range statement before its body.
type header struct{ *ast.RangeStmt }

func (h header) End() token.Pos { return h.X.End() }

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}
