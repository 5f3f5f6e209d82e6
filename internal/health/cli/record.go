package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/web"
	"github.com/mapdiag/mapdiag/internal/record"
	"github.com/mapdiag/mapdiag/internal/record/patch"
	"github.com/mapdiag/mapdiag/internal/sites"
)

func (a *app) run() *cobra.Command {
	return a.recording(&cobra.Command{
		Use:   "run [flags] [go build flags] PACKAGE [arguments]",
		Short: "run a program and record what becomes of its maps",
		Long: `Run builds and runs a program like go run, and records for each line that makes maps how many it
made, how large they became, and what their growth cost. Source and toolchain stay as they
are: the go command is told to build Go's runtime with a few lines more.

The program's output, exit code and signals pass through. When it ends, also by a crash, two
files are written: mapdiag.json, which mapls, mapvet -profile and the other commands here
read, and mapdiag.pb.gz for go tool pprof. On SIGUSR1, mapdiag writes them at once.

The flags below stand before those of the go command.`,
		Example: "\tmapdiag run ./cmd/server -addr :8080\n\tmapdiag run -o /tmp/x -race ./cmd/server",
	}, (*record.Recording).Run)
}

func (a *app) test() *cobra.Command {
	return a.recording(&cobra.Command{
		Use:   "test [flags] [go test flags and packages]",
		Short: "run tests and record what becomes of the maps",
		Long: `Test runs go test with its own flags and arguments, and records the maps of all test programs
like mapdiag run. Tests are run even if the go command has their results in its cache.
The flags below stand before those of the go command.`,
		Example: "\tmapdiag test ./...\n\tmapdiag test -o .mapdiag/profile -run NONE -bench . ./index",
	}, (*record.Recording).Test)
}

func (a *app) build() *cobra.Command {
	o := new(recordOptions)
	c := &cobra.Command{
		Use:   "build [flags] [go build flags] [packages]",
		Short: "build a program that records what becomes of its maps",
		Long: `Build runs go build with its own flags and arguments. A program that was built so records its
maps like mapdiag run, to a file PID-TIME.raw in the folder that it is started in, or in the
one that the environment variable MAPDIAG_RECORD_DIR names. The file holds what was recorded
until now at any time, also when the program is killed. In the folder of the source,

	mapdiag merge -o mapdiag *.raw

makes a profile of such files. The flags below stand before those of the go command.`,
		Example: "\tmapdiag build -o server-recorded ./cmd/server",
		RunE: func(cmd *cobra.Command, args []string) error {
			r, args, err := a.newRecording(cmd, o, args)
			if r == nil || err != nil {
				return err
			}
			return r.Build(cmd.Context(), args)
		},
	}
	o.addTuning(c)
	c.DisableFlagParsing = true
	return c
}

// recording completes a command that records what run starts.
func (a *app) recording(c *cobra.Command, run func(*record.Recording, context.Context, []string) (int, error)) *cobra.Command {
	o := new(recordOptions)
	c.Flags().StringVarP(&o.name, "o", "o", "mapdiag", "write `NAME`.json and NAME.pb.gz")
	c.Flags().StringVar(&o.http, "http", "", "show what was recorded so far as a web page at `HOST:PORT`")
	o.addTuning(c)
	c.DisableFlagParsing = true
	c.RunE = func(cmd *cobra.Command, args []string) error {
		r, args, err := a.newRecording(cmd, o, args)
		if r == nil || err != nil {
			return err
		}
		if err := record.Writable(o.name); err != nil {
			return err
		}
		r.Update = func(p *sites.Profile) error { return a.recorded(o.name, p) }
		if o.http != "" {
			if _, _, err := net.SplitHostPort(o.http); err != nil {
				return usage("-http=%s: want HOST:PORT, or :PORT", o.http)
			}
			ctx, stop := context.WithCancel(cmd.Context())
			done := make(chan struct{})
			close(done) // nothing is shown before the program runs
			r.Started = func(now func() (*sites.Profile, error)) {
				done = make(chan struct{})
				go func() {
					defer close(done)
					if err := a.show(ctx, o.http, "what is recorded", web.Recorded(func(context.Context) (*sites.Profile, error) { return now() }), nil); err != nil {
						fmt.Fprintf(a.err, "mapdiag: %v; the program runs on\n", err)
					}
				}()
			}
			defer func() { stop(); <-done }()
		}
		code, err := run(r, cmd.Context(), args)
		if err != nil && code != 0 {
			fmt.Fprintf(a.err, "mapdiag: %v\n", err)
		} else if err != nil {
			return err
		}
		if code != 0 {
			return exitError(code)
		}
		return nil
	}
	return c
}

// recordOptions are the flags of the commands that record.
type recordOptions struct {
	name   string
	http   string
	config patch.Config
}

func (o *recordOptions) addTuning(c *cobra.Command) {
	o.config = patch.Default
	c.Flags().IntVar(&o.config.Access, "access", 0, "count look-ups and inserts too, from a sample of one in `N`")
	c.Flags().IntVar(&o.config.Depth, "depth", o.config.Depth, "tell makes apart by the `N` innermost calls that lead to them")
}

// newRecording parses the flags of a command that stand before those of the go command, and
// returns what is left. It returns nil where help was asked for.
func (a *app) newRecording(cmd *cobra.Command, o *recordOptions, args []string) (*record.Recording, []string, error) {
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0] != "--" {
		name, value, joined := strings.Cut(strings.TrimLeft(args[0], "-"), "=")
		if name == "h" || name == "help" {
			return nil, nil, cmd.Help()
		}
		f := cmd.Flags().Lookup(name)
		if f == nil {
			break
		}
		args = args[1:]
		if !joined {
			if len(args) == 0 {
				return nil, nil, usage("the flag -%s wants a value", name)
			}
			value, args = args[0], args[1:]
		}
		if err := f.Value.Set(value); err != nil {
			return nil, nil, usage("-%s: %s: %v", name, value, err)
		}
	}
	if o.config.Access < 0 {
		return nil, nil, usage("-access: want 0 for none or N for one in N, not %d", o.config.Access)
	}
	if o.config.Depth < 1 || o.config.Depth > patch.MaxDepth {
		return nil, nil, usage("-depth: want 1 to %d, not %d", patch.MaxDepth, o.config.Depth)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("finding the file of mapdiag itself: %w", err)
	}
	return &record.Recording{
		Options: record.Options{Config: o.config, Toolexec: []string{self, toolexecName}},
		Command: append([]string{"mapdiag", cmd.Name()}, args...),
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  a.stderr,
	}, args, nil
}

// recorded writes a profile, and says so on the error output, since the program has the other one.
func (a *app) recorded(name string, p *sites.Profile) error {
	if err := record.Write(name, p); err != nil {
		return err
	}
	places, makes := 0, uint64(0)
	for _, pkg := range p.Packages {
		for i := range pkg.Sites {
			places++
			makes += pkg.Sites[i].Makes
		}
	}
	jsonFile, pprofFile := record.Files(name)
	_, err := fmt.Fprintf(a.err, "mapdiag: %d makes of maps at %d places: %s and %s\n", makes, places, jsonFile, pprofFile)
	return err
}

// toolexecName is the command with which mapdiag stands before the compiler, for toolchains that an
// overlay cannot change.
const toolexecName = "toolexec"

func (a *app) toolexec() *cobra.Command {
	return &cobra.Command{
		Use:                toolexecName,
		Hidden:             true,
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			if code := record.Toolexec(args, os.Stdout, a.stderr); code != 0 {
				return exitError(code)
			}
			return nil
		},
	}
}
