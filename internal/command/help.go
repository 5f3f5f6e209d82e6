package command

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/baseline"
	"github.com/mapdiag/mapdiag/internal/ruledoc"
)

const usage = `Mapvet reports the misuse of maps in Go programs.

Usage:

	mapvet [flags] [packages]
	mapvet rank -profile FILE [flags]
	mapvet help [rule | rank]
	mapvet version
	go vet -vettool=$(which mapvet) [flags] [packages]
	go fix -fixtool=$(which mapvet) [-diff] [flags] [packages]
	go tool mapvet [flags] [packages]    # with mapvet as a tool in go.mod

Packages are named as for go build; without any it is the one in the current
directory. By itself mapvet also prints the findings of everything sound where
some packages are broken; go vet stops at the first that cannot be loaded.

Flags of mapvet by itself:

	-json              print findings as one JSON document
	-sarif             print findings as a SARIF 2.1.0 log
	-fix               apply the fixes that cannot change what the program does
	-diff              print what -fix would change
	-baseline FILE     leave out the findings listed in FILE
	-write-baseline    write the findings to the -baseline file (` + baseline.DefaultFile + `)
	-profile FILE      let rules know what a run measured of the maps (mapdiag test
	                   and mapdiag run write such a file)
	-C DIR             change to DIR first; names of files are relative to it

Build flags such as -tags, -mod, -race and -overlay are passed to the go command.

With go vet and go fix a profile is -profile=$PWD/FILE -profilesum=HASH, where
HASH is its SHA-256: they repeat what they have said of the same flags.

Flags everywhere:

	-<rule>            run only this rule; -<rule>=false runs all others
`

const exitCodes = `
Exit codes of mapvet by itself:

	0    no findings; after -fix none that remain
	1    findings
	2    the run was incomplete, or the command line is wrong

A finding is silenced where it stands, with a reason:

	//mapdiag:ignore <rule> <reason>
`

// help prints what mapvet is, or the manual of a rule.
func help(w io.Writer, suite *analyzers.Suite, args []string) error {
	switch len(args) {
	case 0:
		_, err := io.WriteString(w, general(suite))
		return err
	case 1:
		if args[0] == "rank" {
			_, err := io.WriteString(w, rankUsage)
			return err
		}
		r := suite.Rule(args[0])
		if r == nil {
			var names []string
			for _, r := range suite.Rules {
				names = append(names, r.Name)
			}
			return usagef("there is no rule %q; the rules are %s", args[0], strings.Join(names, ", "))
		}
		_, err := io.WriteString(w, manual(r))
		return err
	default:
		return usagef("help takes the name of one rule")
	}
}

func general(suite *analyzers.Suite) string {
	var b strings.Builder
	b.WriteString(usage)
	shared := flag.NewFlagSet("", flag.ContinueOnError)
	suite.RegisterFlags(shared)
	shared.VisitAll(func(f *flag.Flag) { writeFlag(&b, f.Name, f) })
	b.WriteString("\nRules (mapvet help <rule> prints the manual of one):\n\n")
	for _, r := range suite.Rules {
		fmt.Fprintf(&b, "\t%-18s %s\n", r.Name, ruledoc.Summary(r))
	}
	b.WriteString(exitCodes)
	return b.String()
}

func manual(r *analyzers.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n%s\nFlags\n\n", r.Name, ruledoc.Summary(r), ruledoc.Text(r))
	r.Analyzer.Flags.VisitAll(func(f *flag.Flag) { writeFlag(&b, r.Name+"."+f.Name, f) })
	fmt.Fprintf(&b, "\n%s\n", r.Analyzer.URL)
	return b.String()
}

// writeFlag prints a flag on one line, or on two where its name is long.
func writeFlag(b *strings.Builder, name string, f *flag.Flag) {
	arg, text := flag.UnquoteUsage(f)
	left := "-" + name
	if arg != "" {
		left += "=" + arg
	}
	if f.DefValue != "" && f.DefValue != "false" {
		text += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	if len(left) > 18 {
		left += "\n\t" + strings.Repeat(" ", 18)
	}
	fmt.Fprintf(b, "\t%-18s %s\n", left, text)
}
