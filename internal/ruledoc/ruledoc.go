// Package ruledoc renders the manual of a rule, which is its package comment.
package ruledoc

import (
	"go/doc/comment"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
)

// Summary returns the line that says what the rule reports.
func Summary(r *analyzers.Rule) string {
	first, _, _ := strings.Cut(r.Analyzer.Doc, "\n")
	return strings.TrimSpace(strings.TrimPrefix(first, r.Name+":"))
}

// body returns the manual without the summary.
func body(r *analyzers.Rule) *comment.Doc {
	_, rest, _ := strings.Cut(r.Analyzer.Doc, "\n")
	return new(comment.Parser).Parse(rest)
}

// Text returns the manual, without the summary, for a terminal.
func Text(r *analyzers.Rule) string {
	p := &comment.Printer{TextPrefix: "    ", TextCodePrefix: "        "}
	var b strings.Builder
	for i, block := range body(r).Content {
		if i > 0 {
			b.WriteByte('\n')
		}
		one := &comment.Doc{Content: []comment.Block{block}}
		if h, ok := block.(*comment.Heading); ok {
			one.Content = []comment.Block{&comment.Paragraph{Text: h.Text}}
			b.Write((&comment.Printer{}).Text(one))
			continue
		}
		b.Write(p.Text(one))
	}
	return b.String()
}

// Markdown returns the manual, without the summary.
func Markdown(r *analyzers.Rule) string {
	p := &comment.Printer{HeadingLevel: 2, HeadingID: func(*comment.Heading) string { return "" }}
	return string(p.Markdown(body(r)))
}
