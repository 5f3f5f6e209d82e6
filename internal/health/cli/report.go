package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/report"
)

// Formats that are no report, but the schema of one in JSON: of live maps, and of a profile.
const (
	schemaFormat        = "schema"
	profileSchemaFormat = "profile-schema"
)

func (a *app) report() *cobra.Command {
	var format string
	var full bool
	var out *output
	names := make([]string, 0, len(report.Formats())+1)
	for _, f := range report.Formats() {
		names = append(names, string(f))
	}
	names = append(names, schemaFormat, profileSchemaFormat)
	c := &cobra.Command{
		Use:   "report [flags] SOURCE",
		Short: "write a report of all maps, live or recorded: Markdown, JSON, SVG or HTML",
		Long: `Report tells of the maps of a program: first those that want attention, with the reason and
what to do, then all. Markdown is for the log of a CI run, SVG a picture of charts, HTML one file
with both. Of a source with several snapshots it also shows how the maps came there.

Of a profile of recorded maps it tells of the places that make them: first those whose capacity hint is worth
changing, with what that saves, then all.

-format schema, without a source, prints the schema of the JSON, -format profile-schema that of the
JSON about a profile.`,
		Example: "\tmapdiag report localhost:6060 >> $GITHUB_STEP_SUMMARY\n\tmapdiag report -format html -o maps.html hour.mapdump\n\tmapdiag report -format html -o places.html mapdiag.json",
		Args: func(cmd *cobra.Command, args []string) error {
			if format == schemaFormat || format == profileSchemaFormat {
				return exactly(0, "no source with -format "+format)(cmd, args)
			}
			return exactly(1, "one source")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema := map[string]func() []byte{schemaFormat: report.Schema, profileSchemaFormat: report.RecordedSchema}[format]; schema != nil {
				return out.write(a.out, func(w io.Writer) error {
					_, err := w.Write(schema())
					return err
				})
			}
			f, err := report.ParseFormat(format)
			if err != nil {
				return usageError{err}
			}
			l, err := a.loadAny(cmd.Context(), args[0], full)
			if err != nil {
				return err
			}
			return out.write(a.out, func(w io.Writer) error {
				if l.Profile != nil {
					return report.WriteRecorded(w, report.NewRecorded(l.Profile), f)
				}
				return report.Write(w, report.New(l.Snapshots), f)
			})
		},
	}
	c.Flags().StringVar(&format, "format", string(report.Markdown), "write `FORMAT`: "+strings.Join(names, ", "))
	c.Flags().BoolVar(&full, "full", false, fullUsage)
	out = addOutput(c.Flags(), "the report")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	return c
}
