//go:build !unix

package server

import "os"

// signalled reports whether a process runs: here it could not have been found
// otherwise.
func signalled(*os.Process) bool { return true }
