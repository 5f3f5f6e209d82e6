package escape

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Config says what [Run] compiles.
type Config struct {
	// Dir is the directory in which the go command runs, which decides the
	// module or workspace; absolute.
	Dir string

	// Package is an import path, or the ID of a test variant ("p [p.test]",
	// "p_test [p.test]"), which stands for the package under test.
	Package string

	// Files are absolute names of Go files that make up a package of their
	// own, as for go run; Package is then not used.
	Files []string

	Tests      bool              // compile the test variants too
	BuildFlags []string          // such as -tags=x
	Env        []string          // nil for that of this process
	Overlay    map[string][]byte // absolute file name → content that replaces it
}

// A Report is what the compiler said about one package and its test variants.
type Report struct {
	Dir string // that of the Config, to which the compiler's file names are relative

	// Package is the import path, "command-line-arguments" for [Config.Files].
	Package string
	Units   []Unit

	// Excluded are the Go files of the directory that are not part of this
	// build: by tags, by their name, or because cgo is off. Absolute.
	Excluded []string

	// Skipped counts lines of output that were not understood.
	Skipped int
}

// A Unit is one compilation: the package, the package with its test files, or
// the external tests. They come in this order.
type Unit struct {
	ImportPath string
	Files      []string // absolute, sorted; without those that cgo writes
	CgoFiles   []string // those of Files that import "C"

	// Err is why nothing is known: the first error, with its place if it has
	// one. There are no entries then.
	Err string

	// Entries holds what no earlier unit of the report says already.
	Entries []Entry

	// Hash identifies the content of Files that was compiled; see [Hash].
	Hash string
}

// changed is the number of times that Run starts again because a file changed
// while it was compiled.
const changed = 3

// Run compiles a package for its escape analysis. A package that does not
// compile is no error but a Unit with Err set; errors say that the go command
// could not be run, was cancelled or knows no such package.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	overlay, err := writeOverlay(cfg)
	if err != nil {
		return nil, err
	}
	defer overlay.remove()
	for range changed {
		start := time.Now()
		report, err := run(ctx, cfg, overlay.flags)
		if err != nil {
			return nil, err
		}
		if same, err := report.hash(cfg.Overlay, start); err != nil {
			return nil, err
		} else if same {
			return report, nil
		}
	}
	return nil, fmt.Errorf("escape analysis of %s: its files keep changing", cfg.name())
}

func (cfg *Config) name() string {
	if len(cfg.Files) > 0 {
		return strings.Join(cfg.Files, " ")
	}
	return cfg.Package
}

// importPath returns the path of the package under test for the ID of a
// test variant.
func (cfg *Config) importPath() string {
	if len(cfg.Files) > 0 {
		return "command-line-arguments"
	}
	path, variant, ok := strings.Cut(cfg.Package, " [")
	if ok {
		path = strings.TrimSuffix(variant, ".test]")
	}
	return path
}

// Args returns the arguments with which Run starts the go command in cfg.Dir, but
// for the overlay, which lives no longer than the run.
//
// go list -export compiles as go build does, takes what is up to date from the
// build cache and has the cache repeat the compiler's notes, but it does not
// link: neither commands nor tests, which go build and go test -c do. It also
// tells in the same run which files were compiled and which were left out. Measured on
// prometheus/tsdb, all from the cache: go list -export 0.4 s, with -test 0.8 s
// (of which most is 18 MB of notes on the tests), go build 0.5 s.
//
// A pattern that is an import path reaches the package, its test variant and its
// external tests, and nothing that they import. It replaces all -gcflags that GOFLAGS
// has for this package.
//
// The go command shortens paths before it puts notes into the cache: it repeats
// them as they were seen from the directory in which the package was compiled
// first. -D, which sets the prefix of local imports and means nothing in
// modules, makes the results of each directory their own.
func (cfg *Config) Args() []string { return cfg.args(nil) }

func (cfg *Config) args(overlay []string) []string {
	path := cfg.importPath()
	args := []string{"list", "-e", "-export", "-json=ImportPath,ForTest,Dir,GoFiles,CgoFiles,IgnoredGoFiles,Export,Error,DepsErrors"}
	if cfg.Tests {
		args = append(args, "-test")
	}
	// Under -trimpath the notes would name files by import path.
	dir := sha256.Sum256([]byte(cfg.Dir))
	args = slices.Concat(args, cfg.BuildFlags, overlay, []string{
		"-trimpath=false",
		fmt.Sprintf("-gcflags=%s=-m=2 -D=%x", path, dir[:8]),
		"--",
	})
	if len(cfg.Files) > 0 {
		return append(args, cfg.Files...)
	}
	return append(args, path)
}

