package report

import (
	"bytes"
	"fmt"
	"html"
	"io"

	"github.com/go-analyze/charts"
)

const (
	svgWidth = 900
	svgGap   = 18
)

// A palette is the colours of a drawing. Charts are drawn once for each: the library
// writes colours, not classes, so that a picture for both schemes holds both drawings.
type palette struct {
	class                  string
	theme                  charts.ColorPalette
	paper, ink, soft, line charts.Color
}

func hex(s string) charts.Color { return charts.ParseColor(s) }

// The colours of series keep apart for people who do not see red and green apart, and have
// a contrast of 3 to the paper at least.
var palettes = []palette{
	makePalette("light", false, "#ffffff", "#1f2328", "#59636e", "#d1d9e0", []string{"#0b5cad", "#b35900", "#8c959f", "#6e5494", "#00706b", "#a3134e"}),
	makePalette("dark", true, "#0d1117", "#f0f6fc", "#9198a1", "#3d444d", []string{"#58a6ff", "#f0883e", "#768390", "#b392f0", "#39c5bb", "#ff7eb0"}),
}

func makePalette(class string, dark bool, paper, ink, soft, line string, series []string) palette {
	p := palette{class: class, paper: hex(paper), ink: hex(ink), soft: hex(soft), line: hex(line)}
	colors := make([]charts.Color, len(series))
	for i, s := range series {
		colors[i] = hex(s)
	}
	p.theme = charts.MakeTheme(charts.ThemeOption{
		IsDarkMode: dark, AxisStrokeColor: p.line, AxisSplitLineColor: p.line,
		BackgroundColor: p.paper, TextColor: p.ink, TextColorLabel: p.ink, SeriesColors: colors,
	})
	return p
}

// draw renders charts below each other as one picture for both colour schemes, with
// a title and description for those who do not see it.
func draw(w io.Writer, title, description string, list []chart) error {
	height := 0
	for i := range list {
		height += list[i].height() + svgGap
	}
	height = max(height-svgGap, 40)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">`, svgWidth, height)
	fmt.Fprintf(&b, "<title>%s</title><desc>%s</desc>", html.EscapeString(title), html.EscapeString(description))
	b.WriteString(`<style>.dark{display:none}@media (prefers-color-scheme:dark){.light{display:none}.dark{display:inline}}</style>`)
	for i := range palettes {
		if err := palettes[i].draw(&b, height, list); err != nil {
			return fmt.Errorf("draw %s: %w", title, err)
		}
	}
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

func (p *palette) draw(b *bytes.Buffer, height int, list []chart) error {
	painter := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: svgWidth, Height: height, Theme: p.theme})
	painter.FilledRect(0, 0, svgWidth, height, p.paper, p.paper, 0)
	top := 0
	for i := range list {
		h := list[i].height()
		child := painter.Child(charts.PainterBoxOption(charts.NewBox(0, top, svgWidth, top+h)))
		if err := list[i].draw(child, p); err != nil {
			return err
		}
		top += h + svgGap
	}
	drawing, err := painter.Bytes()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, `<g class="%s">%s</g>`, p.class, drawing)
	return nil
}
