package mapstat_test

import (
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/mapstat"
)

// judge returns the verdict on a map read once, without a past.
func judge(t *testing.T, m any) mapstat.Verdict {
	t.Helper()
	s, err := mapstat.Read(m)
	if err != nil {
		t.Fatal(err)
	}
	return mapstat.DefaultThresholds().Judge(s, mapstat.Window{})
}

// patterns lists what a verdict found, worst first.
func patterns(v mapstat.Verdict) []mapstat.Pattern {
	var found []mapstat.Pattern
	for _, r := range v.Reasons {
		found = append(found, r.Pattern)
	}
	return found
}

func wantPatterns(t *testing.T, what string, v mapstat.Verdict, worst mapstat.Pattern, health mapstat.Health) {
	t.Helper()
	if v.Pattern != worst || v.Health != health {
		t.Errorf("%s: %s, %s: %+v, want %s, %s", what, v.Health, v.Pattern, v.Reasons, health, worst)
	}
	for _, r := range v.Reasons {
		if r.Text == "" || r.Advice == "" || r.Source == "" || r.Metric == "" {
			t.Errorf("%s: incomplete %+v", what, r)
		}
		if strings.Contains(r.Text, "%!") {
			t.Errorf("%s: %s", what, r.Text)
		}
		t.Logf("%s: %s (%s %.3g, limit %.3g)", what, r.Text, r.Metric, r.Value, r.Limit)
	}
}

func TestPatterns(t *testing.T) {
	wantPatterns(t, "nothing", judge(t, map[int]int(nil)), mapstat.Small, mapstat.Fine)
	wantPatterns(t, "three entries", judge(t, map[int]int{1: 1, 2: 2, 3: 3}), mapstat.Small, mapstat.Fine)
	wantPatterns(t, "5000 entries", judge(t, filled[int, int](5000, func(i int) int { return i })), mapstat.Healthy, mapstat.Fine)

	m := make(map[int]int, 100_000)
	for i := range 1000 {
		m[i] = i
	}
	wantPatterns(t, "hint of 100 000 for 1000", judge(t, m), mapstat.OverSized, mapstat.Warning)

	m = filled[int, int](100_000, func(i int) int { return i })
	for i := range 99_000 {
		delete(m, i)
	}
	wantPatterns(t, "99 of 100 deleted", judge(t, m), mapstat.Drained, mapstat.Warning)

	m = filled[int, int](100_000, func(i int) int { return i })
	clear(m)
	wantPatterns(t, "cleared", judge(t, m), mapstat.Drained, mapstat.Warning)

	indirect := filled[int, [200]byte](2000, func(i int) int { return i })
	wantPatterns(t, "200 bytes", judge(t, indirect), mapstat.Indirect, mapstat.Notice)

	nan := map[float64]int{math.NaN(): 1}
	wantPatterns(t, "NaN", judge(t, nan), mapstat.NaNKeys, mapstat.Warning)
	for range 5000 {
		nan[math.NaN()] = 1
	}
	wantPatterns(t, "many NaN", judge(t, nan), mapstat.NaNKeys, mapstat.Warning)

	if mapstat.Layout() != "classic" {
		m = filled[int, int](896, func(i int) int { return i })
		for i := range 448 {
			delete(m, i)
		}
		v := judge(t, m)
		wantPatterns(t, "the oldest half of a full map deleted", v, mapstat.Tombstones, mapstat.Notice)
		if !strings.HasPrefix(runtime.Version(), "go1.24") {
			wantPatterns(t, "and cloned", judge(t, maps.Clone(m)), mapstat.Tombstones, mapstat.Notice)
		}
		rebuilt := make(map[int]int, len(m))
		maps.Copy(rebuilt, m)
		wantPatterns(t, "and rebuilt", judge(t, rebuilt), mapstat.Healthy, mapstat.Fine)

		// The oldest entries are those at their places, and what is left was pushed away.
		m = filled[int, int](896, func(i int) int { return i })
		for i := range 672 {
			delete(m, i)
		}
		v = judge(t, m)
		if !slices.Contains(patterns(v), mapstat.LongProbes) || !slices.Contains(patterns(v), mapstat.Tombstones) {
			t.Errorf("the oldest three quarters of a full map deleted: %+v", v.Reasons)
		}
	}
}

