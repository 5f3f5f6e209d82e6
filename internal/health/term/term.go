// Package term writes to terminals and to what is none.
package term

import (
	"io"
	"os"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"github.com/mapdiag/mapdiag/mapstat"
)

// An Output is where a command writes. Colours that were put in with [Paint] come out
// as far as the terminal has them: none where NO_COLOR is set or w is no
// terminal.
type Output struct {
	io.Writer
	Raw   io.Writer // for what is not text
	TTY   bool
	Width int // columns; 0 if w is no terminal
}

// New returns an output to w.
func New(w io.Writer, environ []string) Output {
	colors := colorprofile.NewWriter(w, environ)
	if colors.Profile == colorprofile.ASCII {
		colors.Profile = colorprofile.NoTTY // NO_COLOR; bold and faint are colours to most who set it
	}
	o := Output{Writer: colors, Raw: w}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		o.TTY = true
		o.Width = 80
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			o.Width = width
		}
	}
	return o
}

// A Color is one of the basic colours, which every terminal shows as its user likes.
type Color int

const (
	None Color = iota
	Red
	Yellow
	Green
	Faint
	Bold
)

// Paint puts a colour around text.
func Paint(c Color, text string) string {
	var s ansi.Style
	switch c {
	case Red:
		s = s.ForegroundColor(ansi.Red)
	case Yellow:
		s = s.ForegroundColor(ansi.Yellow)
	case Green:
		s = s.ForegroundColor(ansi.Green)
	case Faint:
		s = s.Faint()
	case Bold:
		s = s.Bold()
	default:
		return text
	}
	return s.Styled(text)
}

// Health returns the colour of a verdict.
func Health(h mapstat.Health) Color {
	switch h {
	case mapstat.Warning:
		return Red
	case mapstat.Notice:
		return Yellow
	case mapstat.Fine:
		return Green
	}
	return Faint
}
