// Mapvet reports the misuse of maps in Go programs. It is a vet tool,
//
//	go vet -vettool=$(which mapvet) ./...
//
// a fix tool, and a command of its own; mapvet help says more.
package main

import (
	"os"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/command"
	"github.com/mapdiag/mapdiag/internal/unit"
)

func main() {
	if unit.Requested(os.Args[1:]) {
		unit.Main(analyzers.New())
	}
	os.Exit(command.Main(analyzers.New(), os.Args[1:], os.Stdout, os.Stderr))
}
