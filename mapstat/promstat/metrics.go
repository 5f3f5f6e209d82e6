package promstat

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mapdiag/mapdiag/mapstat"
)

type desc struct {
	*prometheus.Desc
	kind prometheus.ValueType
}

func gauge(name, help string, labels ...string) desc {
	return desc{prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue}
}

func counter(name, help string, labels ...string) desc {
	return desc{prometheus.NewDesc(name, help, labels, nil), prometheus.CounterValue}
}

// send sends a value. What cannot be a metric fails the scrape with what is wrong
// with it.
func (d desc) send(ch chan<- prometheus.Metric, value float64, labels ...string) {
	m, err := prometheus.NewConstMetric(d.Desc, d.kind, value, labels...)
	if err != nil {
		m = prometheus.NewInvalidMetric(d.Desc, err)
	}
	ch <- m
}

var (
	descUp             = gauge("mapstat_up", "Whether the maps could be asked for: 1, or 0.")
	descErrors         = counter("mapstat_scrape_errors_total", "Scrapes in which the maps could not be asked for.")
	descMaps           = gauge("mapstat_maps", "Maps that are watched.")
	descMapsSkipped    = gauge("mapstat_maps_skipped", "Maps that are not exported, because there are too many or because two have the same name.")
	descMetricsSkipped = gauge("mapstat_metrics_skipped", "Metrics of the registry that are not exported, because their name is taken.")

	descProgram = gauge("mapstat_program_info", "The program that the maps are of.", "program", "go_version", "platform", "layout")
	descStart   = gauge("mapstat_program_start_time_seconds", "When the program started, in seconds since 1970.")
	descHeap    = gauge("mapstat_runtime_heap_bytes", "Bytes of heap objects, live or not yet swept.")
	descGoal    = gauge("mapstat_runtime_heap_goal_bytes", "Bytes of heap at which the next collection ends.")
	descLimit   = gauge("mapstat_runtime_memory_limit_bytes", "The program's GOMEMLIMIT; absent if it has none.")
	descGCCPU   = counter("mapstat_runtime_gc_cpu_seconds_total", "CPU time spent on garbage collection.")
	descCPU     = counter("mapstat_runtime_cpu_seconds_total", "CPU time that was to be had, idle or not.")
	descCycles  = counter("mapstat_runtime_gc_cycles_total", "Garbage collections.")

	descSamples = counter("mapstat_sampler_samples_total", "Readings of maps.")
	descTorn    = counter("mapstat_sampler_torn_total", "Readings given up because the map, which has no lock, was written.")
	descLocked  = counter("mapstat_sampler_locked_total", "Readings given up because the lock was not to be had.")
	descSeconds = counter("mapstat_sampler_seconds_total", "Time that reading the maps has taken.")
)

var mapLabels = []string{"map", "type"}

var (
	descVerdict      = gauge("mapstat_map_verdict_info", "What the figures of a map come to: its health (fine, notice, warning or unknown) and pattern.", "map", "type", "health", "pattern")
	descReadError    = gauge("mapstat_map_read_error", "Whether a map could not be read: 1, or 0. Its other figures are then those of the last time it could.", mapLabels...)
	descReadTime     = gauge("mapstat_map_read_timestamp_seconds", "When a map was read, in seconds since 1970.", mapLabels...)
	descMetricErrors = gauge("mapstat_map_metric_errors", "Metrics of the registry that failed for a map.", mapLabels...)
)

