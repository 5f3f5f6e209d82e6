package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/demo"
	"github.com/mapdiag/mapdiag/internal/health/ranking"
	"github.com/mapdiag/mapdiag/internal/health/source"
)

func (a *app) demo() *cobra.Command {
	var once bool
	var port int
	c := &cobra.Command{
		Use:   "demo [flags]",
		Short: "start a program with six maps, and show what there is to see",
		Long: `Demo starts a program with six maps, one of each pattern: made far too large, drained, full of
tombstones, churning with keys that maps are slow to clean up after, with large values, and a healthy
one. It shows their report and goes on running, for other commands to look at, until
Ctrl-C.`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if port < 0 || port > 65535 {
				return usage("-port %d: want 0 to 65535", port)
			}
			d, err := demo.Start(port)
			if err != nil {
				return err
			}
			defer func() {
				if cerr := d.Close(); err == nil {
					err = cerr
				}
			}()
			// Over HTTP, as a newcomer would do it next.
			s, err := source.Fetch(cmd.Context(), d.URL, false)
			if err != nil {
				return err
			}
			if err := ranking.WriteText(a.out, &s, "wasted", 0, a.out.Width); err != nil {
				return err
			}
			if err := ranking.WriteReasons(a.out, &s); err != nil || once {
				return err
			}
			if _, err := fmt.Fprintf(a.out, next, d.URL); err != nil {
				return err
			}
			<-cmd.Context().Done()
			return nil
		},
	}
	c.Flags().BoolVar(&once, "once", false, "end after the report")
	c.Flags().IntVar(&port, "port", 0, "listen on port `N` of 127.0.0.1; any that is free for 0")
	return c
}

const next = `
The program is running. In another terminal, try

	mapdiag watch %[1]s
	mapdiag top -sort tombstones %[1]s
	mapdiag check %[1]s
	mapdiag dump -o demo.mapdump %[1]s
	go tool pprof -top %[1]s/profile

or open %[1]s in a browser
(go run ./cmd/mapdiag instead of mapdiag, if it is not installed). Ctrl-C ends it.
`
