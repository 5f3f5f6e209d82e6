package placediff

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/mapdiag/mapdiag/internal/health/places"
	"github.com/mapdiag/mapdiag/internal/health/table"
	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/mapstat"
)

// WriteText writes the diff for people, with n places at most (all for 0) in lines of the given width;
// 0 is no limit.
func (d *Diff) WriteText(w io.Writer, n, width int) error {
	var b bytes.Buffer
	for _, s := range []struct {
		label string
		*Side
	}{{"before", &d.Before}, {"after ", &d.After}} {
		fmt.Fprintf(&b, "%s  %s  %s of %s, %s  %s\n", s.label, places.When(s.Recorded), places.Count(s.Processes, "process", "processes"),
			table.Clean(strings.Join(s.Command, " ")), table.Clean(s.Go), table.Clean(s.Source))
	}
	was, is := &d.Before.Total, &d.After.Total
	fmt.Fprintf(&b, "%s maps made (%s); allocated %s (%s), copied again %s (%s), wasted %s (%s)\n",
		humanize.Comma(clamp(is.Makes)), signed(clamp(is.Makes)-clamp(was.Makes), humanize.Comma),
		size(is.Bytes), signed(is.Bytes-was.Bytes, size),
		size(clamp(is.RecopiedBytes)), signed(clamp(is.RecopiedBytes)-clamp(was.RecopiedBytes), size),
		size(is.WasteBytes), signed(is.WasteBytes-was.WasteBytes, size))
	if r := float64(is.Makes) / float64(max(was.Makes, 1)); was.Makes > 0 && (r < 0.9 || r > 1.1) {
		fmt.Fprintf(&b, "The later run made %.2g times as many maps: only what hints have saved is for as many.\n", r)
	}
	if d.Before.Go != d.After.Go || d.Before.Arch != d.After.Arch {
		fmt.Fprintf(&b, "The runs are of %s, %s and %s, %s: part of the difference may be theirs.\n", table.Clean(d.Before.Go), table.Clean(d.Before.Arch), table.Clean(d.After.Go), table.Clean(d.After.Arch))
	}
	fmt.Fprintln(&b, d.Hints.Text())
	if len(d.Places) == 0 {
		fmt.Fprintf(&b, "\nNothing has changed at %s.\n", places.Count(d.Same, "place", "places"))
		_, err := w.Write(b.Bytes())
		return err
	}
	fmt.Fprintln(&b)
	shown := d.Places
	if n > 0 && len(shown) > n {
		shown = shown[:n]
	}
	t := table.Table{
		Header: []string{"where", "makes", "", "growths", "", "recopied", "", "allocated", "", "wasted", "", "hint"},
		Left:   []bool{true, false, true, false, true, false, true, false, true, false, true, true},
		Ends:   true, Spare: [][]int{{3, 4}, {9, 10}, {2}},
	}
	for i := range shown {
		t.Rows = append(t.Rows, shown[i].row())
	}
	if err := t.Write(&b, width); err != nil {
		return err
	}
	if more := len(d.Places) - len(shown); more > 0 {
		fmt.Fprintf(&b, "... and %d more; -n 0 shows all\n", more)
	}
	if d.Same > 0 {
		fmt.Fprintf(&b, "\n%s unchanged.\n", places.Count(d.Same, "place", "places"))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Text says in one sentence what changed hints have saved.
func (h *Hints) Text() string {
	if h.Changed == 0 {
		return "No hint was changed."
	}
	verb, bytes, allocs := "save", h.SavedBytes, h.SavedAllocs
	if bytes < 0 {
		verb, bytes, allocs = "cost", -bytes, -allocs
	}
	if h.Changed == 1 {
		verb += "s"
	}
	text := fmt.Sprintf("%s %s %s", places.Count(h.Changed, "changed hint", "changed hints"), verb, size(bytes))
	if h.SavedBytes > 0 && h.Bytes > 0 {
		text += fmt.Sprintf(" of %s (%.0f%%)", size(h.Bytes), 100*float64(h.SavedBytes)/float64(h.Bytes))
	}
	if allocs > 0 {
		text += fmt.Sprintf(" and %s", places.Count(int(allocs), "allocation", "allocations"))
	}
	text += ", for as many maps as the later run made"
	if h.Predicted > 0 {
		text += fmt.Sprintf("; %s were predicted", size(h.Predicted))
	}
	return text + "."
}

func (p *Place) row() []table.Cell {
	row := []table.Cell{{Text: p.where}}
	for _, c := range []struct {
		Count
		format func(int64) string
	}{{p.Makes, plain}, {p.Growths, plain}, {p.RecopiedBytes, size}, {p.Bytes, size}, {p.WasteBytes, size}} {
		shown, delta := c.After, ""
		switch {
		case p.Change == Gone:
			shown = c.Before
		case p.Change == Changed && c.Delta() != 0:
			delta = signed(c.Delta(), c.format)
		}
		row = append(row, table.Text(c.format(shown), delta)...)
	}
	return append(row, p.hint())
}

func (p *Place) hint() table.Cell {
	switch {
	case p.Change == Gone:
		return table.Cell{Text: "gone", Color: term.Faint}
	case p.Change == New:
		return table.Cell{Text: "new: " + hint(p.Asked.After)}
	case p.Asked.Delta() == 0:
		return table.Cell{Text: hint(p.Asked.After), Color: term.Faint}
	}
	color := term.Green
	if p.SavedBytes < 0 {
		color = term.Red
	}
	return table.Cell{Text: hint(p.Asked.Before) + " -> " + hint(p.Asked.After), Color: color}
}

func hint(n int64) string {
	if n == 0 {
		return "none"
	}
	return plain(n)
}

func plain(n int64) string { return strconv.FormatInt(n, 10) }

func size(n int64) string { return mapstat.Bytes(uint64(max(n, 0))) }

func signed(n int64, format func(int64) string) string {
	if n < 0 {
		return "-" + format(-n)
	}
	return "+" + format(n)
}
