package suppression

import (
	_ "embed"
	"fmt"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/directive"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
)

//go:embed doc.go
var doc string

// New returns the check of the suppressions of the given rules.
func New(rules []*rule.Rule) rule.Check {
	var requires []*analysis.Analyzer
	for _, r := range rules {
		requires = append(requires, r.Analyzer)
	}
	return rule.Check{
		Doc:      doc,
		Requires: requires,
		Run:      func(p *rule.Pass) error { return run(p, rules) },
	}
}

func run(p *rule.Pass, rules []*rule.Rule) error {
	used := make(map[*directive.Ignore]map[string]bool)
	known := make(map[string]bool, len(rules))
	var names []string
	for _, r := range rules {
		known[r.Name] = true
		names = append(names, r.Name)
		for _, ig := range p.ResultOf[r.Analyzer].(*rule.Result).Used {
			if used[ig] == nil {
				used[ig] = make(map[string]bool)
			}
			used[ig][r.Name] = true
		}
	}
	for _, ig := range p.ResultOf[directive.Analyzer].(*directive.Index).Ignores {
		if ig.NoLint {
			continue // golangci-lint judges its own comments
		}
		report := func(format string, args ...any) {
			p.Report(rule.Certain, analysis.Diagnostic{
				Pos:     ig.Comment.Pos(),
				End:     ig.Comment.End(),
				Message: fmt.Sprintf(format, args...),
			})
		}
		if len(ig.Rules) == 0 {
			report("mapdiag:ignore names no rule; write //mapdiag:ignore <rule> <reason>")
			continue
		}
		for _, name := range ig.Rules {
			switch {
			case name == directive.Judge:
				report("mapdiag:ignore cannot silence %s, the rule about these comments", name)
			case !known[name]:
				report("mapdiag:ignore names the unknown rule %q; the rules are %s", name, strings.Join(names, ", "))
			case !used[ig][name]:
				report("mapdiag:ignore suppresses nothing: %s finds nothing here; remove the comment", name)
			}
		}
		if ig.Reason == "" {
			report("mapdiag:ignore %s lacks its reason; say after the rule why it is wrong here", strings.Join(ig.Rules, ","))
		}
	}
	return nil
}
