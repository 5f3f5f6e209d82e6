// Package ruletest runs a rule over its fixtures.
//
// The fixtures of a rule are a module of their own in testdata/src/<rule>:
// expected findings stand in // want comments, the fixed file beside each
// file in <file>.golden. What a profile says of their maps stands in comments too
// (see [sitestest]); it is as fresh as the file, also the fixed one.
package ruletest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
)

// Run checks the findings and fixes of the named rule over the packages of
// its fixtures that match the patterns ("./..." for all), with the given
// options ("level=possible"). It also checks that each golden file compiles
// and that the rule offers no fix for it any more. The messages that // want
// comments match end with the category: "… [sizehint/likely]".
func Run(t *testing.T, name string, options []string, patterns ...string) {
	t.Helper()
	dir := dir(t, name)
	r := newRule(t, name, options, dir, nil)
	analysistest.RunWithSuggestedFixes(factless{t}, dir, showCategory(r.Analyzer), patterns...)

	goldens := readGoldens(t, dir)
	for round := 0; ; round++ {
		overlay := make(map[string][]byte)
		whole := make(map[string]bool) // files in which all fixes are applied
		for file, versions := range goldens {
			if round < len(versions) {
				overlay[file] = versions[round]
				whole[file] = len(versions) == 1
			}
		}
		if len(overlay) == 0 {
			break
		}
		checkGoldens(t, dir, newRule(t, name, options, dir, overlay), overlay, whole, patterns)
	}
}

// factless leaves out complaints about facts that no comment expects: facts
// are tested by the findings that they lead to.
type factless struct{ *testing.T }

func (t factless) Errorf(format string, args ...any) {
	if strings.Contains(format, "unexpected %s") && slices.Contains(args, any("fact")) {
		return
	}
	t.T.Errorf(format, args...)
}

// showCategory returns an analyzer whose messages end with the category in
// brackets, so that // want comments can tell the level of a finding.
func showCategory(a *analysis.Analyzer) *analysis.Analyzer {
	shown := *a
	shown.Run = func(pass *analysis.Pass) (any, error) {
		inner := *pass
		inner.Report = func(d analysis.Diagnostic) {
			d.Message += " [" + d.Category + "]"
			pass.Report(d)
		}
		return a.Run(&inner)
	}
	return &shown
}

func dir(t *testing.T, name string) string {
	dir, err := filepath.Abs(filepath.Join("..", "..", "testdata", "src", name))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// newRule returns a rule with options, and with what the comments of its fixtures say was measured.
func newRule(t *testing.T, name string, options []string, dir string, overlay map[string][]byte) *rule.Rule {
	suite := analyzers.New()
	suite.Config.Profile = sitestest.Module(t, dir, overlay)
	measure := suite.Measuring.Run
	suite.Measuring.Run = func(pass *analysis.Pass) (any, error) {
		inner := *pass
		inner.ReadFile = func(name string) ([]byte, error) { // package checker reads the disk
			if src, ok := overlay[name]; ok {
				return src, nil
			}
			return pass.ReadFile(name)
		}
		return measure(&inner)
	}
	r := suite.Rule(name)
	if r == nil {
		t.Fatalf("the suite has no rule %q", name)
	}
	for _, o := range options {
		k, v, _ := strings.Cut(o, "=")
		if err := r.Analyzer.Flags.Set(k, v); err != nil {
			t.Fatalf("option %s: %v", o, err)
		}
	}
	return r
}

// readGoldens returns the golden versions of each source file: one where the
// golden is plain, one for each alternative fix where it is an archive.
func readGoldens(t *testing.T, dir string) map[string][][]byte {
	goldens := make(map[string][][]byte)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		file, ok := strings.CutSuffix(path, ".golden")
		if err != nil || !ok {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if ar := txtar.Parse(data); len(ar.Files) > 0 {
			for _, f := range ar.Files {
				goldens[file] = append(goldens[file], bytes.TrimRight(f.Data, "\n"))
			}
			return nil
		}
		goldens[file] = [][]byte{data}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return goldens
}

func checkGoldens(t *testing.T, dir string, r *rule.Rule, overlay map[string][]byte, whole map[string]bool, patterns []string) {
	pkgs, err := packages.Load(&packages.Config{
		Mode:    packages.LoadAllSyntax | packages.NeedModule,
		Dir:     dir,
		Env:     append(os.Environ(), "GOWORK=off", "GOPROXY=off"),
		Tests:   true,
		Overlay: overlay,
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	bad := false
	for _, p := range pkgs {
		for _, e := range p.Errors {
			bad = true
			t.Errorf("golden file does not compile: %v", e)
		}
	}
	if bad {
		return
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{r.Analyzer}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Error(act.Err)
		}
		for _, d := range act.Diagnostics {
			at := act.Package.Fset.Position(d.Pos)
			if whole[at.Filename] && len(d.SuggestedFixes) > 0 {
				t.Errorf("%s: a second fix is offered after the first: %s", at, d.Message)
			}
		}
	}
}