// perMap are the figures of each map that was ever read.
var perMap = []struct {
	desc desc
	of   func(*mapstat.MapReport) (value float64, ok bool)
}{
	{gauge("mapstat_map_entries", "Entries.", mapLabels...), always(func(m *mapstat.MapReport) int { return m.Stat.Len })},
	{gauge("mapstat_map_slots", "Places for entries.", mapLabels...), always(func(m *mapstat.MapReport) int { return m.Stat.Slots })},
	{gauge("mapstat_map_tables", "Tables of up to 1024 slots; 0 for a map of one group and for a classic map.", mapLabels...), always(func(m *mapstat.MapReport) int { return m.Stat.Tables })},
	{gauge("mapstat_map_tombstones", "Slots that deleted entries take.", mapLabels...), always(func(m *mapstat.MapReport) int { return m.Stat.Tombstones })},
	{gauge("mapstat_map_overflow_buckets", "Overflow buckets; of classic maps only.", mapLabels...), func(m *mapstat.MapReport) (float64, bool) {
		return float64(m.Stat.Overflow), m.Stat.Layout == "classic"
	}},
	{gauge("mapstat_map_growth_left_entries", "Entries that can be added until all tables are full.", mapLabels...), always(func(m *mapstat.MapReport) int { return m.Stat.GrowthLeft })},
	{gauge("mapstat_map_bytes", "Bytes that a map holds on the heap.", mapLabels...), always(func(m *mapstat.MapReport) uint64 { return m.Stat.Bytes })},
	{gauge("mapstat_map_live_bytes", "Bytes of entries.", mapLabels...), always(func(m *mapstat.MapReport) uint64 { return m.Stat.LiveBytes })},
	{gauge("mapstat_map_objects", "Heap objects that a map consists of.", mapLabels...), always(func(m *mapstat.MapReport) uint64 { return m.Stat.Objects })},
	{gauge("mapstat_map_load_ratio", "Entries divided by slots; of a classic map by buckets.", mapLabels...), func(m *mapstat.MapReport) (float64, bool) {
		return m.Stat.Load, m.Stat.Slots > 0
	}},
	{gauge("mapstat_map_load_limit_ratio", "The load at which a map grows.", mapLabels...), always(func(m *mapstat.MapReport) float64 { return m.Stat.LoadLimit })},
	{gauge("mapstat_map_probe_mean_groups", "Groups that a lookup visits on average.", mapLabels...), func(m *mapstat.MapReport) (float64, bool) {
		return m.Stat.MeanProbe, m.Stat.Probed > 0
	}},
	{gauge("mapstat_map_probe_expected_groups", "Groups that a lookup is expected to visit on average at this load.", mapLabels...), func(m *mapstat.MapReport) (float64, bool) {
		return m.Stat.ExpectedProbe, m.Stat.Probed > 0
	}},
	{gauge("mapstat_map_peak_entries", "The most entries that a sample has found.", mapLabels...), always(func(m *mapstat.MapReport) int { return m.Total.MaxLen })},
	{gauge("mapstat_map_peak_bytes", "The most bytes that a sample has found.", mapLabels...), always(func(m *mapstat.MapReport) uint64 { return m.Total.MaxBytes })},
	{counter("mapstat_map_growths_total", "Samples that found more slots than the one before.", mapLabels...), always(func(m *mapstat.MapReport) int { return m.Total.Growths })},
	{counter("mapstat_map_churn_entries_total", "Differences in entries between samples: a lower bound for the entries that came and went.", mapLabels...), always(func(m *mapstat.MapReport) uint64 { return m.Total.Churn })},
	{counter("mapstat_map_clears_total", "Calls of clear since the map was made.", mapLabels...), always(func(m *mapstat.MapReport) uint64 { return m.Stat.Cleared })},
}

func always[T int | uint64 | float64](f func(*mapstat.MapReport) T) func(*mapstat.MapReport) (float64, bool) {
	return func(m *mapstat.MapReport) (float64, bool) { return float64(f(m)), true }
}

func program(ch chan<- prometheus.Metric, s *mapstat.Snapshot) {
	descProgram.send(ch, 1, label(s.Program.Name), label(s.Program.GoVersion), label(s.Program.Platform), label(s.Program.Layout))
	descStart.send(ch, seconds(s.Program.Started))
	descHeap.send(ch, float64(s.Runtime.HeapBytes))
	descGoal.send(ch, float64(s.Runtime.HeapGoal))
	if s.Runtime.MemoryLimit > 0 {
		descLimit.send(ch, float64(s.Runtime.MemoryLimit))
	}
	descGCCPU.send(ch, s.Runtime.GCCPU)
	descCPU.send(ch, s.Runtime.CPU)
	descCycles.send(ch, float64(s.Runtime.GCCycles))
	descSamples.send(ch, float64(s.Sampler.Samples))
	descTorn.send(ch, float64(s.Sampler.Torn))
	descLocked.send(ch, float64(s.Sampler.Locked))
	descSeconds.send(ch, s.Sampler.Seconds)
}

func exportMap(ch chan<- prometheus.Metric, m *mapstat.MapReport, families []family) {
	labels := []string{m.Name, m.Stat.Type}
	descVerdict.send(ch, 1, m.Name, m.Stat.Type, label(string(m.Verdict.Health)), label(string(m.Verdict.Pattern)))
	failed := 0.0
	if m.Error != "" {
		failed = 1
	}
	descReadError.send(ch, failed, labels...)
	if m.Total.Samples == 0 {
		return
	}
	descReadTime.send(ch, seconds(m.Time), labels...)
	for _, f := range perMap {
		if value, ok := f.of(m); ok {
			f.desc.send(ch, value, labels...)
		}
	}
	descMetricErrors.send(ch, float64(len(m.MetricErrors)), labels...)
	for _, f := range families {
		if value, ok := m.Values[f.metric]; ok {
			f.desc.send(ch, value, labels...)
		}
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
