// Package ranking orders the maps of a snapshot by a figure, and shows them as a table.
package ranking

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/figure"
	"github.com/mapdiag/mapdiag/internal/health/table"
	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/mapstat"
)

// Keys are the short names of what maps are ordered by most. Any other figure or
// metric does too.
var Keys = []string{"wasted", "bytes", "tombstones", "probe", "entries", "gain"}

var figures = map[string]string{
	"wasted": "wasted_bytes", "probe": "mean_probe", "entries": "len", "gain": "rebuild_gain",
}

// By returns the maps of a snapshot, those with most of what key names first. Maps without
// a value come last, all in the order of their names where they are equal.
func By(s *mapstat.Snapshot, key string) ([]mapstat.MapReport, error) {
	known := figure.Known(s.Metrics)
	name := key
	if long, ok := figures[key]; ok {
		name = long
	}
	f, err := known.Find(name)
	if err != nil {
		return nil, fmt.Errorf("cannot sort by %q: want %s, or a metric: %w", key, strings.Join(Keys, ", "), err)
	}
	if f.Text {
		return nil, fmt.Errorf("cannot sort by %q, which is a word: want %s, or a metric", key, strings.Join(Keys, ", "))
	}
	maps := slices.Clone(s.Maps)
	slices.SortStableFunc(maps, func(a, b mapstat.MapReport) int {
		x, xok := f.Of(&a)
		y, yok := f.Of(&b)
		if xok != yok {
			if xok {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(y.Number, x.Number), strings.Compare(a.Name, b.Name))
	})
	return maps, nil
}

// WriteText writes a snapshot as a table for people: what it is of, the first n maps of it by
// key (all for n = 0), and how many more there are. Lines have at most the given
// width, 0 is no limit.
func WriteText(w io.Writer, s *mapstat.Snapshot, key string, n, width int) error {
	maps, err := By(s, key)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w, Title(s)); err != nil {
		return err
	}
	if len(maps) == 0 {
		_, err := fmt.Fprintln(w, "It watches no maps: register them with mapstat.Track.")
		return err
	}
	rest := 0
	if n > 0 && len(maps) > n {
		rest, maps = len(maps)-n, maps[:n]
	}
	t := table.Table{
		Header: []string{"map", "entries", "slots", "load", "tombstones", "probe", "bytes", "wasted", "health"},
		Left:   []bool{true, false, false, false, false, false, false, false, true},
	}
	extra, hasExtra := extraColumn(s, key)
	if hasExtra {
		t.Header = slices.Insert(t.Header, 8, extra.Name)
		t.Left = slices.Insert(t.Left, 8, false)
	}
	for i := range maps {
		row := Row(&maps[i])
		if hasExtra {
			cell := table.Cell{Text: "-"}
			if v, ok := extra.Of(&maps[i]); ok {
				cell.Text = extra.Format(v)
			}
			row = slices.Insert(row, 8, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	if err := t.Write(w, width); err != nil {
		return err
	}
	if rest > 0 {
		_, err := fmt.Fprintf(w, "... and %d more; -n 0 shows all\n", rest)
		return err
	}
	return nil
}

// extraColumn returns the figure that maps are ordered by, if the table does not show it.
func extraColumn(s *mapstat.Snapshot, key string) (figure.Figure, bool) {
	if slices.Contains(Keys, key) && key != "gain" {
		return figure.Figure{}, false
	}
	name := key
	if long, ok := figures[key]; ok {
		name = long
	}
	known := figure.Known(s.Metrics)
	f, err := known.Find(name)
	if err != nil || slices.Contains([]string{"len", "slots", "load", "tombstones", "meanProbe", "mean_probe", "bytes", "wasted_bytes"}, f.Name) {
		return f, false
	}
	return f, true
}

// Title says in two lines what a snapshot is of.
func Title(s *mapstat.Snapshot) string {
	var sum, wasted uint64
	for i := range s.Maps {
		sum += s.Maps[i].Stat.Bytes
		wasted += s.Maps[i].Stat.WastedBytes()
	}
	if s.Program.Name == "" { // of a damaged dump
		return fmt.Sprintf("unknown program at %s\n%s, %s, of which %s wasted", s.Time.UTC().Format(time.DateTime),
			count(len(s.Maps)), mapstat.Bytes(sum), mapstat.Bytes(wasted))
	}
	program := fmt.Sprintf("%s (process %d, %s, %s) at %s",
		s.Program.Name, s.Program.PID, s.Program.GoVersion, s.Program.Platform, s.Time.UTC().Format(time.DateTime))
	return fmt.Sprintf("%s\n%s, %s, of which %s wasted; heap %s",
		table.Clean(program), count(len(s.Maps)), mapstat.Bytes(sum), mapstat.Bytes(wasted), mapstat.Bytes(s.Runtime.HeapBytes))
}

func count(maps int) string {
	if maps == 1 {
		return "1 map"
	}
	return fmt.Sprintf("%d maps", maps)
}

// enough is the number of entries looked up from which their mean says something about
// those that were not.
const enough = 30

// Row returns the cells of a map: name, entries, slots, load, tombstones, probe, bytes,
// wasted bytes and health.
func Row(m *mapstat.MapReport) []table.Cell {
	s := &m.Stat
	if m.Verdict.Health == mapstat.Unknown || m.Verdict.Health == "" {
		row := table.Text(m.Name, "-", "-", "-", "-", "-", "-", "-")
		return append(row, Health(m))
	}
	probe := "-"
	if s.Probed > 0 && (s.Probed >= enough || s.Probed >= uint64(s.Len)) {
		probe = strconv.FormatFloat(s.MeanProbe, 'f', 2, 64)
	}
	load := strconv.FormatFloat(s.Load, 'f', 2, 64)
	tombstones := "0"
	if s.Tombstones > 0 {
		tombstones = fmt.Sprintf("%d (%.0f%%)", s.Tombstones, 100*s.TombstoneRatio())
	}
	row := table.Text(m.Name, strconv.Itoa(s.Len), strconv.Itoa(s.Slots), load, tombstones, probe, mapstat.Bytes(s.Bytes), mapstat.Bytes(s.WastedBytes()))
	return append(row, Health(m))
}

// Health returns a cell with the verdict on a map in its colour.
func Health(m *mapstat.MapReport) table.Cell {
	text := string(m.Verdict.Health)
	if text == "" {
		text = string(mapstat.Unknown)
	}
	if p := m.Verdict.Pattern; p != "" && m.Verdict.Health != mapstat.Fine {
		text += ": " + string(p)
	}
	if m.Error != "" {
		text += " (not read: " + m.Error + ")"
	}
	return table.Cell{Text: text, Color: term.Health(m.Verdict.Health)}
}

// WriteReasons writes, for each map with a verdict that has any, its reasons and what can be
// done, the worst first.
func WriteReasons(w io.Writer, s *mapstat.Snapshot) error {
	for _, h := range []mapstat.Health{mapstat.Warning, mapstat.Notice} {
		for i := range s.Maps {
			m := &s.Maps[i]
			if m.Verdict.Health != h {
				continue
			}
			if _, err := fmt.Fprintf(w, "\n%s: %s\n", table.Clean(m.Name), term.Paint(term.Health(h), string(m.Verdict.Pattern))); err != nil {
				return err
			}
			for _, r := range m.Verdict.Reasons {
				if _, err := fmt.Fprintf(w, "  %s.\n  %s\n", table.Clean(r.Text), table.Clean(r.Advice)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
