package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/go-analyze/charts"

	"github.com/mapdiag/mapdiag/mapstat"
)

const (
	chartMaps   = 12 // maps in a chart of bars
	chartTracks = 6  // maps in a chart over time
)

func writeSVG(w io.Writer, doc *Document) error {
	return draw(w, "Maps of "+shorten(called(doc.Program.Name), 80), doc.summary(), doc.pictures())
}

// pictures are the charts of a document, in the order of what they matter.
func (d *Document) pictures() []chart {
	shown := make([]*Map, 0, len(d.Maps))
	for i := range d.Maps {
		if m := &d.Maps[i]; m.Known() && m.Stat.Slots > 0 {
			shown = append(shown, m)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	list := []chart{bytesChart(shown), loadChart(shown)}
	for _, make := range []func([]*Map) (chart, bool){tombstoneChart, probeChart, peakChart} {
		if c, ok := make(shown); ok {
			list = append(list, c)
		}
	}
	for _, info := range d.added() {
		if c, ok := metricChart(shown, info); ok {
			list = append(list, c)
		}
	}
	return append(list, d.timeCharts("all maps")...)
}

// most returns the maps of which a figure is largest, that one first.
func most(maps []*Map, figure func(*Map) float64) []*Map {
	maps = slices.Clone(maps)
	slices.SortStableFunc(maps, func(a, b *Map) int { return cmp.Compare(figure(b), figure(a)) })
	return maps[:min(len(maps), chartMaps)]
}

func names(maps []*Map) []string {
	out := make([]string, len(maps))
	for i, m := range maps {
		out[i] = shorten(called(m.Name), chartName)
	}
	return out
}

func of(maps []*Map, name string, figure func(*Map) float64) series {
	s := series{name: name}
	for _, m := range maps {
		s.values = append(s.values, figure(m))
	}
	return s
}

// among says how many of the maps a chart shows.
func among(shown, all int) string {
	if shown == all {
		return ""
	}
	return fmt.Sprintf(" The %d largest of %s.", shown, plural(all, "map", "maps"))
}

func bytesFormat(v float64) string { return mapstat.Bytes(uint64(max(v, 0))) }

func bytesChart(all []*Map) chart {
	maps := most(all, func(m *Map) float64 { return float64(m.Stat.Bytes) })
	c := chart{
		id: "bytes", title: "Bytes of each map", sub: "What is not entries is the price of room, past and future." + among(len(maps), len(all)),
		stacked: true, format: bytesFormat, binary: true,
		series: []series{
			of(maps, "entries", func(m *Map) float64 { return float64(m.Parts.Entries) }),
			of(maps, "tombstones", func(m *Map) float64 { return float64(m.Parts.Tombstones) }),
			of(maps, "free slots", func(m *Map) float64 { return float64(m.Parts.Free) }),
			of(maps, "other", func(m *Map) float64 { return float64(m.Parts.Other) }),
		},
	}
	for i, name := range names(maps) {
		c.labels = append(c.labels, name+"  "+mapstat.Bytes(maps[i].Stat.Bytes))
	}
	if len(all) > len(maps) {
		var others uint64
		for _, m := range all {
			others += m.Stat.Bytes
		}
		for _, m := range maps {
			others -= m.Stat.Bytes
		}
		c.sub += fmt.Sprintf(" The others hold %s.", mapstat.Bytes(others))
	}
	c.alt = fmt.Sprintf("Bars of the bytes of %s, split in entries, tombstones, free slots and other. The largest is %s with %s.", plural(len(maps), "map", "maps"), shorten(called(maps[0].Name), 80), mapstat.Bytes(maps[0].Stat.Bytes))
	return c
}

func loadChart(all []*Map) chart {
	maps := all[:min(len(all), chartMaps)]
	c := chart{
		id: "load", title: "Load and its limit", sub: "A map grows at its limit. One far below it has room that it does not need now." + first(len(maps), len(all)),
		format: func(v float64) string { return trimmedPercent(v / million) }, stacked: true, high: million, greyed: true,
		series: []series{
			of(maps, "load", func(m *Map) float64 { l, _ := fill(m); return l }),
			of(maps, "free up to the limit", func(m *Map) float64 { load, limit := fill(m); return max(limit-load, 0) }),
		},
	}
	for i, name := range names(maps) {
		load, limit := load(&maps[i].Stat)
		c.labels = append(c.labels, name+"  "+load+" of "+limit)
	}
	c.alt = fmt.Sprintf("Bars of the load of %s, each with what is free up to the limit at which it grows.", plural(len(maps), "map", "maps"))
	return c
}

// million is what shares are drawn in: the library starts the axis of stacked bars
// below 0 where the least value is a fraction.
const million = 1e6

// fill is the load in millionths of the slots in all layouts; a classic map has 8 slots
// in each bucket.
func fill(m *Map) (load, limit float64) {
	load, limit = m.Stat.Load, m.Stat.LoadLimit
	if m.Stat.Layout == "classic" {
		load, limit = load/8, limit/8
	}
	return math.Round(load * million), math.Round(limit * million)
}

// first says how many there are where a chart shows the first of the document.
func first(shown, all int) string {
	if shown == all {
		return ""
	}
	return fmt.Sprintf(" The first %d of %s.", shown, plural(all, "map", "maps"))
}

func tombstoneChart(all []*Map) (chart, bool) {
	maps := slices.DeleteFunc(slices.Clone(all), func(m *Map) bool { return m.Stat.Tombstones <= 0 })
	if len(maps) == 0 {
		return chart{}, false
	}
	having := len(maps)
	maps = most(maps, func(m *Map) float64 { return m.TombstoneRatio })
	return chart{
		id: "tombstones", title: "Tombstones", sub: "Share of the slots that deleted entries take until the table is rebuilt." + among(len(maps), having),
		format: percent, scale: trimmedPercent, labels: names(maps),
		series: []series{of(maps, "tombstones", func(m *Map) float64 { return m.TombstoneRatio })},
		alt:    fmt.Sprintf("Bars of the share of tombstones in %s. The largest is %s with %s.", plural(len(maps), "map", "maps"), shorten(called(maps[0].Name), 80), percent(maps[0].TombstoneRatio)),
	}, true
}

func probeChart(all []*Map) (chart, bool) {
	maps := slices.DeleteFunc(slices.Clone(all), func(m *Map) bool { return m.Stat.Probed == 0 })
	if len(maps) == 0 {
		return chart{}, false
	}
	probed := len(maps)
	maps = most(maps, func(m *Map) float64 { return m.Stat.MeanProbe - m.Stat.ExpectedProbe })
	return chart{
		id: "probes", title: "Groups that a lookup visits", sub: "Mean measured beside the mean expected of a map as full. 1 is ideal, and the left end." + among(len(maps), probed),
		format: probe, labels: names(maps), low: 1, high: 1.5,
		series: []series{
			of(maps, "measured", func(m *Map) float64 { return m.Stat.MeanProbe }),
			of(maps, "expected", func(m *Map) float64 { return m.Stat.ExpectedProbe }),
		},
		alt: fmt.Sprintf("Bars of the mean probe length of %s beside the expected one. %s: %s where %s is expected.", plural(len(maps), "map", "maps"), shorten(called(maps[0].Name), 80), probe(maps[0].Stat.MeanProbe), probe(maps[0].Stat.ExpectedProbe)),
	}, true
}

func peakChart(all []*Map) (chart, bool) {
	maps := slices.DeleteFunc(slices.Clone(all), func(m *Map) bool { return m.Total.Samples < 2 || m.Total.MaxLen <= 0 })
	if len(maps) == 0 {
		return chart{}, false
	}
	sampled := len(maps)
	maps = most(maps, func(m *Map) float64 { return float64(m.Total.MaxLen) })
	return chart{
		id: "peaks", title: "Entries now and at the high-water mark", sub: "A map keeps the room of its largest size." + among(len(maps), sampled),
		format: number, labels: names(maps), high: chartTicks,
		series: []series{
			of(maps, "now", func(m *Map) float64 { return float64(m.Stat.Len) }),
			of(maps, "high-water mark", func(m *Map) float64 { return float64(m.Total.MaxLen) }),
		},
		alt: fmt.Sprintf("Bars of the entries of %s beside the most that were seen. %s: %s, at most %s.", plural(len(maps), "map", "maps"), shorten(called(maps[0].Name), 80), count(maps[0].Stat.Len), count(maps[0].Total.MaxLen)),
	}, true
}

// metricChart draws a metric of a plug-in.
func metricChart(all []*Map, info mapstat.MetricInfo) (chart, bool) {
	maps := slices.DeleteFunc(slices.Clone(all), func(m *Map) bool { _, ok := m.Values[info.Name]; return !ok })
	if len(maps) == 0 {
		return chart{}, false
	}
	having := len(maps)
	figure := func(m *Map) float64 { return m.Values[info.Name] }
	maps = most(maps, figure)
	title := shorten(called(info.Name), 2*chartName)
	if info.Unit != "" {
		title += " (" + shorten(plain(info.Unit), chartName) + ")"
	}
	format := func(v float64) string { return shorten(quantity(v, info.Unit), 20) }
	scale := format
	if !slices.Contains([]string{"bytes", "ratio", "seconds", "times"}, info.Unit) {
		scale = number // the unit stands in the title
	}
	sub := among(len(maps), having)
	if info.Help != "" {
		sub = shorten(plain(info.Help), 110) + sub
	}
	return chart{
		id: info.Name, title: title, sub: sub, format: format, scale: scale, binary: info.Unit == "bytes", labels: names(maps),
		series: []series{of(maps, title, figure)},
		alt:    fmt.Sprintf("Bars of the metric %s of %s. The largest is %s with %s.", title, plural(len(maps), "map", "maps"), shorten(called(maps[0].Name), 80), format(figure(maps[0]))),
	}, true
}

// timeCharts draws the series: heap and the bytes, tombstones and probes of the maps that
// have most of them. It calls the maps of the document as it is told.
func (d *Document) timeCharts(maps string) []chart {
	if len(d.Series) < 2 {
		return nil
	}
	list := []chart{
		d.overTime("heap-time", "Heap over time", "Objects of the heap, and the part of them that is watched.", chart{format: bytesFormat, binary: true}, []track{
			{"heap", func(m *Moment) (float64, bool) { return float64(m.HeapBytes), m.HeapBytes > 0 }},
			{maps, func(m *Moment) (float64, bool) { return float64(m.MapBytes), true }},
		}),
	}
	for _, f := range []struct {
		id, title, sub string
		form           chart
		figure         func(Point) float64
	}{
		{"bytes-time", "Bytes over time", "A map that was drained keeps its bytes.", chart{format: bytesFormat, binary: true}, func(p Point) float64 { return float64(p.Bytes) }},
		{"entries-time", "Entries over time", "Entries that come and go do not change the room.", chart{format: number, high: chartTicks}, func(p Point) float64 { return float64(p.Len) }},
		{"tombstones-time", "Tombstones over time", "Share of the slots that deleted entries take.", chart{format: trimmedPercent}, func(p Point) float64 { return p.TombstoneRatio }},
		{"probes-time", "Groups that a lookup visits, over time", "Mean of each map; 1 is ideal.", chart{format: probe, low: 1, high: 1.1}, func(p Point) float64 { return p.MeanProbe }},
	} {
		var tracks []track
		names := d.largest(f.figure)
		for _, name := range names[:min(len(names), chartTracks)] {
			tracks = append(tracks, track{shorten(called(name), chartName), func(m *Moment) (float64, bool) {
				p, ok := m.Maps[name]
				return f.figure(p), ok
			}})
		}
		if len(tracks) > 0 {
			list = append(list, d.overTime(f.id, f.title, f.sub+among(len(tracks), len(names)), f.form, tracks))
		}
	}
	return list
}

// largest returns the names of the maps of which the figure was ever above 0, that one first of
// which it was largest.
func (d *Document) largest(figure func(Point) float64) []string {
	peak := make(map[string]float64)
	for i := range d.Series {
		for name, p := range d.Series[i].Maps {
			peak[name] = max(peak[name], figure(p))
		}
	}
	var names []string
	for name, p := range peak {
		if p > 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(peak[b], peak[a]), cmp.Compare(a, b))
	})
	return names
}

