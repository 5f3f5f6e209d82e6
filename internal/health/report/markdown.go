package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/mapdiag/mapdiag/mapstat"
)

const (
	mdWanted = 10 // maps that want attention, told of at length
	mdDetail = 5  // of which details are given
	mdRows   = 25 // rows of tables
	mdName   = 48 // characters of a name or type in a table
	mdCell   = 30 // characters of a metric's name or value in a table
	mdWide   = 6  // metrics side by side
)

// writeMarkdown writes for CI logs and for GitHub: short where nothing is the matter, readable without
// being rendered, and details folded.
func writeMarkdown(w io.Writer, doc *Document) error {
	var b bytes.Buffer
	b.WriteString("## Maps")
	if doc.Program.Name != "" {
		b.WriteString(" of " + code(shorten(called(doc.Program.Name), 2*mdName)))
	}
	fmt.Fprintf(&b, "\n\n**%s**\n\n", doc.summary())
	if doc.Program.Name != "" || !doc.Time.IsZero() {
		for i, pair := range doc.process()[1:] {
			if i > 0 {
				b.WriteString(" · ")
			}
			fmt.Fprintf(&b, "%s: %s", pair[0], prose(pair[1]))
		}
		b.WriteString("\n")
	}
	doc.mdWanted(&b)
	doc.mdTable(&b)
	doc.mdDetails(&b)
	doc.mdMetrics(&b)
	_, err := w.Write(b.Bytes())
	return err
}

// mdWanted tells of the maps that want attention, and why others could not be read. A
// list, as sentences make tables too wide to read.
func (d *Document) mdWanted(b *bytes.Buffer) {
	told := 0
	for i := range d.Maps {
		m := &d.Maps[i]
		if rank(m) == 3 {
			break
		}
		if told++; told > mdWanted {
			continue
		}
		fmt.Fprintf(b, "\n### %s: %s\n\n", code(shorten(called(m.Name), 2*mdName)), prose(verdict(m)))
		for j := range m.Verdict.Reasons {
			r := &m.Verdict.Reasons[j]
			fmt.Fprintf(b, "- %s.\n", prose(sentence(r.Text)))
			fmt.Fprintf(b, "  - Evidence: %s %s; source: %s.\n", code(shorten(called(r.Metric), mdName)), prose(d.evidence(r)), prose(said(r.Source)))
			fmt.Fprintf(b, "  - Advice: %s\n", prose(said(r.Advice)))
		}
		if m.Error != "" {
			fmt.Fprintf(b, "- The last reading failed: %s.\n", prose(said(m.Error)))
			if m.Known() {
				b.WriteString("  The figures are those of the reading before.\n")
			}
		}
	}
	if told > mdWanted {
		fmt.Fprintf(b, "\n…and %s more; the JSON and HTML reports tell of all.\n", count(told-mdWanted))
	}
}

func (d *Document) mdTable(b *bytes.Buffer) {
	if len(d.Maps) == 0 {
		return
	}
	t := table{head: []string{"Map", "Verdict", "Entries", "Slots", "Load / limit", "Tombstones", "Probe / expected / max", "Bytes", "Wasted", "Gain"}, left: 2}
	for i := range d.Maps[:min(len(d.Maps), mdRows)] {
		m := &d.Maps[i]
		f := figures(m)
		row := []string{cell(shorten(called(m.Name), mdName)), prose(short(m)), f[0], f[1], together(f[2:4]), f[4], together(f[5:8]), f[8], f[9], f[10]}
		for i := 2; i < len(row); i++ {
			row[i] = strings.ReplaceAll(row[i], " ", "\u00a0") // figures do not wrap
		}
		t.add(row...)
	}
	if rest := d.Maps[t.rows():]; len(rest) > 0 {
		s := summarise(rest)
		var slots, tombstones int
		for i := range rest {
			slots += rest[i].Stat.Slots
			tombstones += rest[i].Stat.Tombstones
		}
		t.add(plural(len(rest), "other", "others"), "", count(s.Entries), count(slots), "", count(tombstones), "",
			mapstat.Bytes(s.Bytes), mapstat.Bytes(s.Bytes-min(s.LiveBytes, s.Bytes)), mapstat.Bytes(s.GainBytes))
	}
	b.WriteString("\n")
	t.write(b)
}

// together joins figures that belong together: GitHub shows some ten columns without a scroll bar.
func together(figures []string) string {
	if figures[0] == "" {
		return ""
	}
	return strings.Join(figures, " / ")
}

