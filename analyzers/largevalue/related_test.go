package largevalue_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/mapdiag/mapdiag/analyzers"
)

// findings runs the rule over one package of the fixtures and returns what
// it finds in each variant of the package: without and with its tests.
func findings(t *testing.T, pattern string) map[string][]analysis.Diagnostic {
	t.Helper()
	r := analyzers.New().Rule("largevalue")
	if err := r.Analyzer.Flags.Set("level", "possible"); err != nil {
		t.Fatal(err)
	}
	pkgs, err := packages.Load(&packages.Config{
		Mode:  packages.LoadAllSyntax | packages.NeedModule,
		Dir:   filepath.Join("..", "..", "testdata", "src", "largevalue"),
		Env:   append(os.Environ(), "GOWORK=off", "GOPROXY=off"),
		Tests: true,
	}, pattern)
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{r.Analyzer}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string][]analysis.Diagnostic)
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Fatal(act.Err)
		}
		found[act.Package.ID] = act.Diagnostics
	}
	return found
}

// Every operation that the message counts is attached with its own place.
func TestRelated(t *testing.T) {
	for _, d := range findings(t, "./shapes")["largevalue/shapes"] {
		if len(d.Related) == 0 {
			t.Errorf("no operations beside: %s", d.Message)
		}
		for _, r := range d.Related {
			if !r.Pos.IsValid() || r.End <= r.Pos || !strings.HasPrefix(r.Message, "this ") && !strings.HasPrefix(r.Message, "each step of this ") {
				t.Errorf("%s: bad related information %+v", d.Message, r)
			}
		}
		if len(d.SuggestedFixes) > 1 {
			t.Errorf("%s: %d fixes", d.Message, len(d.SuggestedFixes))
		}
	}
}

// The variant of a package that has its tests withdraws a fix that they forbid.
func TestUseInTest(t *testing.T) {
	seen := 0
	for id, list := range findings(t, "./intests") {
		for _, d := range list {
			seen++
			if strings.Contains(id, "[") && len(d.SuggestedFixes) > 0 {
				t.Errorf("%s: a fix breaks the package's test: %s", id, d.Message)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d findings, want one in each variant", seen)
	}
}
