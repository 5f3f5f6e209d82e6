package gopls

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var gopls, mapls string // paths of the built programs

func TestMain(m *testing.M) {
	os.Exit(func() int {
		bin, err := os.MkdirTemp("", "peers-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(bin)
		gopls, mapls = filepath.Join(bin, "gopls"), filepath.Join(bin, "mapls")
		for _, b := range []struct{ dir, out, pkg string }{
			{".", gopls, "golang.org/x/tools/gopls"},
			{filepath.Join("..", ".."), mapls, "./cmd/mapls"},
		} {
			cmd := exec.Command("go", "build", "-o", b.out, b.pkg)
			cmd.Dir = b.dir
			if out, err := cmd.CombinedOutput(); err != nil {
				fmt.Fprintf(os.Stderr, "%v in %s: %v\n%s", cmd, b.dir, err, out)
				return 1
			}
		}
		// No results of other versions, and none left behind.
		os.Setenv("XDG_CACHE_HOME", filepath.Join(bin, "cache"))
		os.Setenv("GOPLSCACHE", filepath.Join(bin, "cache", "gopls"))
		if os.Getenv("GOCACHE") == "" { // which follows XDG_CACHE_HOME otherwise
			home, err := os.UserHomeDir()
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			os.Setenv("GOCACHE", filepath.Join(home, ".cache", "go-build"))
		}
		return m.Run()
	}())
}
