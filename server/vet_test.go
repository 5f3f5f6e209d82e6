package server_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/testmod"
	"github.com/mapdiag/mapdiag/internal/vet"
)

var mapvet string

func TestMain(m *testing.M) { testmod.Main(m, map[string]*string{testmod.Mapvet: &mapvet}) }

// TestLikeVet compares what the editor shows of whole modules with what go vet
// says of them.
func TestLikeVet(t *testing.T) {
	t.Parallel()
	fixtures, err := filepath.Abs("../testdata/src")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sizehint", "largevalue", "deletechurn", "unguarded", "suppression"} {
		t.Run(name, func(t *testing.T) { likeVet(t, filepath.Join(fixtures, name), t.TempDir()) })
	}
	t.Run("first and second start", func(t *testing.T) {
		cache := t.TempDir()
		for range 2 {
			likeVet(t, filepath.Join(fixtures, "unguarded"), cache)
		}
	})
}

func likeVet(t *testing.T, dir, cache string) {
	t.Helper()
	var flags []string
	rules := object{}
	for _, r := range analyzers.New().Rules {
		flags = append(flags, "-"+r.Name+".level=possible")
		rules[r.Name] = object{"level": "possible"}
	}
	result, err := vet.Command{Tool: mapvet, Dir: dir, RuleFlags: flags, Patterns: []string{"./..."}}.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	dirs := make(map[string]bool)
	for _, p := range result.Packages {
		dirs[p.Dir] = true
	}
	var want []string
	for _, f := range result.Findings {
		want = append(want, line(f))
	}
	c := connect(t, config{dirs: []string{dir}, cache: cache, answers: object{"rules": rules}})
	c.await("a finding", func() bool { return len(c.shown) > 0 })
	c.settle()
	var got []string
	for uri, p := range c.shown {
		name := strings.TrimPrefix(uri, "file://")
		if !dirs[filepath.Dir(name)] {
			continue // a module of its own
		}
		for _, d := range p.Diagnostics {
			at := d.Range.Start
			got = append(got, fmt.Sprintf("%s:%d:%d: %s: %s", name, at.Line+1, at.Character+1, d.Code, d.Message))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 5 {
		t.Fatalf("go vet says but %q", want)
	}
	for _, s := range got {
		if _, found := slices.BinarySearch(want, s); !found {
			t.Errorf("in the editor alone: %s", s)
		}
	}
	for _, s := range want {
		if _, found := slices.BinarySearch(got, s); !found {
			t.Errorf("in go vet alone: %s", s)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d findings, and %d of go vet", len(got), len(want))
	}
}

func line(f finding.Finding) string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", f.Pos.Filename, f.Pos.Line, f.Pos.Column, f.Rule, f.Message)
}
