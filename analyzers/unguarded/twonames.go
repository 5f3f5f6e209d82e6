package unguarded

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/lockset"
	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

// twoNames reports what handlers and goroutines read of a map in a field without a lock
// that another struct was given, which changes it in place under a lock of its own:
//
//	p := &pool{weights: cfg.Weights}
func (c *checker) twoNames() {
	for _, as := range c.order {
		if !as.v.IsField() || as.depth > 0 || as.guard == nil || mapops.MapType(as.v.Type()) == nil {
			continue
		}
		from := c.givenBy()[as.v]
		change := c.inPlace(as)
		if from == nil || change == nil {
			continue
		}
		other := c.classes[class{from.Obj, 0}]
		if other == nil || other.guard != nil {
			continue
		}
		for _, a := range other.list {
			if !counts(a) || !a.op.Reads() || a.op.Changes() || len(a.held) > 0 || a.by != nil || c.uncertain(&lockset.Acc{At: a.Event}) || !c.besides(a) {
				continue
			}
			c.report(rule.Likely, a.Pos(), []analysis.RelatedInformation{{Pos: change.Pos(), Message: "the map is changed in place here"}},
				"read of %s with no lock held: %s is the same map, changed in place at %s under %s",
				a.path, change.path, c.at(change.Pos()), c.guardName(as.guard, change))
		}
	}
}

// besides reports whether an access is made by a handler, or only by goroutines.
func (c *checker) besides(a *access) bool {
	f := a.Func
	if f.Handles {
		return true
	}
	ins := c.in[f]
	return len(ins) > 0 && !slices.ContainsFunc(ins, func(x *context) bool { return x.spawn == nil })
}
