// Package unit runs the rules on one package at the go command's request:
// it is what mapvet is under go vet -vettool and go fix -fixtool.
package unit

import (
	"flag"
	"fmt"
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
	return len(args) > 0 && isConfig(args[len(args)-1])
}

func isConfig(arg string) bool { return strings.HasSuffix(arg, ".cfg") }

// Main answers the go command with the rules of the suite, and exits.
func Main(suite *analyzers.Suite) {
	reach := None
	if last := len(os.Args) - 1; isConfig(os.Args[last]) {
		p, err := prepare(os.Args[last], reachOf(os.Args[1:last]))
		if err == nil && p.done {
			os.Exit(0)
		}
		if err == nil && !p.factsOnly {
			suite.Config.Profile, err = profileOf(os.Args[1:last], p.pkg)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "mapvet: %v\n", err)
			os.Exit(1)
		}
		os.Args[last] = p.config
		suite.Config.FactsOnly = p.factsOnly
	}
	flag.Var(&reach, "deps", "report on dependencies too: `none`, main (those in the main module) or all")
	flag.String(profileFlag, "", "take measurements of maps from this `file`")
	flag.String(sumFlag, "", "SHA-256 of the profile, in hexadecimal")
	suite.RegisterFlags(flag.CommandLine)
	suite.Config.SafeFixesOnly = func() bool {
		f := flag.Lookup("fix")
		return f != nil && f.Value.String() == "true"
	}
	unitchecker.Main(suite.Analyzers()...)
}
