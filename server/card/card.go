package card

import (
	"fmt"
	"go/types"
	"math"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
)

// Options is what others know of a subject. All but Sizes may be left out.
type Options struct {
	Sizes   types.Sizes    // of the target
	Package *types.Package // of the file: its types go without its name

	Escape Escape
	// Guard says which lock guards the map, as "guarded by s.mu".
	Guard string

	// Measured is what a profile says of the map that a subject makes, or nil; Run is of the
	// profile.
	Measured *Measurement
	Run      Run
}

// Escape is what escape analysis found about the map that a subject makes. The steps
// by which it gets to the heap stand with the hint, and in what explains it.
type Escape struct {
	Sentence string // "This map is on the heap: it is returned."
	// Stays is set if the map is known to stay on the stack, so that its header
	// and first group cost nothing. Not known is not set.
	Stays bool
}

// Card returns the hover of a subject in Markdown.
func Card(s Subject, o Options) string {
	var b strings.Builder
	b.WriteString(header(s, o.Package))
	l, ok := mapmodel.New(s.Map.Key(), s.Map.Elem(), o.Sizes)
	f := figures{layout: l, keys: distinct(s.Map.Key(), l), stays: o.Escape.Stays}
	if ok {
		fmt.Fprintf(&b, "\n\n%s", f.sizes())
	} else {
		b.WriteString("\n\nNo sizes: they depend on a type parameter, or a type is not valid.")
	}
	if o.Escape.Sentence != "" {
		fmt.Fprintf(&b, "\n\n%s", plain(o.Escape.Sentence))
	}
	if o.Guard != "" {
		fmt.Fprintf(&b, "\n\n%s", plain(o.Guard))
	}
	if o.Measured != nil {
		fmt.Fprintf(&b, "\n\n%s", section(*o.Measured, o.Run))
	}
	if ok {
		if o.Measured != nil {
			b.WriteString("\n\n---")
		}
		fmt.Fprintf(&b, "\n\n%s", f.table(s))
		if note := f.note(s); note != "" {
			fmt.Fprintf(&b, "\n\n%s", note)
		}
	}
	b.WriteString("\n")
	return b.String()
}

// Line returns the hover of a variable in Markdown: "31–61 B/entry · guarded
// by s.mu". It is empty if nothing is known.
func Line(s Subject, o Options) string {
	return join(perEntry(s, o), plain(o.Guard))
}

// Lens returns the title of a code lens as plain text: "escapes to heap · 31–61
// B/entry". The verdict comes first, and is left out if empty.
func Lens(s Subject, o Options, verdict string) string {
	return join(verdict, perEntry(s, o))
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

func perEntry(s Subject, o Options) string {
	l, ok := mapmodel.New(s.Map.Key(), s.Map.Elem(), o.Sizes)
	if !ok {
		return ""
	}
	f := figures{layout: l, keys: distinct(s.Map.Key(), l)}
	full, grown := f.perEntry()
	if full == grown {
		return fmt.Sprintf("%.0f B/entry", full)
	}
	return fmt.Sprintf("%.0f–%.0f B/entry", full, grown)
}

// header names the type, and the map type below if that is another.
func header(s Subject, pkg *types.Package) string {
	qualify := func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	}
	below := types.TypeString(s.Map, qualify)
	name := s.Written
	if name == "" {
		name = types.TypeString(s.Type, qualify)
	}
	if _, unnamed := s.Type.(*types.Map); unnamed {
		return "**" + code(name) + "**"
	}
	return "**" + code(name) + "** = " + code(below)
}

// figures are those of one map type.
type figures struct {
	layout mapmodel.Layout
	keys   int // that there can be
	stays  bool
}

// distinct returns how many keys there can be, where they are so few that a
// table could promise more: a map[uint8]T never has 10 000 entries.
func distinct(key types.Type, l mapmodel.Layout) int {
	if b, ok := key.Underlying().(*types.Basic); ok && b.Kind() == types.Bool {
		return 2
	}
	if l.KeySize() <= 2 {
		return 1 << (8 * l.KeySize())
	}
	return math.MaxInt
}

// perEntry returns the bytes per entry of a table that is full and of one that
// has just grown. A map of more than 28 entries takes as much or something
// between, up to 10 % that come from the allocator's rounding; in a smaller one
// the header weighs more.
func (f figures) perEntry() (full, grown float64) {
	const room = 896 // of the 1024 slots of the largest table
	if f.keys <= room {
		bytes := f.layout.BytesPerEntry(f.keys, 0)
		return bytes, bytes
	}
	return f.layout.BytesPerEntry(room, 0), f.layout.BytesPerEntry(room+1, 0)
}

