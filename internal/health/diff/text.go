package diff

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/table"
	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/mapstat"
)

// WriteText writes the diff for people, in lines of the given width; 0 is no limit.
func (d *Diff) WriteText(w io.Writer, width int) error {
	for _, s := range []struct {
		label string
		Side
	}{{"before", d.Before}, {"after ", d.After}} {
		if _, err := fmt.Fprintf(w, "%s  %s  %s  %s\n", s.label, s.Time.UTC().Format(time.DateTime), table.Clean(s.program()), table.Clean(s.Source)); err != nil {
			return err
		}
	}
	if err := d.writeRuntime(w); err != nil {
		return err
	}
	if len(d.Maps) == 0 {
		_, err := fmt.Fprintf(w, "\nNothing has changed in %s.\n", maps(d.Same))
		return err
	}
	fmt.Fprintln(w)
	t := table.Table{
		Header: []string{"map", "entries", "", "slots", "", "tombstones", "", "bytes", "", "verdict"},
		Left:   []bool{true, false, true, false, true, false, true, false, true, true},
	}
	for i := range d.Maps {
		m := &d.Maps[i]
		row := []table.Cell{{Text: m.Name}}
		for _, c := range []Count{m.Entries, m.Slots, m.Tombstones} {
			row = append(row, table.Text(strconv.FormatInt(m.shown(c), 10), m.delta(c, strconv.Itoa))...)
		}
		row = append(row, table.Text(size(m.shown(m.Bytes)), m.delta(m.Bytes, func(n int) string { return size(int64(n)) }))...)
		t.Rows = append(t.Rows, append(row, m.verdict()))
	}
	if err := t.Write(w, width); err != nil {
		return err
	}
	if d.Same > 0 {
		_, err := fmt.Fprintf(w, "\n%s unchanged.\n", maps(d.Same))
		return err
	}
	return nil
}

func (s *Side) program() string {
	if s.Program == "" {
		return "program unknown"
	}
	return fmt.Sprintf("%s (process %d)", s.Program, s.PID)
}

func (d *Diff) writeRuntime(w io.Writer) error {
	if !d.SameRun {
		_, err := fmt.Fprintln(w, "These are not of the same process: what has changed may be a restart.")
		return err
	}
	gc := "no collection ended in between"
	if s := d.Runtime.GCShare; s != nil {
		gc = fmt.Sprintf("%s, %.2f%% of the processors' time", collections(d.Runtime.GCCycles), 100**s)
	}
	_, err := fmt.Fprintf(w, "in %s: heap %s; %s\n", d.After.Time.Sub(d.Before.Time).Round(time.Millisecond), signed(d.Runtime.HeapBytes, func(n int) string { return size(int64(n)) }), gc)
	return err
}

// shown is the number of the map as it is, or was.
func (m *Map) shown(c Count) int64 {
	if m.Change == Gone {
		return c.Before
	}
	return c.After
}

func (m *Map) verdict() table.Cell {
	switch {
	case m.Change == Gone:
		return table.Cell{Text: "gone", Color: term.Faint}
	case m.Change == New:
		return table.Cell{Text: "new: " + m.Verdict.After, Color: term.Health(mapstat.Health(m.Health.After))}
	case m.Verdict.Before == m.Verdict.After && m.Health.Before == m.Health.After:
		return table.Cell{Text: m.Verdict.After, Color: term.Health(mapstat.Health(m.Health.After))}
	}
	return table.Cell{Text: m.Verdict.Before + " -> " + m.Verdict.After, Color: term.Health(mapstat.Health(m.Health.After))}
}

// delta is the difference, of a map that is there before and after.
func (m *Map) delta(c Count, format func(int) string) string {
	if m.Change != Changed || c.Delta() == 0 {
		return ""
	}
	return signed(c.Delta(), format)
}

func signed(n int64, format func(int) string) string {
	if n < 0 {
		return "-" + format(int(-n))
	}
	return "+" + format(int(n))
}

func size(n int64) string { return mapstat.Bytes(uint64(max(n, 0))) }

func maps(n int) string {
	if n == 1 {
		return "1 map"
	}
	return fmt.Sprintf("%d maps", n)
}

func collections(n uint64) string {
	if n == 1 {
		return "1 collection"
	}
	return fmt.Sprintf("%d collections", n)
}
