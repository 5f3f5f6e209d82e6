// Package report writes what snapshots of live maps tell, for people and for
// programs: Markdown, JSON, SVG and HTML, all from one [Document].
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Format is a form in which a [Document] is written.
type Format string

const (
	Markdown Format = "md"
	JSON     Format = "json"
	SVG      Format = "svg"
	HTML     Format = "html"
)

// Formats returns the formats that [Write] knows.
func Formats() []Format { return []Format{Markdown, JSON, SVG, HTML} }

// ParseFormat returns the format of that name; "markdown" stands for "md" too.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToLower(name))
	if f == "markdown" {
		f = Markdown
	}
	if slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("unknown format %q of a report: want md, json, svg or html", name)
}

// ContentType returns the media type of the format.
func (f Format) ContentType() string {
	switch f {
	case Markdown:
		return "text/markdown; charset=utf-8"
	case JSON:
		return "application/json"
	case SVG:
		return "image/svg+xml"
	default:
		return "text/html; charset=utf-8"
	}
}

// Write writes the document. Its errors are those of w, and that of a format which
// [ParseFormat] would refuse.
func Write(w io.Writer, doc Document, format Format) error {
	switch format {
	case Markdown:
		return writeMarkdown(w, &doc)
	case JSON:
		return writeJSON(w, &doc)
	case SVG:
		return writeSVG(w, &doc)
	case HTML:
		return WriteHTML(w, &doc, Page{})
	}
	_, err := ParseFormat(string(format))
	return err
}
