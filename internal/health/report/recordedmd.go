package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/mapdiag/mapdiag/internal/health/places"
	"github.com/mapdiag/mapdiag/internal/sites"
)

func (d *Recorded) writeMarkdown(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("## Recorded maps")
	if d.Module != "" {
		b.WriteString(" of " + code(shorten(called(d.Module), 2*mdName)))
	}
	fmt.Fprintf(&b, "\n\n**%s**\n\n", d.summary())
	for i, pair := range d.run() {
		if i > 0 {
			b.WriteString(" · ")
		}
		fmt.Fprintf(&b, "%s: %s", pair[0], prose(pair[1]))
	}
	b.WriteString("\n")
	d.mdWorth(&b)
	d.mdPlaces(&b)
	d.mdDetails(&b)
	_, err := w.Write(b.Bytes())
	return err
}

// mdWorth tells of the places to be changed, in a list: sentences make tables too wide to read.
func (d *Recorded) mdWorth(b *bytes.Buffer) {
	list := d.worth()
	for i := range list[:min(len(list), mdWanted)] {
		p := &list[i]
		fmt.Fprintf(b, "\n### %s: %s\n\n", code(shorten(called(p.Where()), 2*mdName)), prose(p.Do()))
		fmt.Fprintf(b, "- %s made %s %s: %s.\n", code(shorten(called(p.Name()), 2*mdName)), made(p), code(shorten(called(p.TypeName()), 2*mdName)), entries(p))
		fmt.Fprintf(b, "  - Evidence: %s; growth: %s.\n", prose(said(p.Why)), growth(p))
		fmt.Fprintf(b, "  - Advice: %s. It saves %s.\n", advice(p), saving(p))
	}
	if more := len(list) - mdWanted; more > 0 {
		fmt.Fprintf(b, "\n…and %s more; the JSON and HTML reports tell of all.\n", count(more))
	}
}

func (d *Recorded) mdPlaces(b *bytes.Buffer) {
	if len(d.Places) == 0 {
		return
	}
	t := table{head: []string{"Place", "Type", "Hint", "Maps", "p50 / p95 / max", "Growths", "Copied again", "Allocated", "Wasted"}, left: 3}
	shown := d.Places[:min(len(d.Places), mdRows)]
	for i := range shown {
		p := &shown[i]
		f := placeFigures(p)
		row := []string{cell(shorten(called(p.Where()), mdName)), cell(shorten(called(p.TypeName()), mdCell)), prose(p.Do()), f[0], together(f[1:4]), f[5], f[6], f[7], f[8]}
		for i := 2; i < len(row); i++ {
			row[i] = strings.ReplaceAll(row[i], " ", "\u00a0") // figures do not wrap
		}
		t.add(row...)
	}
	if rest := d.Places[len(shown):]; len(rest) > 0 {
		s := places.Sum(rest)
		t.add(plural(len(rest), "other", "others"), "", "", count(counter(s.Makes)), "", count(counter(s.Growths)), bytesFormat(float64(s.RecopiedBytes)), size(s.Bytes), size(s.WasteBytes))
	}
	b.WriteString("\n")
	t.write(b)
}

// mdDetails folds away the sizes of the maps of the first places, and who made them.
func (d *Recorded) mdDetails(b *bytes.Buffer) {
	list := d.worth()
	for i := range list[:min(len(list), mdDetail)] {
		p := &list[i]
		fmt.Fprintf(b, "\n<details><summary>%s in detail</summary>\n\n", htmlEscape(shorten(called(p.Where()), 2*mdName)))
		for _, pair := range placeFacts(p) {
			fmt.Fprintf(b, "- %s: %s\n", pair[0], prose(pair[1]))
		}
		b.WriteString("- Maps by their largest number of entries:")
		for i, c := range classes(p) {
			fmt.Fprintf(b, "%s %s: %s (%s)", []string{"", ","}[min(i, 1)], c.Entries, c.Maps, c.Share)
		}
		b.WriteString("\n")
		for _, s := range p.Stacks {
			fmt.Fprintf(b, "- %s by %s\n", plural(counter(s.Makes), "map", "maps"), mdStack(s.Frames))
		}
		b.WriteString("\n</details>\n")
	}
}

// mdStack writes the calls that led to a place, innermost first.
func mdStack(frames []sites.Frame) string {
	list := make([]string, len(frames))
	for i, f := range frames {
		list[i] = code(shorten(called(f.Func), mdName))
	}
	return strings.Join(list, " ← ")
}
