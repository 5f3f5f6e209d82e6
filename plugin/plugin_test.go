package plugin

import (
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
)

func TestRegistered(t *testing.T) {
	newPlugin, err := register.GetPlugin("mapdiag")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlugin(nil) // golangci-lint passes nil where there are no settings
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.BuildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	if want := len(analyzers.New().Rules); len(list) != want {
		t.Errorf("%d rules run by default, want all %d", len(list), want)
	}
	if err := analysis.Validate(list); err != nil {
		t.Error(err)
	}
	if p.GetLoadMode() != register.LoadModeTypesInfo {
		t.Error("the rules need types")
	}
}

func TestSettings(t *testing.T) {
	type m = map[string]any
	for _, test := range []struct {
		name     string
		settings m
		rules    string // those that run
		level    string // of sizehint
	}{
		{"enable", m{"enable": []any{"sizehint", "largevalue"}}, "sizehint largevalue", "likely"},
		{"enable and disable", m{"enable": []any{"sizehint", "largevalue"}, "disable": []any{"largevalue"}}, "sizehint", "likely"},
		{"level", m{"enable": []any{"sizehint"}, "rules": m{"sizehint": m{"level": "possible"}}}, "sizehint", "possible"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := New(test.settings)
			if err != nil {
				t.Fatal(err)
			}
			var rules []string
			for _, a := range p.(linter) {
				rules = append(rules, a.Name)
				if a.Name == "sizehint" && a.Flags.Lookup("level").Value.String() != test.level {
					t.Errorf("the level is %s, want %s", a.Flags.Lookup("level").Value, test.level)
				}
			}
			if got := strings.Join(rules, " "); got != test.rules {
				t.Errorf("the rules %s run, want %s", got, test.rules)
			}
		})
	}
}

func TestWrongSettings(t *testing.T) {
	type m = map[string]any
	for want, settings := range map[string]m{
		`no rule "sizehnt"`:                  {"disable": []any{"sizehnt"}},
		`no rule "sizes"`:                    {"rules": m{"sizes": m{}}},
		`rules.sizehint.levels: the rule`:    {"rules": m{"sizehint": m{"levels": "possible"}}},
		`rules.sizehint.level: want certain`: {"rules": m{"sizehint": m{"level": "sure"}}},
		`unknown field "test"`:               {"test": true},
		`leave no rule`:                      {"enable": []any{"sizehint"}, "disable": []any{"sizehint"}},
	} {
		if _, err := New(settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%v) = %v, want an error with %q", settings, err, want)
		}
	}
}
