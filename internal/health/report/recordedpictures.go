package report

import (
	"fmt"
	"slices"

	"github.com/mapdiag/mapdiag/internal/health/places"
)

// chartSizes is of how many places the sizes of maps are drawn.
const chartSizes = 4

// chartShort is the number of characters of a name that has its bytes behind it: with more of them, there is
// too little room for the axis.
const chartShort = 18

// pictures are the charts of a document, in the order of what they matter.
func (d *Recorded) pictures() []chart {
	var list []chart
	for _, make := range []func([]places.Place) (chart, bool){allocatedChart, wasteChart} {
		if c, ok := make(d.Places); ok {
			list = append(list, c)
		}
	}
	shown := d.worth()
	if len(shown) == 0 {
		shown = d.Places
	}
	for i := range shown[:min(len(shown), chartSizes)] {
		if c, ok := sizesChart(&shown[i]); ok {
			list = append(list, c)
		}
	}
	return list
}

// mostOf returns the places of which a key is largest and above 0.
func mostOf(all []places.Place, key string, of func(*places.Place) int64) (list []places.Place, having int) {
	list = slices.DeleteFunc(slices.Clone(all), func(p places.Place) bool { return of(&p) <= 0 })
	_ = places.Sort(list, key)
	return list[:min(len(list), chartMaps)], len(list)
}

// at is the name of a place in a chart, n characters at most: the end of a path tells most.
func at(p *places.Place, n int) string {
	r := []rune(called(p.Where()))
	if len(r) > n {
		return "…" + string(r[len(r)-n+1:])
	}
	return string(r)
}

func along(name string, list []places.Place, of func(*places.Place) int64) series {
	s := series{name: name}
	for i := range list {
		s.values = append(s.values, float64(max(of(&list[i]), 0)))
	}
	return s
}

// ofPlaces says how many of the places a chart shows.
func ofPlaces(shown, all int) string {
	if shown == all {
		return ""
	}
	return fmt.Sprintf(" The %d largest of %s.", shown, plural(all, "place", "places"))
}

func allocatedChart(all []places.Place) (chart, bool) {
	list, having := mostOf(all, "bytes", func(p *places.Place) int64 { return p.Bytes })
	if len(list) == 0 {
		return chart{}, false
	}
	saved := func(p *places.Place) int64 { return max(min(p.SavedBytes, p.Bytes), 0) }
	other := func(p *places.Place) int64 { return max(min(p.Waste, p.Bytes)-saved(p), 0) }
	c := chart{
		id: "allocated", title: "Bytes allocated at each place", sub: "By the sizes that were measured. What a hint saves is all or part of what is wasted." + ofPlaces(len(list), having),
		stacked: true, format: bytesFormat, binary: true,
		series: []series{
			along("needed", list, func(p *places.Place) int64 { return p.Bytes - saved(p) - other(p) }),
			along("saved by a hint", list, saved),
			along("wasted otherwise", list, other),
		},
	}
	for i := range list {
		c.labels = append(c.labels, at(&list[i], chartShort)+"  "+size(list[i].Bytes))
	}
	c.alt = fmt.Sprintf("Bars of the bytes that maps made at %s allocate, split in needed, saved by a hint and wasted otherwise. The largest is %s with %s.",
		plural(len(list), "place", "places"), shorten(called(list[0].Where()), 80), size(list[0].Bytes))
	return c, true
}

func wasteChart(all []places.Place) (chart, bool) {
	list, having := mostOf(all, "waste", func(p *places.Place) int64 { return int64(counter(p.RecopiedBytes)) + max(p.Waste, 0) })
	if len(list) == 0 {
		return chart{}, false
	}
	c := chart{
		id: "waste", title: "Bytes wasted and bytes copied again", sub: "Wasted: not allocated, had each map been made with room for its entries. Copied again: by growths." + ofPlaces(len(list), having),
		format: bytesFormat, binary: true,
		series: []series{
			along("wasted", list, func(p *places.Place) int64 { return p.Waste }),
			along("copied again", list, func(p *places.Place) int64 { return int64(counter(p.RecopiedBytes)) }),
		},
	}
	for i := range list {
		c.labels = append(c.labels, at(&list[i], chartName))
	}
	c.alt = fmt.Sprintf("Bars of the bytes wasted and copied again at %s. %s: %s wasted, %s copied again.",
		plural(len(list), "place", "places"), shorten(called(list[0].Where()), 80), size(list[0].Waste), bytesFormat(float64(list[0].RecopiedBytes)))
	return c, true
}

// sizesChart draws how large the maps of a place became.
func sizesChart(p *places.Place) (chart, bool) {
	list := classes(p)
	if len(list) == 0 {
		return chart{}, false
	}
	sub := "Entries at a time at most: maps. Each row needs twice the room of the one above it."
	switch {
	case p.Verdict.Change() && p.Hint > 0:
		sub += fmt.Sprintf(" The hint should be %s.", count(p.Hint))
	case p.Asked > 0:
		sub += fmt.Sprintf(" The hint is %s.", count(int(p.Asked)))
	}
	c := chart{
		id: "sizes", title: "Sizes at " + at(p, 2*chartName), sub: sub, format: percent, scale: trimmedPercent, high: 1,
		series: []series{{name: "share of the maps"}},
	}
	for _, class := range list {
		c.labels = append(c.labels, class.Entries+": "+class.Maps)
		c.series[0].values = append(c.series[0].values, class.Ratio)
	}
	c.alt = fmt.Sprintf("Bars of the share of the maps made at %s by their largest number of entries; %s.", shorten(called(p.Where()), 80), entries(p))
	return c, true
}
