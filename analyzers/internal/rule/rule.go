// Package rule is the frame in which every rule of mapdiag runs.
//
// A rule package states what it checks as a [Check]; the suite joins each
// check with its [Meta] into a [Rule], whose Analyzer does what all rules
// have in common: it recovers from panics, gives every diagnostic its
// category and link, and decides which findings are reported.
package rule

import (
	"flag"
	"fmt"
	"go/token"
	"runtime/debug"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/directive"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// PagePrefix is the address below which each rule's page stands. The name
// of the rule and ".md" follow.
const PagePrefix = "https://github.com/mapdiag/mapdiag/blob/main/docs/rules/"

// InternalError is the category of a diagnostic that reports the failure of
// a rule itself. It is a diagnostic, not an analyzer's error, because the go
// command does not repeat errors of a cached run.
const InternalError = "internal-error"

// Note is the category of a diagnostic that tells what a rule did not look
// at. Such diagnostics are reported only where they are asked for.
const Note = "note"

// Meta is what the suite states about a rule.
type Meta struct {
	Name     string
	Severity Severity
	Level    Level  // findings weaker than this are not reported by default
	Raise    bool   // whether findings of level certain are errors, whatever Severity says
	SafeFix  bool   // whether the fixes cannot change what the program does
	Cost     bool   // whether the rule is about cost: such rules skip _test.go files by default
	Since    string // the version that brought the rule
}

// SeverityOf returns how much a finding of a level matters.
func (m Meta) SeverityOf(l Level) Severity {
	if m.Raise && l == Certain {
		return Error
	}
	return m.Severity
}

// Check is what a rule package states about itself.
type Check struct {
	// Doc is the text of the rule's doc.go, as embedded.
	Doc string

	// Flags registers the options of the rule. It may be nil.
	Flags func(*flag.FlagSet)

	// Requires and FactTypes are those of the resulting analyzer.
	Requires  []*analysis.Analyzer
	FactTypes []analysis.Fact

	// Run finds and reports. An error that it returns is reported as a
	// diagnostic; it does not stop other rules.
	Run func(*Pass) error
}

// Config holds the options that all rules of a suite share.
type Config struct {
	// Tests makes cost rules report in _test.go files too.
	Tests bool

	// Verbose makes rules tell what was too much work for them.
	Verbose bool

	// FactsOnly spares the rules that export no facts: nobody reads findings.
	FactsOnly bool

	// SafeFixesOnly removes the fixes of rules that are not marked as
	// safe. It is set while fixes are applied in bulk, since go fix and
	// go vet -fix apply the first fix of every diagnostic unseen. It may be
	// nil, and is a function because flags are parsed after rules are made.
	SafeFixesOnly func() bool

	// Profile holds what was measured of the maps of the program, nil for
	// nothing. It must not change once rules run; a driver in which it does
	// gives the result of Measuring itself.
	Profile *sites.Profile

	// GolangciLint says that golangci-lint runs the rules. It applies nolint
	// comments that mean all of a linter itself, and reports those that no
	// finding needed: the rules must not anticipate it.
	GolangciLint bool

	measuring *analysis.Analyzer
}

// A Rule is one rule of the suite.
type Rule struct {
	Meta
	Analyzer *analysis.Analyzer
}

// URL returns the address of the page about the named rule.
func URL(name string) string { return PagePrefix + name + ".md" }

// New joins what the suite and the rule package say into a rule.
func New(meta Meta, check Check, config *Config) *Rule {
	level := meta.Level
	a := &analysis.Analyzer{
		Name:       meta.Name,
		Doc:        docText(check.Doc),
		URL:        URL(meta.Name),
		Requires:   append([]*analysis.Analyzer{directive.Analyzer, config.Measuring()}, check.Requires...),
		FactTypes:  check.FactTypes,
		ResultType: resultType,
	}
	a.Flags.Init(meta.Name, flag.ContinueOnError)
	a.Flags.Var(&level, "level", "report findings of this `level` and surer ones: certain, likely or possible")
	if check.Flags != nil {
		check.Flags(&a.Flags)
	}
	a.Run = func(ap *analysis.Pass) (any, error) {
		if config.FactsOnly && len(check.FactTypes) == 0 {
			return &Result{}, nil
		}
		p := newPass(ap, meta, level, config)
		p.run(check.Run)
		return &Result{Used: p.used, Known: p.known}, nil
	}
	return &Rule{Meta: meta, Analyzer: a}
}

// run calls f and turns its failure into a diagnostic at the package clause.
func (p *Pass) run(f func(*Pass) error) {
	defer func() {
		if v := recover(); v != nil {
			p.fail(fmt.Sprintf("panic: %v%s", v, panicSite(debug.Stack())))
		}
	}()
	if err := f(p); err != nil {
		p.fail(err.Error())
	}
}

func (p *Pass) fail(what string) {
	pos, end := token.NoPos, token.NoPos
	if len(p.Files) > 0 {
		pos, end = p.Files[0].Package, p.Files[0].Name.End()
	}
	p.Pass.Report(analysis.Diagnostic{
		Pos:      pos,
		End:      end,
		Category: InternalError,
		Message: fmt.Sprintf("rule %s failed on package %s, its findings here are incomplete (please report this): %s",
			p.meta.Name, p.Pkg.Path(), what),
	})
}

// panicSite returns the innermost frame of this module in a stack trace, as
// " at file:line", without the directory, which differs between machines.
func panicSite(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "panic(") {
			lines = lines[i+2:]
			break
		}
	}
	for i := 0; i+1 < len(lines); i += 2 {
		if !strings.Contains(lines[i], "mapdiag/analyzers") {
			continue
		}
		site, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " ")
		if _, rest, ok := strings.Cut(site, "/analyzers/"); ok {
			return " at analyzers/" + rest
		}
	}
	return ""
}

// docText returns the comment that stands before the package clause of a
// doc.go, without comment markers.
func docText(src string) string {
	var b strings.Builder
	for line := range strings.Lines(src) {
		if strings.HasPrefix(line, "package ") {
			break
		}
		text, ok := strings.CutPrefix(line, "//")
		if !ok {
			b.Reset() // a licence or build line: not the package comment
			continue
		}
		b.WriteString(strings.TrimPrefix(text, " "))
	}
	return strings.TrimSpace(b.String())
}
