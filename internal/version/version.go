// Package version tells which version of mapdiag a program is.
package version

import "runtime/debug"

// stamp is set by the linker (-X) where the extension and releases are made: what is
// built from a checkout has no version of its own.
var stamp string

// Program returns the version of the program that runs, such as "v0.1.0", or
// "(devel)" if it has none.
func Program() string {
	if stamp != "" {
		return stamp
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
