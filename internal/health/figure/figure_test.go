package figure_test

import (
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/health/figure"
	"github.com/mapdiag/mapdiag/mapstat"
)

func TestFind(t *testing.T) {
	set := figure.Known([]mapstat.MetricInfo{{Name: "wasted_bytes", Unit: "bytes"}, {Name: "cache_age", Unit: "seconds"}})
	m := &mapstat.MapReport{
		Stat:    mapstat.Stat{Len: 7, GrowthLeft: 3, Bytes: 4096, Scanned: true, Layout: "swiss"},
		Total:   mapstat.Window{MaxLen: 90},
		Verdict: mapstat.Verdict{Health: mapstat.Warning, Pattern: mapstat.Drained},
		Values:  map[string]float64{"wasted_bytes": 2048},
	}
	for name, want := range map[string]string{
		"len": "7", "growth_left": "3", "GrowthLeft": "3", "bytes": "4 KiB", "wasted_bytes": "2 KiB", "wastedBytes": "2 KiB",
		"scanned": "true", "layout": "swiss", "total.max_len": "90", "total.maxLen": "90", "recent.churn": "0",
		"health": "warning", "pattern": "drained",
	} {
		f, err := set.Find(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if v, ok := f.Of(m); !ok || f.Format(v) != want {
			t.Errorf("%s is %q (%v), want %q", name, f.Format(v), ok, want)
		}
	}
	age, err := set.Find("cache_age")
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := age.Of(m); ok {
		t.Errorf("cache_age of a map that has none: %v", v)
	}
	// All fields of Stat but the histogram can be named.
	for _, name := range []string{"probes", "start", "wated", ""} {
		if f, err := set.Find(name); err == nil {
			t.Errorf("%q found %v", name, f)
		}
	}
	_, err = set.Find("tombstone")
	if err == nil || !strings.Contains(err.Error(), "there are tombstone_ratio, tombstones") {
		t.Errorf("an error that names tombstones is wanted: %v", err)
	}
}

// TestUnread wants no numbers of a map that was never read: 0 would pass for fine.
func TestUnread(t *testing.T) {
	set := figure.Known(nil)
	m := &mapstat.MapReport{Verdict: mapstat.Verdict{Health: mapstat.Unknown}}
	for _, name := range []string{"len", "scanned", "total.maxlen"} {
		f, err := set.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := f.Of(m); ok {
			t.Errorf("%s of a map that was never read is %v", name, v)
		}
	}
}
