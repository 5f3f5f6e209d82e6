// Package promstat exports the health of maps to Prometheus:
//
//	prometheus.MustRegister(promstat.NewCollector(promstat.Of(mapstat.Default)))
//
// Each scrape takes a snapshot. The maps of another program are exported in the same way, by
// a [Source] that asks it; command mapdiag export does so.
//
// Series of a map have the labels map, its name, and type. Of them there are as
// many as maps, at most [MaxMaps]. Metrics of the registry are exported as
// mapstat_metric_NAME_UNIT, except load_factor and mean_probe, which are
// mapstat_map_load_ratio and mapstat_map_probe_mean_groups.
package promstat

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mapdiag/mapdiag/mapstat"
)

// MaxMaps is the number of maps that a scrape exports. Of more, those with the most bytes are
// exported, and mapstat_maps_skipped counts the others.
const MaxMaps = 1000

// A Source returns the snapshot to export. It may be called by several goroutines at
// once.
type Source func(context.Context) (mapstat.Snapshot, error)

// Of returns the source of the maps of a registry in this program.
func Of(r *mapstat.Registry) Source {
	return func(context.Context) (mapstat.Snapshot, error) { return r.Snapshot(false), nil }
}

// A Collector exports what its source returns. A source that fails does not fail the
// scrape: then mapstat_up is 0, and mapstat_scrape_errors_total has grown.
//
// It describes no metric beforehand, as the source tells which there are. So a registry does
// not notice that a second one was registered: its scrapes fail.
type Collector struct {
	source Source
	errors atomic.Uint64
}

// NewCollector returns the collector of a source.
func NewCollector(s Source) *Collector { return &Collector{source: s} }

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(ch chan<- prometheus.Metric) { c.collect(context.Background(), ch) }

// With returns the same collector, for a scrape that ends with the context.
func (c *Collector) With(ctx context.Context) prometheus.Collector { return scrape{c, ctx} }

type scrape struct {
	*Collector
	ctx context.Context
}

func (s scrape) Collect(ch chan<- prometheus.Metric) { s.collect(s.ctx, ch) }

func (c *Collector) collect(ctx context.Context, ch chan<- prometheus.Metric) {
	s, err := c.source(ctx)
	up := 1.0
	if err != nil {
		c.errors.Add(1)
		up = 0
	}
	descUp.send(ch, up)
	descErrors.send(ch, float64(c.errors.Load()))
	if err != nil {
		return
	}
	maps, skipped := choose(s.Maps)
	families, skippedMetrics := plugins(s.Metrics)

	descMaps.send(ch, float64(len(s.Maps)))
	descMapsSkipped.send(ch, float64(skipped))
	descMetricsSkipped.send(ch, float64(skippedMetrics))
	program(ch, &s)
	for i := range maps {
		exportMap(ch, &maps[i], families)
	}
}

// choose returns the maps to export, with their names and types fit for labels, and how many
// are left out: of two with the same name one, and those beyond [MaxMaps].
func choose(all []mapstat.MapReport) (maps []mapstat.MapReport, skipped int) {
	seen := make(map[string]bool, len(all))
	for _, m := range all {
		m.Name, m.Stat.Type = label(m.Name), label(m.Stat.Type)
		if seen[m.Name] {
			continue
		}
		seen[m.Name] = true
		maps = append(maps, m)
	}
	if len(maps) > MaxMaps {
		slices.SortStableFunc(maps, func(a, b mapstat.MapReport) int { return cmp.Compare(b.Stat.Bytes, a.Stat.Bytes) })
		maps = maps[:MaxMaps]
	}
	return maps, len(all) - len(maps)
}

// label makes a text fit for the value of a label.
func label(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// A family is a metric of a registry, by the name under which Prometheus knows it.
type family struct {
	metric string
	desc   desc
}

// plugins returns the families of a registry's metrics, and how many metrics are left out
// because their name is taken.
func plugins(infos []mapstat.MetricInfo) (families []family, skipped int) {
	seen := make(map[string]bool, len(infos))
	for _, info := range infos {
		if info.Name == "load_factor" || info.Name == "mean_probe" {
			continue
		}
		name := metricName(info.Name, info.Unit)
		if seen[name] {
			skipped++
			continue
		}
		seen[name] = true
		help := label(info.Help)
		if help == "" {
			help = "Metric " + label(info.Name) + " of the program's registry."
		}
		families = append(families, family{info.Name, gauge(name, help, mapLabels...)})
	}
	return families, skipped
}

// metricName returns the name for a metric: its own with its unit, unless that is there
// already, or says nothing.
func metricName(name, unit string) string {
	full := "mapstat_metric_" + words(name)
	if u := words(unit); u != "" && u != "count" && !strings.HasSuffix(full, "_"+u) {
		full += "_" + u
	}
	// These endings mean that a series is of another type than a gauge.
	for _, reserved := range []string{"_total", "_count", "_sum", "_bucket", "_info", "_created"} {
		if strings.HasSuffix(full, reserved) {
			return full + "_value"
		}
	}
	return full
}

// words turns what is no letter, digit or underscore into underscores. Names of a registry
// are of such already; units may be anything, and so may all that another program sends.
func words(s string) string {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(fields, "_")
}
