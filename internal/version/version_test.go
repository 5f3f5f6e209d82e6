package version

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestStamp builds the programs as a release does and asks them.
func TestStamp(t *testing.T) {
	for program, flag := range map[string]string{"mapls": "-version", "mapvet": "version"} {
		file := filepath.Join(t.TempDir(), program)
		const ldflags = "-ldflags=-X github.com/mapdiag/mapdiag/internal/version.stamp=v1.2.3"
		build := exec.Command("go", "build", "-buildvcs=false", ldflags, "-o", file, "../../cmd/"+program)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", build, err, out)
		}
		out, err := exec.Command(file, flag).Output()
		if got, want := strings.TrimSpace(string(out)), program+" v1.2.3"; err != nil || got != want {
			t.Errorf("%s %s says %q, %v, want %q", program, flag, got, err, want)
		}
	}
}

func TestUnstamped(t *testing.T) {
	if got := Program(); got == "" {
		t.Error("a program without a stamp has no version at all")
	}
}
