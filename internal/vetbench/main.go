// Vetbench measures what mapvet costs beside go vet and staticcheck:
//
//	go run ./internal/vetbench -dir $(go env GOROOT)/src net/... encoding/...
//	go run ./internal/vetbench -units -dir ../prometheus ./...
//
// Without -units it runs the tools in turn, cold (all packages compiled,
// nothing analysed) and warm (the same once more), and prints medians of
// user CPU and wall-clock seconds and of the largest process, with ratios to
// go vet. With -units it runs go vet and mapvet once and prints what single
// units took.
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

func main() {
	if log := os.Getenv(unitLog); log != "" {
		os.Exit(runUnit(log, os.Getenv(unitTool), os.Args[1:]))
	}
	b := bench{ctx: context.Background()}
	rounds := flag.Int("n", 5, "rounds")
	units := flag.Bool("units", false, "measure single units")
	flag.StringVar(&b.dir, "dir", ".", "directory in which the patterns mean packages")
	flag.StringVar(&b.mapvet, "mapvet", "", "mapvet to measure (default: built from this module)")
	flag.StringVar(&b.staticcheck, "staticcheck", "", "staticcheck to compare with, if any")
	flag.Parse()
	b.patterns = flag.Args()
	if len(b.patterns) == 0 {
		b.patterns = []string{"./..."}
	}
	err := b.setup()
	if err == nil {
		defer os.RemoveAll(b.tmp)
		if *units {
			err = b.units()
		} else {
			err = b.compare(*rounds)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "vetbench:", err)
		os.Exit(1)
	}
}

type bench struct {
	ctx         context.Context
	tmp         string
	dir         string
	patterns    []string
	mapvet      string
	staticcheck string
}

// setup builds mapvet and a build cache in which all packages and their tests
// are compiled.
func (b *bench) setup() (err error) {
	if b.tmp, err = os.MkdirTemp("", "vetbench"); err != nil {
		return err
	}
	if b.mapvet == "" {
		b.mapvet = filepath.Join(b.tmp, "mapvet")
		if out, err := exec.CommandContext(b.ctx, "go", "build", "-o", b.mapvet, "./cmd/mapvet").CombinedOutput(); err != nil {
			return fmt.Errorf("building mapvet: %v\n%s", err, out)
		}
	}
	fmt.Fprintln(os.Stderr, "vetbench: compiling the packages")
	cmd := b.command(b.base(), "go", append([]string{"list", "-e", "-export", "-deps", "-test"}, b.patterns...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling %s: %v\n%s", strings.Join(b.patterns, " "), err, out)
	}
	return nil
}

func (b *bench) base() string { return filepath.Join(b.tmp, "base") }

// command returns a command that uses the given build cache.
func (b *bench) command(cache, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, name, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "GOCACHE="+cache, "STATICCHECK_CACHE="+cache+"-staticcheck")
	return cmd
}

// A usage is what a command and all that it started took.
type usage struct {
	user, wall time.Duration
	rss        int64 // bytes; the largest single process
}

// measure runs a command. That it finds something is no failure.
func measure(cmd *exec.Cmd) (usage, error) {
	start := time.Now()
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		return usage{}, err
	}
	ru := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return usage{cmd.ProcessState.UserTime(), time.Since(start), ru.Maxrss * 1024}, nil
}

// compare runs the tools in turn.
func (b *bench) compare(rounds int) error {
	type tool struct {
		name string
		argv []string
	}
	tools := []tool{
		{"go vet", []string{"go", "vet"}},
		{"go vet -vettool=mapvet", []string{"go", "vet", "-vettool=" + b.mapvet}},
		{"mapvet", []string{b.mapvet}},
	}
	if b.staticcheck != "" {
		tools = append(tools, tool{"staticcheck", []string{b.staticcheck}})
	}
	cold, warm := make([][]usage, len(tools)), make([][]usage, len(tools))
	for round := range rounds {
		for i, t := range tools {
			cache := filepath.Join(b.tmp, fmt.Sprintf("round%d-%d", round, i))
			if err := link(b.base(), cache); err != nil {
				return err
			}
			for _, runs := range []*[]usage{&cold[i], &warm[i]} {
				u, err := measure(b.command(cache, t.argv[0], append(t.argv[1:len(t.argv):len(t.argv)], b.patterns...)...))
				if err != nil {
					return fmt.Errorf("running %s: %w", t.name, err)
				}
				*runs = append(*runs, u)
			}
			for _, d := range []string{cache, cache + "-staticcheck"} {
				if err := os.RemoveAll(d); err != nil {
					return err
				}
			}
		}
		fmt.Fprintf(os.Stderr, "vetbench: round %d of %d\n", round+1, rounds)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "tool\tcold user\t÷ go vet\twarm user\t÷ go vet\twarm wall\t÷ go vet\tlargest process")
	for i, t := range tools {
		c, h := median(cold[i]), median(warm[i])
		c0, h0 := median(cold[0]), median(warm[0])
		fmt.Fprintf(w, "%s\t%.2f s\t%.2f\t%.2f s\t%.2f\t%.2f s\t%.2f\t%d MiB\n", t.name,
			c.user.Seconds(), c.user.Seconds()/c0.user.Seconds(),
			h.user.Seconds(), h.user.Seconds()/h0.user.Seconds(),
			h.wall.Seconds(), h.wall.Seconds()/h0.wall.Seconds(), c.rss>>20)
	}
	return w.Flush()
}

// median returns the median of each figure on its own.
func median(runs []usage) (m usage) {
	middle := func(figure func(usage) int64) int64 {
		var list []int64
		for _, u := range runs {
			list = append(list, figure(u))
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	m.user = time.Duration(middle(func(u usage) int64 { return int64(u.user) }))
	m.wall = time.Duration(middle(func(u usage) int64 { return int64(u.wall) }))
	m.rss = middle(func(u usage) int64 { return u.rss })
	return m
}

// link makes a copy of a build cache. The go command writes new files beside
// the old ones, so that hard links will do.
func link(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		return os.Link(path, filepath.Join(to, rel))
	})
}
