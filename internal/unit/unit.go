// Package unit runs the rules on one package at the go command's request:
// it is what mapvet is under go vet -vettool and go fix -fixtool.
package unit

import (
	"encoding/json"
	"flag"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/mapdiag/mapdiag/analyzers"
)

// Requested reports whether command line arguments are those with which the
// go command calls a vet tool: -flags, -V=full, or flags and a .cfg file.
func Requested(args []string) bool {
	if len(args) == 1 && (args[0] == "-flags" || args[0] == "-V=full") {
		return true
	}
	return len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".cfg")
}

// Main answers the go command with the rules of the suite, and exits.
func Main(suite *analyzers.Suite) {
	if n := len(os.Args); n > 1 {
		if out, ok := factless(os.Args[n-1]); ok {
			if err := os.WriteFile(out, nil, 0o666); err == nil {
				os.Exit(0)
			}
			// The full run fails in the same way and says so.
		}
	}
	suite.RegisterFlags(flag.CommandLine)
	suite.Config.SafeFixesOnly = func() bool {
		f := flag.Lookup("fix")
		return f != nil && f.Value.String() == "true"
	}
	unitchecker.Main(suite.Analyzers()...)
}

// factless returns the file in which the go command expects the facts of a
// unit that can have none: a package of the standard library or of another
// module that is analysed for its facts alone. An empty file says "no facts"
// and spares parsing and type-checking the package.
func factless(cfgFile string) (vetx string, ok bool) {
	if !strings.HasSuffix(cfgFile, ".cfg") {
		return "", false
	}
	data, err := os.ReadFile(cfgFile)
	if err != nil {
		return "", false
	}
	var cfg struct {
		ModulePath    string
		ModuleVersion string
		VetxOnly      bool
		VetxOutput    string
	}
	if json.Unmarshal(data, &cfg) != nil || !cfg.VetxOnly || cfg.VetxOutput == "" {
		return "", false
	}
	// The standard library has no module path, other modules have a version.
	return cfg.VetxOutput, cfg.ModulePath == "" || cfg.ModuleVersion != ""
}
