package main

import (
	"fmt"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/ruledoc"
)

const generated = "<!-- Made by go generate ./internal/docgen; do not edit. -->"

const levels = `
A finding is *certain* where it follows from the code alone, *likely* where it
rests on what code of this form is written for, *possible* where it depends on
data that the code does not show. A rule reports findings of its default level
and surer ones; ` + "`-<rule>.level=possible`" + ` reports all. A safe fix cannot
change what the program does; bulk fixing applies no other.
`

// rulePage returns the page about a rule: what the suite states, then the
// manual.
func rulePage(r *analyzers.Rule) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s.\n\n", r.Name, generated, summary(r))
	b.WriteString("| severity | reports by default | fix | `_test.go` files | since |\n|---|---|---|---|---|\n")
	fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n\n", severity(r), byDefault(r), fix(r), tests(r), r.Since)
	b.WriteString(ruledoc.Markdown(r))
	return []byte(b.String())
}

// summary returns what the rule reports as the beginning of a sentence.
func summary(r *analyzers.Rule) string {
	s := ruledoc.Summary(r)
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func severity(r *analyzers.Rule) string {
	if r.Raise {
		return r.Severity.String() + ", certain findings error"
	}
	return r.Severity.String()
}

func byDefault(r *analyzers.Rule) string {
	return [...]string{
		"certain findings",
		"certain and likely findings",
		"certain, likely and possible findings",
	}[r.Level]
}

func fix(r *analyzers.Rule) string {
	if r.SafeFix {
		return "safe, applied in bulk"
	}
	return "none that is applied in bulk"
}

func tests(r *analyzers.Rule) string {
	if r.Cost {
		return "only with `-tests`"
	}
	return "always"
}

func ruleTable(suite *analyzers.Suite, dir string) string {
	var b strings.Builder
	b.WriteString("| rule | what it reports | severity | by default | safe fix | since |\n|---|---|---|---|---|---|\n")
	for _, r := range suite.Rules {
		safe := "no"
		if r.SafeFix {
			safe = "yes"
		}
		fmt.Fprintf(&b, "| [%s](%s%s.md) | %s | %s | %s | %s | %s |\n",
			r.Name, dir, r.Name, ruledoc.Cell(summary(r)), severity(r), byDefault(r), safe, r.Since)
	}
	return b.String()
}
