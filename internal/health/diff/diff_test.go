package diff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/diff"
	"github.com/mapdiag/mapdiag/mapstat"
)

func snapshot(at time.Time, gc, cpu float64, maps ...mapstat.MapReport) mapstat.Snapshot {
	return mapstat.Snapshot{
		Version: 1, Time: at,
		Program: mapstat.Program{Name: "shop", PID: 7, Started: time.Unix(0, 0)},
		Runtime: mapstat.Runtime{HeapBytes: 1 << 20, GCCPU: gc, CPU: cpu, GCCycles: uint64(cpu)},
		Maps:    maps,
	}
}

func report(name string, entries, slots int, pattern mapstat.Pattern, values map[string]float64) mapstat.MapReport {
	health := mapstat.Fine
	if pattern != mapstat.Healthy {
		health = mapstat.Warning
	}
	return mapstat.MapReport{
		Name: name, Stat: mapstat.Stat{Type: "map[int]int", Len: entries, Slots: slots, Bytes: uint64(17 * slots)},
		Verdict: mapstat.Verdict{Health: health, Pattern: pattern}, Values: values,
	}
}

func TestOf(t *testing.T) {
	at := time.Unix(1000, 0)
	a := snapshot(at, 1, 10,
		report("carts", 100, 128, mapstat.Healthy, map[string]float64{"age": 5, "gone": 1, "same": 2}),
		report("old", 10, 16, mapstat.Healthy, nil),
		report("users", 5, 8, mapstat.Healthy, map[string]float64{"mean_probe": 1}))
	b := snapshot(at.Add(time.Minute), 1.5, 20,
		report("carts", 1, 1024, mapstat.Drained, map[string]float64{"age": 6, "come": 1, "same": 2}),
		report("new", 1, 8, mapstat.Healthy, nil),
		report("users", 5, 8, mapstat.Healthy, map[string]float64{"mean_probe": 1.1}))
	d := diff.Of(&a, &b)
	if !d.SameRun || d.Runtime.GCCycles != 10 || d.Runtime.GCShare == nil || *d.Runtime.GCShare != 0.05 {
		t.Errorf("runtime %+v", d.Runtime)
	}
	if d.Same != 1 || len(d.Maps) != 3 {
		t.Fatalf("%+v", d)
	}
	carts := d.Maps[0]
	if carts.Name != "carts" || carts.Entries.Delta() != -99 || carts.Slots != (diff.Count{Before: 128, After: 1024}) || carts.Health != (diff.Words{Before: "fine", After: "warning"}) {
		t.Errorf("carts: %+v", carts)
	}
	if m := carts.Metrics; len(m) != 3 || *m["age"].Before != 5 || *m["age"].After != 6 || m["gone"].After != nil || m["come"].Before != nil {
		t.Errorf("metrics: %+v", m)
	}
	if d.Maps[1].Name != "old" || d.Maps[1].Change != diff.Gone || d.Maps[2].Change != diff.New {
		t.Errorf("%+v", d.Maps[1:])
	}

	var text strings.Builder
	if err := d.WriteText(&text, 0); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"in 1m0s: heap +0 B; 10 collections, 5.00% of", "healthy -> drained", "new: healthy", "gone", "1 map unchanged"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}

	b.Program.PID = 8
	if d := diff.Of(&a, &b); d.SameRun || d.Runtime.GCShare != nil {
		t.Errorf("another process: %+v", d.Runtime)
	}
}

// TestGCShare wants no share of what no collection has brought up to date.
func TestGCShare(t *testing.T) {
	r := mapstat.Runtime{GCCPU: 1, CPU: 10}
	if share, ok := diff.GCShare(&r, &r); ok {
		t.Errorf("share %v of no time", share)
	}
}
