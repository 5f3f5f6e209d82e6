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

// Write writes the table. Where a line would be wider than width, the first column is cut with
// an ellipsis, as far as makes sense; 0 stands for no limit.
func (t *Table) Write(w io.Writer, width int) error {
	widths := make([]int, len(t.Header))
	for i, h := range t.Header {
		widths[i] = ansi.StringWidth(h)
	}
	for _, row := range t.Rows {
		for i, c := range row {
			widths[i] = max(widths[i], ansi.StringWidth(Clean(c.Text)))
		}
	}
	total := 2 * (len(widths) - 1)
	for _, n := range widths {
		total += n
	}
	if width > 0 && total > width {
		widths[0] = max(widths[0]-(total-width), min(widths[0], narrow))
	}
	header := make([]Cell, len(t.Header))
	for i, h := range t.Header {
		header[i] = Cell{h, term.Faint}
	}
	for _, row := range append([][]Cell{header}, t.Rows...) {
		if _, err := fmt.Fprintln(w, t.line(row, widths)); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) line(row []Cell, widths []int) string {
	var b strings.Builder
	for i, c := range row {
		if i > 0 {
			b.WriteString("  ")
		}
		text := ansi.Truncate(Clean(c.Text), widths[i], "…")
		pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(text))
		switch {
		case !t.Left[i]:
			b.WriteString(pad)
			b.WriteString(term.Paint(c.Color, text))
		case i == len(row)-1:
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