// watch tracks a map, samples it after each step and returns the last verdict, with all patterns
// that were found on the way.
func watch[K comparable, V any](t *testing.T, m *map[K]V, steps int, step func(i int)) (last mapstat.MapReport, met map[mapstat.Pattern]int) {
	t.Helper()
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	if _, err := r.Track("m", m, &packageLock); err != nil {
		t.Fatal(err)
	}
	met = make(map[mapstat.Pattern]int)
	for i := range steps {
		step(i)
		last = r.Snapshot(false).Maps[0]
		for _, p := range patterns(last.Verdict) {
			met[p]++
		}
	}
	return last, met
}

func TestDrainedWatched(t *testing.T) {
	m := make(map[int]int)
	last, _ := watch(t, &m, 3, func(i int) {
		switch i {
		case 0:
			for k := range 50_000 {
				m[k] = k
			}
		case 1:
			for k := range 49_000 {
				delete(m, k)
			}
		}
	})
	wantPatterns(t, "drained", last.Verdict, mapstat.Drained, mapstat.Warning)
	if !strings.Contains(last.Verdict.Reasons[0].Text, "it had 50000 entries") {
		t.Error(last.Verdict.Reasons[0].Text)
	}
}

// TestRefilled watches a map that is cleared and filled to the same size again and again: it
// needs the room, also while it is empty. A window later it would be drained.
func TestRefilled(t *testing.T) {
	m := make(map[int]int)
	last, met := watch(t, &m, 12, func(i int) {
		if i%2 == 0 {
			for k := range 50_000 {
				m[k] = k
			}
			return
		}
		clear(m)
	})
	if met[mapstat.Drained] > 1 { // the first time it is empty, nothing tells that it will be full again
		t.Errorf("%d times %v", met[mapstat.Drained], met)
	}
	wantPatterns(t, "refilled", last.Verdict, mapstat.Healthy, mapstat.Fine)
	if last.Recent.Rebound != 50_000 {
		t.Errorf("rose to %d again", last.Recent.Rebound)
	}
	v := mapstat.DefaultThresholds().JudgeRecent(last.Stat, last.Total, mapstat.Window{Samples: 1})
	wantPatterns(t, "empty since", v, mapstat.Drained, mapstat.Warning)
	v = mapstat.DefaultThresholds().JudgeRecent(last.Stat, last.Total, mapstat.Window{Samples: 9, MaxLen: 100, Rebound: 100})
	wantPatterns(t, "refilled with much less", v, mapstat.Drained, mapstat.Warning)
}

// TestRefilledUnseen watches a map that is empty whenever it is looked at: that it
// was cleared more than once tells that it is in use.
func TestRefilledUnseen(t *testing.T) {
	m := make(map[int]int)
	fill := func(times int) {
		for range times {
			for k := range 50_000 {
				m[k] = k
			}
			clear(m)
		}
	}
	last, _ := watch(t, &m, 1, func(int) { fill(1) })
	wantPatterns(t, "cleared once", last.Verdict, mapstat.Drained, mapstat.Warning)
	last, _ = watch(t, &m, 5, func(int) { fill(1) })
	wantPatterns(t, "refilled between samples", last.Verdict, mapstat.Healthy, mapstat.Fine)
}

