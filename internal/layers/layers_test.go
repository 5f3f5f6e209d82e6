package layers

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Module       *struct{ Path string }
}

// list returns what the go command says about packages, from the root of the
// module.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,TestImports,XTestImports,Module"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %v\n%s", cmd, err, exit.Stderr)
		}
		t.Fatalf("%v: %v", cmd, err)
	}
	var pkgs []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatalf("%v: %v", cmd, err)
		}
		pkgs = append(pkgs, p)
	}
}

func inModule(importPath string) (string, bool) {
	if importPath == Module {
		return ".", true
	}
	return strings.CutPrefix(importPath, Module+"/")
}

func TestImports(t *testing.T) {
	pkgs := list(t, "./...")
	if len(pkgs) < 5 {
		t.Fatalf("go list ./... found only %d packages", len(pkgs))
	}
	for _, p := range pkgs {
		pkg, _ := inModule(p.ImportPath)
		from := Of(pkg)
		if from == nil {
			t.Errorf("%s belongs to no layer; give it one in internal/layers", pkg)
			continue
		}
		for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for module, only := range Importers {
				if matches(module+"/...", imp) && pkg != only {
					t.Errorf("%s imports %s; only %s may", pkg, imp, only)
				}
			}
		}
		for _, imp := range p.Imports {
			dep, ok := inModule(imp)
			if !ok {
				continue
			}
			if to := Of(dep); to != nil && !slices.Contains(from.Imports, to.Name) {
				t.Errorf("%s (%s) imports %s (%s); %s may import %s", pkg, from.Name, dep, to.Name, from.Name, strings.Join(from.Imports, ", "))
			}
		}
	}
}

func TestLinked(t *testing.T) {
	for command, modules := range Linked {
		for _, p := range list(t, "-deps", "./"+command) {
			if m := p.Module; m != nil && m.Path != Module && !slices.Contains(modules, m.Path) {
				t.Errorf("%s links %s of the module %s, which is not on its list", command, p.ImportPath, m.Path)
			}
			for _, pattern := range Unlinked[command] {
				if matches(pattern, p.ImportPath) {
					t.Errorf("%s links %s", command, p.ImportPath)
				}
			}
		}
	}
}

func TestTable(t *testing.T) {
	for pkg, want := range map[string]string{
		"cmd/mapvet":                  "commands",
		"server/session":              "server",
		"server/transport":            "wire",
		"server/settings":             "settings",
		"internal/unit":               "driver",
		"internal/docgen":             "tools",
		"internal/mapmodel":           "sizes",
		"analyzers":                   "suite",
		"analyzers/sizehint":          "rules",
		"analyzers/internal/rule":     "frame",
		"analyzers/internal/ruletest": "fixtures",
	} {
		if l := Of(pkg); l == nil || l.Name != want {
			t.Errorf("Of(%s) = %v, want %s", pkg, l, want)
		}
	}
	for _, l := range Table {
		for _, name := range l.Imports {
			if !slices.ContainsFunc(Table, func(l Layer) bool { return l.Name == name }) {
				t.Errorf("layer %s may import %s, which is no layer", l.Name, name)
			}
		}
	}
}
