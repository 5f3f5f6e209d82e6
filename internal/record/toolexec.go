package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A plan tells Toolexec what to do.
type plan struct {
	GOROOT   string
	ID       string // tells builds apart, since the go command keeps what is compiled
	Packages map[string]planned
}

type planned struct {
	Replaced map[string]string // base name → file
	Added    []string
}

// Toolexec is what the go command starts in place of each tool, with the plan and then the
// tool's command line: it changes the arguments of the compiler for the packages that are
// patched. It returns the exit code.
func Toolexec(args []string, stdout, stderr io.Writer) int {
	if len(args) < 2 {
		fmt.Fprintln(stderr, "mapdiag: toolexec is for the go command: it needs a plan and a tool")
		return 2
	}
	text, err := os.ReadFile(args[0])
	var p plan
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		fmt.Fprintln(stderr, "mapdiag: toolexec:", err)
		return 2
	}
	words := args[1:]
	// A -toolexec of the user's stands before the tool, which is the first that is in GOROOT.
	tool := slices.IndexFunc(words, func(w string) bool {
		return strings.TrimSuffix(filepath.Base(w), ".exe") == "compile" && inside(filepath.Dir(w), p.GOROOT)
	})
	if tool >= 0 {
		if len(words) == tool+2 && words[tool+1] == "-V=full" {
			return p.version(words, stdout, stderr)
		}
		words = slices.Concat(words[:tool+1], p.compile(words[tool+1:]))
	}
	return runTool(words, stdout, stderr)
}

func runTool(words []string, stdout, stderr io.Writer) int {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, stdout, stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode()
	case err != nil:
		fmt.Fprintf(stderr, "mapdiag: toolexec: %s: %v\n", words[0], err)
		return 1
	}
	return 0
}

// version answers what the go command takes for the compiler's identity. It is another one where
// another patch is applied.
func (p *plan) version(words []string, stdout, stderr io.Writer) int {
	var out bytes.Buffer
	if code := runTool(words, &out, stderr); code != 0 {
		return code
	}
	fmt.Fprintf(stdout, "%s mapdiag:%s\n", strings.TrimSpace(out.String()), p.ID)
	return 0
}

// compile returns the arguments of the compiler with patched files in place of Go's. Positions
// stay those of Go's files.
func (p *plan) compile(args []string) []string {
	i := slices.Index(args, "-p")
	if i < 0 || i+1 >= len(args) {
		return args
	}
	pkg := args[i+1]
	change, ok := p.Packages[pkg]
	if !ok {
		return args
	}
	args = slices.Clone(args)
	dir := filepath.Join(p.GOROOT, "src", filepath.FromSlash(pkg))
	trim := slices.Index(args, "-trimpath") + 1
	rewritten := func(file, name string) {
		if trim > 0 && trim < len(args) {
			args[trim] = file + "=>" + trimmed(filepath.Join(dir, name), args[trim]) + ";" + args[trim]
		}
	}
	found := false
	for i, arg := range args {
		name := filepath.Base(arg)
		file, ok := change.Replaced[name]
		if ok && !strings.HasPrefix(arg, "-") && (filepath.Dir(arg) == "." || filepath.Dir(arg) == dir) {
			args[i] = file
			rewritten(file, name)
			found = true
		}
	}
	if !found {
		return args // an assembly of tests, say
	}
	for _, file := range change.Added {
		rewritten(file, filepath.Base(file))
	}
	return append(args, change.Added...)
}

// trimmed returns what the compiler would make of a path by a list of rewrites.
func trimmed(path, rewrites string) string {
	for rewrite := range strings.SplitSeq(rewrites, ";") {
		from, to, ok := strings.Cut(rewrite, "=>")
		if !ok || from == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(path, from); ok && (rest == "" || rest[0] == '/') {
			if to == "" {
				return strings.TrimPrefix(rest, "/")
			}
			return to + rest
		}
	}
	return path
}
