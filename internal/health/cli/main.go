// Package cli is mapdiag as a command.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/mapstat"
)

// Exit codes.
const (
	exitFine   = 0
	exitFailed = 1 // a check found what it looks for
	exitWrong  = 2 // something could not be done, or the command line is wrong
)

// errFailed is the error of a check that failed: all there is to say has been said.
var errFailed = errors.New("the check failed")

// An exitError is the exit code of a program that was run, which has said what there is to say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// A usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// An app is one run of the command.
type app struct {
	version string
	out     term.Output
	err     term.Output
	stderr  io.Writer // what err writes to

	// incomplete is set where something was left out that stands on stderr.
	incomplete bool
}

// Main runs the command with the arguments after its name, and returns its exit
// code.
func Main(version string, args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{version: version, out: term.New(stdout, os.Environ()), err: term.New(stderr, os.Environ()), stderr: stderr}
	root := a.root()
	root.SetArgs(normalise(root, args))
	root.SetOut(a.out)
	root.SetErr(a.err)
	cmd, err := root.ExecuteContextC(ctx)
	var wrong usageError
	var exit exitError
	switch {
	case errors.As(err, &exit):
		return int(exit)
	case errors.Is(err, errFailed):
		return exitFailed
	case err == nil && a.incomplete:
		return exitWrong
	case err == nil:
		return exitFine
	case ctx.Err() != nil:
		fmt.Fprintln(a.err, "mapdiag: interrupted")
		return exitWrong
	}
	fmt.Fprintf(a.err, "mapdiag: %v\n", err)
	if errors.As(err, &wrong) {
		fmt.Fprintf(a.err, "Run \"%s\" for what there is.\n", helpFor(cmd))
	}
	return exitWrong
}

func helpFor(cmd *cobra.Command) string {
	if cmd == nil || !cmd.HasParent() {
		return "mapdiag help"
	}
	return "mapdiag help " + cmd.Name()
}

// root returns the command with all its subcommands. To add one is to add a line.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "mapdiag",
		Long:          manual,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,

		SuggestionsMinimumDistance: 2,
	}
	address := root.Flags().String("http", "", "show the maps of SOURCE as a web page at `HOST:PORT`")
	root.RunE = func(cmd *cobra.Command, args []string) error { return a.bare(cmd, *address, args) }
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{singleDash(err)} })
	root.SetHelpFunc(help)
	root.SetUsageFunc(func(cmd *cobra.Command) error { help(cmd, nil); return nil })
	root.AddCommand(
		a.snapshot(),
		a.top(),
		a.watch(),
		a.dump(),
		a.diff(),
		a.check(),
		a.hot(),
		a.sites(),
		a.merge(),
		a.report(),
		a.export(),
		a.profile(),
		a.run(),
		a.test(),
		a.build(),
		a.toolexec(),
		a.demo(),
		a.printVersion(),
	)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		c.InitDefaultHelpFlag()
		switch c.Name() { // cobra's own
		case "help":
			c.Short = "tell more about a command"
		case "completion":
			c.Short = "print a script that completes commands and flags in your shell"
		}
	}
	root.InitDefaultHelpFlag()
	return root
}

// bare is mapdiag without a subcommand: with an address, a web page.
func (a *app) bare(cmd *cobra.Command, address string, args []string) error {
	if address != "" {
		if err := exactly(1, "one source with -http")(cmd, args); err != nil {
			return err
		}
		return a.serve(cmd.Context(), address, args[0])
	}
	if len(args) == 0 {
		help(cmd, nil)
		return usage("want a command")
	}
	return usage("there is no command %q%s", args[0], didYouMean(cmd.SuggestionsFor(args[0])))
}

func didYouMean(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; did you mean " + names[0] + "?"
}

func (a *app) printVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, "mapdiag", a.version)
			return err
		},
	}
}

// exactly wants n arguments, which it calls what.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == n:
			return nil
		case len(args) == 0:
			return usage("want %s", what)
		}
		return usage("want %s, not %d arguments (flags go before or after, values with spaces in quotes)", what, len(args))
	}
}

// load returns the snapshots of a source, showing on a terminal that it is waited for. What
// is damaged is said, and the rest returned.
func (a *app) load(ctx context.Context, arg string, full bool) ([]mapstat.Snapshot, error) {
	stop := term.Progress(a.stderr, "asking "+arg, 0)
	snapshots, err := source.Load(ctx, arg, full)
	stop()
	return snapshots, a.damage(len(snapshots), err)
}

// loadAny is load for sources that may be profiles of recorded maps.
func (a *app) loadAny(ctx context.Context, arg string, full bool) (source.Loaded, error) {
	stop := term.Progress(a.stderr, "asking "+arg, 0)
	l, err := source.LoadAny(ctx, arg, full)
	stop()
	return l, a.damage(len(l.Snapshots), err)
}

// damage says an error beside which there is something to go on with.
func (a *app) damage(snapshots int, err error) error {
	if err == nil || snapshots == 0 {
		return err
	}
	fmt.Fprintf(a.err, "mapdiag: %v\n", err)
	a.incomplete = true
	return nil
}

// last returns the newest snapshot of a source.
func (a *app) last(ctx context.Context, arg string, full bool) (*mapstat.Snapshot, error) {
	snapshots, err := a.load(ctx, arg, full)
	if err != nil {
		return nil, err
	}
	return &snapshots[len(snapshots)-1], nil
}
