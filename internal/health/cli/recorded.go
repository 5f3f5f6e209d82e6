package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/places"
	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/internal/record"
	"github.com/mapdiag/mapdiag/internal/record/raw"
	"github.com/mapdiag/mapdiag/internal/sites"
)

func (a *app) sites() *cobra.Command {
	o := places.Options{}
	var asJSON bool
	c := &cobra.Command{
		Use:   "sites [flags] PROFILE",
		Short: "list the places that make maps, of a recorded program",
		Long: `Sites lists the places in the source that make maps, from a profile that was recorded: how many maps
they made, the largest number of entries that half and 95 % of them had, what was copied again
as they grew, what maps made with room for their entries would have saved, and what to do about the capacity
hint. Sizes with ≤ are bounds. Places of other modules are left out unless -all is given.`,
		Example: "\tmapdiag sites mapdiag.json\n\tmapdiag sites -sort makes -n 5 -stacks mapdiag.json",
		Args:    exactly(1, "one profile"),
		RunE: func(_ *cobra.Command, args []string) error {
			if o.N < 0 {
				return usage("-n: want 0 for all or the number of places, not %d", o.N)
			}
			if err := places.Sort(nil, o.By); err != nil {
				return usageError{err}
			}
			p, err := source.LoadProfile(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return places.WriteJSON(a.out, p, o)
			}
			o.Width = a.out.Width
			return places.WriteText(a.out, p, o)
		},
	}
	c.Flags().StringVar(&o.By, "sort", "waste", "order by `KEY`: "+strings.Join(places.Keys(), ", "))
	c.Flags().IntVarP(&o.N, "n", "n", 20, "list `N` places at most, all for 0")
	c.Flags().BoolVar(&o.All, "all", false, "list those of other modules, too")
	c.Flags().BoolVar(&o.Stacks, "stacks", false, "show the calls that led there")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, with all places that are listed for -n 0")
	_ = c.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(places.Keys(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) merge() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "merge -o NAME FILE...",
		Short: "sum up profiles of recorded runs",
		Long: `Merge sums up profiles that were recorded of one module, and writes NAME.json and, for go tool pprof,
NAME.pb.gz. A place that was changed between two runs is in the sum once for each form that it had.

It also takes the files PID-TIME.raw of programs that mapdiag build has built. These are joined
with the source of the module in the current folder, but for files that are newer than the program.`,
		Example: "\tmapdiag merge -o all unit.json integration.json\n\tmapdiag merge -o mapdiag *.raw",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("want profiles")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if name == "" || name == "-" {
				return usage("want -o NAME, for NAME%s and NAME%s", record.JSON, record.Pprof)
			}
			if err := record.Writable(name); err != nil {
				return err
			}
			sum, err := a.merged(cmd.Context(), args)
			if err != nil {
				return err
			}
			return record.Write(name, sum)
		},
	}
	c.Flags().StringVarP(&name, "o", "o", "", "write `NAME`.json and NAME.pb.gz")
	return c
}

// merged sums up what files hold: profiles, and what programs of mapdiag build have left.
func (a *app) merged(ctx context.Context, files []string) (*sites.Profile, error) {
	var all []*sites.Profile
	var left []string
	for _, file := range files {
		if raw.Is(file) {
			left = append(left, file)
			continue
		}
		p, err := source.LoadProfile(file)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 && p.Module != all[0].Module {
			return nil, fmt.Errorf("%s is of the module %s, %s of %s: profiles of one module can be merged", files[0], places.Module(all[0]), file, places.Module(p))
		}
		all = append(all, p)
	}
	if len(left) > 0 {
		p, err := record.JoinHere(ctx, "", left, func(err error) { fmt.Fprintf(a.err, "mapdiag: %v\n", err) })
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return sites.Merge(all...)
}
