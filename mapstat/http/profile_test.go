package mapstathttp_test

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/mapdiag/mapdiag/mapstat"
	mapstathttp "github.com/mapdiag/mapdiag/mapstat/http"
)

// values returns the values of each map, by name.
func values(p *profile.Profile) map[string][]int64 {
	all := make(map[string][]int64)
	for _, s := range p.Sample {
		all[s.Location[0].Line[0].Function.Name] = s.Value
	}
	return all
}

func snapshotOf(at time.Time, maps ...mapstat.MapReport) mapstat.Snapshot {
	return mapstat.Snapshot{
		Version: 1, Time: at, Program: mapstat.Program{Name: "shop", PID: 1},
		Metrics: []mapstat.MetricInfo{
			{Name: "wasted_bytes", Unit: "bytes"}, {Name: "cold_bytes", Unit: "bytes"}, {Name: "load_factor", Unit: "ratio"}, {Name: "users", Unit: "count"},
		},
		Maps: maps,
	}
}

func mapOf(name string, entries int, bytes uint64) mapstat.MapReport {
	return mapstat.MapReport{
		Name:    name,
		Stat:    mapstat.Stat{Type: "map[int]int", Layout: "swiss", Len: entries, Slots: 2 * entries, Bytes: bytes, LiveBytes: bytes / 2, Objects: 3},
		Verdict: mapstat.Verdict{Health: mapstat.Fine, Pattern: mapstat.Healthy},
		Values:  map[string]float64{"wasted_bytes": 1, "cold_bytes": float64(bytes) / 4, "load_factor": 0.5, "users": math.Inf(1)},
	}
}

func TestProfile(t *testing.T) {
	at := time.Unix(1700000000, 5)
	broken := mapstat.MapReport{Name: "broken", Error: "its lock is held", Verdict: mapstat.Verdict{Health: mapstat.Unknown}}
	p := mapstathttp.Profile(snapshotOf(at, mapOf("cache(v2)::<k>", 10, 1000), broken, mapOf("users", 0, 48)))
	if err := p.CheckValid(); err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, s := range p.SampleType {
		types = append(types, s.Type+"/"+s.Unit)
	}
	want := []string{"objects/count", "entries/count", "slots/count", "bytes/bytes", "wasted_bytes/bytes", "cold_bytes/bytes", "users/count"}
	if !slices.Equal(types, want) {
		t.Errorf("sample types %v, want %v", types, want)
	}
	if p.TimeNanos != at.UnixNano() || p.Period != 1 || p.PeriodType.Type != "maps" || p.DefaultSampleType != "bytes" {
		t.Errorf("time %d, period %d %v, default %s", p.TimeNanos, p.Period, p.PeriodType, p.DefaultSampleType)
	}
	got := values(p)
	if len(got) != 2 || !slices.Equal(got["cache(v2)::<k>"], []int64{3, 10, 20, 1000, 500, 250, 1 << 62}) {
		t.Errorf("values %v", got)
	}
	if !slices.Contains(p.Comments, "broken could not be read: its lock is held") {
		t.Errorf("comments %q", p.Comments)
	}
	if l := p.Sample[0].Label; l["type"][0] != "map[int]int" || l["health"][0] != "fine" || l["pattern"][0] != "healthy" {
		t.Errorf("labels %v", l)
	}
}

// TestDifference has a map that grows, one that shrinks and whose verdict changes, one that
// stays, one that goes and one that comes, which changes the places of the others.
func TestDifference(t *testing.T) {
	start := time.Unix(1700000000, 0)
	before := mapstathttp.Profile(snapshotOf(start, mapOf("gone", 5, 500), mapOf("grows", 10, 1000), mapOf("shrinks", 100, 4000), mapOf("stays", 7, 700)))
	shrunk := mapOf("shrinks", 40, 4000)
	shrunk.Verdict = mapstat.Verdict{Health: mapstat.Notice, Pattern: mapstat.Drained}
	after := mapstathttp.Profile(snapshotOf(start.Add(30*time.Second), mapOf("comes", 1, 100), mapOf("grows", 30, 3000), shrunk, mapOf("stays", 7, 700)))
	d, err := mapstathttp.Difference(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.CheckValid(); err != nil {
		t.Fatal(err)
	}
	got := values(d)
	for name, want := range map[string][]int64{"gone": {-3, -5, -10, -500}, "comes": {3, 1, 2, 100}, "grows": {0, 20, 40, 2000}, "shrinks": {0, -60, -120, 0}} {
		if v := got[name]; len(v) < 4 || !slices.Equal(v[:4], want) {
			t.Errorf("%s: %v, want %v", name, v, want)
		}
	}
	if len(got) != 4 || len(d.Sample) != 4 {
		t.Errorf("%d samples of %v, want 4", len(d.Sample), got)
	}
	if d.TimeNanos != start.UnixNano() || d.DurationNanos != 30e9 {
		t.Errorf("from %d for %d ns", d.TimeNanos, d.DurationNanos)
	}
	if values(before)["grows"][1] != 10 || values(after)["grows"][1] != 30 {
		t.Error("the profiles compared were changed")
	}
}

// TestPprof lets the pprof of the toolchain read the profile.
func TestPprof(t *testing.T) {
	p := mapstathttp.Profile(snapshotOf(time.Unix(1700000000, 0), mapOf("cache(v2)::<k>", 10, 4096), mapOf("users", 20, 8192)))
	var buf bytes.Buffer
	if err := p.Write(&buf); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "maps.pb.gz")
	if err := os.WriteFile(file, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		flags []string
		want  []string
	}{
		{[]string{"-top"}, []string{"File: shop", "Type: bytes", "8kB 66.67%", "users", "cache(v2)::<k>"}},
		{[]string{"-top", "-sample_index=entries"}, []string{"Type: entries", "20 66.67%"}},
		{[]string{"-tags"}, []string{"kB (  100%): map[int]int", "fine", "healthy"}},
		{[]string{"-top", "-tagroot=type"}, []string{"12kB   100%  map[int]int"}},
		{[]string{"-raw"}, []string{"objects/count entries/count slots/count bytes/bytes[dflt]"}},
	} {
		cmd := exec.Command("go", append(append([]string{"tool", "pprof"}, c.flags...), file)...)
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "PPROF_TMPDIR="+t.TempDir(), "GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("pprof %v: %v\n%s", c.flags, err, out)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("pprof %v lacks %q:\n%s", c.flags, want, out)
			}
		}
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
