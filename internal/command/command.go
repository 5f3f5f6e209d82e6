// Package command is mapvet as a command of its own: it drives the go
// command, and prints, compares or fixes what was found.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/baseline"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/source"
	"github.com/mapdiag/mapdiag/internal/version"
	"github.com/mapdiag/mapdiag/internal/vet"
)

// Exit codes.
const (
	exitClean      = 0
	exitFindings   = 1
	exitIncomplete = 2 // something was not analysed, or the command line is wrong
)

// Main runs the command with the arguments after its name and returns its
// exit code.
func Main(suite *analyzers.Suite, args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code, err := dispatch(ctx, suite, args, stdout, stderr)
	if err == nil {
		return code
	}
	fmt.Fprintf(stderr, "mapvet: %v\n", err)
	if usage := usageError(""); errors.As(err, &usage) {
		fmt.Fprintln(stderr, `Run "mapvet help" for what there is.`)
	}
	return exitIncomplete
}

func dispatch(ctx context.Context, suite *analyzers.Suite, args []string, stdout, stderr io.Writer) (int, error) {
	if len(args) > 0 {
		switch args[0] {
		case "help":
			return exitClean, help(stdout, suite, args[1:])
		case "rank":
			return exitClean, rank(ctx, args[1:], stdout, stderr)
		case "version":
			_, err := fmt.Fprintln(stdout, "mapvet", version.Program())
			return exitClean, err
		}
	}
	opts, err := parse(suite, args)
	if errors.Is(err, flag.ErrHelp) {
		return exitClean, help(stdout, suite, nil)
	}
	if err != nil {
		return 0, err
	}
	return run(ctx, suite, opts, stdout, stderr)
}

// A job is one run of the command.
type job struct {
	*options
	suite          *analyzers.Suite
	vet            vet.Command
	files          *source.Files
	known          baseline.Set   // nil without -baseline
	measured       *sites.Profile // nil without -profile, or where it cannot be used
	stdout, stderr io.Writer

	started  time.Time
	result   *vet.Result
	findings []finding.Finding // those that are not known
	keys     []baseline.Key    // one for each finding
}

func run(ctx context.Context, suite *analyzers.Suite, opts *options, stdout, stderr io.Writer) (int, error) {
	j := &job{options: opts, suite: suite, stdout: stdout, stderr: stderr}
	var err error
	if j.dir, err = filepath.Abs(j.dir); err != nil {
		return 0, err
	}
	tool, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("finding the path of mapvet itself, which go vet has to start: %w", err)
	}
	j.vet = vet.Command{Tool: tool, Dir: j.dir, BuildFlags: j.buildFlags, RuleFlags: j.ruleFlags, Patterns: j.patterns}
	if j.baseline != "" && !j.writeBaseline {
		if j.known, err = baseline.Read(source.Abs(j.dir, j.baseline)); err != nil {
			return 0, err
		}
	}
	if err := j.useProfile(ctx); err != nil {
		return 0, err
	}
	if j.fix {
		return j.applyFixes(ctx)
	}
	if err := j.analyse(ctx); err != nil {
		return 0, err
	}
	if j.writeBaseline {
		if err := j.saveBaseline(ctx); err != nil {
			return 0, err
		}
		j.printGaps()
		return j.exitCode(0), nil
	}
	if err := j.print(); err != nil {
		return 0, err
	}
	if err := j.printStale(ctx); err != nil {
		return 0, err
	}
	j.printGaps()
	return j.exitCode(len(j.findings)), nil
}

// analyse fills in the result and the findings.
func (j *job) analyse(ctx context.Context) error {
	j.started = time.Now()
	j.files = new(source.Files)
	if j.overlay != "" {
		files, err := source.WithOverlay(j.overlay, j.dir)
		if err != nil {
			return err
		}
		j.files, j.vet.Overlay = files, files.Overlay()
	}
	var err error
	if j.result, err = j.vet.Run(ctx); errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	} else if err != nil {
		return fmt.Errorf("nothing could be analysed: %w", err)
	}
	j.findings, j.keys = nil, nil
	for i, k := range baseline.Keys(j.result.Findings, j.files) {
		if !j.known[k] {
			j.findings = append(j.findings, j.result.Findings[i])
			j.keys = append(j.keys, k)
		}
	}
	return nil
}

func (j *job) print() error {
	switch {
	case j.diff:
		return j.printDiff()
	case j.json:
		return j.printJSON()
	case j.sarif:
		return j.printSARIF()
	default:
		return j.printText()
	}
}

// printGaps says what the findings do not cover.
func (j *job) printGaps() {
	io.WriteString(j.stderr, j.result.Notes)
	j.printForeignProfile()
	for _, g := range j.result.Gaps {
		fmt.Fprintf(j.stderr, "mapvet: %s\n", g)
	}
	if n := len(j.result.Gaps); n > 0 {
		fmt.Fprintf(j.stderr, "mapvet: the run is incomplete; it has %s, told above\n", plural(n, "gap", "gaps"))
	}
}

func (j *job) exitCode(findings int) int {
	switch {
	case len(j.result.Gaps) > 0:
		return exitIncomplete
	case findings > 0:
		return exitFindings
	default:
		return exitClean
	}
}

// short returns a file name as a reader in the directory would write it.
func (j *job) short(name string) string {
	rel, err := filepath.Rel(j.dir, name)
	if err != nil || strings.HasPrefix(rel, "..") && len(rel) >= len(name) {
		return name
	}
	return rel
}
