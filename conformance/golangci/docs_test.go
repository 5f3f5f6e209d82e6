package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestDocs wants every YAML example of the documents to parse, and the
// configuration of golangci-lint to be one that it accepts.
func TestDocs(t *testing.T) {
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")
	configs := 0
	for _, doc := range append(docs, "../../README.md") {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range blocks.FindAllSubmatch(text, -1) {
			var value map[string]any
			if err := yaml.Unmarshal(block[1], &value); err != nil {
				t.Errorf("%s: %v in\n%s", doc, err, block[1])
			}
			if value["linters"] == nil {
				continue
			}
			configs++
			config := filepath.Join(t.TempDir(), ".golangci.yml")
			if err := os.WriteFile(config, block[1], 0o666); err != nil {
				t.Fatal(err)
			}
			for _, i := range lint(t, "testdata/nolint", "--config="+config) {
				if strings.Contains(i.Text, "largevalue: ") {
					t.Errorf("%s disables largevalue, which reports %s", doc, i.Text)
				}
			}
		}
	}
	if configs == 0 {
		t.Error("no document shows the configuration of golangci-lint")
	}
}
