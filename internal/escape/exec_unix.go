//go:build unix

package escape

import (
	"os/exec"
	"syscall"
	"time"
)

// niceness is that of background work; the compiler and all other children
// of the go command inherit it.
const niceness = 10

// lowPriority runs a command in a process group of its own, so that a
// cancelled context ends the compilers too, and lets other processes go first.
func lowPriority(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// The go command removes its temporary files when it is interrupted.
	cancelled := false
	cmd.Cancel = func() error {
		cancelled = true
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	}
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		return err
	}
	// By group rather than by process: on Linux the latter is one thread.
	// Where it is refused, the command runs at normal priority.
	_ = syscall.Setpriority(syscall.PRIO_PGRP, cmd.Process.Pid, niceness)
	err := cmd.Wait()
	if cancelled {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // who outlived the interrupt
	}
	return err
}
