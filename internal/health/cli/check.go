package cli

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mapdiag/mapdiag/internal/health/check"
)

func (a *app) check() *cobra.Command {
	var rulesFile, format string
	var full bool
	c := &cobra.Command{
		Use:   "check [-rules FILE] [flags] SOURCE",
		Short: "fail if a map breaks a rule, for CI",
		Long: `Check exits with 1 if a map breaks a rule of severity error, and says which map, which rule, the
value and the limit. Without -rules it fails where the verdict on a map is a warning.

Rules are YAML:

	- map: "sessions*"            # * any text, ? a character, [ab] one of these; all maps if left out
	  when: wasted_bytes > 10MiB  # the rule is broken where this holds
	  severity: error             # or warning or notice, which do not fail; error if left out
	  message: Rebuild the sessions after the nightly purge.
	- when: health == warning and bytes > 1MiB
	- map: index
	  when: tombstone_ratio > 20%

Conditions speak of every field of a Stat (len, slots, growth_left, bytes, scanned, ...), of every
metric of the program, its own ones too, of the windows of samples (total.max_len, recent.churn, ...), and of
health and pattern.

A map that could not be read makes the exit code 2: unknown is not fine.`,
		Example: "\tmapdiag check localhost:6060\n\tmapdiag check -rules maps.yaml -format github crash.mapdump",
		Args:    exactly(1, "one source"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(check.Formats, format) {
				return usage("-format %s: want text, github or json", format)
			}
			rules := check.Verdicts()
			if rulesFile != "" {
				data, err := os.ReadFile(rulesFile)
				if err != nil {
					return fmt.Errorf("reading the rules: %w", err)
				}
				if rules, err = check.ParseRules(rulesFile, data); err != nil {
					return err
				}
			}
			s, err := a.last(cmd.Context(), args[0], full)
			if err != nil {
				return err
			}
			result, err := check.Run(rules, s)
			if err != nil {
				return err
			}
			if err := result.Write(a.out, format); err != nil {
				return err
			}
			a.incomplete = a.incomplete || result.Incomplete
			if result.Failed {
				return errFailed
			}
			return nil
		},
	}
	c.Flags().StringVar(&rulesFile, "rules", "", "the rules are in `FILE`")
	c.Flags().StringVar(&format, "format", "text", "print `FORMAT`: text, github (annotations of GitHub Actions) or json")
	c.Flags().BoolVar(&full, "full", false, fullUsage)
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(check.Formats, cobra.ShellCompDirectiveNoFileComp))
	_ = c.MarkFlagFilename("rules", "yaml", "yml")
	return c
}
