package largevalue

import (
	_ "embed"
	"flag"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

//go:embed doc.go
var doc string

// halfLimit and limit bound the sizes, in bytes, of keys and values of which
// only a read-modify-write in a loop is reported. limit is the default of
// the option bytes and where the runtime starts to store an entry's key or
// value behind a pointer.
const (
	halfLimit = 64
	limit     = 128
)

// New returns the check.
func New() rule.Check {
	bytes := int64(limit)
	return rule.Check{
		Doc: doc,
		Flags: func(fs *flag.FlagSet) {
			fs.Int64Var(&bytes, "bytes", limit, "report keys and values of more than this `size`; from 64 bytes up to it only those that are read, modified and written in a loop")
		},
		Requires: []*analysis.Analyzer{mapops.Analyzer, inspect.Analyzer},
		Run:      func(p *rule.Pass) error { return run(p, bytes) },
	}
}

func run(p *rule.Pass, limit int64) error {
	index := p.ResultOf[mapops.Analyzer].(*mapops.Index)
	c := &coster{
		p:     p,
		sizes: p.TypesSizes,
		limit: limit,
		typed: typedNames(p.Files),
		index: index,
		root:  p.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root(),
	}
	var found []finding
	for _, g := range groups(p, index) {
		if g.foreign || !c.large(g) {
			continue
		}
		if f, ok := c.judge(g); ok {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b finding) int { return int(a.at.Pos() - b.at.Pos()) })
	for _, f := range found {
		p.Report(f.level, f.diagnostic(c))
	}
	return nil
}

// A finding is a group that pays for the size of its keys or values.
type finding struct {
	*group
	at    ast.Node
	level rule.Level
	costs []cost
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

// huge is the size from which a single copy costs more than the access that
// makes it: at 512 bytes and more, copying takes longer than finding the entry.
const huge = 512

func (c *coster) levelOf(f finding) rule.Level {
	if f.visible || f.imposed || c.table(f.group) {
		return rule.Possible
	}
	for _, x := range f.costs {
		if x.once && x.loops < 2 || x.whole {
			continue
		}
		switch x.kind {
		case modify:
			if x.loops > 0 {
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

// place returns where to report a group: at the name of its type, at the
// field or package variable that holds it, where it is made, or where a
// variable is declared with its type.
func (c *coster) place(g *group) ast.Node {
	ranks := make(map[types.Object]int)
	for _, n := range g.nodes {
		if n.obj.Pkg() != c.p.Pkg {
			continue
		}
		rank := 4
		switch obj := n.obj.(type) {
		case *types.TypeName:
			rank = 1
		case *types.Var:
			if obj.IsField() || obj.Parent() == c.p.Pkg.Scope() {
				rank = 2
			}
		}
		ranks[n.obj] = rank
	}
	var best ast.Node
	bestRank := 5
	better := func(rank int, at ast.Node) {
		if rank < bestRank || rank == bestRank && at.Pos() < best.Pos() {
			best, bestRank = at, rank
		}
	}
	for _, cr := range g.creations {
		better(3, creationType(cr))
	}
	for id, obj := range c.p.TypesInfo.Defs {
		if rank, ok := ranks[obj]; ok && (rank < 3 || c.typed[id]) {
			better(rank, id)
		}
	}
	return best
}

// creationType returns the type written in a make or a literal.
func creationType(cr *mapops.Creation) ast.Node {
	switch e := cr.Expr.(type) {
	case *ast.CallExpr:
		return e.Args[0]
	case *ast.CompositeLit:
		if e.Type != nil {
			return e.Type
		}
	}
	return cr.Expr
}

// typedNames returns the names that are declared together with their type.
func typedNames(files []*ast.File) map[*ast.Ident]bool {
	names := make(map[*ast.Ident]bool)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				for _, id := range n.Names {
					names[id] = true
				}
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names[id] = n.Type != nil
				}
			}
			return true
		})
	}
	return names
}
