package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/diff"
	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/mapdiag/mapdiag/internal/health/placediff"
	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/mapstat"
)

func (a *app) dump() *cobra.Command {
	var full bool
	var times int
	var interval time.Duration
	var out *output
	c := &cobra.Command{
		Use:   "dump -o FILE [flags] SOURCE...",
		Short: "write snapshots to a file",
		Long: `Dump writes a snapshot of a program's maps to a compact file with checksums. All other commands
read it. With -times it takes several, for diff to compare. From files it makes one dump of all
their snapshots; of a damaged dump it saves what is whole.`,
		Example: "\tmapdiag dump -o maps.mapdump localhost:6060\n\tmapdiag dump -o hour.mapdump -times 60 -interval 1m localhost:6060\n\tmapdiag dump -o saved.mapdump damaged.mapdump",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("want a source")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case out.standard() && a.out.TTY:
				return usage("a dump is nothing for a terminal: want -o FILE")
			case times < 1:
				return usage("-times %d: want 1 at least", times)
			case times > 1 && !slices.ContainsFunc(args, source.IsURL):
				return usage("-times wants the URL of a program: what is in a file does not change")
			}
			if _, err := os.Stat(out.file); err == nil && !out.force && !out.standard() {
				// Said before minutes are spent on it; create makes sure.
				if err := out.create(nil, func(io.Writer) error { return nil }); err != nil {
					return err
				}
			}
			all, err := a.collect(cmd.Context(), args, times, interval, full)
			if err != nil {
				return err
			}
			return out.create(a.out.Raw, func(w io.Writer) error { return dump.Write(w, all) })
		},
	}
	c.Flags().BoolVar(&full, "full", false, fullUsage)
	c.Flags().IntVar(&times, "times", 1, "take `N` snapshots of each program")
	c.Flags().DurationVar(&interval, "interval", time.Second, "with -times, take one every `TIME`")
	out = addOutput(c.Flags(), "the dump")
	return c
}

// collect takes snapshots of sources, files once and programs several times. When it is
// interrupted or a program goes away it returns what there is.
func (a *app) collect(ctx context.Context, args []string, times int, interval time.Duration, full bool) ([]mapstat.Snapshot, error) {
	var all []mapstat.Snapshot
	stop := func() {}
	if times > 1 {
		stop = term.Progress(a.stderr, fmt.Sprintf("taking %d snapshots", times), time.Duration(times-1)*interval)
	}
	defer func() { stop() }()
	tick := time.NewTicker(max(interval, time.Millisecond))
	defer tick.Stop()
	for i := range times {
		for _, arg := range args {
			if i > 0 && !source.IsURL(arg) {
				continue
			}
			var snapshots []mapstat.Snapshot
			var err error
			if times > 1 {
				snapshots, err = source.Load(ctx, arg, full) // it has its own progress
			} else {
				snapshots, err = a.load(ctx, arg, full)
			}
			all = append(all, snapshots...)
			if err != nil {
				return a.rest(all, err)
			}
		}
		if i == times-1 {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return a.rest(all, ctx.Err())
		}
	}
	return all, nil
}