// sizes returns the line on sizes.
func (f figures) sizes() string {
	part := func(noun string, size int64, indirect bool) string {
		s := noun + " " + mapmodel.Bytes(size)
		if indirect {
			s += " behind a pointer, one allocation each"
		}
		return s
	}
	full, grown := f.perEntry()
	entry := fmt.Sprintf("**%.0f B per entry** when full, %.0f just grown", full, grown)
	if full == grown {
		entry = fmt.Sprintf("**%.0f B per entry** with its %s", full, keys(f.keys))
	}
	return join(
		part("key", f.layout.KeySize(), f.layout.IndirectKey()),
		part("value", f.layout.ElemSize(), f.layout.IndirectElem()),
		entry,
	)
}

func keys(n int) string {
	if n == 1 {
		return "1 key"
	}
	return mapmodel.Count(int64(n)) + " keys"
}

// counts are the numbers of entries that a card has figures for.
var counts = []int{8, 100, 10_000, 1_000_000}

// table returns what filling the map costs, without and with a hint. The slots
// are those with the hint; without it they differ by less than one in a hundred.
func (f figures) table(s Subject) string {
	hint := f.hint(s)
	rows := slices.Clone(counts)
	if hint > 0 {
		rows = append(rows, hint)
	}
	if f.keys < slices.Max(counts) {
		rows = append(rows, f.keys)
	}
	slices.Sort(rows)
	rows = slices.DeleteFunc(slices.Compact(rows), func(n int) bool { return n > f.keys })

	t := [][]string{{"entries", "slots", "no hint", "allocs", "hint", "allocs"}}
	for _, n := range rows {
		none, hinted := f.fill(n, 0), f.fill(n, n)
		row := []string{
			mapmodel.Count(int64(n)), mapmodel.Count(f.layout.Slots(n, n)),
			amount(none), mapmodel.Count(none.Allocs),
			amount(hinted), mapmodel.Count(hinted.Allocs),
		}
		if n == hint {
			for i := range row {
				row[i] = "**" + row[i] + "**"
			}
		}
		t = append(t, row)
	}
	return render(t)
}

func (f figures) fill(n, hint int) mapmodel.Cost {
	if f.stays {
		return f.layout.FillLocal(n, hint)
	}
	return f.layout.Fill(n, hint)
}

func amount(c mapmodel.Cost) string {
	if c.Approx {
		return "~" + mapmodel.Bytes(c.Bytes)
	}
	return mapmodel.Bytes(c.Bytes)
}

// hint returns the constant number of entries that a subject is made for, if
// that makes a difference and the map can have as many, and else 0.
func (f figures) hint(s Subject) int {
	n := s.Entries
	if n > int64(f.keys) || n > math.MaxInt || !f.reserves(n) {
		return 0
	}
	return int(n)
}

// reserves reports whether a hint allocates anything.
func (f figures) reserves(n int64) bool {
	n = min(n, math.MaxInt)
	return n > 0 && f.layout.Fill(0, int(n)) != f.layout.Fill(0, 0)
}

// note says what the constant hint of a make is worth. The row of the table says
// that too where there is one.
func (f figures) note(s Subject) string {
	switch n := s.Entries; {
	case n < 0 || s.Kind != Make && s.Kind != Literal:
		return ""
	case f.hint(s) > 0:
		if s.Kind == Literal {
			return "In bold: the entries of this literal."
		}
		return "In bold: the hint of this make."
	case s.Kind == Literal:
		return ""
	case n > int64(f.keys):
		return fmt.Sprintf("The hint %s is for more than the %s there can be.", mapmodel.Count(n), keys(f.keys))
	case n <= smallMap:
		return fmt.Sprintf("The hint %d changes nothing: each map begins with room for %d.", n, smallMap)
	}
	return fmt.Sprintf("The hint %s is too large for memory, and the runtime ignores it.", mapmodel.Count(s.Entries))
}

// smallMap is the number of entries of a map without a table
// (internal/abi/map.go, MapGroupSlots).
const smallMap = 8

// render returns a Markdown table whose source is aligned as well, for editors
// that show it as it is. All columns hold numbers and go to the right.
func render(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var lines []string
	for i, row := range rows {
		var b strings.Builder
		for j, cell := range row {
			fmt.Fprintf(&b, "| %*s ", widths[j], cell)
		}
		lines = append(lines, b.String()+"|")
		if i == 0 {
			b.Reset()
			for _, w := range widths {
				b.WriteString("|" + strings.Repeat("-", w+1) + ":")
			}
			lines = append(lines, b.String()+"|")
		}
	}
	return strings.Join(lines, "\n")
}

// code returns a code span. A span that holds backquotes is fenced by more.
func code(s string) string {
	const most = 120 // of an anonymous struct not all has to be seen
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + s + fence
}

// plain keeps Markdown from reading marks into names.
func plain(s string) string { return marks.Replace(s) }

// Underscores within names are no marks.
var marks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "[", `\[`, "]", `\]`, "<", `\<`, "~", `\~`, "\n", " ")
