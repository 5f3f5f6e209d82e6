package promstat_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/mapdiag/mapdiag/mapstat"
	"github.com/mapdiag/mapdiag/mapstat/promstat"
)

func fixed(s mapstat.Snapshot) promstat.Source {
	return func(context.Context) (mapstat.Snapshot, error) { return s, nil }
}

// lint gathers what a collector exports and returns how many series there are.
func lint(t *testing.T, c prometheus.Collector) int {
	t.Helper()
	problems, err := testutil.CollectAndLint(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("promlint: %s: %s", p.Metric, p.Text)
	}
	return testutil.CollectAndCount(c)
}

// TestRegistry exports the maps of this program.
func TestRegistry(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	m := map[string]int{"a": 1, "b": 2}
	var mu sync.Mutex
	if _, err := r.Track("letters", &m, &mu); err != nil {
		t.Fatal(err)
	}
	for _, metric := range []mapstat.Metric{
		{Name: "bad", Help: "Panics.", Eval: func(mapstat.Stat) (float64, bool) { panic("no") }},
		{Name: "hits_total", Unit: "count", Help: "Hits.", Eval: func(mapstat.Stat) (float64, bool) { return 7, true }},
	} {
		if err := r.Register(metric); err != nil {
			t.Fatal(err)
		}
	}
	c := promstat.NewCollector(promstat.Of(r))
	lint(t, c)
	want := `
# HELP mapstat_map_entries Entries.
# TYPE mapstat_map_entries gauge
mapstat_map_entries{map="letters",type="map[string]int"} 2
# HELP mapstat_map_metric_errors Metrics of the registry that failed for a map.
# TYPE mapstat_map_metric_errors gauge
mapstat_map_metric_errors{map="letters",type="map[string]int"} 1
# HELP mapstat_map_slots Places for entries.
# TYPE mapstat_map_slots gauge
mapstat_map_slots{map="letters",type="map[string]int"} 8
# HELP mapstat_map_verdict_info What the figures of a map come to: its health (fine, notice, warning or unknown) and pattern.
# TYPE mapstat_map_verdict_info gauge
mapstat_map_verdict_info{health="fine",map="letters",pattern="small",type="map[string]int"} 1
# HELP mapstat_metric_hits_total_value Hits.
# TYPE mapstat_metric_hits_total_value gauge
mapstat_metric_hits_total_value{map="letters",type="map[string]int"} 7
# HELP mapstat_up Whether the maps could be asked for: 1, or 0.
# TYPE mapstat_up gauge
mapstat_up 1
`
	err := testutil.CollectAndCompare(c, strings.NewReader(want), "mapstat_map_entries", "mapstat_map_slots",
		"mapstat_map_verdict_info", "mapstat_metric_hits_total_value", "mapstat_metric_hits", "mapstat_metric_bad", "mapstat_map_metric_errors", "mapstat_up")
	if err != nil {
		t.Error(err)
	}
	runtime.KeepAlive(&m)
	runtime.KeepAlive(&mu)
}

func TestSourceFails(t *testing.T) {
	fail := true
	c := promstat.NewCollector(func(ctx context.Context) (mapstat.Snapshot, error) {
		if fail {
			return mapstat.Snapshot{}, errors.New("connection refused")
		}
		return mapstat.Snapshot{}, ctx.Err()
	})
	expect := func(c prometheus.Collector, up, failed int) {
		t.Helper()
		want := fmt.Sprintf(`
# HELP mapstat_scrape_errors_total Scrapes in which the maps could not be asked for.
# TYPE mapstat_scrape_errors_total counter
mapstat_scrape_errors_total %d
# HELP mapstat_up Whether the maps could be asked for: 1, or 0.
# TYPE mapstat_up gauge
mapstat_up %d
`, failed, up)
		if err := testutil.CollectAndCompare(c, strings.NewReader(want), "mapstat_up", "mapstat_scrape_errors_total"); err != nil {
			t.Error(err)
		}
	}
	expect(c, 0, 1)
	expect(c, 0, 2)
	fail = false
	expect(c, 1, 2)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	expect(c.With(ctx), 0, 3)
	expect(c, 1, 3)
}

