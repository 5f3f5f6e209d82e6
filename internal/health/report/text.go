package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/dustin/go-humanize"

	"github.com/mapdiag/mapdiag/mapstat"
)

// plain returns s on one line, with what does not print (line ends, controls, marks that turn the
// direction of text) written as in Go source. Names, texts and errors come from
// the program that is looked at, and may be anything.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if r == ' ' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// called is the name of something as it is shown.
func called(name string) string {
	if strings.TrimSpace(name) == "" {
		return "(no name)"
	}
	return plain(name)
}

// maxText is the number of characters of a sentence of a snapshot, of which those of mapstat
// have 300 at most.
const maxText = 600

// said is a sentence of a snapshot as it is shown.
func said(s string) string { return shorten(plain(s), maxText) }

// shorten cuts the middle out of what has more than n characters: what tells names
// apart is at their ends.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	head := (n - 1) / 2
	return string(r[:head]) + "…" + string(r[len(r)-(n-1-head):])
}

func count(n int) string { return humanize.Comma(int64(n)) }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

func percent(ratio float64) string {
	p := 100 * ratio
	switch {
	case math.Abs(p) >= 1e6:
		return number(p) + "%"
	case p == 0 || math.Abs(p) >= 10:
		return fmt.Sprintf("%.0f%%", p)
	case math.Abs(p) < 0.1:
		return "<0.1%"
	}
	return fmt.Sprintf("%.1f%%", p)
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "unknown time"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// maxUnit is the number of characters of a unit that stand behind each value.
const maxUnit = 24

// quantity writes the value of a metric in its unit, of which those of [mapstat.Builtin] and
// of time are written as people do and all others are put behind the number.
func quantity(v float64, unit string) string {
	switch unit {
	case "bytes", "B":
		if v >= 0 && v < math.MaxUint64 {
			return mapstat.Bytes(uint64(v))
		}
		return number(v) + " B"
	case "ratio":
		return digits(100*v) + "%"
	case "times":
		return digits(v) + "×"
	case "groups":
		if v == 1 {
			return "1 group"
		}
	case "seconds", "s":
		if math.Abs(v) < math.MaxInt64/1e9 {
			return time.Duration(v * 1e9).Round(time.Microsecond).String()
		}
	case "":
		return number(v)
	}
	return number(v) + " " + shorten(plain(unit), maxUnit)
}

// digits writes three digits, or all of a whole number.
func digits(v float64) string {
	if math.Abs(v) >= 1000 || v == math.Trunc(v) {
		return number(v)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// number writes a number with thousands, and three decimals at most where it is small.
func number(v float64) string {
	switch abs := math.Abs(v); {
	case abs >= 1e15 || abs > 0 && abs < 1e-3:
		return strconv.FormatFloat(v, 'g', 4, 64)
	case v == math.Trunc(v):
		return humanize.Comma(int64(v))
	case abs >= 1000:
		return humanize.Comma(int64(math.Round(v)))
	case abs >= 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64)
}

// unitOf returns the unit of a metric, or of a figure that a [mapstat.Reason] names.
func (d *Document) unitOf(metric string) string {
	for i := range d.Metrics {
		if d.Metrics[i].Name == metric {
			return d.Metrics[i].Unit
		}
	}
	return ""
}

// evidence says how the figure that a reason rests on stands to its limit.
func (d *Document) evidence(r *mapstat.Reason) string {
	unit := d.unitOf(r.Metric)
	return fmt.Sprintf("is %s, the limit is %s", quantity(r.Value, unit), quantity(r.Limit, unit))
}

// load writes the load of a map, in the measure of its layout.
func load(s *mapstat.Stat) (load, limit string) {
	if s.Layout == "classic" {
		return number(math.Round(s.Load*100) / 100), number(s.LoadLimit)
	}
	return percent(s.Load), trimmedPercent(s.LoadLimit)
}

func trimmedPercent(ratio float64) string { return number(100*ratio) + "%" }

// probe writes a number of groups.
func probe(v float64) string {
	if math.Abs(v) >= 1e6 {
		return number(v)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// summary is the report in one line.
func (d *Document) summary() string {
	s := &d.Summary
	if s.Maps == 0 {
		return "No maps are watched."
	}
	text := fmt.Sprintf("%s with %s hold %s", plural(s.Maps, "map", "maps"), plural(s.Entries, "entry", "entries"), mapstat.Bytes(s.Bytes))
	if s.Maps == 1 {
		text = strings.Replace(text, " hold ", " holds ", 1)
	}
	if s.GainBytes > 0 {
		text += fmt.Sprintf(", of which rebuilds would give back %s", mapstat.Bytes(s.GainBytes))
	}
	switch n := s.Attention(); n {
	case 0:
		text += "; none wants attention"
	case 1:
		text += "; 1 wants attention"
	default:
		text += fmt.Sprintf("; %s want attention", count(n))
	}
	switch s.Unread {
	case 0:
	case 1:
		text += "; 1 could not be read"
	default:
		text += fmt.Sprintf("; %s could not be read", count(s.Unread))
	}
	return text + "."
}

// process says in pairs what was looked at.
func (d *Document) process() [][2]string {
	p, r := &d.Program, &d.Runtime
	name := shorten(called(p.Name), 100)
	if p.PID != 0 {
		name += fmt.Sprintf(" (pid %d)", p.PID)
	}
	out := [][2]string{{"Program", name}, {"Time", clock(d.Time)}}
	if p.GoVersion != "" {
		out = append(out, [2]string{"Go", shorten(plain(p.GoVersion), 40) + " " + shorten(plain(p.Platform), 40) + ", " + shorten(plain(p.Layout), 40) + " maps"})
	}
	heap := mapstat.Bytes(r.HeapBytes) + " of objects"
	if r.HeapGoal > 0 {
		heap += ", next collection at " + mapstat.Bytes(r.HeapGoal)
	}
	if r.MemoryLimit > 0 {
		heap += ", GOMEMLIMIT " + mapstat.Bytes(r.MemoryLimit)
	}
	out = append(out, [2]string{"Heap", heap})
	if r.CPU > 0 {
		out = append(out, [2]string{"Collector", fmt.Sprintf("%s of the CPU since the start, %s", percent(r.GCCPU/r.CPU), plural(int(min(r.GCCycles, math.MaxInt32)), "cycle", "cycles"))})
	}
	if d.OtherProcesses > 0 {
		out = append(out, [2]string{"Left out", plural(d.OtherProcesses, "snapshot", "snapshots") + " of another process, such as before a restart"})
	}
	return out
}

// window says what samples have shown of a map over time.
func window(w *mapstat.Window) string {
	switch w.Samples {
	case 0:
		return "no samples"
	case 1:
		return "1 sample"
	}
	text := fmt.Sprintf("%s since %s: %s to %s entries, %s, %s, churn of at least %s",
		plural(w.Samples, "sample", "samples"), clock(w.Start), count(w.MinLen), count(w.MaxLen),
		plural(w.Growths, "growth", "growths"), plural(w.Changes, "change", "changes"), plural(int(min(w.Churn, math.MaxInt64)), "entry", "entries"))
	if w.Rebound > 0 {
		text += ", fell and rose again to " + plural(w.Rebound, "entry", "entries")
	}
	return text
}
