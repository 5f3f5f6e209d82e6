// This program is golangci-lint with the plug-in of mapdiag linked in: what
// "golangci-lint custom" builds, without its clone of a repository.
package main

import (
	"fmt"
	"os"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/mapdiag/mapdiag/plugin"
)

func main() {
	if err := commands.Execute(commands.BuildInfo{Version: "mapdiag-conformance"}); err != nil {
		fmt.Fprintln(os.Stderr, "golangci-lint:", err)
		os.Exit(exitcodes.Failure)
	}
}
