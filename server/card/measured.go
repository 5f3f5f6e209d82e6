package card

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// A Run says where measurements come from.
type Run struct {
	Recorded time.Time
	Command  []string
	// Link returns the address of a line of a file that a profile names, or "".
	Link func(file string, line int) string
}

// MeasuredLens returns the title of a code lens about what was measured: "made 12 400 times
// · p50 120, p95 310 entries · 5 growths each · 41.0 MiB copied · 18.0 MiB wasted".
func MeasuredLens(m Measurement) string { return newNumbers(m).line() }

// Report returns what was measured as plain text, a fact on each line.
func Report(m Measurement, r Run) string {
	d := newNumbers(m)
	head, why := d.verdict()
	lines := []string{
		capital(d.line()) + ".",
		head + ": " + why + ".",
		d.source(r, func(command string) string { return command }),
	}
	if rows := d.classes(); rows != nil {
		for _, row := range rows[1:] {
			lines = append(lines, fmt.Sprintf("%s slots: %s maps, %s", row[0], row[1], row[2]))
		}
	}
	if text := d.entries(); text != "" {
		lines = append(lines, text)
	}
	for _, s := range d.stacks() {
		lines = append(lines, fmt.Sprintf("%s by %s", times(s.Makes), strings.Join(frames(s, func(f sites.Frame) string {
			return fmt.Sprintf("%s (%s:%d)", short(f.Func), f.File, f.Line)
		}), " from ")))
	}
	return strings.Join(lines, "\n")
}

// section returns what a hover says of a measurement, in Markdown.
func section(m Measurement, r Run) string {
	d := newNumbers(m)
	head, why := d.verdict()
	parts := []string{
		fmt.Sprintf("**Measured**: %s", plain(d.line())),
		fmt.Sprintf("**%s**: %s", head, plain(why)),
	}
	if rows := d.classes(); rows != nil {
		parts = append(parts, render(rows))
	}
	if text := d.entries(); text != "" {
		parts = append(parts, plain(text))
	}
	if list := d.stacks(); len(list) > 0 {
		var b strings.Builder
		b.WriteString("Made by")
		for _, s := range list {
			fmt.Fprintf(&b, "\n- %s: %s", times(s.Makes), strings.Join(frames(s, func(f sites.Frame) string {
				name := plain(short(f.Func))
				if r.Link != nil {
					if to := r.Link(f.File, f.Line); to != "" {
						return fmt.Sprintf("[%s](%s)", name, to)
					}
				}
				return fmt.Sprintf("%s (%s:%d)", name, plain(f.File), f.Line)
			}), " ← "))
		}
		parts = append(parts, b.String())
	}
	return strings.Join(append(parts, d.source(r, code)), "\n\n")
}

// numbers are a measurement with what follows from it.
type numbers struct {
	Measurement
	site   *sites.Site
	advice sites.Advice
}

func newNumbers(m Measurement) numbers {
	s := m.Sum()
	return numbers{m, s, s.Advise()}
}

// line is the short form. It is plain text.
func (d numbers) line() string {
	s := d.site
	made := "made " + times(s.Makes)
	if s.AtGrowth {
		made = "made at least " + times(s.Makes)
	}
	parts := []string{made, d.sizes()}
	switch d.advice.Verdict {
	case sites.Right:
		if len(s.Hints) > 0 {
			parts = append(parts, "the hint is right")
		}
	case sites.TooLarge:
		parts = append(parts, "the hint is too large")
	case sites.TooSmall:
		parts = append(parts, "the hint is too small")
	}
	parts = append(parts, d.growths())
	if s.RecopiedBytes >= least {
		parts = append(parts, mapmodel.Bytes(int64(min(s.RecopiedBytes, 1<<62)))+" copied")
	}
	if waste := s.Waste(); waste >= least && d.advice.Verdict != sites.Right {
		parts = append(parts, mapmodel.Bytes(waste)+" wasted")
	}
	if d.Stale {
		parts = append(parts, "before the last change")
	}
	return join(parts...)
}

// least is how many bytes are worth a word in a line.
const least = 1024

func times(n uint64) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return count(n) + " times"
}

func count(n uint64) string { return mapmodel.Count(int64(min(n, 1<<62))) }

// sizes says how many entries the maps had.
func (d numbers) sizes() string {
	p50, p95 := d.advice.P50, d.advice.P95
	bound := "at most "
	if d.advice.Exact || p95 == 0 {
		bound = ""
	}
	all, _ := d.site.Sizes()
	switch {
	case all.Count() == 0:
		return ""
	case all.Max() == 0:
		return "always empty"
	case p95 == 0:
		return "p95 empty"
	case p50 == p95 && (d.site.Makes == 1 || all[0].High == all.Max()):
		return bound + entries(p95)
	case p50 == p95:
		return "p95 " + bound + entries(p95)
	}
	return fmt.Sprintf("p50 %s%s, p95 %s%s", bound, mapmodel.Count(p50), bound, entries(p95))
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return mapmodel.Count(n) + " entries"
}

// growths says how often one map grew.
func (d numbers) growths() string {
	s := d.site
	if s.Growths == 0 || s.Makes == 0 {
		return ""
	}
	noun := "growths"
	if s.Growths == s.Makes {
		noun = "growth"
	}
	if s.Makes == 1 {
		return count(s.Growths) + " " + noun
	}
	switch each := float64(s.Growths) / float64(s.Makes); {
	case each < 0.05:
		return ""
	case s.Growths%s.Makes == 0 || each >= 10:
		return count(uint64(each+0.5)) + " " + noun + " each"
	default:
		return fmt.Sprintf("%.1f growths each", each)
	}
}

