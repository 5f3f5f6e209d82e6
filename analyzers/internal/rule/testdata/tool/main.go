// Tool is mapvet with further rules: some that fail and some that fix, for
// tests of how the go command and mapvet itself deal with both.
package main

import (
	"errors"
	"go/ast"
	"go/token"
	"os"
	"strconv"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/internal/command"
	"github.com/mapdiag/mapdiag/internal/unit"
)

func main() {
	suite := analyzers.New()
	for _, r := range []struct {
		meta rule.Meta
		run  func(*rule.Pass) error
	}{
		{rule.Meta{Name: "panics", Severity: rule.Error}, panics},
		{rule.Meta{Name: "errs", Severity: rule.Error}, errs},
		{rule.Meta{Name: "safefix", Severity: rule.Error, SafeFix: true}, literals("safe", "SAFE")},
		{rule.Meta{Name: "riskyfix", Severity: rule.Hint}, literals("risky", "RISKY")},
		{rule.Meta{Name: "overlap", Severity: rule.Warning, SafeFix: true}, overlap},
		{rule.Meta{Name: "breaks", Severity: rule.Warning, SafeFix: true}, literals("break", "\"")},
	} {
		check := rule.Check{Doc: "// " + r.meta.Name + ": a rule for tests\n//\n// Of `code`.\npackage x\n", Run: r.run}
		suite.Rules = append(suite.Rules, rule.New(r.meta, check, suite.Config))
	}
	if unit.Requested(os.Args[1:]) {
		unit.Main(suite)
	}
	os.Exit(command.Main(suite, os.Args[1:], os.Stdout, os.Stderr))
}

// panics fails on packages that declare Boom.
func panics(p *rule.Pass) error {
	if p.Pkg.Scope().Lookup("Boom") != nil {
		var m map[string]int
		m["boom"]++
	}
	return nil
}

// errs fails on packages that declare Fail.
func errs(p *rule.Pass) error {
	if p.Pkg.Scope().Lookup("Fail") != nil {
		return errors.New("no luck")
	}
	return nil
}

// literals offers to write one string literal as another one.
func literals(from, to string) func(*rule.Pass) error {
	return func(p *rule.Pass) error {
		each(p, from, func(lit *ast.BasicLit) { replace(p, lit, len(from), to) })
		return nil
	}
}

// overlap offers two fixes of the same literal. After the first, only the
// second is offered.
func overlap(p *rule.Pass) error {
	each(p, "ab", func(lit *ast.BasicLit) {
		replace(p, lit, 1, "x")
		replace(p, lit, 2, "xy")
	})
	each(p, "xb", func(lit *ast.BasicLit) { replace(p, lit, 2, "xy") })
	return nil
}

// replace offers to replace the first n bytes of a string literal.
func replace(p *rule.Pass, lit *ast.BasicLit, n int, text string) {
	from := lit.Pos() + 1
	p.Report(rule.Certain, analysis.Diagnostic{
		Pos:     lit.Pos(),
		End:     lit.End(),
		Message: "replace by " + text,
		Related: []analysis.RelatedInformation{{Pos: p.Files[0].Package, Message: "in [this] package"}},
		SuggestedFixes: []analysis.SuggestedFix{{
			Message:   "Write " + text,
			TextEdits: []analysis.TextEdit{{Pos: from, End: from + token.Pos(n), NewText: []byte(text)}},
		}},
	})
}

func each(p *rule.Pass, value string, f func(*ast.BasicLit)) {
	for _, file := range p.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && lit.Value == strconv.Quote(value) {
				f(lit)
			}
			return true
		})
	}
}
