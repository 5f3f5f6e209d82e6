// Package ruledoc renders the manual of a rule, which is its package comment.
package ruledoc

import (
	"flag"
	"fmt"
	"go/doc/comment"
	"go/format"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
)

// Headings are those of every manual, in this order.
var Headings = []string{
	"What it reports",
	"Why it matters",
	"Example",
	"When it stays silent",
	optionsHeading,
	"Is the fix safe",
}

const optionsHeading = "Options"

// Summary returns the line that says what the rule reports.
func Summary(r *analyzers.Rule) string {
	first, _, _ := strings.Cut(r.Analyzer.Doc, "\n")
	return strings.TrimSpace(strings.TrimPrefix(first, r.Name+":"))
}

// A Section is a part of a manual.
type Section struct {
	Heading string // empty for what stands before the first
	Blocks  []comment.Block
}

// Sections returns the manual, without the summary, by its headings.
func Sections(r *analyzers.Rule) []Section {
	_, rest, _ := strings.Cut(r.Analyzer.Doc, "\n")
	var list []Section
	for _, b := range new(comment.Parser).Parse(rest).Content {
		if h, ok := b.(*comment.Heading); ok {
			list = append(list, Section{Heading: Plain(h.Text)})
			continue
		}
		if len(list) == 0 {
			list = append(list, Section{})
		}
		s := &list[len(list)-1]
		s.Blocks = append(s.Blocks, b)
	}
	return list
}

// Plain returns text without its links.
func Plain(text []comment.Text) string {
	var b strings.Builder
	for _, t := range text {
		switch t := t.(type) {
		case comment.Plain:
			b.WriteString(string(t))
		case comment.Italic:
			b.WriteString(string(t))
		case *comment.Link:
			b.WriteString(Plain(t.Text))
		case *comment.DocLink:
			b.WriteString(Plain(t.Text))
		}
	}
	return b.String()
}

// Text returns the manual, without the summary, for a terminal.
func Text(r *analyzers.Rule) string {
	p := &comment.Printer{TextPrefix: "    ", TextCodePrefix: "        "}
	var b strings.Builder
	for i, s := range Sections(r) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s.Heading + "\n")
		for _, block := range s.Blocks {
			b.WriteByte('\n')
			b.Write(p.Text(&comment.Doc{Content: []comment.Block{block}}))
		}
	}
	return b.String()
}

// Markdown returns the manual, without the summary, with a table of the
// rule's options and their defaults.
func Markdown(r *analyzers.Rule) string {
	p := &comment.Printer{DocLinkBaseURL: "https://pkg.go.dev"}
	var b strings.Builder
	for i, s := range Sections(r) {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "## %s\n", s.Heading)
		for _, block := range s.Blocks {
			b.WriteByte('\n')
			if code, ok := block.(*comment.Code); ok {
				b.WriteString(fenced(code.Text))
			} else {
				b.Write(p.Markdown(&comment.Doc{Content: []comment.Block{block}}))
			}
		}
		if s.Heading == optionsHeading {
			b.WriteString(optionTable(r))
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
		fmt.Fprintf(&b, "| `-%s.%s%s` | `%s` | %s |\n", r.Name, f.Name, value, def, Cell(usage))
	})
	return b.String()
}

// Cell returns text as the cell of a table in Markdown.
func Cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "|", `\|`)
}