// TestForeign exports what only another program can send.
func TestForeign(t *testing.T) {
	read := mapstat.Window{Samples: 1, Start: time.Unix(1, 0)}
	values := map[string]float64{"hot_keys": 1, "hot": 2, "load_factor": 3, "größe": 4, "": 5}
	s := mapstat.Snapshot{
		Metrics: []mapstat.MetricInfo{
			{Name: "hot_keys", Unit: ""}, {Name: "hot", Unit: "keys"}, {Name: "hot", Unit: "keys"}, {Name: "load_factor", Unit: "ratio"},
			{Name: "größe", Unit: "%", Help: "\xff"}, {Name: ""},
		},
		Maps: []mapstat.MapReport{
			{Name: "same", Total: read, Values: values, Stat: mapstat.Stat{Type: "t1"}},
			{Name: "same", Total: read, Values: values, Stat: mapstat.Stat{Type: "t2"}},
			{Name: "bad\xff", Total: read, Values: values}, {Name: "bad\xfe", Total: read, Values: values},
			{Name: "never read", Error: "its lock is held", Values: values},
			{Name: "", Total: read, Values: nil},
		},
	}
	c := promstat.NewCollector(fixed(s))
	lint(t, c)
	want := `
# HELP mapstat_map_read_error Whether a map could not be read: 1, or 0. Its other figures are then those of the last time it could.
# TYPE mapstat_map_read_error gauge
mapstat_map_read_error{map="",type=""} 0
mapstat_map_read_error{map="bad�",type=""} 0
mapstat_map_read_error{map="never read",type=""} 1
mapstat_map_read_error{map="same",type="t1"} 0
# HELP mapstat_maps_skipped Maps that are not exported, because there are too many or because two have the same name.
# TYPE mapstat_maps_skipped gauge
mapstat_maps_skipped 2
# HELP mapstat_metric_hot_keys Metric hot_keys of the program's registry.
# TYPE mapstat_metric_hot_keys gauge
mapstat_metric_hot_keys{map="bad�",type=""} 1
mapstat_metric_hot_keys{map="same",type="t1"} 1
# HELP mapstat_metrics_skipped Metrics of the registry that are not exported, because their name is taken.
# TYPE mapstat_metrics_skipped gauge
mapstat_metrics_skipped 2
`
	if err := testutil.CollectAndCompare(c, strings.NewReader(want), "mapstat_map_read_error", "mapstat_maps_skipped", "mapstat_metric_hot_keys", "mapstat_metrics_skipped"); err != nil {
		t.Error(err)
	}
}

// TestManyMaps has more maps than are exported: the largest are.
func TestManyMaps(t *testing.T) {
	var s mapstat.Snapshot
	for i := range promstat.MaxMaps + 10 {
		s.Maps = append(s.Maps, mapstat.MapReport{Name: fmt.Sprint(i), Total: mapstat.Window{Samples: 1}, Stat: mapstat.Stat{Bytes: uint64(i)}})
	}
	c := promstat.NewCollector(fixed(s))
	if n := testutil.CollectAndCount(c, "mapstat_map_bytes"); n != promstat.MaxMaps {
		t.Errorf("%d maps, want %d", n, promstat.MaxMaps)
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(c)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "mapstat_map_bytes" {
			continue
		}
		for _, m := range f.Metric {
			if m.GetGauge().GetValue() < 10 {
				t.Errorf("a map of %v bytes is exported", m.GetGauge().GetValue())
			}
		}
	}
}

// TestConcurrent scrapes while maps come and go; it is of use under the race detector.
func TestConcurrent(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(promstat.NewCollector(promstat.Of(r)))
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(2)
		go func() {
			defer wg.Done()
			for i := range 50 {
				m, mu := map[int]int{i: i}, new(sync.Mutex)
				tracked, err := r.Track(fmt.Sprintf("%d-%d", g, i), &m, mu)
				if err != nil {
					t.Error(err)
					return
				}
				if i%2 == 0 {
					tracked.Stop()
				}
				runtime.KeepAlive(mu)
			}
		}()
		go func() {
			defer wg.Done()
			for range 20 {
				if _, err := reg.Gather(); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
}

func ExampleNewCollector() {
	prometheus.MustRegister(promstat.NewCollector(promstat.Of(mapstat.Default)))
	// Then http.Handle("/metrics", promhttp.Handler()), as for any other collector.
}
