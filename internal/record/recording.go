package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/mapdiag/mapdiag/internal/record/join"
	"github.com/mapdiag/mapdiag/internal/record/raw"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// A Recording is one run of a program, or of tests, that is recorded.
type Recording struct {
	Options
	Command        []string // as profiles name it
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Update gets what was recorded until then, on SIGUSR1 and at the end.
	Update func(*sites.Profile) error

	// Started is called when the program runs; it may be nil. What it is given reads what was recorded so far,
	// and may be called at any time until Run or Test returns.
	Started func(now func() (*sites.Profile, error))

	sources *join.Sources
}

// ErrBuild says that a program was not built; the go command has told why.
var ErrBuild = errors.New("nothing was recorded: the build failed")

// ErrNothing says that no recorded program ran, or none that made a map.
var ErrNothing = errors.New("nothing was recorded")

// Build runs go build with its arguments. The programs that it builds record to a file in
// the folder that they are started in, or in the one that DirEnv names.
func (r *Recording) Build(ctx context.Context, args []string) error {
	flags, rest, err := cutFlags(args)
	if err != nil {
		return err
	}
	r.Flags, r.RecordDir = flags, "."
	recipe, err := Prepare(ctx, r.Options)
	if err != nil {
		return err
	}
	defer recipe.Close()
	return r.build(ctx, recipe, rest)
}

func (r *Recording) build(ctx context.Context, recipe *Recipe, args []string) error {
	cmd := exec.CommandContext(ctx, "go", slices.Concat([]string{"build"}, recipe.Flags, args)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.Dir, recipe.Env, r.Stderr, r.Stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return ErrBuild
	}
	return err
}

// Run builds and runs a program with the arguments of go run. It returns the program's exit
// code, as a shell has it: 128 and the number of the signal where one ended it.
func (r *Recording) Run(ctx context.Context, args []string) (code int, err error) {
	flags, rest, err := cutFlags(args)
	if err != nil {
		return 0, err
	}
	program, rest := cutPackage(rest)
	if len(program) == 0 {
		return 0, errors.New("want a package or Go files to run")
	}
	r.Flags = flags
	return r.record(ctx, program, func(recipe *Recipe, dir string) (*exec.Cmd, error) {
		binary := filepath.Join(dir, programName(program[0]))
		if err := r.build(ctx, recipe, append([]string{"-o", binary}, program...)); err != nil {
			return nil, err
		}
		return exec.Command(binary, rest...), nil
	})
}

// programName returns what to call the program that is built from a package or file.
func programName(what string) string {
	if abs, err := filepath.Abs(what); err == nil && !strings.HasSuffix(what, ".go") && (what == "." || strings.HasPrefix(what, ".")) {
		what = abs
	}
	name := strings.TrimSuffix(filepath.Base(what), ".go")
	name, _, _ = strings.Cut(name, "@")
	if name == "." || name == "/" || name == "" {
		return "program"
	}
	return name
}

// Test runs go test with its arguments, and returns its exit code.
func (r *Recording) Test(ctx context.Context, args []string) (code int, err error) {
	packages, end := testPackages(args)
	r.Flags = args[:end]
	return r.record(ctx, packages, func(recipe *Recipe, _ string) (*exec.Cmd, error) {
		cmd := exec.Command("go", slices.Concat([]string{"test"}, recipe.Flags, args[end:])...)
		cmd.Env = recipe.Env
		return cmd, nil
	})
}

// record runs what start returns, and makes a profile of what its processes leave.
func (r *Recording) record(ctx context.Context, packages []string, start func(recipe *Recipe, dir string) (*exec.Cmd, error)) (code int, err error) {
	dir, err := os.MkdirTemp("", "mapdiag-run-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	recipe, err := Prepare(ctx, r.Options)
	if err != nil {
		return 0, err
	}
	defer recipe.Close()
	loaded := make(chan error, 1)
	go func() { // beside the build
		var err error
		r.sources, err = join.Load(ctx, r.Dir, listFlags(r.Flags), packages, began)
		loaded <- err
	}()
	cmd, err := start(recipe, dir)
	if loadErr := <-loaded; err == nil && loadErr != nil {
		err = fmt.Errorf("listing the packages of the program: %w", loadErr)
	}
	if err != nil {
		return 0, err
	}
	if cmd.Env == nil {
		cmd.Env = r.Env
		if cmd.Env == nil {
			cmd.Env = os.Environ()
		}
	}
	records := filepath.Join(dir, "records")
	if err := os.Mkdir(records, 0o777); err != nil {
		return 0, err
	}
	cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], DirEnv+"="+records)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = r.Dir, r.Stdin, r.Stdout, r.Stderr
	var joining sync.Mutex // sources keep what they have read
	now := func() (*sites.Profile, error) {
		joining.Lock()
		defer joining.Unlock()
		return r.collect(records)
	}

	signals := make(chan os.Signal, 16)
	signal.Notify(signals, unix.SIGUSR1, unix.SIGUSR2, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	if r.Started != nil {
		r.Started(now)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			switch {
			case s == unix.SIGUSR1:
				if err := r.update(now); err != nil {
					fmt.Fprintf(r.Stderr, "mapdiag: %v\n", err)
				}
			case (s == unix.SIGINT || s == unix.SIGQUIT) && inForeground():
				// The terminal has sent it to the program, too.
			default:
				_ = cmd.Process.Signal(s) // it may have ended
			}
		case err := <-ended:
			if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
				return 0, err
			}
			return exitCode(cmd.ProcessState), r.update(now)
		}
	}
}

func (r *Recording) update(now func() (*sites.Profile, error)) error {
	p, err := now()
	if err != nil {
		return err
	}
	return r.Update(p)
}

// inForeground reports whether the signals of the terminal's keys go to this process, and to
// those that it starts.
func inForeground() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}

// collect joins what all processes have recorded until now.
func (r *Recording) collect(dir string) (*sites.Profile, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.raw"))
	if err != nil {
		return nil, err
	}
	return Join(r.sources, files, r.Command, func(err error) { fmt.Fprintf(r.Stderr, "mapdiag: %v\n", err) })
}

// Join makes one profile of files that recorded processes have left. What is wrong with a file is told to complain,
// and does not keep the others from being read.
func Join(sources *join.Sources, files []string, command []string, complain func(error)) (*sites.Profile, error) {
	var profiles []*sites.Profile
	for _, name := range files {
		process, err := raw.Read(name)
		if err != nil {
			complain(err)
			continue
		}
		if process.Trouble != "" {
			complain(fmt.Errorf("process %d: %s", process.PID, process.Trouble))
		}
		profiles = append(profiles, sources.Profile(process, command))
	}
	if len(profiles) == 0 {
		return nil, ErrNothing
	}
	return sites.Merge(profiles...)
}

// JoinHere makes one profile of files that programs of [Recording.Build] have left, with the source
// of the module in a folder. Files of it that are newer than the programs are left out.
func JoinHere(ctx context.Context, dir string, files []string, complain func(error)) (*sites.Profile, error) {
	var before time.Time
	var program string
	for _, name := range files {
		process, err := raw.Read(name)
		if err != nil {
			return nil, err
		}
		built := process.Started
		if info, err := os.Stat(process.Path); err == nil && info.ModTime().Before(built) {
			built = info.ModTime()
		}
		if before.IsZero() || built.Before(before) {
			before = built
		}
		program = filepath.Base(process.Path)
	}
	sources, err := join.Load(ctx, dir, nil, []string{"./..."}, before)
	if err != nil {
		return nil, fmt.Errorf("listing the packages of the module: %w", err)
	}
	return Join(sources, files, []string{program}, complain)
}
