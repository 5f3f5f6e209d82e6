package report

import (
	"fmt"
	"html"
	"strings"

	"github.com/mapdiag/mapdiag/mapstat"
)

func htmlEscape(s string) string { return html.EscapeString(s) }

// verdict says how a map is in words, such as "drained (warning)".
func verdict(m *Map) string {
	v := &m.Verdict
	if m.Error != "" && m.Known() {
		return plain(fmt.Sprintf("%s (%s) when it was last read", v.Pattern, v.Health))
	}
	switch {
	case v.Health == mapstat.Unknown || v.Health == "":
		return "could not be read"
	case len(v.Reasons) > 1:
		more := make([]string, 0, len(v.Reasons)-1)
		for _, r := range v.Reasons {
			if r.Pattern != v.Pattern {
				more = append(more, string(r.Pattern))
			}
		}
		if len(more) > 0 {
			return fmt.Sprintf("%s (%s), also %s", v.Pattern, v.Health, strings.Join(more, ", "))
		}
	case v.Health == mapstat.Fine:
		return string(v.Pattern)
	}
	return plain(fmt.Sprintf("%s (%s)", v.Pattern, v.Health))
}

// short is the verdict in the table of all maps.
func short(m *Map) string {
	switch {
	case m.Verdict.Health == mapstat.Unknown || m.Verdict.Health == "":
		return "unread"
	case m.Error != "":
		return plain(string(m.Verdict.Pattern)) + ", now unread"
	}
	return plain(string(m.Verdict.Pattern))
}

// sentence starts a text with a capital letter, unless it starts with code, and takes its
// final dot.
func sentence(s string) string {
	s = strings.TrimSuffix(said(s), ".")
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

// inUnit is the unit behind the name of a metric.
func inUnit(unit string) string {
	if unit == "" {
		return ""
	}
	return " (" + prose(shorten(plain(unit), maxUnit)) + ")"
}

// details are facts about a map, in pairs.
func (d *Document) details(m *Map) [][2]string {
	s := &m.Stat
	parts := &m.Parts
	out := [][2]string{
		{"Type", said(s.Type)},
		{"Bytes", fmt.Sprintf("%s in %s: entries %s, tombstones %s, free slots %s, other %s",
			mapstat.Bytes(s.Bytes), plural(int(min(s.Objects, 1<<62)), "object", "objects"),
			mapstat.Bytes(parts.Entries), mapstat.Bytes(parts.Tombstones), mapstat.Bytes(parts.Free), mapstat.Bytes(parts.Other))},
		{"A rebuild", d.rebuild(m)},
		{"Room", room(s)},
		{"All samples", window(&m.Total)},
	}
	if m.Recent.Samples > 0 && m.Recent.Samples != m.Total.Samples {
		out = append(out, [2]string{"Recent samples", window(&m.Recent)})
	}
	if w := &m.Total; w.Samples > 0 {
		out = append(out, [2]string{"High-water mark", fmt.Sprintf("%s, %s now; %s, %s now",
			plural(w.MaxLen, "entry", "entries"), count(s.Len), mapstat.Bytes(w.MaxBytes), mapstat.Bytes(s.Bytes))})
	}
	out = append(out, [2]string{"Stored", stored(s)})
	if s.Unreachable > 0 {
		out = append(out, [2]string{"Unreachable", plural(int(min(s.Unreachable, 1<<62)), "entry", "entries") + " with a NaN in the key"})
	}
	return out
}

func (d *Document) rebuild(m *Map) string {
	s := &m.Stat
	text := fmt.Sprintf("%s in %s: gives back %s", mapstat.Bytes(s.RebuiltBytes), plural(s.RebuiltSlots, "slot", "slots"), mapstat.Bytes(m.GainBytes))
	if speedup, ok := m.Values["rebuild_speedup"]; ok && speedup >= 1.05 {
		text += ", and a range is " + quantity(speedup, "times") + " as fast"
	}
	return text
}

func room(s *mapstat.Stat) string {
	if s.Layout == "classic" {
		text := plural(s.Groups, "bucket", "buckets") + " and " + plural(s.Overflow, "overflow bucket", "overflow buckets")
		if s.Old > 0 {
			text += ", being moved out of " + plural(s.Old, "bucket", "buckets")
		}
		return text
	}
	return fmt.Sprintf("%s in %s, %s can be added before all tables are full",
		plural(s.Groups, "group", "groups"), plural(s.Tables, "table", "tables"), plural(s.GrowthLeft, "entry", "entries"))
}

func stored(s *mapstat.Stat) string {
	text := "keys and values in the slots"
	switch {
	case s.IndirectKeys && s.IndirectValues:
		text = "keys and values behind pointers, an object each"
	case s.IndirectKeys:
		text = "keys behind pointers, an object each"
	case s.IndirectValues:
		text = "values behind pointers, an object each"
	}
	if s.Scanned {
		return text + "; the collector scans them"
	}
	return text + "; the collector need not scan them"
}

// A bar is a row of the distribution of probe lengths.
type bar struct {
	Groups, Entries, Share string
	Ratio                  float64
}

// probes is the distribution of probe lengths, up to the longest that there is.
func probes(s *mapstat.Stat) []bar {
	last := 0
	var total float64
	for i, n := range s.Probes {
		total += float64(n)
		if n > 0 {
			last = i
		}
	}
	if total == 0 {
		return nil
	}
	var out []bar
	for i, n := range s.Probes[:last+1] {
		groups := fmt.Sprint(i + 1)
		if i == mapstat.ProbeLengths-1 {
			groups += " or more"
		}
		ratio := float64(n) / total
		out = append(out, bar{groups, count(int(min(n, 1<<62))), percent(ratio), ratio})
	}
	return out
}

// A value is a metric of a map as it is shown.
type value struct {
	mapstat.MetricInfo
	Text   string
	Failed bool
}

// values are all metrics of a map, in the order of the document.
func (d *Document) values(m *Map) []value {
	out := make([]value, 0, len(d.Metrics))
	for _, info := range d.Metrics {
		out = append(out, d.value(m, info))
	}
	return out
}

func (d *Document) value(m *Map, info mapstat.MetricInfo) value {
	v := value{MetricInfo: info, Text: "–"}
	if message, ok := m.MetricErrors[info.Name]; ok {
		v.Text, v.Failed = "failed: "+said(message), true
	} else if number, ok := m.Values[info.Name]; ok {
		v.Text = quantity(number, info.Unit)
	}
	return v
}

// added are the metrics that are not built in.
func (d *Document) added() []mapstat.MetricInfo {
	var out []mapstat.MetricInfo
	for _, info := range d.Metrics {
		if !builtin[info.Name] {
			out = append(out, info)
		}
	}
	return out
}

var builtin = func() map[string]bool {
	names := make(map[string]bool)
	for _, m := range mapstat.Builtin() {
		names[m.Name] = true
	}
	return names
}()
