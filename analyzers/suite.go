// Package analyzers lists the rules of mapdiag.
package analyzers

import (
	"flag"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/deletechurn"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/analyzers/largevalue"
	"github.com/mapdiag/mapdiag/analyzers/sizehint"
	"github.com/mapdiag/mapdiag/analyzers/suppression"
	"github.com/mapdiag/mapdiag/analyzers/unguarded"
)

// A Suite is one set of all rules. Each suite has options of its own, so
// that a server can hold one for each of its workspace folders.
type Suite struct {
	Rules []*rule.Rule
	// Config holds the options that the rules share.
	Config *rule.Config
	// Measuring makes, for the rules, the [Measurements] of a package of
	// Config.Profile. A driver with profiles of its own gives them instead, by
	// [Measure], as its result.
	Measuring *analysis.Analyzer
}

// New returns a suite with default options. This is the one place that
// states what a rule is; documents, settings and converters read it here.
func New() *Suite {
	s := &Suite{Config: new(rule.Config)}
	s.Measuring = s.Config.Measuring()
	for _, r := range []struct {
		meta  rule.Meta
		check rule.Check
	}{
		{rule.Meta{Name: "sizehint", Severity: rule.Info, Level: rule.Likely, SafeFix: true, Cost: true, Since: "v0.1.0"}, sizehint.New()},
		{rule.Meta{Name: "largevalue", Severity: rule.Info, Level: rule.Likely, SafeFix: false, Cost: true, Since: "v0.1.0"}, largevalue.New()},
		{rule.Meta{Name: "deletechurn", Severity: rule.Warning, Level: rule.Likely, SafeFix: false, Cost: true, Since: "v0.1.0"}, deletechurn.New()},
		{rule.Meta{Name: "unguarded", Severity: rule.Warning, Raise: true, Level: rule.Likely, SafeFix: false, Since: "v0.1.0"}, unguarded.New()},
	} {
		s.Rules = append(s.Rules, rule.New(r.meta, r.check, s.Config))
	}
	// Judging suppressions needs to have seen the findings of all other rules.
	s.Rules = append(s.Rules, rule.New(
		rule.Meta{Name: "suppression", Severity: rule.Warning, Level: rule.Likely, SafeFix: false, Since: "v0.1.0"},
		suppression.New(s.Rules), s.Config))
	return s
}

// Analyzers returns the analyzers of all rules.
func (s *Suite) Analyzers() []*analysis.Analyzer {
	var list []*analysis.Analyzer
	for _, r := range s.Rules {
		list = append(list, r.Analyzer)
	}
	return list
}

// Rule returns the rule of that name, or nil.
func (s *Suite) Rule(name string) *rule.Rule {
	for _, r := range s.Rules {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// RegisterFlags registers the options that all rules share.
func (s *Suite) RegisterFlags(fs *flag.FlagSet) {
	fs.BoolVar(&s.Config.Tests, "tests", s.Config.Tests, "let rules about cost report in _test.go files too")
	fs.BoolVar(&s.Config.Verbose, "verbose", s.Config.Verbose, "tell which functions a rule gave up on (-v of mapvet does)")
}
