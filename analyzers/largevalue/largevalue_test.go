package largevalue_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/mapdiag/mapdiag/analyzers/internal/ruletest"
)

func TestFindings(t *testing.T) {
	ruletest.Run(t, "largevalue", []string{"level=possible"}, "./shapes", "./limits", "./silent", "./files")
}

func TestLevel(t *testing.T) {
	ruletest.Run(t, "largevalue", nil, "./level", "./measured")
}

func TestBytes(t *testing.T) {
	ruletest.Run(t, "largevalue", []string{"level=possible", "bytes=40"}, "./option")
}

func TestFix(t *testing.T) {
	ruletest.Run(t, "largevalue", []string{"level=possible"}, "./fix", "./fields", "./old")
}

// No golden file stands beside these: an offered fix fails the test.
func TestNoFix(t *testing.T) {
	ruletest.Run(t, "largevalue", []string{"level=possible"}, "./nofix")
}

// TestFixKeepsBehaviour runs the program of the fixes before and after them.
func TestFixKeepsBehaviour(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "src", "largevalue")
	output := func(source string) string {
		src, err := os.ReadFile(filepath.Join(dir, "fix", source))
		if err != nil {
			t.Fatal(err)
		}
		program := t.TempDir()
		for name, data := range map[string][]byte{"main.go": src, "go.mod": []byte("module program\n\ngo 1.26\n")} {
			if err := os.WriteFile(filepath.Join(program, name), data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("go", "run", ".")
		cmd.Dir = program
		cmd.Env = append(os.Environ(), "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", source, err, out)
		}
		return string(out)
	}
	before, after := output("fix.go"), output("fix.go.golden")
	if before != after || before == "" {
		t.Errorf("the program printed\n%safter the fixes\n%s", before, after)
	}
}
