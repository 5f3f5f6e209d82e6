package analyzers

import (
	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// What the surfaces (text, SARIF, the language server) need to read a
// diagnostic: the frame itself stays internal to the rules.
type (
	Rule     = rule.Rule
	Level    = rule.Level
	Severity = rule.Severity
	// Result is what the analyzer of each rule returns.
	Result = rule.Result
	// Measurements are what a profile says of one package.
	Measurements = rule.Measurements
)

const (
	Certain  = rule.Certain
	Likely   = rule.Likely
	Possible = rule.Possible

	Error   = rule.Error
	Warning = rule.Warning
	Info    = rule.Info
	Hint    = rule.Hint
)

// InternalError is the category of a diagnostic that reports the failure of
// a rule instead of a finding.
const InternalError = rule.InternalError

// Note is the category of a diagnostic that tells what a rule did not look at
// instead of a finding.
const Note = rule.Note

// ParseCategory returns the rule and the level that a diagnostic's category
// encodes.
func ParseCategory(category string) (name string, level Level) { return rule.ParseCategory(category) }

// URL returns the address of the page about the named rule.
func URL(name string) string { return rule.URL(name) }

// Measure joins a profile, which may be nil, with the source of a package.
func Measure(profile *sites.Profile, pass *analysis.Pass) *Measurements {
	return rule.Measure(profile, pass)
}
