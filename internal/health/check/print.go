package check

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/mapdiag/mapdiag/internal/health/table"
	"github.com/mapdiag/mapdiag/internal/health/term"
)

// Formats are the names of the formats that [Result.Write] knows.
var Formats = []string{"text", "github", "json"}

// Write writes the result in a format: for people, as annotations of GitHub
// Actions, or as JSON.
func (r *Result) Write(w io.Writer, format string) error {
	switch format {
	case "text":
		return r.writeText(w)
	case "github":
		return r.writeGitHub(w)
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return fmt.Errorf("unknown format %q: want %s", format, strings.Join(Formats, ", "))
}

var colors = map[Severity]term.Color{Error: term.Red, Warning: term.Yellow, Notice: term.None}

func (r *Result) writeText(w io.Writer) error {
	var b strings.Builder
	counts := make(map[Severity]int)
	for i := range r.Findings {
		f := &r.Findings[i]
		counts[f.Severity]++
		fmt.Fprintf(&b, "%s %s: %s%s\n", term.Paint(colors[f.Severity], string(f.Severity)+":"), table.Clean(f.Map), f.terms(), f.Rule.suffix())
		if f.Message != "" {
			fmt.Fprintf(&b, "\t%s\n", table.Clean(f.Message))
		}
		for _, reason := range f.Reasons {
			fmt.Fprintf(&b, "\t%s\n", table.Clean(reason))
		}
	}
	for _, g := range r.Gaps {
		fmt.Fprintln(&b, g.text())
	}
	for _, p := range r.Unmatched {
		fmt.Fprintln(&b, p.text())
	}
	fmt.Fprintf(&b, "%s checked: %s, %s, %s\n", count(r.Maps, "map"), count(counts[Error], "error"), count(counts[Warning], "warning"), count(counts[Notice], "notice"))
	_, err := io.WriteString(w, b.String())
	return err
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// terms says what the map has and what it must not have.
func (f *Finding) terms() string {
	var parts []string
	for _, v := range f.Terms {
		if v.Number == nil {
			parts = append(parts, fmt.Sprintf("%s is %s", v.Metric, table.Clean(v.Value)))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s is %s (limit: %s %s)", v.Metric, v.Value, v.Op, v.Limit))
	}
	return strings.Join(parts, ", ")
}

func (p *Place) suffix() string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf(" [%s:%d]", p.File, p.Line)
}

func (g *Gap) text() string {
	switch {
	case g.Metric != "":
		return fmt.Sprintf("unknown: %s: metric %s could not be evaluated: %s", table.Clean(g.Map), g.Metric, table.Clean(g.Error))
	case g.Stale:
		return fmt.Sprintf("note: %s could not be read (%s); an earlier reading was checked", table.Clean(g.Map), table.Clean(g.Error))
	}
	return fmt.Sprintf("unknown: %s could not be read: %s", table.Clean(g.Map), table.Clean(g.Error))
}

func (p *Place) text() string {
	return fmt.Sprintf("note: %s:%d: no map has a name like %q", p.File, p.Line, p.Map)
}

// writeGitHub writes workflow commands, which GitHub shows at the place of the rule.
func (r *Result) writeGitHub(w io.Writer) error {
	var b strings.Builder
	command := func(level Severity, p Place, title, text string) {
		var props []string
		if p.File != "" {
			props = append(props, "file="+escapeProperty(p.File), fmt.Sprintf("line=%d", p.Line))
		}
		props = append(props, "title="+escapeProperty(title))
		fmt.Fprintf(&b, "::%s %s::%s\n", level, strings.Join(props, ","), escapeData(text))
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		text := f.Map + ": " + f.terms()
		if f.Message != "" {
			text += "\n" + f.Message
		}
		for _, reason := range f.Reasons {
			text += "\n" + reason
		}
		command(f.Severity, f.Rule, "map "+f.Map, text)
	}
	for _, g := range r.Gaps {
		level := Error
		if g.Stale {
			level = Notice
		}
		command(level, Place{}, "map "+g.Map, g.text())
	}
	for _, p := range r.Unmatched {
		command(Notice, p, "mapdiag", p.text())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscapes.Replace(s) }
func escapeProperty(s string) string { return propertyEscapes.Replace(s) }