// churned replaces the oldest of live entries, step by step, and says what is found.
func churned[K comparable](t *testing.T, live, rounds int, key func(i int) K) (last mapstat.MapReport, met map[mapstat.Pattern]int) {
	t.Helper()
	m := make(map[K]int)
	keys := make([]K, live)
	for i := range keys {
		keys[i] = key(i)
		m[keys[i]] = i
	}
	n := live
	before := 0
	last, met = watch(t, &m, 40, func(i int) {
		if i == 0 {
			s, _ := mapstat.Read(m)
			before = s.Slots
			return
		}
		for range live * rounds / 40 {
			delete(m, keys[n%live])
			keys[n%live] = key(n)
			m[keys[n%live]] = n
			n++
		}
	})
	t.Logf("%T of %d entries: %d slots became %d, %.1f times the bytes of a rebuilt one, %.0f%% tombstones; %s; met %v", m, live, before, last.Stat.Slots,
		float64(last.Stat.Bytes)/float64(last.Stat.RebuiltBytes), 100*last.Stat.TombstoneRatio(), last.Verdict.Pattern, met)
	return last, met
}

// TestChurn watches maps whose entries come and go at a steady number. Where the runtime reuses
// their slots, there is nothing to report.
func TestChurn(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 60
	}
	pruned := !strings.HasPrefix(mapstat.Layout(), "swiss") || !strings.HasPrefix(runtime.Version(), "go1.24")
	for _, live := range []int{100, 700, 5000, 7000} {
		_, met := churned(t, live, rounds, func(i int) int64 { return int64(i) })
		if pruned && len(met) > 0 {
			t.Errorf("int64 keys, %d entries: %v", live, met)
		}
		_, met = churned(t, live, rounds/2, func(i int) string { return fmt.Sprint(i) })
		if pruned && len(met) > 0 {
			t.Errorf("string keys, %d entries: %v", live, met)
		}
	}
	churned(t, 5000, rounds, func(i int) *int { p := new([2]int); return &p[0] })
	churned(t, 5000, rounds, func(i int) any { return i })
	last, met := churned(t, 5000, 300, func(i int) [2]int64 { return [2]int64{int64(i)} })
	if mapstat.Layout() != "classic" {
		wantPatterns(t, "[2]int64 keys", last.Verdict, mapstat.GenericChurn, mapstat.Notice)
		if len(met) > 1 {
			t.Errorf("[2]int64 keys: %v", met)
		}
	} else if len(met) > 0 {
		t.Errorf("[2]int64 keys: %v", met)
	}
}

// TestGrowing reads a map after each insert, up to 100 000 entries: it is never worth a word.
func TestGrowing(t *testing.T) {
	limits := mapstat.DefaultThresholds()
	m := make(map[int]int)
	worst, at := 0.0, 0
	step := 1
	for i := range 100_000 {
		m[i] = i
		if i >= 5000 && i%97 != 0 && step > 0 {
			continue
		}
		s, err := mapstat.Read(m)
		if err != nil {
			t.Fatal(err)
		}
		if v := limits.Judge(s, mapstat.Window{}); v.Health != mapstat.Fine {
			t.Fatalf("%d entries: %+v", i+1, v.Reasons)
		}
		if ratio := float64(s.Bytes) / float64(s.RebuiltBytes); ratio > worst && s.Bytes > 64<<10 {
			worst, at = ratio, i+1
		}
	}
	t.Logf("at most %.2f times the bytes of a rebuilt map, at %d entries", worst, at)
	wantPatterns(t, "cloned", judge(t, maps.Clone(m)), mapstat.Healthy, mapstat.Fine)
}

// TestHints fills maps made for as many, half as many and twice as many.
func TestHints(t *testing.T) {
	for n := 1; n < 200_000; n += 1 + n/3 {
		for _, hint := range []int{n / 2, n, 2 * n} {
			m := make(map[int]int, hint)
			for i := range n {
				m[i] = i
			}
			if v := judge(t, m); v.Health != mapstat.Fine {
				t.Errorf("%d entries, hint %d: %+v", n, hint, v.Reasons)
			}
		}
	}
}

func TestUnknown(t *testing.T) {
	if v := mapstat.DefaultThresholds().Judge(mapstat.Stat{Layout: "unknown", Len: 3}, mapstat.Window{}); v.Health != mapstat.Unknown {
		t.Errorf("%+v", v)
	}
}
