package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/server/settings"
)

// TestFresh fails where a generated document is not what the code says now.
func TestFresh(t *testing.T) {
	files, err := generate(root, analyzers.New())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		switch {
		case want == nil:
			t.Errorf("%s is about no rule of the suite; run go generate ./...", name)
		case err != nil:
			t.Errorf("%v; run go generate ./...", err)
		case !bytes.Equal(got, want):
			t.Errorf("%s is stale; run go generate ./...", name)
		}
	}
}

// TestPageOfEachRule fails where the address in a rule's diagnostics leads to
// no page of the repository.
func TestPageOfEachRule(t *testing.T) {
	for _, r := range analyzers.New().Rules {
		path, ok := strings.CutPrefix(r.Analyzer.URL, "https://github.com/mapdiag/mapdiag/blob/main/")
		if !ok {
			t.Errorf("the address of %s is %s, which is not in the repository", r.Name, r.Analyzer.URL)
			continue
		}
		page, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Error(err)
		} else if !bytes.HasPrefix(page, []byte("# "+r.Name+"\n")) {
			t.Errorf("%s is not the page of %s", path, r.Name)
		}
	}
}

func TestReplace(t *testing.T) {
	got, err := replace([]byte("a\n<!-- x -->\nold\n<!-- /x -->\nb\n"), "x", "new\n")
	if want := "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"; err != nil || string(got) != want {
		t.Errorf("replace = %q, %v, want %q", got, err, want)
	}
	if _, err := replace([]byte("a\n<!-- /x -->\n<!-- x -->\n"), "x", "new\n"); err == nil {
		t.Error("replace accepts markers in the wrong order")
	}
}

// TestLinks wants every link between documents to lead to a file.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	n := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/rules/*.md"} {
		docs, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			text, err := os.ReadFile(doc)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				n++
				if _, err := os.Stat(filepath.Join(filepath.Dir(doc), m[1])); err != nil {
					t.Errorf("%s links to %s: %v", doc, m[1], err)
				}
			}
		}
	}
	if n == 0 {
		t.Error("no links found")
	}
}

// TestSettings wants every setting on the page about them, once.
func TestSettings(t *testing.T) {
	page := string(settingsPage(settings.Table(), analyzers.New()))
	for _, s := range settings.Table() {
		if n := strings.Count(page, "| `mapdiag."+s.Key+"` |"); n != 1 {
			t.Errorf("%s has %d rows in docs/settings.md, want 1", s.Key, n)
		}
	}
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(page, -1) {
		for line := range strings.Lines(block[1]) {
			got, problems := settings.Parse([]byte(line))
			if len(problems) > 0 || got.Rules["largevalue.bytes"] != "256" {
				t.Errorf("%s sets %v, %q", line, got.Rules, problems)
			}
		}
	}
}

// TestManifest wants every setting of the server in the manifest that VS Code can
// have, with a meaning for each of its values.
func TestManifest(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(root, manifest))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Contributes struct {
			Configuration []struct {
				Title      string
				Properties map[string]struct {
					Type                   string
					Scope                  string
					Enum, EnumDescriptions []string
					MarkdownDescription    string
				}
			}
		}
	}
	if err := json.Unmarshal(src, &m); err != nil {
		t.Fatal(err)
	}
	n := len(extensionSettings)
	for _, s := range settings.Table() {
		found := 0
		for _, c := range m.Contributes.Configuration {
			p, ok := c.Properties["mapdiag."+s.Key]
			if !ok {
				continue
			}
			found++
			if p.Scope != "resource" || p.MarkdownDescription == "" || strings.Contains(p.MarkdownDescription, "](") || len(p.Enum) != len(p.EnumDescriptions) {
				t.Errorf("%s is %+v", s.Key, p)
			}
			if rule, ok := strings.CutPrefix(s.Key, "rules."); ok && !strings.HasPrefix(rule, c.Title+".") {
				t.Errorf("%s stands under %s", s.Key, c.Title)
			}
		}
		if s.Initial && found != 0 || !s.Initial && found != 1 {
			t.Errorf("%s is %d times in %s", s.Key, found, manifest)
		}
		n += found
	}
	for _, c := range m.Contributes.Configuration {
		n -= len(c.Properties)
	}
	if n != 0 {
		t.Errorf("%s has settings that nothing reads", manifest)
	}
}

func TestWithSettings(t *testing.T) {
	const before, after = "{\n  \"contributes\": {\n    \"configuration\": [", "\n    ],\n    \"x\": []\n  }\n}\n"
	got, err := withSettings([]byte(before+"\n      1"+after), settings.Table(), analyzers.New())
	if err != nil || !json.Valid(got) || !bytes.HasPrefix(got, []byte(before+"\n      {")) || !bytes.HasSuffix(got, []byte("]"+after[len("\n    ]"):])) {
		t.Errorf("%v, got %s", err, got)
	}
	again, err := withSettings(got, settings.Table(), analyzers.New())
	if err != nil || !bytes.Equal(again, got) {
		t.Error("made again, the manifest is another one")
	}
	if _, err := withSettings([]byte("{}"), settings.Table(), analyzers.New()); err == nil {
		t.Error("a manifest without settings is accepted")
	}
}
