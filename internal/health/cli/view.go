package cli

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/ranking"
	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/internal/health/watch"
	"github.com/mapdiag/mapdiag/mapstat"
)

const fullUsage = "look up every entry of every map, under its lock, instead of a sample"

func (a *app) snapshot() *cobra.Command {
	var full, all bool
	var out *output
	c := &cobra.Command{
		Use:     "snapshot [flags] SOURCE",
		Short:   "print a snapshot of all maps as JSON",
		Long:    "Snapshot prints all that is known of the maps of a program at one moment, as JSON. Of a\nfile with several snapshots it prints the last.",
		Example: "\tmapdiag snapshot localhost:6060 > before.json\n\tmapdiag snapshot -o last.json crash.mapdump",
		Args:    exactly(1, "one source"),
		RunE: func(cmd *cobra.Command, args []string) error {
			snapshots, err := a.load(cmd.Context(), args[0], full)
			if err != nil {
				return err
			}
			if !all {
				snapshots = snapshots[len(snapshots)-1:]
			}
			return out.write(a.out, func(w io.Writer) error {
				for i := range snapshots {
					if err := writeJSON(w, &snapshots[i]); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&full, "full", false, fullUsage)
	c.Flags().BoolVar(&all, "all", false, "print all snapshots of a file, one after the other")
	out = addOutput(c.Flags(), "the JSON")
	return c
}

func (a *app) top() *cobra.Command {
	var n int
	var by string
	var full bool
	c := &cobra.Command{
		Use:     "top [flags] SOURCE",
		Short:   "list the maps, the worst first",
		Long:    "Top lists the maps of a program. Probe is the mean number of groups that a lookup visits,\nwasted the bytes that are not entries. Of a file with several snapshots it lists the last.",
		Example: "\tmapdiag top localhost:6060\n\tmapdiag top -n 5 -sort tombstones crash.mapdump",
		Args:    exactly(1, "one source"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if n < 0 {
				return usage("-n: want 0 for all or the number of maps, not %d", n)
			}
			s, err := a.last(cmd.Context(), args[0], full)
			if err != nil {
				return err
			}
			return ranking.WriteText(a.out, s, by, n, a.out.Width)
		},
	}
	c.Flags().IntVarP(&n, "n", "n", 20, "list `N` maps at most, all for 0")
	addSort(c, &by)
	c.Flags().BoolVar(&full, "full", false, fullUsage)
	return c
}

// addSort adds the flag -sort, with completion.
func addSort(c *cobra.Command, by *string) {
	c.Flags().StringVar(by, "sort", "wasted", "order by `KEY`: wasted, bytes, tombstones, probe, entries, gain, or any metric")
	// It fails for flags that there are not.
	_ = c.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(ranking.Keys, cobra.ShellCompDirectiveNoFileComp))
}

func (a *app) watch() *cobra.Command {
	var o watch.Options
	var when string
	c := &cobra.Command{
		Use:   "watch [flags] URL",
		Short: "show the maps of a program live",
		Long: `Watch asks a program for its maps again and again, and shows them with what has changed, together
with the heap and the collector's share of the processors' time. In a terminal the keys are
s, to sort by the next key, and q, to quit. Where the output is no terminal it is a line for each time.

With -dump-when it keeps a dump of the last snapshots when a condition begins to hold. The condition
is about the program or about each map:

	heap>80%                the heap, of the memory limit or, without one, of the collector's goal
	heap>2GiB
	gccpu>30%               the collector's share of the processors' time since the oldest snapshot shown
	wasted_bytes>100MiB     any field or metric that check knows
	len>1000000 and tombstone_ratio>20%

It counts as beginning to hold again after it was missed by a tenth, and there are 30 seconds at least
between two dumps. Of those that it wrote, watch removes the oldest; it never touches other
files. Without a memory limit the heap comes near its goal in each cycle of the collector: give a
size then.`,
		Example: "\tmapdiag watch -interval 5s localhost:6060\n\tmapdiag watch -dump-when 'heap>80%' -dump-dir dumps -keep 5 localhost:6060",
		Args:    exactly(1, "one URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !source.IsURL(args[0]) {
				return usage("watch wants the URL of a program, not %q: what is in a file does not change", args[0])
			}
			switch {
			case o.Interval < 100*time.Millisecond:
				return usage("-interval %s: want 100ms at least", o.Interval)
			case o.Keep < 1:
				return usage("-keep %d: want 1 at least", o.Keep)
			case o.N < 0:
				return usage("-n: want 0 for all or the number of maps, not %d", o.N)
			}
			if when != "" {
				var err error
				if o.Trigger, err = watch.ParseTrigger(when); err != nil {
					return usage("-dump-when: %w", err)
				}
			} else if cmd.Flags().Changed("dump-dir") || cmd.Flags().Changed("keep") {
				return usage("-dump-dir and -keep want -dump-when")
			}
			o.Source = args[0]
			o.Load = func(ctx context.Context) (mapstat.Snapshot, error) {
				return source.Fetch(ctx, source.URL(args[0]), false)
			}
			return watch.Run(cmd.Context(), a.out, o)
		},
	}
	c.Flags().DurationVar(&o.Interval, "interval", 2*time.Second, "ask every `TIME`, such as 500ms or 1m")
	c.Flags().IntVarP(&o.N, "n", "n", 0, "show `N` maps at most")
	addSort(c, &o.Sort)
	c.Flags().StringVar(&when, "dump-when", "", "keep a dump when `CONDITION` begins to hold")
	c.Flags().StringVar(&o.Dir, "dump-dir", ".", "write dumps into `DIR`")
	c.Flags().IntVar(&o.Keep, "keep", 10, "keep the last `N` of the dumps written")
	return c
}
