package vet

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/internal/golist"
)

// A graph answers what of the listed packages is broken, and what is lost
// with it.
type graph struct {
	all   map[string]*golist.Package // by ImportPath, with test variants
	roots []*golist.Package          // what the patterns match, without test variants
	// failed holds what the go command said about packages it could load but
	// not compile or analyse. Those with tests are known by the same path.
	failed map[string]string
}

func newGraph(list []*golist.Package) *graph {
	g := &graph{all: make(map[string]*golist.Package, len(list))}
	for _, p := range list {
		g.all[p.ImportPath] = p
	}
	for _, p := range list {
		if !p.DepOnly && p.ForTest == "" && !g.isTestMain(p) {
			g.roots = append(g.roots, p)
		}
	}
	return g
}

// isTestMain reports whether a package is the main package that the go
// command generates for the tests of another one.
func (g *graph) isTestMain(p *golist.Package) bool {
	tested, ok := strings.CutSuffix(p.ImportPath, ".test")
	// In the tree of the standard library its import is a test variant itself.
	return ok && g.all[tested] != nil && (p.Error != nil || slices.ContainsFunc(p.Imports, func(path string) bool {
		return strings.HasPrefix(path, "testing/internal/testdeps")
	}))
}

// own returns why the package itself cannot be used: not because of what it
// imports, except where it is the import that leads nowhere.
func (g *graph) own(p *golist.Package) string {
	if p.Error != nil {
		return describe(p.Error)
	}
	for _, e := range p.DepsErrors {
		if arises(e, p) {
			return describe(e)
		}
	}
	path, _, _ := strings.Cut(p.ImportPath, " ") // test variants fail under the same path
	return g.failed[path]
}

// describe returns the text of an error. An import cycle is told only by the
// stack.
func describe(e *golist.Error) string {
	if e.Err == "import cycle not allowed" {
		return e.Err + ": " + strings.Join(e.ImportStack, " imports ")
	}
	return e.Error()
}

// arises reports whether an error is about an import clause of p.
func arises(e *golist.Error, p *golist.Package) bool {
	if len(e.ImportStack) == 0 {
		return false
	}
	importer, _, _ := strings.Cut(e.ImportStack[len(e.ImportStack)-1], " ") // without " (test)"
	path, _, _ := strings.Cut(p.ImportPath, " ")
	return importer == path || importer == strings.TrimSuffix(path, "_test")
}

// culprit returns p, or else the nearest dependency of p, that is broken
// itself. It is nil where p is sound.
func (g *graph) culprit(p *golist.Package) *golist.Package {
	seen := map[*golist.Package]bool{p: true}
	for queue := []*golist.Package{p}; len(queue) > 0; queue = queue[1:] {
		if g.own(queue[0]) != "" {
			return queue[0]
		}
		for _, path := range queue[0].Imports {
			if dep := g.all[path]; dep != nil && !seen[dep] {
				seen[dep] = true
				queue = append(queue, dep)
			}
		}
	}
	return nil
}

// loadable returns the roots on which the go command can start.
func (g *graph) loadable() []string {
	var good []string
	for _, p := range g.roots {
		if p.Error == nil && len(p.DepsErrors) == 0 {
			good = append(good, p.ImportPath)
		}
	}
	return good
}

// gaps returns which roots are not analysed, and why.
func (g *graph) gaps() []Gap {
	var gaps []Gap
	told := make(map[string]bool) // culprits whose reason is in a gap
	for _, p := range g.roots {
		if reason := g.own(p); reason != "" {
			gaps = append(gaps, Gap{Package: p.ImportPath, Reason: reason})
			told[p.ImportPath] = true
		}
	}
	for _, p := range g.roots {
		if c := g.culprit(p); c != nil && c != p {
			gaps = append(gaps, Gap{Package: p.ImportPath, Reason: g.because(c, told)})
		}
	}
	rest := slices.Sorted(maps.Keys(g.failed))
	for _, path := range rest {
		if p := g.all[path]; !told[path] && (p == nil || p.DepOnly) {
			// Outside of what the patterns match: it matters to its importers
			// only, but they may fail without a word because of it.
			gaps = append(gaps, Gap{Package: path, Reason: g.failed[path]})
		}
	}
	return gaps
}

// because says that a package is lost with the culprit that it imports.
func (g *graph) because(c *golist.Package, told map[string]bool) string {
	reason := fmt.Sprintf("it depends on %s, which cannot be used", c.ImportPath)
	if told[c.ImportPath] {
		return reason
	}
	told[c.ImportPath] = true
	return reason + ":\n" + g.own(c)
}

// tests are test files of one package that keep it from being analysed.
type tests struct {
	pkg    string
	files  []string
	reason string
}

// brokenTests returns which tests must be left out so that the package under
// test, or the rest of its tests, can be analysed.
//
// The go command often does not say whether the package or its tests are at
// fault. A package with tests is therefore tried without them, and only what
// is broken then as well is broken itself.
func (g *graph) brokenTests() []tests {
	var list []tests
	for _, p := range g.roots {
		if len(p.TestGoFiles)+len(p.XTestGoFiles) == 0 {
			continue
		}
		variant := " [" + p.ImportPath + ".test]"
		inside := g.fault(g.all[p.ImportPath+variant])
		outside := g.fault(g.all[p.ImportPath+"_test"+variant])
		if inside == "" {
			inside = g.own(p)
		}
		if main := g.all[p.ImportPath+".test"]; inside == "" && outside == "" && main != nil && main.Error != nil {
			inside, outside = describe(main.Error), describe(main.Error)
			if name, _, ok := strings.Cut(filepath.Base(main.Error.Pos), ":"); ok && slices.Contains(p.XTestGoFiles, name) {
				inside = ""
			}
		}
		if c := g.culprit(p); c != nil && c != p {
			continue // lost with its dependency, whatever its tests are like
		}
		t := tests{pkg: p.ImportPath}
		switch {
		case inside != "":
			// External tests mostly rely on what the others declare.
			t.files, t.reason = slices.Concat(p.TestGoFiles, p.XTestGoFiles), inside
		case outside != "" && len(p.XTestGoFiles) > 0:
			t.files, t.reason = slices.Clone(p.XTestGoFiles), outside
		default:
			continue
		}
		for i, name := range t.files {
			t.files[i] = filepath.Join(p.Dir, name)
		}
		list = append(list, t)
	}
	return list
}

// fault returns why a test variant cannot be analysed.
func (g *graph) fault(variant *golist.Package) string {
	if variant == nil {
		return ""
	}
	c := g.culprit(variant)
	if c == nil {
		return ""
	}
	if c == variant || c.Error != nil && arises(c.Error, variant) {
		return g.own(c)
	}
	reason := fmt.Sprintf("they depend on %s, which cannot be used", c.ImportPath)
	if !slices.Contains(g.roots, c) {
		reason += ":\n" + g.own(c) // told nowhere else
	}
	return reason
}
