//go:build !unix

package escape

import (
	"os/exec"
	"time"
)

// lowPriority runs a command. Priorities and process groups are not to be had
// here from the standard library: what a cancelled go command has started
// ends by itself.
func lowPriority(cmd *exec.Cmd) error {
	cmd.WaitDelay = 2 * time.Second
	return cmd.Run()
}
