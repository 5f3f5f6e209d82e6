// Package testmod lets tests run built tools over modules that they write.
package testmod

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

// Packages of tools that tests build.
const (
	Mapvet = "github.com/mapdiag/mapdiag/cmd/mapvet"
	// Tool is mapvet with rules that fail and rules that fix.
	Tool = "github.com/mapdiag/mapdiag/analyzers/internal/rule/testdata/tool"
)

// Main builds the tools, each into the file of the path that tools gives for
// its package, and runs the tests.
func Main(m *testing.M, tools map[string]*string) {
	dir, err := os.MkdirTemp("", "testmod")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	code := 2
	for pkg, file := range tools {
		*file = filepath.Join(dir, filepath.Base(pkg))
		if out, err := exec.Command("go", "build", "-o", *file, pkg).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building %s: %v\n%s", pkg, err, out)
			os.RemoveAll(dir)
			os.Exit(2)
		}
	}
	code = m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// Write writes the files of a txtar archive into a new directory. It adds
// the go.mod of a module example.com/m where there is none.
func Write(t testing.TB, archive string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	ar := txtar.Parse([]byte(archive))
	mod := func(f txtar.File) bool { return filepath.Base(f.Name) == "go.mod" }
	if !slices.ContainsFunc(ar.Files, mod) {
		ar.Files = append(ar.Files, txtar.File{Name: "go.mod", Data: []byte("module example.com/m\n\ngo 1.26\n")})
	}
	for _, f := range ar.Files {
		WriteFile(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	return dir
}

// WriteFile writes one file, and the directory it is in.
func WriteFile(t testing.TB, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// ReadFile returns the content of a file.
func ReadFile(t testing.TB, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A Result is what a program left behind.
type Result struct {
	Stdout, Stderr string
	Code           int
}

// Run runs a program in a directory. The go command that it may start has no
// network and no workspace but one in the directory.
func Run(t *testing.T, dir, name string, args ...string) Result {
	t.Helper()
	return RunEnv(t, nil, dir, name, args...)
}

// RunEnv is [Run] with additions to the environment.
func RunEnv(t *testing.T, env []string, dir, name string, args ...string) Result {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOTOOLCHAIN=local", "PWD="+dir), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return Result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}