// listed is what go list says about a package.
type listed struct {
	ImportPath     string
	ForTest        string
	Dir            string
	GoFiles        []string
	CgoFiles       []string
	IgnoredGoFiles []string
	Export         string
	Error          *listError
	DepsErrors     []*listError
}

type listError struct {
	Pos string
	Err string
}

// first returns the first line that is an error, without the header that
// names the package.
func (e *listError) first() string {
	for line := range strings.Lines(e.Err) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			if e.Pos != "" {
				return e.Pos + ": " + line
			}
			return line
		}
	}
	return "the go command gives no reason"
}

func run(ctx context.Context, cfg Config, overlay []string) (*Report, error) {
	cmd := exec.CommandContext(ctx, "go", cfg.args(overlay)...)
	cmd.Dir = cfg.Dir
	cmd.Env = cfg.Env
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	// The go command prints paths relative to PWD if that is its directory.
	cmd.Env = append(slices.Clip(cmd.Env), "PWD="+cfg.Dir)

	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	notes, stderr := io.Pipe()
	cmd.Stderr = stderr
	type parsed struct {
		*Output
		err error
	}
	done := make(chan parsed, 1)
	go func() {
		out, err := Parse(notes, cfg.Dir)
		done <- parsed{out, err}
	}()
	runErr := lowPriority(cmd)
	stderr.Close()
	out := <-done

	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if out.err != nil {
		return nil, fmt.Errorf("escape analysis of %s: %w", cfg.name(), out.err)
	}
	pkgs, err := decode(&stdout)
	switch {
	case runErr != nil && len(pkgs) == 0:
		if text := strings.Join(out.Other, "\n"); text != "" {
			return nil, fmt.Errorf("escape analysis of %s: %s", cfg.name(), text)
		}
		return nil, fmt.Errorf("escape analysis of %s: go list: %w", cfg.name(), runErr)
	case err != nil:
		return nil, fmt.Errorf("escape analysis of %s: reading the output of go list: %w", cfg.name(), err)
	}
	return newReport(cfg.Dir, cfg.importPath(), pkgs, out.Output)
}

func decode(r io.Reader) (pkgs []*listed, err error) {
	for dec := json.NewDecoder(r); ; {
		p := new(listed)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return pkgs, err
		}
		pkgs = append(pkgs, p)
	}
}

func newReport(dir, path string, pkgs []*listed, out *Output) (*Report, error) {
	report := &Report{Dir: dir, Package: path, Skipped: out.Skipped}
	seen := make(map[entryKey]bool)
	for _, id := range []string{path, path + " [" + path + ".test]", path + "_test [" + path + ".test]"} {
		i := slices.IndexFunc(pkgs, func(p *listed) bool { return p.ImportPath == id })
		if i < 0 {
			continue
		}
		p := pkgs[i]
		if len(p.GoFiles)+len(p.CgoFiles)+len(p.IgnoredGoFiles) == 0 {
			continue // no such package, or one of tests alone
		}
		u := Unit{ImportPath: id, CgoFiles: join(p.Dir, p.CgoFiles)}
		u.Files = append(join(p.Dir, p.GoFiles), u.CgoFiles...)
		slices.Sort(u.Files)
		for _, f := range join(p.Dir, p.IgnoredGoFiles) {
			if !slices.Contains(report.Excluded, f) {
				report.Excluded = append(report.Excluded, f)
			}
		}
		switch {
		case p.Error != nil:
			u.Err = p.Error.first()
		case len(p.DepsErrors) > 0:
			u.Err = "what it imports cannot be built: " + p.DepsErrors[0].first()
		case p.Export == "":
			u.Err = "the go command gives no reason"
		default:
			for _, parsed := range out.Units {
				if parsed.ImportPath != id {
					continue
				}
				for _, e := range parsed.Entries {
					if key := e.key(); !seen[key] {
						seen[key] = true
						u.Entries = append(u.Entries, e)
					}
				}
			}
		}
		report.Units = append(report.Units, u)
	}
	if len(report.Units) == 0 {
		reason := "the go command knows no such package"
		if i := slices.IndexFunc(pkgs, func(p *listed) bool { return p.Error != nil }); i >= 0 {
			reason = strings.TrimSpace(pkgs[i].Error.Err)
		}
		return nil, fmt.Errorf("escape analysis of %s: %s", path, reason)
	}
	return report, nil
}

func join(dir string, names []string) []string {
	abs := make([]string, 0, len(names))
	for _, name := range names {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		abs = append(abs, name)
	}
	return abs
}