// verdicts are the heads of what is said of the hint.
var verdicts = map[sites.Verdict]string{
	sites.Unknown:  "No advice",
	sites.Small:    "No hint needed",
	sites.Right:    "The hint is right",
	sites.Varied:   "No hint fits all",
	sites.Add:      "A hint would save",
	sites.TooSmall: "The hint is too small",
	sites.TooLarge: "The hint is too large",
}

// verdict says what the numbers say of the hint, why, and what to do.
func (d numbers) verdict() (head, why string) {
	a := d.advice
	head = verdicts[a.Verdict]
	if a.Verdict == sites.Right && len(d.site.Hints) == 0 {
		head = verdicts[sites.Small] // copies
	}
	if !a.Verdict.Change() {
		return head, a.Why
	}
	hint := "no hint"
	if a.Hint > 0 {
		hint = "the hint " + mapmodel.Count(int64(a.Hint))
	}
	why = fmt.Sprintf("%s; with %s they would take %s instead of %s", a.Why, hint, a.Then, strings.TrimSuffix(a.Now.String(), " allocations"))
	if !a.Exact {
		why += "; sizes are the most that the numbers of slots allow"
	}
	return head, why
}

// source says where the numbers come from, and when they do not hold any more.
func (d numbers) source(r Run, code func(string) string) string {
	text := "Recorded " + r.Recorded.Format(time.DateOnly)
	if len(r.Command) > 0 {
		text += ": " + code(strings.Join(r.Command, " "))
	}
	if len(d.Sites) > 1 {
		text += fmt.Sprintf(", %d kinds of maps taken together", len(d.Sites))
	}
	if d.Stale {
		text += ", before the last change of this declaration"
	}
	return text
}

// entries says what is known of the numbers of entries besides the line.
func (d numbers) entries() string {
	s := d.site
	var parts []string
	if len(s.Peaks) > 0 {
		parts = append(parts, fmt.Sprintf("Entries at the largest: %s (%s measured)", spread(s.Peaks), count(s.Peaks.Count())))
	}
	if len(s.Finals) > 0 && s.Finals.Quantile(0.95) < s.Peaks.Quantile(0.95) {
		parts = append(parts, "when they died: "+spread(s.Finals))
	}
	if n := s.Alive.Count(); n > 0 {
		parts = append(parts, fmt.Sprintf("alive at the end: %s, with up to %s", count(n), entries(s.Alive.Max())))
	}
	if len(s.Slots) == 1 {
		parts = append(parts, "slots at the end: "+mapmodel.Count(s.Slots[0].Slots))
	}
	if len(parts) == 0 {
		return ""
	}
	return capital(strings.Join(parts, "; ")) + "."
}

func spread(h sites.Histogram) string {
	if h[0].Low == h.Max() {
		return mapmodel.Count(h.Max())
	}
	return fmt.Sprintf("%s to %s, p50 %s, p95 %s", mapmodel.Count(h[0].Low), mapmodel.Count(h.Max()), mapmodel.Count(h.Quantile(0.5)), mapmodel.Count(h.Quantile(0.95)))
}

// maxClasses is how many rows the table of classes has at most.
const maxClasses = 8

// classes returns how many maps ended with how many slots, with a head; nil if all ended with
// as many.
func (d numbers) classes() [][]string {
	rows := [][]string{{"slots", "maps", "share"}}
	list := slices.DeleteFunc(slices.Clone(d.site.Slots), func(c sites.Class) bool { return c.Maps == 0 })
	if len(list) < 2 {
		return nil
	}
	all := uint64(0)
	for _, c := range list {
		all += c.Maps
	}
	fewest := uint64(0) // of those that are shown
	if len(list) > maxClasses {
		maps := make([]uint64, len(list))
		for i, c := range list {
			maps[i] = c.Maps
		}
		slices.Sort(maps)
		fewest = maps[len(maps)-maxClasses]
	}
	share := func(n uint64) string { return fmt.Sprintf("%.0f %%", 100*float64(n)/float64(all)) }
	left := all
	for _, c := range list {
		if c.Maps >= fewest && len(rows) <= maxClasses {
			rows = append(rows, []string{mapmodel.Count(c.Slots), count(c.Maps), share(c.Maps)})
			left -= c.Maps
		}
	}
	if left > 0 {
		rows = append(rows, []string{"others", count(left), share(left)})
	}
	return rows
}

const (
	maxStacks = 3 // that are shown of a site
	maxFrames = 3 // of each, besides the site itself
)

// stacks returns those that made most.
func (d numbers) stacks() []sites.Stack {
	list := slices.DeleteFunc(slices.Clone(d.site.Stacks), func(s sites.Stack) bool { return len(s.Frames) < 2 })
	return list[:min(len(list), maxStacks)]
}

// frames returns the callers in a stack, the nearest first.
func frames(s sites.Stack, text func(sites.Frame) string) (list []string) {
	for _, f := range s.Frames[1:min(len(s.Frames), 1+maxFrames)] {
		list = append(list, text(f))
	}
	return list
}

// short leaves out the path of a function's package but for its last part, as Go does in a source.
func short(function string) string {
	name, args, generic := strings.Cut(function, "[")
	name = name[strings.LastIndexByte(name, '/')+1:]
	if generic {
		name += "[" + args
	}
	return name
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
