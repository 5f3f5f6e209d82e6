package ranking_test

import (
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/health/ranking"
	"github.com/mapdiag/mapdiag/mapstat"
)

func snapshot() *mapstat.Snapshot {
	fine := mapstat.Verdict{Health: mapstat.Fine, Pattern: mapstat.Healthy}
	return &mapstat.Snapshot{
		Metrics: []mapstat.MetricInfo{{Name: "wasted_bytes", Unit: "bytes"}, {Name: "cache_age", Unit: "seconds"}},
		Maps: []mapstat.MapReport{
			{Name: "a", Stat: mapstat.Stat{Len: 1, Slots: 8, Bytes: 100}, Values: map[string]float64{"wasted_bytes": 50, "cache_age": 7}, Verdict: fine},
			{Name: "b", Stat: mapstat.Stat{Len: 3, Slots: 8, Bytes: 200}, Values: map[string]float64{"wasted_bytes": 10}, Verdict: fine},
			{Name: "c", Error: "its lock is held", Verdict: mapstat.Verdict{Health: mapstat.Unknown}},
			{Name: "d", Stat: mapstat.Stat{Len: 2, Slots: 8, Bytes: 100}, Values: map[string]float64{"wasted_bytes": 50, "cache_age": 9}, Verdict: fine},
		},
	}
}

func TestBy(t *testing.T) {
	for key, want := range map[string]string{
		"wasted": "a d b c", "bytes": "b a d c", "entries": "b d a c", "cache_age": "d a b c", "slots": "a b d c", "gain": "a b c d",
	} {
		maps, err := ranking.By(snapshot(), key)
		if err != nil {
			t.Error(err)
			continue
		}
		var names []string
		for _, m := range maps {
			names = append(names, m.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("by %s: %s, want %s", key, got, want)
		}
	}
	for _, key := range []string{"size", "health", "nothing"} {
		if _, err := ranking.By(snapshot(), key); err == nil {
			t.Errorf("sorted by %s, which there is not", key)
		}
	}
}

func TestWriteText(t *testing.T) {
	var out strings.Builder
	if err := ranking.WriteText(&out, snapshot(), "cache_age", 3, 0); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"unknown program", "cache_age", "... and 1 more; -n 0 shows all"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := ranking.WriteText(&out, snapshot(), "bytes", 0, 0); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "unknown (not read: its lock is held)") || strings.Contains(out.String(), "more") {
		t.Errorf("got\n%s", out.String())
	}
}
