package sarif_test

import (
	"bytes"
	"encoding/json"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/sarif"
	"github.com/mapdiag/mapdiag/internal/source"
	"github.com/mapdiag/mapdiag/internal/vet"
)

// write returns a log as text and as decoded JSON that satisfies the schema.
func write(t *testing.T, log *sarif.Log) (string, map[string]any) {
	t.Helper()
	var out bytes.Buffer
	if err := log.Write(&out); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("not valid: %v\n%s", err, out.String())
	}
	runs := doc.(map[string]any)["runs"].([]any)
	return out.String(), runs[0].(map[string]any)
}

func newLog(t *testing.T) (log *sarif.Log, file string) {
	root := t.TempDir()
	file = filepath.Join(root, "a dir", "p.go")
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	// The emoji is 4 bytes, 2 UTF-16 code units and 1 code point.
	if err := os.WriteFile(file, []byte("package p\n\nvar s, m = \"😀\", make(map[int]int)\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return &sarif.Log{Suite: analyzers.New(), Version: "v1.2.3", Root: root, Files: new(source.Files)}, file
}

func TestResult(t *testing.T) {
	log, file := newLog(t)
	pos := func(line, column int) token.Position {
		return token.Position{Filename: file, Line: line, Column: column}
	}
	log.Findings = []finding.Finding{{
		Rule: "sizehint", Level: analyzers.Likely, Package: "example.com/p",
		Pos: pos(3, 20), End: pos(3, 37), Message: "map of map[int]int",
		Related: []finding.Related{{Pos: pos(1, 1), End: pos(1, 10), Message: "in m[k] here"}},
		Fixes: []finding.Fix{{Message: "Add a size", Edits: []finding.Edit{
			{Filename: file, Start: 46, End: 46, New: ", 8"},
			{Filename: file, Start: 0, End: 10},
		}}},
	}}
	log.Fingerprints = []string{"0123"}
	_, run := write(t, log)
	got, err := json.MarshalIndent(run["results"], "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(string(readFile(t, "testdata/result.json")))
	if string(got) != want {
		t.Errorf("results are\n%s", got)
	}
}

func readFile(t *testing.T, name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What code scanning shows of a rule comes from its descriptor.
func TestDescriptors(t *testing.T) {
	log, _ := newLog(t)
	_, run := write(t, log)
	driver := run["tool"].(map[string]any)["driver"].(map[string]any)
	if driver["name"] != "mapvet" || driver["version"] != "v1.2.3" {
		t.Errorf("driver %v %v", driver["name"], driver["version"])
	}
	rules := driver["rules"].([]any)
	if len(rules) != len(log.Suite.Rules) {
		t.Fatalf("%d rules, want %d", len(rules), len(log.Suite.Rules))
	}
	for i, r := range log.Suite.Rules {
		d := rules[i].(map[string]any)
		help := d["help"].(map[string]any)
		properties := d["properties"].(map[string]any)
		if d["id"] != r.Name || d["helpUri"] != r.Analyzer.URL || properties["precision"] == nil || properties["problem.severity"] == nil {
			t.Errorf("descriptor of %s: %v", r.Name, d)
		}
		if r.Name == "suppression" {
			if md := help["markdown"].(string); !strings.Contains(md, "## What it reports\n") {
				t.Errorf("help of %s:\n%s", r.Name, md)
			}
			if level := d["defaultConfiguration"].(map[string]any)["level"]; level != "warning" {
				t.Errorf("default level %v, want warning", level)
			}
		}
	}
}

func TestLevels(t *testing.T) {
	log, file := newLog(t)
	for _, test := range []struct {
		rule  string
		level analyzers.Level
		want  string
	}{
		{"suppression", analyzers.Certain, "warning"},
		{"suppression", analyzers.Possible, "note"},
		{"sizehint", analyzers.Certain, "note"},
	} {
		at := token.Position{Filename: file, Line: 1, Column: 1}
		log.Findings = []finding.Finding{{Rule: test.rule, Level: test.level, Message: "m", Pos: at, End: at}}
		log.Fingerprints = []string{"0"}
		_, run := write(t, log)
		if got := run["results"].([]any)[0].(map[string]any)["level"]; got != test.want {
			t.Errorf("%s, %s: %v, want %s", test.rule, test.level, got, test.want)
		}
	}
}

// Files elsewhere (the module cache) have no place below the root.
func TestFileOutsideOfRoot(t *testing.T) {
	log, _ := newLog(t)
	at := token.Position{Filename: "/elsewhere/p.go", Line: 7, Column: 2}
	log.Findings = []finding.Finding{{Rule: "sizehint", Message: "m", Pos: at, End: token.Position{}}}
	log.Fingerprints = []string{"0"}
	text, _ := write(t, log)
	if !strings.Contains(text, `"uri": "file:///elsewhere/p.go"`) || !strings.Contains(text, `"startLine": 7`) {
		t.Errorf("got\n%s", text)
	}
}

func TestIncomplete(t *testing.T) {
	log, _ := newLog(t)
	log.Gaps = []vet.Gap{
		{Package: "example.com/p", Reason: "p.go:1:2: bad"},
		{Package: "example.com/q", Tests: true, Reason: "q_test.go:1:2: bad"},
	}
	text, run := write(t, log)
	inv := run["invocations"].([]any)[0].(map[string]any)
	if inv["executionSuccessful"] != false || len(inv["toolExecutionNotifications"].([]any)) != 2 {
		t.Errorf("invocation %v", inv)
	}
	if !strings.Contains(text, "left out the tests of package example.com/q: q_test.go:1:2: bad") {
		t.Errorf("got\n%s", text)
	}
	log.Gaps = nil
	if _, run = write(t, log); run["invocations"].([]any)[0].(map[string]any)["executionSuccessful"] != true {
		t.Error("a complete run counts as failed")
	}
	if results, ok := run["results"].([]any); !ok || len(results) != 0 {
		t.Errorf("no findings must be an empty list, not %v", run["results"])
	}
}
