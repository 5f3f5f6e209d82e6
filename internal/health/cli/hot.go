package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/hot"
)

func (a *app) hot() *cobra.Command {
	var n int
	var by, sampleType string
	var asJSON bool
	c := &cobra.Command{
		Use:   "hot [flags] [PROGRAM] PROFILE",
		Short: "find the work on maps in a CPU or heap profile, line by line",
		Long: `Hot tells which lines of a program spend time on maps, or allocate for them, and on what: access,
assign, grow, delete, iterate and others. PROFILE is an ordinary CPU or heap profile, of
runtime/pprof, net/http/pprof or go test.

Heap profiles do not tell what the runtime did when it allocated. With PROGRAM, the file of the
program that was profiled, this is read from its code; where the profile names a file that
is there, it is found by itself.`,
		Example: "\tmapdiag hot cpu.pb.gz\n\tmapdiag hot -sort grow -n 10 ./server heap.pb.gz",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return usage("want a profile, or a program and a profile")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if n < 0 {
				return usage("-n: want 0 for all or the number of lines, not %d", n)
			}
			r, err := a.readHot(args, sampleType)
			if err != nil {
				return err
			}
			if err := r.Sort(by); err != nil {
				return usageError{err}
			}
			if asJSON {
				return writeJSON(a.out, r)
			}
			if n == 0 {
				n = len(r.Lines)
			}
			return r.WriteText(a.out, n)
		},
	}
	c.Flags().IntVarP(&n, "n", "n", 20, "list `N` lines at most, all for 0")
	c.Flags().StringVar(&by, "sort", "flat", "sort by `KEY`: flat, count, hash or an operation, such as grow")
	c.Flags().StringVar(&sampleType, "sample_index", "", "count `TYPE`, such as alloc_objects or inuse_space")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, with all lines")
	return c
}

// readHot analyses the profile that args end in, with the program before it, or, where the
// profile needs one, with the program that it names if that is there.
func (a *app) readHot(args []string, sampleType string) (*hot.Report, error) {
	name := args[len(args)-1]
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := hot.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(args) == 2 {
		return analyseHot(p, name, args[0], sampleType)
	}
	r, err := hot.Analyse(p, hot.Options{SampleType: sampleType})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if r.Runtime == hot.LeftOut && p.Program() != "" {
		if with, err := analyseHot(p, name, p.Program(), sampleType); err == nil {
			return with, nil
		}
	}
	return r, nil
}

// analyseHot analyses a profile, read from the file of the given name, with its program.
func analyseHot(p *hot.Profile, name, program, sampleType string) (*hot.Report, error) {
	b, err := hot.Open(program)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	r, err := hot.Analyse(p, hot.Options{SampleType: sampleType, Binary: b})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