type track struct {
	name   string
	figure func(*Moment) (float64, bool)
}

func (d *Document) overTime(id, title, sub string, c chart, tracks []track) chart {
	c.id, c.title, c.sub, c.lines, c.labels = id, title, sub, true, d.moments()
	for _, t := range tracks {
		s := series{name: t.name}
		for i := range d.Series {
			v, ok := t.figure(&d.Series[i])
			if !ok {
				v = charts.GetNullValue()
			}
			s.values = append(s.values, v)
		}
		c.series = append(c.series, s)
	}
	c.alt = fmt.Sprintf("%s, lines of %s from %s to %s.", title, plural(len(tracks), "figure", "figures"), c.labels[0], c.labels[len(c.labels)-1])
	return c
}

// moments are the times of the series, with no more of date and fraction than tells them apart.
func (d *Document) moments() []string {
	first, last := d.Series[0].Time, d.Series[len(d.Series)-1].Time
	layout := "15:04:05"
	switch span := last.Sub(first); {
	case span > 24*time.Hour:
		layout = "Jan 2 15:04"
	case span < time.Duration(math.Max(float64(len(d.Series)), 2))*time.Second:
		layout = "15:04:05.0"
	}
	out := make([]string, len(d.Series))
	for i := range d.Series {
		out[i] = d.Series[i].Time.UTC().Format(layout)
	}
	return out
}

// distribution draws how many entries a lookup finds after how many groups.
func distribution(m *Map) (chart, bool) {
	bars := probes(&m.Stat)
	if len(bars) == 0 || !m.Known() {
		return chart{}, false
	}
	c := chart{
		id: "distribution", title: "Entries by the groups that a lookup visits", sub: "One group is ideal. A long tail comes of a high load or of tombstones.",
		format: percent, scale: trimmedPercent, high: 1, series: []series{{name: "share of the entries"}},
	}
	for _, b := range bars {
		unit := " groups"
		if b.Groups == "1" {
			unit = " group"
		}
		c.labels = append(c.labels, b.Groups+unit)
		c.series[0].values = append(c.series[0].values, b.Ratio)
	}
	c.alt = fmt.Sprintf("Bars of the share of entries found in each group that a lookup visits: %s in the first, the longest lookup visits %s.", bars[0].Share, bars[len(bars)-1].Groups)
	return c, true
}
