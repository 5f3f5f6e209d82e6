package places

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/mapdiag/mapdiag/internal/health/table"
	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/mapstat"
)

// Options say what [WriteText] shows.
type Options struct {
	By     string // one of [Keys]
	N      int    // places at most, all for 0
	All    bool   // places of other modules too
	Stacks bool   // who made the maps
	Width  int    // of the terminal; 0 is no limit
}

// maxType is the number of characters of a type in a terminal.
const maxType = 32

// WriteText writes a profile as a table for people, with a line for each place.
func WriteText(w io.Writer, p *sites.Profile, o Options) error {
	shown, others := Of(p), []Place(nil)
	if !o.All {
		shown, others = Own(shown)
	}
	if err := Sort(shown, o.By); err != nil {
		return err
	}
	var b bytes.Buffer
	title(&b, p)
	sum := Sum(shown)
	fmt.Fprintln(&b, Summary(sum))
	if sum.Places > 0 {
		fmt.Fprintf(&b, "%s\n\n", Worth(sum))
	}
	list := shown
	if o.N > 0 && len(list) > o.N {
		list = list[:o.N]
	}
	if len(list) > 0 {
		if err := writeTable(&b, list, o); err != nil {
			return err
		}
	}
	if more := len(shown) - len(list); more > 0 {
		fmt.Fprintf(&b, "... and %d more; -n 0 shows all\n", more)
	}
	if len(others) > 0 {
		fmt.Fprintf(&b, "%s of other modules, %s wasted; -all shows them too\n", Count(len(others), "place", "places"), size(Sum(others).WasteBytes))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// title says in two lines what was recorded.
func title(b *bytes.Buffer, p *sites.Profile) {
	fmt.Fprintf(b, "%s, %s, %s, recorded %s\n", table.Clean(Module(p)), table.Clean(p.Go), table.Clean(p.Arch), When(p.Recorded))
	if len(p.Command) > 0 {
		fmt.Fprintf(b, "%s of %s\n", Count(p.Processes, "process", "processes"), table.Clean(strings.Join(p.Command, " ")))
	}
	if p.Lost > 0 {
		fmt.Fprintf(b, "%s makes and growths found no room while recording, and are not counted.\n", humanize.Comma(int64(number(p.Lost))))
	}
}

// Module names the main module of a profile.
func Module(p *sites.Profile) string {
	if p.Module == "" {
		return "(no module)"
	}
	return p.Module
}

// When writes the time of a recording.
func When(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.UTC().Format(time.DateTime)
}

// Count writes a number of things.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(int64(n)) + " " + many
}

func size(n int64) string { return mapstat.Bytes(uint64(max(n, 0))) }

// Summary says in one sentence what places come to.
func Summary(t Total) string {
	if t.Places == 0 {
		return "No maps were recorded."
	}
	return fmt.Sprintf("%s made %s: %s allocated, %s copied again, %s wasted.", Count(t.Places, "place", "places"),
		Count(number(t.Makes), "map", "maps"), size(t.Bytes), mapstat.Bytes(t.RecopiedBytes), size(t.WasteBytes))
}

// Worth says in one sentence what can be saved.
func Worth(t Total) string {
	switch t.Worth {
	case 0:
		return "No hint is worth changing."
	case 1:
		return "1 hint is worth changing, which saves " + size(t.SavedBytes) + "."
	}
	return fmt.Sprintf("%s are worth changing, which saves %s.", Count(t.Worth, "hint", "hints"), size(t.SavedBytes))
}

// number keeps a counter small enough for what writes numbers.
func number(n uint64) int { return int(min(n, 1<<62)) }

func writeTable(b *bytes.Buffer, list []Place, o Options) error {
	t := table.Table{
		Header: []string{"where", "makes", "p50", "p95", "growths", "recopied", "waste", "hint", "type"},
		Left:   []bool{true, false, false, false, false, false, false, true, true},
		Ends:   true, Spare: [][]int{{8}, {4}, {2}},
	}
	extra, hasExtra := extras[o.By]
	if hasExtra {
		t.Header, t.Left = slices.Insert(t.Header, 7, o.By), slices.Insert(t.Left, 7, false)
		t.Spare[0][0]++
	}
	for i := range list {
		p := &list[i]
		typ := p.TypeName()
		if o.Width > 0 {
			typ = cut(typ, maxType)
		}
		row := table.Text(p.Where(), strconv.FormatUint(p.Makes, 10), p.entries(p.P50), p.entries(p.P95), strconv.FormatUint(p.Growths, 10),
			mapstat.Bytes(p.RecopiedBytes), size(p.Waste), p.Do(), typ)
		row[7].Color = Color(p.Verdict)
		if hasExtra {
			row = slices.Insert(row, 7, table.Cell{Text: extra(p)})
		}
		t.Rows = append(t.Rows, row)
	}
	var lines bytes.Buffer
	if err := t.Write(&lines, o.Width); err != nil {
		return err
	}
	if !o.Stacks {
		_, err := lines.WriteTo(b)
		return err
	}
	for i := -1; ; i++ { // the header comes first
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil
		}
		b.Write(line)
		if i >= 0 {
			stacks(b, &list[i])
		}
	}
}

// extras are the columns of what places can be ordered by and the table does not show.
var extras = map[string]func(*Place) string{
	"saving":     func(p *Place) string { return size(p.SavedBytes) },
	"bytes":      func(p *Place) string { return size(p.Bytes) },
	"max":        func(p *Place) string { return p.entries(p.Max) },
	"tombstones": func(p *Place) string { return strconv.FormatUint(p.Tombstones, 10) },
}

// Entries writes a number of entries of maps of the place, with a mark where it is a bound.
func (p *Place) entries(n int64) string {
	if p.Exact || n == 0 {
		return strconv.FormatInt(n, 10)
	}
	return "≤" + strconv.FormatInt(n, 10)
}

// Color returns the colour of a verdict.
func Color(v Verdict) term.Color {
	switch {
	case v.Change():
		return term.Yellow
	case v == "right":
		return term.Green
	}
	return term.Faint
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// stacks writes who made the maps of a place.
func stacks(b *bytes.Buffer, p *Place) {
	if len(p.Stacks) == 0 {
		fmt.Fprintln(b, "    who made them is not known")
	}
	for _, s := range p.Stacks {
		fmt.Fprintf(b, "    %s, %s, %s copied again\n", Count(number(s.Makes), "make", "makes"),
			Count(number(s.Growths), "growth", "growths"), mapstat.Bytes(s.RecopiedBytes))
		for _, f := range s.Frames {
			fmt.Fprintf(b, "        %s  %s:%d\n", table.Clean(f.Func), table.Clean(f.File), f.Line)
		}
	}
}

// A listing is the JSON of a list of places.
type listing struct {
	Module   string    `json:"module"`
	Go       string    `json:"go"`
	Arch     string    `json:"arch"`
	Recorded time.Time `json:"recorded"`
	Total    Total     `json:"total"`
	Places   []Place   `json:"places"`
}

// WriteJSON writes all places that [WriteText] would show without a limit.
func WriteJSON(w io.Writer, p *sites.Profile, o Options) error {
	shown := Of(p)
	if !o.All {
		shown, _ = Own(shown)
	}
	if err := Sort(shown, o.By); err != nil {
		return err
	}
	if !o.Stacks {
		for i := range shown {
			shown[i].Stacks = nil
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(listing{p.Module, p.Go, p.Arch, p.Recorded, Sum(shown), append([]Place{}, shown...)})
}