// figures are the cells of a map in the table of all maps, after its name and
// verdict.
func figures(m *Map) []string {
	s := &m.Stat
	if !m.Known() {
		cells := []string{"?", "", "", "", "", "", "", "", "", "", ""}
		if s.Len > 0 {
			cells[0] = count(s.Len)
		}
		return cells
	}
	l, limit := load(s)
	mean, expected, most := "", "", ""
	if s.Probed > 0 {
		mean, expected, most = probe(s.MeanProbe), probe(s.ExpectedProbe), count(s.MaxProbe)
		if s.ProbeError >= 0.005 {
			mean += " ±" + probe(s.ProbeError)
		}
	}
	size := mapstat.Bytes(s.Bytes)
	if s.Estimated {
		size = "~" + size
	}
	return []string{
		count(s.Len), count(s.Slots), l, limit, count(s.Tombstones), mean, expected, most,
		size, mapstat.Bytes(m.WastedBytes), mapstat.Bytes(m.GainBytes),
	}
}

// mdDetails folds away the distribution of probes, the past and the metrics of the first
// maps that want attention.
func (d *Document) mdDetails(b *bytes.Buffer) {
	for i := range d.Maps[:min(len(d.Maps), mdDetail)] {
		m := &d.Maps[i]
		if !m.Wants() || !m.Known() {
			continue
		}
		fmt.Fprintf(b, "\n<details><summary>%s in detail</summary>\n\n", htmlEscape(shorten(called(m.Name), 2*mdName)))
		for _, pair := range d.details(m) {
			fmt.Fprintf(b, "- %s: %s\n", pair[0], prose(pair[1]))
		}
		if list := probes(&m.Stat); len(list) > 0 {
			b.WriteString("- Entries by the groups that a lookup visits:")
			for i, p := range list {
				fmt.Fprintf(b, "%s %s: %s (%s)", []string{"", ","}[min(i, 1)], p.Groups, p.Entries, p.Share)
			}
			b.WriteString("\n")
		}
		b.WriteString("- Metrics:")
		for i, v := range d.values(m) {
			fmt.Fprintf(b, "%s %s %s", []string{"", ","}[min(i, 1)], code(shorten(called(v.Name), mdName)), prose(shorten(v.Text, maxText)))
		}
		b.WriteString("\n")
		b.WriteString("\n</details>\n")
	}
}

// mdMetrics writes the metrics of plug-ins of all maps; those built in stand in the
// table of maps.
func (d *Document) mdMetrics(b *bytes.Buffer) {
	added := d.added()
	for len(added) > 0 && len(d.Maps) > 0 {
		n := min(len(added), mdWide)
		t := table{head: []string{"Map"}, left: 1}
		for _, info := range added[:n] {
			t.head = append(t.head, cell(shorten(called(info.Name), mdCell)))
		}
		for i := range d.Maps[:min(len(d.Maps), mdRows)] {
			m := &d.Maps[i]
			cells := []string{cell(shorten(called(m.Name), mdName))}
			for _, info := range added[:n] {
				cells = append(cells, prose(shorten(d.value(m, info).Text, mdCell)))
			}
			t.add(cells...)
		}
		b.WriteString("\n")
		t.write(b)
		b.WriteString("\n")
		for _, info := range added[:n] {
			fmt.Fprintf(b, "- %s%s: %s\n", code(shorten(called(info.Name), mdName)), inUnit(info.Unit), prose(cmp.Or(said(info.Help), "no description")))
		}
		added = added[n:]
	}
	if more := len(d.Maps) - mdRows; more > 0 && len(d.added()) > 0 {
		fmt.Fprintf(b, "\nThe tables of metrics leave out %s.\n", plural(more, "map", "maps"))
	}
}

// A table is written with its columns aligned, so that it can be read in a log
// as well.
type table struct {
	head []string
	left int // columns aligned to the left
	body [][]string
}

func (t *table) add(cells ...string) { t.body = append(t.body, cells) }

func (t *table) rows() int { return len(t.body) }

func (t *table) write(b *bytes.Buffer) {
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.body...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell), 3)
		}
	}
	line := func(row []string) {
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i < t.left {
				b.WriteString("| " + cell + pad + " ")
			} else {
				b.WriteString("| " + pad + cell + " ")
			}
		}
		b.WriteString("|\n")
	}
	line(t.head)
	for i, n := range width {
		if i < t.left {
			b.WriteString("|" + strings.Repeat("-", n+2))
		} else {
			b.WriteString("|" + strings.Repeat("-", n+1) + ":")
		}
	}
	b.WriteString("|\n")
	for _, row := range t.body {
		line(row)
	}
}

// code writes foreign text as a code span, in which nothing is a link, a mention or HTML.
func code(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell is code in a table, where a pipe ends a cell even inside of code.
func cell(s string) string { return strings.ReplaceAll(code(s), "|", `\|`) }

// prose escapes text that is no code: its mark-up, HTML, links that GitHub makes of
// addresses, and its mentions of people and issues.
func prose(s string) string { return proseEscaper.Replace(s) }

var proseEscaper = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`, "|", `\|`, "[", `\[`, "<", "&lt;", "&", "&amp;", ">", "&gt;",
	"#", "#\u200b", "@", "@\u200b", "://", "&#58;//", "www.", `www\.`,
)
