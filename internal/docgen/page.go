package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/doc/comment"
	"go/format"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
)

// headings are those of every rule's doc.go, in this order.
var headings = []string{
	"What it reports",
	"Why it matters",
	"Example",
	"When it stays silent",
	optionsHeading,
	"Is the fix safe",
}

const optionsHeading = "Options"

const generated = "<!-- Made by go generate ./internal/docgen; do not edit. -->"

const levels = `
A finding is *certain* where it follows from the code alone, *likely* where it
rests on what code of this form is written for, *possible* where it depends on
data that the code does not show. A rule reports findings of its default level
and surer ones; ` + "`-<rule>.level=possible`" + ` reports all. A safe fix cannot
change what the program does; bulk fixing applies no other.
`

// rulePage returns the page about a rule: what the suite states, then the
// text of the rule's doc.go.
func rulePage(r *analyzers.Rule) ([]byte, error) {
	title, text, _ := strings.Cut(r.Analyzer.Doc, "\n")
	doc := new(comment.Parser).Parse(text)

	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", r.Name, generated)
	fmt.Fprintf(&b, "%s.\n\n", summary(title))
	fmt.Fprintf(&b, "| severity | reports by default | fix | `_test.go` files | since |\n|---|---|---|---|---|\n")
	fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Severity, byDefault(r), fix(r), tests(r), r.Since)
	for i, block := range doc.Content {
		b.WriteByte('\n')
		switch block := block.(type) {
		case *comment.Code:
			b.WriteString(fenced(block.Text))
		default:
			b.Write(printer.Markdown(&comment.Doc{Content: []comment.Block{block}, Links: doc.Links}))
		}
		if section(doc.Content[:i+1]) == optionsHeading && endsSection(doc.Content[i+1:]) {
			b.WriteString(optionTable(r))
		}
	}
	return b.Bytes(), nil
}

var printer = &comment.Printer{
	HeadingLevel:   2,
	HeadingID:      func(*comment.Heading) string { return "" }, // not all of Markdown knows {#id}
	DocLinkBaseURL: "https://pkg.go.dev",
}

// section returns the heading under which the last of the blocks stands.
func section(blocks []comment.Block) string {
	for _, b := range slices.Backward(blocks) {
		if h, ok := b.(*comment.Heading); ok {
			return plain(h.Text)
		}
	}
	return ""
}

func endsSection(next []comment.Block) bool {
	if len(next) == 0 {
		return true
	}
	_, ok := next[0].(*comment.Heading)
	return ok
}

func plain(text []comment.Text) string {
	var b strings.Builder
	for _, t := range text {
		switch t := t.(type) {
		case comment.Plain:
			b.WriteString(string(t))
		case comment.Italic:
			b.WriteString(string(t))
		}
	}
	return b.String()
}

// fenced returns a code block, as Go where it is Go: shell commands and
// tables of figures stand in code blocks too.
func fenced(code string) string {
	lang := ""
	if _, err := format.Source([]byte(code)); err == nil {
		lang = "go"
	}
	return "```" + lang + "\n" + code + "```\n"
}

// summary returns the first line of a rule's doc without the rule's name.
func summary(title string) string {
	_, s, ok := strings.Cut(title, ": ")
	if !ok || s == "" {
		return title
	}
	return strings.ToUpper(s[:1]) + s[1:]
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

func optionTable(r *analyzers.Rule) string {
	var b strings.Builder
	b.WriteString("\n| option | default | meaning |\n|---|---|---|\n")
	r.Analyzer.Flags.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		if value != "" {
			value = " " + value
		}
		def := f.DefValue
		if def == "" {
			def = `""`
		}
		fmt.Fprintf(&b, "| `-%s.%s%s` | `%s` | %s |\n", r.Name, f.Name, value, def, cell(usage))
	})
	return b.String()
}

func ruleTable(suite *analyzers.Suite, dir string) string {
	var b strings.Builder
	b.WriteString("| rule | what it reports | severity | by default | safe fix | since |\n|---|---|---|---|---|---|\n")
	for _, r := range suite.Rules {
		title, _, _ := strings.Cut(r.Analyzer.Doc, "\n")
		safe := "no"
		if r.SafeFix {
			safe = "yes"
		}
		fmt.Fprintf(&b, "| [%s](%s%s.md) | %s | %s | %s | %s | %s |\n",
			r.Name, dir, r.Name, cell(summary(title)), r.Severity, byDefault(r), safe, r.Since)
	}
	return b.String()
}

// cell returns text as the cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "|", `\|`)
}
