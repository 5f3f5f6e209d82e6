package deletechurn

import (
	_ "embed"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/analyzers/internal/vars"
	"github.com/mapdiag/mapdiag/internal/mapmodel"
)

//go:embed doc.go
var doc string

// New returns the check.
func New() rule.Check {
	return rule.Check{
		Doc:      doc,
		Requires: []*analysis.Analyzer{inspect.Analyzer, mapops.Analyzer, vars.Analyzer},
		Run:      run,
	}
}

func run(p *rule.Pass) error {
	var pr *program
	for _, v := range p.ResultOf[mapops.Analyzer].(*mapops.Index).Vars {
		if !shrinks(v) {
			continue
		}
		if pr == nil {
			pr = newProgram(p)
		}
		purges, singles := pr.purges(v)
		pr.checkNaN(purges)
		pr.check(v, purges, singles)
	}
	return nil
}

// shrinks reports whether entries of the map are deleted at all.
func shrinks(v *mapops.Var) bool {
	for _, op := range v.Ops {
		switch op.Kind {
		case mapops.Delete, mapops.DeleteFunc, mapops.Clear:
			if op.Depth == 0 {
				return true
			}
		}
	}
	return false
}

// check judges what the purges and the single deletes of a long-lived map
// leave behind. It reports at most one finding for each map, the surest.
func (pr *program) check(v *mapops.Var, purges []purge, singles []*mapops.Op) {
	l := pr.lifeOf(v)
	if l.strength == brief || !pr.visible(v.Obj) || smallDomain(v.Type.Key()) || pr.replaced(v) {
		return
	}
	g := pr.growthOf(v)
	if len(g.later) == 0 {
		if !g.unknown && g.bulk && len(g.initial) > 0 && l.strength == long {
			pr.checkDrained(v, g, l, purges)
		}
		return
	}
	if pr.constantKeys(g.later) {
		return
	}
	if pr.checkJanitor(v, g, l, purges, singles) {
		return
	}
	pr.checkChurn(v, g, l, purges, singles)
}

// checkDrained reports a map that only its load phase fills.
func (pr *program) checkDrained(v *mapops.Var, g growth, l life, purges []purge) {
	for _, p := range purges {
		level, ok := pr.drainLevel(v, g, p)
		if !ok {
			continue
		}
		fixes := pr.rebuildFix(p)
		if p.whole {
			fixes = pr.renewFix(p)
		}
		price := pr.price(v)
		if u, ok := pr.measure(v); ok {
			if !u.differs() {
				pr.Withhold(p.stmt.Node().Pos())
				return
			}
			level, price = min(level, rule.Likely), pr.loss(u)
		}
		pr.report(level, p, g, l, purges, drainedMessage(p, price), fixes)
		return
	}
}

// checkJanitor reports a conditional purge of a map that goes on growing.
//
// Where entries also leave one by one, a purge may be there for something else
// than the size of the map: it has to belong to an endless loop.
func (pr *program) checkJanitor(v *mapops.Var, g growth, l life, purges []purge, singles []*mapops.Op) bool {
	if pr.bounded(v) {
		return false
	}
	oneByOne := slices.ContainsFunc(singles, pr.ordinary)
	for _, p := range purges {
		if p.whole || pr.inTest(p.stmt) || pr.initial(p.op) || pr.closing(p.stmt) || oneByOne && !pr.inEndless(p.stmt) {
			continue
		}
		level, price := rule.Possible, pr.price(v)
		if u, ok := pr.measure(v); ok {
			if !u.differs() {
				pr.Withhold(p.stmt.Node().Pos())
				return true
			}
			level, price = rule.Likely, pr.loss(u)
		}
		pr.report(level, p, g, l, purges, janitorMessage(p, price), pr.rebuildFix(p))
		return true
	}
	return false
}

// checkChurn reports a map whose keys make deleted slots useless.
func (pr *program) checkChurn(v *mapops.Var, g growth, l life, purges []purge, singles []*mapops.Op) {
	if l.strength < long {
		return // whether it lives for long enough is too much of a guess
	}
	layout, ok := mapmodel.New(v.Type.Key(), v.Type.Elem(), pr.TypesSizes)
	if !ok || layout.Path() != mapmodel.Generic {
		return
	}
	for _, p := range purges {
		if p.exact {
			return // clear removes the tombstones as well
		}
	}
	for _, op := range singles {
		if pr.ordinary(op) {
			pr.reportChurn(v, g, l, op, layout)
			return
		}
	}
}

// ordinary reports whether a delete is part of the map's normal life and takes
// a single entry, rather than a batch of them that some event makes obsolete.
func (pr *program) ordinary(op *mapops.Op) bool {
	return !pr.initial(op) && !pr.inTest(op.At) && !pr.inBatch(op.At) && pr.TypesInfo.Types[op.Key].Value == nil &&
		!pr.undoes(op) && !pr.closing(op.At)
}
