// Package plugin makes the rules of mapdiag a linter of golangci-lint, by its
// module plug-in system. Imported into golangci-lint, it registers the linter
// "mapdiag".
package plugin

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
)

func init() { register.Plugin("mapdiag", New) }

// Settings are what .golangci.yml holds under
// linters.settings.custom.mapdiag.settings.
type Settings struct {
	// Enable lists the rules to run; empty, all run.
	Enable []string `json:"enable"`
	// Disable lists the rules not to run.
	Disable []string `json:"disable"`
	// Tests makes rules about cost report in _test.go files too.
	Tests bool `json:"tests"`
	// Rules holds the options of each rule by their names: those that
	// mapvet takes as -<rule>.<option>.
	Rules map[string]map[string]any `json:"rules"`
}

type linter []*analysis.Analyzer

// BuildAnalyzers implements [register.LinterPlugin].
func (l linter) BuildAnalyzers() ([]*analysis.Analyzer, error) { return l, nil }

// GetLoadMode implements [register.LinterPlugin].
func (linter) GetLoadMode() string { return register.LoadModeTypesInfo }

// New returns the linter with the given settings. Its errors name the setting
// that is wrong.
func New(raw any) (register.LinterPlugin, error) {
	settings, err := register.DecodeSettings[Settings](raw)
	if err != nil {
		return nil, err
	}
	suite := analyzers.New()
	suite.Config.Tests = settings.Tests
	suite.Config.GolangciLint = true
	// golangci-lint run --fix applies fixes unseen, and tells no linter of it.
	suite.Config.SafeFixesOnly = func() bool { return true }

	if err := known(suite, slices.Concat(settings.Enable, settings.Disable, slices.Collect(maps.Keys(settings.Rules)))); err != nil {
		return nil, err
	}
	var l linter
	for _, r := range suite.Rules {
		if err := setOptions(r, settings.Rules[r.Name]); err != nil {
			return nil, err
		}
		adapt(r.Analyzer)
		if (len(settings.Enable) == 0 || slices.Contains(settings.Enable, r.Name)) && !slices.Contains(settings.Disable, r.Name) {
			l = append(l, r.Analyzer)
		}
	}
	if len(l) == 0 {
		return nil, fmt.Errorf("enable and disable leave no rule to run")
	}
	return l, nil
}

func known(suite *analyzers.Suite, names []string) error {
	for _, name := range names {
		if suite.Rule(name) == nil {
			var all []string
			for _, r := range suite.Rules {
				all = append(all, r.Name)
			}
			return fmt.Errorf("there is no rule %q; the rules are %s", name, strings.Join(all, ", "))
		}
	}
	return nil
}

func setOptions(r *analyzers.Rule, options map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if r.Analyzer.Flags.Lookup(name) == nil {
			return fmt.Errorf("rules.%s.%s: the rule has no such option", r.Name, name)
		}
		if err := r.Analyzer.Flags.Set(name, fmt.Sprint(options[name])); err != nil {
			return fmt.Errorf("rules.%s.%s: %v", r.Name, name, err)
		}
	}
	return nil
}

// adapt makes an analyzer fit golangci-lint's driver.
func adapt(a *analysis.Analyzer) {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		if foreign(pass) {
			return reflect.New(a.ResultType.Elem()).Interface(), nil
		}
		p := *pass
		p.Report = func(d analysis.Diagnostic) {
			// The driver makes a finding of its own of each related place.
			d.Related = nil
			pass.Report(d)
		}
		return run(&p)
	}
}

// foreign reports whether a package is of the standard library, whose module
// the driver leaves empty, or of another module. The driver runs analyzers
// with facts over those too, but as under go vet they give none. Files named
// on the command line have no module either.
func foreign(pass *analysis.Pass) bool {
	m := pass.Module
	return m != nil && (m.Version != "" || m.Path == "") && pass.Pkg.Path() != "command-line-arguments"
}
