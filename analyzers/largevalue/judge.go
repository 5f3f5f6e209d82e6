package largevalue

import (
	"go/ast"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// A finding is a group that pays for the size of its keys or values.
type finding struct {
	*group
	at    ast.Node
	level rule.Level
	costs []cost

	measured bool // whether usage is known
	usage    usage
}

// large reports whether the key or the value of a group is worth a look.
func (c *coster) large(g *group) bool {
	least := min(halfLimit, c.limit)
	return c.size(g.typ.Elem()) >= least || c.size(g.typ.Key()) >= least
}

// judge decides whether the group is a finding and how sure it is.
func (c *coster) judge(g *group) (finding, bool) {
	f := finding{group: g, at: c.place(g)}
	if f.at == nil {
		return f, false
	}
	test := c.inTest(f.at)
	for _, x := range c.costs(g) {
		if c.inTest(x.node) && !test {
			continue // what a test pays does not count against the program
		}
		large := x.bytes > c.limit
		switch {
		case x.kind == modify && (x.loops > 0 || large):
		case x.kind == rehash && x.loops > 0:
		case large && x.loops > 0:
		default:
			continue
		}
		f.costs = append(f.costs, x)
	}
	if len(f.costs) == 0 {
		return f, false
	}
	f.level = c.levelOf(f)
	return f, true
}

// huge is the size in bytes from which one loop of copies is enough. It lies
// between two measurements: a lookup by value takes twice that of a pointer
// at 256 bytes, nine times at 1024.
const huge = 512

func (c *coster) levelOf(f finding) rule.Level {
	if f.visible || f.imposed || c.table(f.group) || copied(f.group) {
		return rule.Possible
	}
	for _, x := range f.costs {
		if x.once && x.loops < 2 || x.whole {
			continue
		}
		switch x.kind {
		case modify:
			if x.loops > 0 && !c.formats(x) {
				return rule.Likely
			}
		case iterate, lookup:
			if (x.loops > 1 || x.bytes >= huge) && c.cheapRound(x) {
				return rule.Likely
			}
		}
	}
	return rule.Possible
}

// copied reports whether functions of package maps copy or compare the map
// as a whole: that works on the values, and pointers would share them.
func copied(g *group) bool {
	for _, op := range g.ops {
		if op.Kind == mapops.CopyInto || op.Kind == mapops.ReadAll && !onlyKeys(op) {
			return true
		}
	}
	return false
}

func onlyKeys(op *mapops.Op) bool {
	call, ok := op.Node.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Keys"
}

// table reports whether all entries of a group stand in literals: such a map
// is as small as its source text.
func (c *coster) table(g *group) bool {
	for _, op := range g.ops {
		switch op.Kind {
		case mapops.Insert, mapops.Update, mapops.CopyInto, mapops.Address, mapops.Pass:
			return false
		}
	}
	return len(g.creations) > 0
}

func (c *coster) inTest(n ast.Node) bool {
	return strings.HasSuffix(c.p.Fset.File(n.Pos()).Name(), "_test.go")
}
