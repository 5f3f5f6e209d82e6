// Package layers states which packages of mapdiag may import which, and
// what a command may link. Its test holds the statement, and the table in
// docs/architecture.md is made from it.
package layers

import (
	"path"
	"strings"
)

// Module is the path of the module whose packages the table is about.
const Module = "github.com/mapdiag/mapdiag"

// A Layer is a set of packages that may import the same others.
type Layer struct {
	Name string
	// Packages are paths below the module. A final "/..." stands for the
	// package and all below it, a final "/*" for those directly below. A
	// package belongs to the layer with the longest pattern that matches.
	Packages []string
	// Imports names the layers that its packages may import. Packages of one
	// layer import each other only where the layer names itself.
	Imports []string
	Why     string
}

// Table is the import direction, from the top down.
var Table = []Layer{
	{
		Name:     "commands",
		Packages: []string{"cmd/*"},
		Imports:  []string{"server", "driver", "suite", "health"},
		Why:      "main functions: they parse flags and call what does the work",
	},
	{
		Name:     "server",
		Packages: []string{"server/..."},
		Imports:  []string{"server", "wire", "settings", "driver", "suite", "measurements", "sizes", "metadata"},
		Why:      "the language server",
	},
	{
		Name:     "settings",
		Packages: []string{"server/settings"},
		Imports:  []string{"suite"},
		Why:      "what a user can set, apart from the server for `docs/settings.md` to be made from it",
	},
	{
		Name:     "wire",
		Packages: []string{"server/transport", "server/protocol"},
		Why:      "the connection to the editor and the types of its messages; knows nothing of maps",
	},
	{
		Name:     "driver",
		Packages: []string{"internal/..."},
		Imports:  []string{"driver", "suite", "measurements", "sizes", "metadata"},
		Why:      "loads packages, runs the suite and turns findings into text, JSON and SARIF",
	},
	{
		Name:     "health",
		Packages: []string{"internal/health/..."},
		Imports:  []string{"health", "record", "measurements", "files"},
		Why:      "what the mapdiag command is made of: snapshots of live maps, read, compared, reported; knows nothing of rules. The library mapstat is a module of its own",
	},
	{
		Name:     "record",
		Packages: []string{"internal/record/..."},
		Imports:  []string{"record", "measurements", "files", "metadata"},
		Why:      "builds and runs programs so that they count their maps, and makes profiles of what they leave",
	},
	{
		Name:     "tools",
		Packages: []string{"internal/benchlsp", "internal/docgen", "internal/escapecount", "internal/layers", "internal/release", "internal/vetbench"},
		Imports:  []string{"tools", "settings", "wire", "driver", "suite", "metadata"},
		Why:      "what keeps the repository in order; no command links it",
	},
	{
		Name:     "fixtures",
		Packages: []string{"analyzers/internal/ruletest"},
		Imports:  []string{"suite", "frame", "measurements"},
		Why:      "runs a rule over its fixtures; imported by tests alone",
	},
	{
		Name:     "suite",
		Packages: []string{"analyzers"},
		Imports:  []string{"rules", "frame", "measurements"},
		Why:      "the list of rules: the only place that knows all of them",
	},
	{
		Name:     "rules",
		Packages: []string{"analyzers/*"},
		Imports:  []string{"frame", "measurements", "sizes"},
		Why:      "one package a rule; a rule never knows another one",
	},
	{
		Name:     "frame",
		Packages: []string{"analyzers/internal/..."},
		Imports:  []string{"frame", "measurements", "sizes"},
		Why:      "what rules share: reporting, suppressions, operations on maps",
	},
	{
		Name:     "measurements",
		Packages: []string{"internal/sites", "internal/sites/sitestest"},
		Imports:  []string{"measurements", "sizes"},
		Why:      "what was measured of a program's maps, and how it is found again in its source",
	},
	{
		Name:     "sizes",
		Packages: []string{"internal/mapmodel"},
		Why:      "bytes and allocations of a map; knows nothing of analysis",
	},
	{
		Name:     "files",
		Packages: []string{"internal/atomicfile"},
		Why:      "writes files that appear when they are whole",
	},
	{
		Name:     "metadata",
		Packages: []string{"internal/golist"},
		Why:      "asks the go command which packages there are",
	},
}

// Linked lists the modules that a command may link besides this one and the
// standard library. The go command starts mapvet once for each package, so
// that the time it takes to start is part of its speed.
var Linked = map[string][]string{
	"cmd/mapls": {
		"github.com/go-json-experiment/json", // of go.lsp.dev/protocol
		"github.com/rogpeppe/go-internal",    // the cache on disk
		"github.com/sourcegraph/jsonrpc2",
		"go.lsp.dev/jsonrpc2",
		"go.lsp.dev/protocol",
		"go.lsp.dev/uri",
		"golang.org/x/mod", // go.mod
		"golang.org/x/sync",
		"golang.org/x/tools",
	},
	"cmd/mapvet": {
		"github.com/owenrumney/go-sarif/v2",
		"github.com/rogpeppe/go-internal", // diffs
		"golang.org/x/mod",
		"golang.org/x/sync",
		"golang.org/x/tools",
	},
}

// Importers lists the packages, below the module, that alone may import from
// certain modules: what these modules do badly is mended in one place.
var Importers = map[string]string{
	"github.com/go-analyze/charts":    "internal/health/report",
	"github.com/sourcegraph/jsonrpc2": "server/transport",
	"go.lsp.dev/protocol":             "server/protocol",
	"go.lsp.dev/uri":                  "server/protocol",
}

// Unlinked lists packages, by patterns as in [Layer], that a command links
// on no way.
var Unlinked = map[string][]string{
	"cmd/mapdiag": {
		Module + "/analyzers/...", // what it reads are maps, not sources
		Module + "/server/...",
		"golang.org/x/tools/go/...",
	},
	"cmd/mapvet": {
		Module + "/mapstat/...",
		Module + "/server/...",
		"net", // brings the resolver, and net/http with it TLS: megabytes that no rule needs
	},
}

// Of returns the layer of the package with the given path below the module,
// or nil.
func Of(pkg string) *Layer {
	var best *Layer
	longest := -1
	for i := range Table {
		for _, pattern := range Table[i].Packages {
			if len(pattern) > longest && matches(pattern, pkg) {
				best, longest = &Table[i], len(pattern)
			}
		}
	}
	return best
}

func matches(pattern, pkg string) bool {
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == root || strings.HasPrefix(pkg, root+"/")
	}
	ok, err := path.Match(pattern, pkg)
	return ok && err == nil
}
