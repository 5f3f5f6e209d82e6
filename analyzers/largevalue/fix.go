package largevalue

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
)

// A rewriter turns the map of one variable from map[K]V into map[K]*V.
//
// Entries are pointers to variables that nothing else can reach: every store
// allocates a fresh one. A read keeps the pointer only where nobody can
// write through it meanwhile; otherwise it copies what it points to.
type rewriter struct {
	*coster
	v     *mapops.Var
	elem  types.Type
	loads []*site
	// private: a local variable that no closure captures, so that no call
	// and no other goroutine can reach the map.
	private bool
	// inPlace: some read-modify-write becomes a write through the pointer.
	inPlace bool
	gain    bool // something gets cheaper
	edits   map[token.Pos]*edit
}

const (
	rankStatement = iota
	rankWrap
	rankStar
)

// fixes offers the pointer rewrite where it provably keeps the program's
// behaviour, and nothing otherwise.
func (c *coster) fixes(f finding) []analysis.SuggestedFix {
	v := c.only(f)
	if v == nil {
		return nil
	}
	r := &rewriter{coster: c, v: v, elem: v.Type.Elem(), edits: make(map[token.Pos]*edit)}
	if !r.owned() || !r.declaration() || !r.operations() || !r.gain {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message:   fmt.Sprintf("Store pointers in %s and rewrite its uses", v.Obj.Name()),
		TextEdits: r.textEdits(),
	}}
}

// only returns the variable of a group that has no other, nil for groups
// that spread over several variables, named types or results.
func (c *coster) only(f finding) *mapops.Var {
	if f.visible || f.imposed || len(f.nodes) != 1 || f.nodes[0].depth != 0 {
		return nil
	}
	obj, ok := f.nodes[0].obj.(*types.Var)
	if !ok || obj.Embedded() {
		return nil
	}
	v := c.index.Var(obj)
	if v == nil || len(f.ops) != len(v.Ops) {
		return nil
	}
	switch v.Type.Elem().Underlying().(type) {
	case *types.Struct, *types.Array:
	default:
		return nil
	}
	for _, x := range f.costs {
		if x.kind == hash || x.kind == rehash || x.kind == keyCopy {
			return nil // a key has no pointer form: it is its value
		}
	}
	return v
}

// declaration rewrites the type where the variable is declared with one.
func (r *rewriter) declaration() bool {
	for id, obj := range r.p.TypesInfo.Defs {
		if obj != r.v.Obj {
			continue
		}
		cur, ok := r.cursor(id)
		if !ok {
			return false
		}
		switch n := cur.Parent().Node().(type) {
		case *ast.Field:
			if _, ok := cur.Parent().Parent().Parent().Node().(*ast.StructType); !ok {
				return false // a parameter: the map comes from elsewhere
			}
			return len(n.Names) == 1 && r.mapType(n.Type)
		case *ast.ValueSpec:
			if len(n.Names) != 1 {
				return false
			}
			return n.Type == nil || r.mapType(n.Type)
		case *ast.AssignStmt:
			return true
		}
	}
	return false
}

// mapType rewrites a map type that stands in the source as such.
func (r *rewriter) mapType(e ast.Expr) bool {
	t, ok := ast.Unparen(e).(*ast.MapType)
	if ok {
		r.insert(t.Value.Pos(), rankStar, "*")
	}
	return ok
}

// operations rewrites every use of the variable.
func (r *rewriter) operations() bool {
	var stores []*mapops.Op
	for _, op := range r.v.Ops {
		ok := op.Depth == 0 && !r.awkwardFile(op.Node)
		switch op.Kind {
		case mapops.Len, mapops.Delete, mapops.Clear, mapops.NilCheck:
		case mapops.Assign:
			ok = ok && r.assign(op)
		case mapops.Insert:
			stores = append(stores, op)
		case mapops.Range, mapops.LookupOK, mapops.Lookup:
			s, good := r.site(op)
			ok = ok && good
			if s != nil {
				r.loads = append(r.loads, s)
			}
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	// First the write-backs: whether there are any decides what a read may do.
	loads := r.coster.loads(&group{typ: r.v.Type, ops: r.v.Ops})
	var plain []*mapops.Op
	for _, op := range stores {
		if !r.modifies(op, loads) {
			plain = append(plain, op)
			continue
		}
		if !r.writeBack(op) {
			return false // as fresh variables they would cost more than now
		}
		r.inPlace = true
	}
	for _, op := range plain {
		if !r.store(op) {
			return false
		}
	}
	for _, s := range r.loads {
		if !r.load(s) {
			return false
		}
	}
	return true
}
