// Mapdiag shows the health of the maps of running Go programs:
//
//	mapdiag top http://localhost:6060/debug/maps
//
// mapdiag help says more, and mapdiag demo shows it at work.
package main

import (
	"os"

	"github.com/mapdiag/mapdiag/internal/health/cli"
	"github.com/mapdiag/mapdiag/internal/version"
)

func main() {
	os.Exit(cli.Main(version.Program(), os.Args[1:], os.Stdout, os.Stderr))
}
