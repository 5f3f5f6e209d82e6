// Package table writes tables of text, for people.
package table

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/mapdiag/mapdiag/internal/health/term"
)

// A Table is a number of rows under a header.
type Table struct {
	Header []string
	Left   []bool // of a column: text, which starts at the left; numbers end at the right
	Rows   [][]Cell

	// Ends says that the first column is cut at its start: of paths, the end tells.
	Ends bool

	// Spare lists sets of columns that can be done without, the one that goes first first. They are left out where
	// the first column would else be cut to less than [roomy] or a line be too wide.
	Spare [][]int
}

// A Cell is what stands in one place.
type Cell struct {
	Text  string // what is not printable in it, a map's name may hold anything, is replaced
	Color term.Color
}

// Text makes a row of plain cells.
func Text(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, t := range texts {
		row[i].Text = t
	}
	return row
}

// narrow is the width below which the first column is not cut.
const narrow = 12

// roomy is the width that the first column has before others are left out for it.
const roomy = 24

// Write writes the table. Where a line would be wider than width, the first column is cut with
// an ellipsis, as far as makes sense; 0 stands for no limit.
func (t *Table) Write(w io.Writer, width int) error {
	widths := t.widths()
	total := 2 * (len(widths) - 1)
	for _, n := range widths {
		total += n
	}
	hidden := make([]bool, len(widths))
	for _, set := range t.Spare {
		if width == 0 || total-widths[0]+min(widths[0], roomy) <= width {
			break
		}
		for _, i := range set {
			hidden[i] = true
			total -= widths[i] + 2
		}
	}
	if width > 0 && total > width {
		widths[0] = max(widths[0]-(total-width), min(widths[0], narrow))
	}
	header := make([]Cell, len(t.Header))
	for i, h := range t.Header {
		header[i] = Cell{h, term.Faint}
	}
	for _, row := range append([][]Cell{header}, t.Rows...) {
		if _, err := fmt.Fprintln(w, t.line(row, widths, hidden)); err != nil {
			return err
		}
	}
	return nil
}

// widths are those that the columns need.
func (t *Table) widths() []int {
	widths := make([]int, len(t.Header))
	for i, h := range t.Header {
		widths[i] = ansi.StringWidth(h)
	}
	for _, row := range t.Rows {
		for i, c := range row {
			widths[i] = max(widths[i], ansi.StringWidth(Clean(c.Text)))
		}
	}
	return widths
}

func (t *Table) line(row []Cell, widths []int, hidden []bool) string {
	var b strings.Builder
	last := len(row) - 1
	for last > 0 && hidden[last] {
		last--
	}
	for i, c := range row {
		if hidden[i] {
			continue
		}
		if i > 0 {
			b.WriteString("  ")
		}
		text := Clean(c.Text)
		if over := ansi.StringWidth(text) - widths[i]; over > 0 && t.Ends && i == 0 {
			whole := text
			for n := over + 1; ansi.StringWidth(text) > widths[i]; n++ { // of what is two columns wide, more goes
				text = ansi.TruncateLeft(whole, n, "…")
			}
		}
		text = ansi.Truncate(text, widths[i], "…")
		pad := strings.Repeat(" ", max(widths[i]-ansi.StringWidth(text), 0))
		switch {
		case !t.Left[i]:
			b.WriteString(pad)
			b.WriteString(term.Paint(c.Color, text))
		case i == last:
			b.WriteString(term.Paint(c.Color, text)) // nothing at the end of a line
		default:
			b.WriteString(term.Paint(c.Color, text))
			b.WriteString(pad)
		}
	}
	return b.String()
}

// Clean returns text with a ? for what would move the cursor or change the
// terminal.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
