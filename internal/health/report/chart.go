package report

import (
	"math"
	"slices"
	"strings"

	"github.com/go-analyze/charts"
)

// A chart is one drawing, in a place of a picture.
type chart struct {
	id      string // "bytes", …; a metric's name for that of a metric
	title   string
	sub     string // what to see in it
	alt     string // what is to be seen in it, for those who do not
	series  []series
	labels  []string // of rows, from the top, or of moments
	format  func(float64) string
	scale   func(float64) string // of the axis, if not format
	stacked bool
	lines   bool    // over time, not bars
	low     float64 // where the axis starts
	high    float64 // where it ends at least
	binary  bool    // bytes
	greyed  bool    // the second series is what is left of the first
}

type series struct {
	name   string
	values []float64
}

const (
	chartName  = 30 // characters of a map's name
	chartHead  = 82 // title and legend
	chartFoot  = 34 // the axis of values
	chartLines = 280
	chartTicks = 5 // parts of the axis of values
	titleSize  = 13
	textSize   = 10

	// textExcess is the share by which the fonts that browsers have are wider than the one
	// that the library measures with.
	textExcess = 0.2
)

func (c *chart) height() int {
	if c.lines {
		return chartLines
	}
	row := 26
	if !c.stacked {
		row = 15*len(c.series) + 12
	}
	return chartHead + chartFoot + row*len(c.labels)
}

func (c *chart) draw(p *charts.Painter, colors *palette) error {
	soft := charts.FontStyle{FontSize: textSize, FontColor: colors.soft}
	ink := charts.FontStyle{FontSize: textSize, FontColor: colors.ink}
	names := make([]string, len(c.series))
	for i := range c.series {
		names[i] = c.series[i].name + spaces(c.series[i].name)
	}
	legend := charts.LegendOption{SeriesNames: names, Offset: charts.OffsetStr{Left: "0", Top: "6"}, FontStyle: ink}
	if len(names) < 2 && !c.lines {
		legend.Show = charts.Ptr(false)
	}
	scale := c.scale
	if scale == nil {
		scale = c.format
	}
	low, high := c.span()
	value := charts.ValueAxisOption{
		Min: &low, Max: &high, LabelCount: chartTicks + 1, LabelFontStyle: soft, ValueFormatter: scale,
		SplitLineShow: charts.Ptr(true),
	}
	var err error
	if c.lines {
		err = c.drawLines(p, colors, legend, value)
	} else {
		err = c.drawBars(p, colors, legend, value)
	}
	// After the chart, which fills its background.
	p.Text(c.title, 16, 24, 0, charts.FontStyle{FontSize: titleSize, FontColor: colors.ink})
	p.Text(c.sub, 16, 44, 0, soft)
	return err
}

func (c *chart) drawBars(p *charts.Painter, colors *palette, legend charts.LegendOption, value charts.ValueAxisOption) error {
	ink := charts.FontStyle{FontSize: textSize, FontColor: colors.ink}
	list := make(charts.BarSeriesList, len(c.series))
	for i := range c.series {
		list[i] = charts.BarSeries{Name: c.series[i].name, Values: reversed(c.series[i].values)}
		if !c.stacked {
			list[i].Label = charts.SeriesLabel{Show: charts.Ptr(true), ValueFormatter: c.format, FontStyle: charts.FontStyle{FontSize: textSize - 1, FontColor: colors.ink}}
		}
	}
	labels := reversed(c.labels)
	for i, l := range labels {
		labels[i] = l + spaces(l)
	}
	top := 50
	if len(c.series) == 1 {
		top = 58
	}
	theme := colors.theme
	if c.greyed {
		theme = theme.WithSeriesColors([]charts.Color{theme.GetSeriesColor(0), colors.line})
	}
	return p.BarChart(charts.BarChartOption{
		Theme: theme, Horizontal: true, SeriesList: list, StackSeries: charts.Ptr(c.stacked), Legend: legend,
		Padding: charts.NewBox(16, top, 110, 4), ValueAxis: []charts.ValueAxisOption{value}, ValueFormatter: c.format,
		CategoryAxis: charts.CategoryAxisOption{Labels: labels, LabelCount: len(labels), LabelFontStyle: ink},
	})
}

func (c *chart) drawLines(p *charts.Painter, colors *palette, legend charts.LegendOption, value charts.ValueAxisOption) error {
	list := make(charts.LineSeriesList, len(c.series))
	for i := range c.series {
		list[i] = charts.LineSeries{Name: c.series[i].name, Values: c.series[i].values}
	}
	return p.LineChart(charts.LineChartOption{
		Theme: colors.theme, SeriesList: list, Legend: legend, Padding: charts.NewBox(16, 50, 40, 8),
		XAxis:  charts.XAxisOption{Labels: c.labels, LabelFontStyle: value.LabelFontStyle, LabelCount: min(len(c.labels), 6), BoundaryGap: charts.Ptr(false)},
		YAxis:  []charts.YAxisOption{value},
		Symbol: charts.Symbol{Shape: charts.SymbolNone}, LineStrokeWidth: 2, ValueFormatter: c.format,
	})
}

// span returns the ends of the axis of values: parts of a round length, as many as hold all
// values.
func (c *chart) span() (low, high float64) {
	low, high = c.low, c.high
	for i := range c.labels {
		sum := 0.0
		for j := range c.series {
			v := c.series[j].values[i]
			if v == charts.GetNullValue() {
				continue
			}
			if sum += v; !c.stacked {
				sum = v
			}
			high = max(high, sum)
			if !c.lines {
				low = min(low, v)
			}
		}
	}
	if high > c.high || low < c.low {
		part := c.round((high - low) / chartTicks)
		low = math.Floor((low-c.low)/part)*part + c.low
		if low+part*chartTicks < high {
			part = c.round((high - low) / (chartTicks - 1))
			low = math.Floor((low-c.low)/part)*part + c.low
		}
		high = low + part*chartTicks
	}
	if high <= low {
		high = low + 1
	}
	return low, high
}

// round returns the least round number that is not below v.
func (c *chart) round(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	if c.binary {
		unit = math.Pow(1024, math.Max(math.Floor(math.Log(v)/math.Log(1024)), 0))
		for unit*1000 < v { // a number of three digits is the largest that is written in a unit
			unit *= 1024
		}
		unit *= math.Pow(10, math.Max(math.Floor(math.Log10(v/unit)), -1))
	}
	for _, n := range []float64{1, 2, 2.5, 5} {
		if n*unit >= v {
			return n * unit
		}
	}
	return 10 * unit
}

func reversed[E any](list []E) []E {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// spaces are put behind labels, where browsers show nothing for them, so that the library leaves room.
func spaces(label string) string {
	return strings.Repeat(" ", int(math.Ceil(float64(len([]rune(label)))*textExcess*2)))
}
