package unguarded

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
)

// othersOfBlock reports whether a lock begins the block of fields that a map is declared in,
// and all accesses that do not hold it hold one that begins another block: they took the
// wrong one.
//
//	queueMu sync.Mutex
//	queue   []job
//
//	statusMu sync.Mutex
//	status   map[string]state
func (c *checker) othersOfBlock(as *accesses, g *guard) bool {
	if g.relation.Parent != c.self || g.relation.Obj == nil || !c.begins(g.relation.Obj, as.v) {
		return false
	}
	return all(c.without(as, g.relation), func(a *access) bool {
		return slices.ContainsFunc(a.held, func(h lockset.Hold) bool {
			r := c.relation(a, h.Path)
			return r != nil && r.Parent == c.self && r.Obj != nil && c.begins(r.Obj, nil) && !c.begins(r.Obj, as.v)
		})
	})
}

// begins reports whether a lock is the first field of a block, of fields without an empty
// line between them, that has no other lock in it, and a field too, or any other one if
// that is nil.
func (c *checker) begins(lock, field *types.Var) bool {
	for _, b := range c.blocksOf(lock) {
		if len(b) < 2 || b[0] != lock || slices.ContainsFunc(b[1:], func(v *types.Var) bool { return isLock(v.Type()) }) {
			continue
		}
		return field == nil || slices.Contains(b, field)
	}
	return false
}

// blocksOf returns the blocks of fields of the struct that a field is declared in.
func (c *checker) blocksOf(field *types.Var) [][]*types.Var {
	var blocks [][]*types.Var
	for _, f := range c.Files {
		if field.Pos() < f.FileStart || f.FileEnd <= field.Pos() {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil || field.Pos() < n.Pos() || n.End() <= field.Pos() {
				return false
			}
			s, ok := n.(*ast.StructType)
			if !ok {
				return true
			}
			blocks = nil
			line := -1
			for _, x := range s.Fields.List {
				start := x.Pos()
				if x.Doc != nil {
					start = x.Doc.Pos()
				}
				if c.Fset.Position(start).Line > line+1 {
					blocks = append(blocks, nil)
				}
				line = c.Fset.Position(x.End()).Line
				for _, id := range x.Names {
					if v, ok := c.TypesInfo.Defs[id].(*types.Var); ok {
						blocks[len(blocks)-1] = append(blocks[len(blocks)-1], v)
					}
				}
			}
			return true
		})
	}
	return blocks
}
