//go:build unix

package server

import (
	"errors"
	"os"
	"syscall"
)

// signalled reports whether a process could be sent a signal.
func signalled(p *os.Process) bool {
	err := p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, syscall.EPERM)
}
