package hot

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteText writes the report in the way of `pprof -top`: the totals, then at
// most n lines of code; all if n is 0 or less.
func (r *Report) WriteText(w io.Writer, n int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Type: %s\n", r.SampleType)
	if r.Duration > 0 {
		fmt.Fprintf(&b, "Duration: %s, Total: %s\n", format(r.Duration, "nanoseconds"), format(r.Total.Value, r.Unit))
	} else {
		fmt.Fprintf(&b, "Total: %s\n", format(r.Total.Value, r.Unit))
	}
	what := "Map operations"
	if r.Kind == Heap {
		what = "Allocated for maps"
		if strings.HasPrefix(r.SampleType, "inuse") {
			what = "Held by maps"
		}
		if r.Runtime == LeftOut {
			what += ", as far as can be told"
		}
	}
	fmt.Fprintf(&b, "%s: %s, %s of the profile, %d %s\n", what, format(r.Maps.Value, r.Unit), percent(r.Maps.Value, r.Total.Value), r.Maps.Count, r.CountUnit)
	if ops := split(r.Ops, r.Maps.Value, r.Unit); ops != "" {
		fmt.Fprintf(&b, "  %s\n", ops)
	}
	if r.Hash.Value != 0 {
		fmt.Fprintf(&b, "  of it hashing keys: %s (%s)\n", format(r.Hash.Value, r.Unit), percent(r.Hash.Value, r.Maps.Value))
	}
	if r.Kind == CPU && r.Maps.Count > 0 && r.Maps.Count < fewSamples {
		fmt.Fprintf(&b, "Only %d samples are map work: shares are rough; profile for longer.\n", r.Maps.Count)
	}
	if r.Unresolved.Value != 0 {
		fmt.Fprintf(&b, "What called for %s (%s) could not be read from the program.\n", format(r.Unresolved.Value, r.Unit), percent(r.Unresolved.Value, r.Total.Value))
	}
	for _, s := range r.Notes {
		fmt.Fprintf(&b, "Note: %s.\n", s)
	}
	shown := r.Lines
	if n > 0 && len(shown) > n {
		shown = shown[:n]
		sum := int64(0)
		for _, l := range shown {
			sum += l.Value
		}
		fmt.Fprintf(&b, "Showing %d of %d lines, %s of the map work\n", n, len(r.Lines), percent(sum, r.Maps.Value))
	}
	if _, err := io.WriteString(w, b.String()); err != nil || len(shown) == 0 {
		return err
	}

	width := len("operations")
	for _, l := range shown {
		width = max(width, len(split(l.Ops, l.Value, "")))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "flat\tflat%%\tsum%%\tmaps%%\t%s\t  %-*s  calling line\n", r.CountUnit, width, "operations")
	sum := int64(0)
	for _, l := range shown {
		sum += l.Value
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t  %-*s  %s %s\n", format(l.Value, r.Unit), percent(l.Value, r.Total.Value), percent(sum, r.Total.Value),
			percent(l.Value, r.Maps.Value), l.Count, width, split(l.Ops, l.Value, ""), l.Function, l.place())
	}
	return t.Flush()
}

// fewSamples is where the standard error of a count passes a tenth of it.
const fewSamples = 100

func (l *Line) place() string {
	switch {
	case l.File == "":
		return "(no file)"
	case l.Line == 0:
		return l.File
	}
	return l.File + ":" + strconv.FormatInt(l.Line, 10)
}

// split writes operations with their shares of a whole, the largest first;
// with a unit also their values.
func split(ops map[Op]Amount, whole int64, unit string) string {
	var names []Op
	for _, op := range Ops { // in a fixed order where values are equal
		if ops[op].Value != 0 {
			names = append(names, op)
		}
	}
	slices.SortStableFunc(names, func(a, b Op) int {
		switch x, y := ops[a].Value, ops[b].Value; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	parts := make([]string, len(names))
	for i, op := range names {
		parts[i] = string(op)
		switch {
		case unit != "":
			parts[i] += " " + format(ops[op].Value, unit) + " (" + percent(ops[op].Value, whole) + ")"
		case len(names) > 1:
			parts[i] += " " + percent(ops[op].Value, whole)
		}
	}
	return strings.Join(parts, ", ")
}

// percent writes a share as pprof does, in at most five characters.
func percent(part, whole int64) string {
	p := share(part, whole) * 100
	switch a := math.Abs(p); {
	case a >= 99.95:
		return fmt.Sprintf("%.0f%%", p)
	case a >= 1:
		return fmt.Sprintf("%.1f%%", p)
	}
	return fmt.Sprintf("%.2g%%", p)
}

// format writes a value with its unit.
func format(v int64, unit string) string {
	switch unit {
	case "nanoseconds":
		switch d := time.Duration(v); {
		case d.Abs() >= time.Second:
			return fmt.Sprintf("%.2fs", d.Seconds())
		default:
			return fmt.Sprintf("%.4gms", float64(v)/1e6)
		}
	case "bytes":
		f, i := float64(v), 0
		for ; math.Abs(f) >= 1024 && i < 4; i++ {
			f /= 1024
		}
		return fmt.Sprintf("%.4g%s", f, []string{"B", "KiB", "MiB", "GiB", "TiB"}[i])
	}
	return strconv.FormatInt(v, 10)
}
