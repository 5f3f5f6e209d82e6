// Package vet runs mapvet over packages with the go command as its driver:
// go vet analyses packages in parallel and caches what it finds, go list
// tells what cannot be loaded, and this package leaves that out so that the
// findings of everything else are not lost.
package vet

import (
	"context"
	"errors"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/golist"
	"github.com/mapdiag/mapdiag/internal/source"
	"github.com/mapdiag/mapdiag/internal/unit"
)

// A Command says what to analyse.
type Command struct {
	Tool       string   // the vet tool, usually this executable
	Dir        string   // where the go command runs
	BuildFlags []string // flags of the go command, such as -tags=e2e
	RuleFlags  []string // flags of the vet tool, such as -sizehint.level=possible
	Patterns   []string
	// Overlay holds the replacements of an -overlay flag, which must not be
	// among the build flags.
	Overlay map[string]string
}

// A Result is what a run found and what it could not look at.
type Result struct {
	Findings []finding.Finding // sorted
	Packages []*golist.Package // what the patterns match
	Gaps     []Gap             // empty if and only if the run is complete
	Notes    string            // what else the go command said, such as warnings
}

// A Gap is something that was not analysed.
type Gap struct {
	Package string // may be empty where the go command named none
	Tests   bool   // only the tests of the package are missing
	Rule    string // only the findings of this rule are missing
	Reason  string // may have several lines
}

// String says what is missing and why, the latter in as many lines as the
// reason has.
func (g Gap) String() string {
	what := "left out package " + g.Package
	switch {
	case g.Package == "":
		what = "left out packages"
	case g.Tests:
		what = "left out the tests of package " + g.Package
	case g.Rule != "":
		return g.Reason // names both
	}
	var b strings.Builder
	b.WriteString(what + ":")
	for i, line := range strings.Split(g.Reason, "\n") {
		if i == 0 {
			b.WriteString(" " + line)
		} else {
			b.WriteString("\n\t" + strings.TrimSpace(line))
		}
	}
	return b.String()
}

// Run analyses. It returns an error where nothing could be analysed at all;
// what is partly broken gives a result with gaps.
func (c Command) Run(ctx context.Context) (*Result, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errors.New("the go command is not in PATH; mapvet needs it to find and build packages")
	}
	overlay, err := newOverlay(c.Overlay)
	if err != nil {
		return nil, err
	}
	defer overlay.close()

	// Most programs compile: go vet needs no list of what is sound. The list of
	// what was asked for says how far it must look, unless the patterns do.
	asked := sync.OnceValues(func() ([]*golist.Package, error) {
		return golist.Match(ctx, c.Dir, overlay.flags(c.BuildFlags), c.Patterns)
	})
	far := unit.MainModule
	if c.local() {
		go asked()
		defer asked() // it reads the overlay
	} else {
		list, err := asked()
		if err != nil {
			return nil, err
		}
		far = reach(list)
	}
	out, err := c.govet(ctx, overlay, far, c.Patterns)
	if err != nil {
		return nil, err
	}
	if !out.complete {
		return c.runBroken(ctx, overlay, out)
	}
	list, err := asked()
	if err != nil {
		return nil, err
	}
	if needed := reach(list); needed != far { // in the tree of the standard library
		if out, err = c.govet(ctx, overlay, needed, c.Patterns); err != nil {
			return nil, err
		}
		if !out.complete {
			return c.runBroken(ctx, overlay, out)
		}
	}
	return out.result(list, nil), nil
}

// local reports whether all patterns are relative, as those for packages of the
// main module are, but for the standard library's own tree.
func (c Command) local() bool {
	return !slices.ContainsFunc(c.Patterns, func(pattern string) bool { return !strings.HasPrefix(pattern, ".") })
}

// reach returns how far go vet must look to report on all of the packages,
// whichever of them it takes for dependencies of others.
func reach(list []*golist.Package) unit.Reach {
	if foreign(list) {
		return unit.All
	}
	return unit.MainModule
}

// foreign reports whether any of the packages lies outside of the main
// modules, where findings are not looked for in dependencies.
func foreign(list []*golist.Package) bool {
	return slices.ContainsFunc(list, func(p *golist.Package) bool {
		return p.Standard || p.Module != nil && !p.Module.Main
	})
}

// runBroken analyses what can be analysed. A package whose tests are broken
// is analysed without them: go vet knows a package with tests only as a
// whole. Leaving out tests can uncover the next obstacle, hence the loop; it
// ends because every round but the last leaves out more.
func (c Command) runBroken(ctx context.Context, overlay *overlay, out *output) (*Result, error) {
	tests := make(map[string]Gap) // packages whose tests are left out
	for {
		patterns := c.present(overlay)
		var list []*golist.Package
		var err error
		if len(patterns) > 0 {
			list, err = golist.Load(ctx, c.Dir, overlay.flags(c.BuildFlags), patterns)
		}
		if err != nil {
			return nil, err
		}
		g := newGraph(list)
		if len(g.roots) == 0 && len(tests) == 0 {
			return nil, errors.New(out.text())
		}
		if more, err := c.leaveOutTests(overlay, tests, g); err != nil {
			return nil, err
		} else if more {
			continue
		}

		good := g.loadable()
		if len(good) > 0 && slices.ContainsFunc(patterns, isFile) {
			good = patterns // a package made of files has no path to name it by
		}
		out = new(output)
		if len(good) > 0 {
			if out, err = c.govet(ctx, overlay, reach(g.roots), good); err != nil {
				return nil, err
			}
		}
		g.failed = out.failed
		if more, err := c.leaveOutTests(overlay, tests, g); err != nil {
			return nil, err
		} else if more {
			continue
		}
		return out.result(g.roots, allGaps(g, tests, out)), nil
	}
}

func allGaps(g *graph, tests map[string]Gap, out *output) []Gap {
	gaps := g.gaps()
	for _, gap := range gaps {
		delete(tests, gap.Package) // gone as a whole
	}
	for _, pkg := range slices.Sorted(maps.Keys(tests)) {
		gaps = append(gaps, tests[pkg])
	}
	if len(gaps) == 0 && !out.complete {
		gaps = append(gaps, Gap{Reason: out.text()})
	}
	return gaps
}

// leaveOutTests hides the tests of packages that are broken, or depend on
// something broken, in tests that are not hidden yet.
func (c Command) leaveOutTests(overlay *overlay, tests map[string]Gap, g *graph) (more bool, err error) {
	for _, t := range g.brokenTests() {
		removed := false
		for _, name := range t.files {
			removed = overlay.remove(name) || removed
		}
		if !removed {
			continue
		}
		if _, known := tests[t.pkg]; !known {
			tests[t.pkg] = Gap{Package: t.pkg, Tests: true, Reason: t.reason}
		}
		more = true
	}
	if more {
		err = overlay.write()
	}
	return more, err
}

// present returns the patterns without the files that are left out.
func (c Command) present(o *overlay) []string {
	return slices.DeleteFunc(slices.Clone(c.Patterns), func(pattern string) bool {
		if !isFile(pattern) {
			return false
		}
		to, replaced := o.replace[source.Abs(c.Dir, pattern)]
		return replaced && to == ""
	})
}

func isFile(pattern string) bool { return strings.HasSuffix(pattern, ".go") }
