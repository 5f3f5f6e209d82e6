package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var golangci, mapvet string // paths of the built programs

func TestMain(m *testing.M) {
	os.Exit(func() int {
		bin, err := os.MkdirTemp("", "golangci-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(bin)
		golangci, mapvet = filepath.Join(bin, "golangci-lint"), filepath.Join(bin, "mapvet")
		for _, b := range []struct{ dir, out, pkg string }{
			{".", golangci, "."},
			{filepath.Join("..", ".."), mapvet, "./cmd/mapvet"},
		} {
			cmd := exec.Command("go", "build", "-o", b.out, b.pkg)
			cmd.Dir = b.dir
			if out, err := cmd.CombinedOutput(); err != nil {
				fmt.Fprintf(os.Stderr, "%v in %s: %v\n%s", cmd, b.dir, err, out)
				return 1
			}
		}
		// Results of an older plug-in must not come back from a cache.
		os.Setenv("GOLANGCI_LINT_CACHE", filepath.Join(bin, "cache"))
		return m.Run()
	}())
}

// output runs a program that exits with 0, or 1 where it finds something.
func output(t *testing.T, dir, name string, args ...string) (stdout, stderr []byte) {
	t.Helper()
	var o, e bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		t.Fatalf("%v in %s: %v\n%s%s", cmd, dir, err, o.Bytes(), e.Bytes())
	}
	return o.Bytes(), e.Bytes()
}

type issue struct {
	FromLinter, Text string
	Pos              struct {
		Filename     string
		Line, Column int
	}
}

// lint returns what golangci-lint finds in a module.
func lint(t *testing.T, dir string, args ...string) []issue {
	t.Helper()
	stdout, stderr := output(t, dir, golangci, append([]string{"run", "--output.json.path=stdout", "--show-stats=false", "--path-mode=abs"}, args...)...)
	var result struct{ Issues []issue }
	if err := json.Unmarshal(stdout, &result); err != nil {
		t.Fatalf("golangci-lint in %s: %v\n%s%s", dir, err, stdout, stderr)
	}
	return result.Issues
}

// vet returns what mapvet finds in a module under go vet, as golangci-lint
// words it.
func vet(t *testing.T, dir string) map[string]bool {
	t.Helper()
	stdout, stderr := output(t, dir, "go", "vet", "-json", "-vettool="+mapvet, "./...")
	found := make(map[string]bool)
	comments := regexp.MustCompile(`(?m)^#.*\n`)
	dec := json.NewDecoder(bytes.NewReader(comments.ReplaceAll(slices.Concat(stdout, stderr), nil)))
	for dec.More() {
		var unit map[string]map[string][]struct{ Posn, Message string }
		if err := dec.Decode(&unit); err != nil {
			t.Fatalf("go vet in %s: %v\n%s%s", dir, err, stdout, stderr)
		}
		for _, rules := range unit {
			for rule, list := range rules {
				for _, d := range list {
					found[d.Posn+": "+rule+": "+d.Message] = true
				}
			}
		}
	}
	return found
}

// TestFixtures wants the same findings of golangci-lint as of go vet for the
// fixtures of every rule.
func TestFixtures(t *testing.T) {
	config, err := filepath.Abs("fixtures.yml")
	if err != nil {
		t.Fatal(err)
	}
	mods, err := filepath.Glob("../../testdata/src/*/go.mod")
	if err != nil || len(mods) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	total := 0
	for _, mod := range mods {
		dir := filepath.Dir(mod)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			got := make(map[string]bool)
			for _, i := range lint(t, dir, "--config="+config) {
				got[fmt.Sprintf("%s:%d:%d: %s", i.Pos.Filename, i.Pos.Line, i.Pos.Column, i.Text)] = true
			}
			want := vet(t, dir)
			total += len(want)
			for _, f := range slices.Sorted(maps.Keys(want)) {
				if !got[f] {
					t.Errorf("go vet alone finds %s", f)
				}
			}
			for _, f := range slices.Sorted(maps.Keys(got)) {
				if !want[f] {
					t.Errorf("golangci-lint alone finds %s", f)
				}
			}
		})
	}
	if total == 0 {
		t.Error("the fixtures bring no finding to compare")
	}
}

// TestNoLint wants golangci-lint to apply its own suppressions, so that its
// nolintlint tells the used from the unused.
func TestNoLint(t *testing.T) {
	const dir = "testdata/nolint"
	got := make(map[string]bool)
	for _, i := range lint(t, dir) {
		got[fmt.Sprintf("%s:%d: %s", filepath.Base(i.Pos.Filename), i.Pos.Line, i.FromLinter)] = true
	}
	src, err := os.ReadFile(filepath.Join(dir, "nolint.go"))
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]bool)
	for n, line := range strings.Split(string(src), "\n") {
		if _, linter, ok := strings.Cut(line, "/* want "); ok {
			linter, _, _ = strings.Cut(linter, " ")
			want[fmt.Sprintf("nolint.go:%d: %s", n+1, linter)] = true
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("found %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}