// rest returns what there is after an error, which is said, or the error if there is
// nothing.
func (a *app) rest(all []mapstat.Snapshot, err error) ([]mapstat.Snapshot, error) {
	if len(all) == 0 {
		return nil, err
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintf(a.err, "mapdiag: %v; snapshots kept: %d\n", err, len(all))
	a.incomplete = true
	return all, nil
}

func (a *app) diff() *cobra.Command {
	var asJSON, full, all bool
	var n int
	c := &cobra.Command{
		Use:   "diff [flags] BEFORE [AFTER]",
		Short: "tell what has changed between two snapshots or profiles",
		Long: `Diff compares the maps of two sources, of each its last snapshot. Given one file, it compares
its first snapshot with its last.

Of two profiles of recorded runs it tells what has changed at each place that makes maps, and what
hints that were given in between have saved. A place is known again where its declaration is as it was or, in one that was
edited, as the n-th of its type. Places of other modules are left out unless -all is given.`,
		Example: "\tmapdiag diff before.mapdump localhost:6060\n\tmapdiag diff hour.mapdump\n\tmapdiag diff before.json after.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return usage("want two sources, or one file with several snapshots")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if n < 0 {
				return usage("-n: want 0 for all or the number of places, not %d", n)
			}
			loaded := make([]source.Loaded, len(args))
			for i, arg := range args {
				var err error
				if loaded[i], err = a.loadAny(cmd.Context(), arg, full); err != nil {
					return err
				}
			}
			first, last := &loaded[0], &loaded[len(loaded)-1]
			switch {
			case first.Profile != nil && len(args) == 1:
				return usage("%s is a profile of recorded maps: name a second one to compare it with", args[0])
			case first.Profile != nil && last.Profile != nil:
				return a.diffProfiles(first.Profile, last.Profile, args, all, n, asJSON)
			case first.Profile != nil:
				return usage("%s is a profile of recorded maps, %s holds snapshots of live ones: these cannot be compared", args[0], args[1])
			case last.Profile != nil:
				return usage("%s holds snapshots of live maps, %s is a profile of recorded ones: these cannot be compared", args[0], args[1])
			}
			before, after := &first.Snapshots[0], &last.Snapshots[len(last.Snapshots)-1]
			switch {
			case len(args) == 2:
				before = &first.Snapshots[len(first.Snapshots)-1]
			case before == after:
				return usage("%s holds one snapshot only: name a second source to compare it with", args[0])
			}
			d := diff.Of(before, after)
			d.Before.Source, d.After.Source = args[0], args[len(args)-1]
			if asJSON {
				return writeJSON(a.out, d)
			}
			return d.WriteText(a.out, a.out.Width)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, with all metrics or places that differ")
	c.Flags().BoolVar(&full, "full", false, fullUsage)
	c.Flags().BoolVar(&all, "all", false, "of profiles, list places of other modules, too")
	c.Flags().IntVarP(&n, "n", "n", 20, "of profiles, list `N` places at most, all for 0")
	return c
}

func (a *app) diffProfiles(before, after *sites.Profile, args []string, all bool, n int, asJSON bool) error {
	d, err := placediff.Of(before, after, all)
	if err != nil {
		return err
	}
	d.Before.Source, d.After.Source = args[0], args[1]
	if asJSON {
		return writeJSON(a.out, d)
	}
	return d.WriteText(a.out, n, a.out.Width)
}

func (a *app) profile() *cobra.Command {
	var seconds int
	var full bool
	var out *output
	c := &cobra.Command{
		Use:   "profile -o FILE [flags] URL",
		Short: "download a profile of the maps, for go tool pprof",
		Long: `Profile downloads a profile in which each map stands where pprof has functions: go tool pprof
shows it. With -seconds it is of what has changed in that time, otherwise of the maps as
they are.`,
		Example: "\tmapdiag profile -seconds 30 -o maps.pb.gz localhost:6060\n\tgo tool pprof -top -sample_index=wasted_bytes maps.pb.gz",
		Args:    exactly(1, "one URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !source.IsURL(args[0]):
				return usage("profile wants the URL of a program, not %q", args[0])
			case out.standard() && a.out.TTY:
				return usage("a profile is nothing for a terminal: want -o FILE")
			case seconds < 0 || seconds > 3600:
				return usage("-seconds %d: want 0 to 3600", seconds)
			}
			during := time.Duration(seconds) * time.Second
			stop := term.Progress(a.stderr, "profiling "+args[0], during)
			data, err := source.FetchProfile(cmd.Context(), args[0], during, full)
			stop()
			if err != nil {
				return err
			}
			return out.write(a.out.Raw, func(w io.Writer) error {
				_, err := w.Write(data)
				return err
			})
		},
	}
	c.Flags().IntVar(&seconds, "seconds", 0, "of what changes in `N` seconds")
	c.Flags().BoolVar(&full, "full", false, fullUsage)
	out = addOutput(c.Flags(), "the profile")
	return c
}
