// Docgen writes the documents that follow from code: a page for each rule in
// docs/rules, the lists of rules, the settings of the language server in
// docs/settings.md and in the manifest of the extension, package.json, and the table
// of imports in docs/architecture.md.
package main

import (
	"bytes"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/layers"
	"github.com/mapdiag/mapdiag/server/settings"
)

//go:generate go run .

// root is the root of the repository, seen from this folder, in which both
// go generate and go test run the program.
const root = "../.."

const rulesDir = "docs/rules"

func main() {
	log.SetFlags(0)
	log.SetPrefix("docgen: ")
	if len(os.Args) > 1 {
		log.Fatal("takes no arguments; run go generate ./internal/docgen")
	}
	files, err := generate(root, analyzers.New())
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(root, name)
		if files[name] == nil {
			err = os.Remove(path)
		} else if err = os.MkdirAll(filepath.Dir(path), 0o777); err == nil {
			err = os.WriteFile(path, files[name], 0o666)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

// generate returns the contents of all documents by their paths in the
// repository at dir. The content of a page without a rule is nil.
func generate(dir string, suite *analyzers.Suite) (map[string][]byte, error) {
	files := make(map[string][]byte, len(suite.Rules)+4)
	old, err := filepath.Glob(filepath.Join(dir, rulesDir, "*.md"))
	if err != nil {
		return nil, err
	}
	for _, path := range old {
		files[rulesDir+"/"+filepath.Base(path)] = nil
	}
	for _, r := range suite.Rules {
		files[rulesDir+"/"+r.Name+".md"] = rulePage(r)
	}
	files[rulesDir+"/README.md"] = []byte("# The rules of mapdiag\n\n" + generated + "\n\n" + ruleTable(suite, "") + levels)
	files["docs/settings.md"] = settingsPage(settings.Table(), suite)

	src, err := os.ReadFile(filepath.Join(dir, manifest))
	if err != nil {
		return nil, err
	}
	if files[manifest], err = withSettings(src, settings.Table(), suite); err != nil {
		return nil, err
	}
	for _, part := range []struct{ file, name, text string }{
		{"README.md", "rules", ruleTable(suite, rulesDir+"/")},
		{"docs/architecture.md", "layers", layerTable()},
	} {
		src, err := os.ReadFile(filepath.Join(dir, part.file))
		if err != nil {
			return nil, err
		}
		if files[part.file], err = replace(src, part.name, part.text); err != nil {
			return nil, fmt.Errorf("%s: %v", part.file, err)
		}
	}
	return files, nil
}

// replace puts text between the markers <!-- name --> and <!-- /name -->.
func replace(src []byte, name, text string) ([]byte, error) {
	begin, end := []byte("<!-- "+name+" -->\n"), []byte("<!-- /"+name+" -->\n")
	before, rest, ok := bytes.Cut(src, begin)
	_, after, ok2 := bytes.Cut(rest, end)
	if !ok || !ok2 {
		return nil, fmt.Errorf("want the lines %s and %s, one after the other", bytes.TrimSpace(begin), bytes.TrimSpace(end))
	}
	return slices.Concat(before, begin, []byte(text), end, after), nil
}

func layerTable() string {
	var b strings.Builder
	b.WriteString("| layer | packages | may import | what it is |\n|---|---|---|---|\n")
	for _, l := range layers.Table {
		imports := strings.Join(l.Imports, ", ")
		if imports == "" {
			imports = "nothing of this module"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", l.Name, strings.Join(l.Packages, "`, `"), imports, l.Why)
	}
	return b.String()
}
