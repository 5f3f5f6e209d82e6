package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const manual = `Mapdiag shows the health of the maps of a running Go program: how full they are, what
deleted entries leave behind, how far lookups go, how many bytes are wasted.

The program registers its maps with package mapstat and serves /debug/maps with package
mapstat/http. To see it at work: mapdiag demo.`

const manualEnd = `A SOURCE is the URL of a program (http://localhost:6060/debug/maps, or localhost:6060 for
short), a file that mapdiag dump or mapdiag snapshot has written, or - for standard input.

Flags may be written with one dash or two, and with a space or = before the value:
-sort wasted, --sort=wasted. They may stand before or after the source.

Exit codes: 0 all is well, 1 a check failed, 2 something could not be done or the command line
is wrong. A damaged file counts as that, though what is whole of it is shown.

Colours appear in terminals only, and not where NO_COLOR is set.

mapdiag completion bash|zsh|fish|powershell prints a script for your shell;
mapdiag help completion bash says how to load it.`

// help writes the manual of a command.
func help(cmd *cobra.Command, _ []string) {
	w := cmd.OutOrStdout()
	text := cmd.Long
	if text == "" {
		text = strings.ToUpper(cmd.Short[:1]) + cmd.Short[1:] + "."
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n\n", strings.TrimSpace(text))
	if !cmd.HasParent() {
		fmt.Fprintf(w, "\tmapdiag command [flags] [SOURCE]\n")
	} else {
		fmt.Fprintf(w, "\t%s\n", cmd.UseLine())
	}
	commands(w, cmd)
	flags(w, cmd)
	if cmd.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n\n%s\n", cmd.Example)
	}
	if !cmd.HasParent() {
		fmt.Fprintf(w, "\n%s\n", manualEnd)
	}
}

func commands(w io.Writer, cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	fmt.Fprint(w, "\nCommands:\n\n")
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			fmt.Fprintf(w, "\t%-11s %s\n", c.Name(), c.Short)
		}
	}
	if !cmd.HasParent() {
		fmt.Fprint(w, "\nmapdiag help COMMAND says more about each.\n")
	}
}

func flags(w io.Writer, cmd *cobra.Command) {
	var lines [][2]string
	wide := 0
	cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, what := pflag.UnquoteUsage(f)
		name := "-" + f.Name
		if value != "" {
			name += " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" && f.DefValue != "0s" {
			what += fmt.Sprintf(" (%s if not given)", f.DefValue)
		}
		wide = max(wide, len(name))
		lines = append(lines, [2]string{name, what})
	})
	if len(lines) == 0 {
		return
	}
	fmt.Fprint(w, "\nFlags:\n\n")
	for _, l := range lines {
		fmt.Fprintf(w, "\t%-*s  %s\n", wide, l[0], l[1])
	}
}
