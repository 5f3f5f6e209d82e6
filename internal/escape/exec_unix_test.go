//go:build unix

package escape

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPriority(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "sleep 0.2; nice")
	cmd.Stdout = &out
	if err := lowPriority(cmd); err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil || n < niceness { // more if the test itself is at low priority
		t.Errorf("a child runs at niceness %q, want %d", out.String(), niceness)
	}
}

// What the command has started ends with it, even if it ignores an interrupt.
func TestCancelGroup(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "sh", "-c", "(trap '' INT; sleep 60) & echo $!; wait")
	cmd.Stdout = &out
	time.AfterFunc(300*time.Millisecond, cancel)
	if err := lowPriority(cmd); err == nil {
		t.Fatal("a cancelled command succeeded")
	}
	child, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := syscall.Kill(child, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("the child %d outlived its cancelled parent", child)
}
