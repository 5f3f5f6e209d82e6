package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/mapdiag/mapdiag/internal/health/dump"
	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/mapstat"
)

var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// at returns a snapshot of the given second, with a heap in MiB of a goal of 100 MiB and a map of
// so many entries, of 1 MiB each.
func at(second, heap, entries int) mapstat.Snapshot {
	return mapstat.Snapshot{
		Version: 1, Time: start.Add(time.Duration(second) * time.Second),
		Program: mapstat.Program{Name: "sh/op", PID: 7, Started: start},
		Runtime: mapstat.Runtime{HeapBytes: uint64(heap) << 20, HeapGoal: 100 << 20, GCCPU: float64(second) / 10, CPU: float64(second)},
		Metrics: []mapstat.MetricInfo{{Name: "wasted_bytes", Unit: "bytes"}},
		Maps: []mapstat.MapReport{{
			Name: "carts", Stat: mapstat.Stat{Len: entries, Bytes: uint64(entries) << 20},
			Verdict: mapstat.Verdict{Health: mapstat.Fine, Pattern: mapstat.Healthy},
			Values:  map[string]float64{"wasted_bytes": float64(entries << 20)},
		}},
	}
}

func trigger(t *testing.T, text string) *Trigger {
	t.Helper()
	tr, err := ParseTrigger(text)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestTrigger goes over and under limits and wants a dump each time that the condition
// begins to hold, and at no other.
func TestTrigger(t *testing.T) {
	type step struct {
		second, heap, entries int
		due                   bool
	}
	for text, steps := range map[string][]step{
		"heap>80%": {
			{0, 50, 0, false}, {60, 81, 0, true}, {120, 90, 0, false},
			{180, 79, 0, false}, {240, 85, 0, false}, // not come back far enough
			{300, 60, 0, false}, {360, 85, 0, true},
			{370, 10, 0, false}, {380, 85, 0, false}, // too soon after the last
			{391, 85, 0, true}, // but it lasts
		},
		"heap>1GiB":                         {{0, 1000, 0, false}, {60, 1025, 0, true}},
		"wasted_bytes > 10MiB":              {{0, 0, 11, true}, {60, 0, 12, false}, {120, 0, 5, false}, {180, 0, 11, true}},
		"len<5":                             {{0, 0, 6, false}, {60, 0, 4, true}, {120, 0, 4, false}},
		"gccpu>9%":                          {{0, 0, 0, false}, {60, 0, 0, true}},
		"gccpu>11%":                         {{0, 0, 0, false}, {60, 0, 0, false}},
		"wasted_bytes > 10MiB and heap>80%": {{0, 90, 1, false}, {60, 10, 20, false}, {120, 90, 20, true}},
	} {
		tr := trigger(t, text)
		var h history
		for i, s := range steps {
			h.add(at(s.second, s.heap, s.entries))
			why, err := tr.due(&h, h.last().Time)
			if err != nil {
				t.Fatal(err)
			}
			if (why != "") != s.due {
				t.Errorf("%s, step %d: %q, want due=%v", text, i, why, s.due)
			}
		}
	}
}

func TestTriggerErrors(t *testing.T) {
	for _, text := range []string{"", "heap", "heap>80", "gccpu>1GiB", "len>5MiB", "health>5"} {
		if tr, err := ParseTrigger(text); err == nil {
			t.Errorf("%q: %v", text, tr)
		}
	}
	var h history
	h.add(at(0, 1, 1))
	if _, err := trigger(t, "cache_age>5").due(&h, start); err == nil || !strings.Contains(err.Error(), "unknown metric") {
		t.Errorf("a metric that the program does not have: %v", err)
	}
}

// TestMemoryLimit wants the heap's share of the limit where there is one.
func TestMemoryLimit(t *testing.T) {
	s := at(0, 90, 0)
	s.Runtime.MemoryLimit = 1 << 30
	var h history
	h.add(s)
	if why, err := trigger(t, "heap>80%").due(&h, start); err != nil || why != "" {
		t.Errorf("90 MiB of 1 GiB: %q, %v", why, err)
	}
}

// TestKeeper wants the last two dumps to be kept, and no file to be touched that is another's.
func TestKeeper(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dumps")
	k := keeper{dir: dir, keep: 2}
	var names []string
	write := func(second int) {
		t.Helper()
		name, err := k.write([]mapstat.Snapshot{at(second, 1, 1)})
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	exists := func(name string) bool { _, err := os.Stat(name); return err == nil }

	write(0)
	write(1)
	foreign := filepath.Join(dir, "sh_op-7-20200101T000000.000Z.mapdump")
	if err := os.WriteFile(foreign, []byte("theirs"), 0o666); err != nil {
		t.Fatal(err)
	}
	write(2)
	if exists(names[0]) || !exists(names[1]) || !exists(names[2]) || !exists(foreign) {
		t.Errorf("after three dumps: %v", names)
	}
	if filepath.Base(names[0]) != "sh_op-7-20261123T100000.000Z.mapdump" {
		t.Errorf("the name is %s", names[0])
	}
	// One that its user has put something else in place of.
	if err := os.Remove(names[1]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(names[1], []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	write(3)
	if !exists(names[1]) {
		t.Error("a file was removed that was not written by watch")
	}
	write(4)
	if exists(names[2]) || !exists(names[3]) || !exists(names[4]) {
		t.Errorf("after five dumps: %v", names)
	}
	if all, err := dump.ReadFile(names[4]); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	// Two of the same moment: the first stays as it is.
	if _, err := k.write([]mapstat.Snapshot{at(4, 1, 1)}); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second dump of the moment: %v", err)
	}
}

// TestTake lets a source go away, come back and start anew.
func TestTake(t *testing.T) {
	w := &watcher{Options: Options{Interval: time.Second}}
	say := func(s mapstat.Snapshot, err error, second int) string {
		return strings.Join(w.take(s, err, start.Add(time.Duration(second)*time.Second)), "; ")
	}
	gone := errors.New("connection refused")
	if got := say(at(0, 1, 1), nil, 0); got != "" {
		t.Error(got)
	}
	if got := say(mapstat.Snapshot{}, gone, 1); !strings.Contains(got, "no answer, trying again every 1s: connection refused") {
		t.Error(got)
	}
	if got := say(mapstat.Snapshot{}, gone, 2); got != "" {
		t.Error("said twice: " + got)
	}
	if got := say(at(5, 1, 1), nil, 5); got != "answers again, after 4s" || len(w.snapshots) != 2 {
		t.Error(got)
	}
	other := at(6, 1, 1)
	other.Program.PID = 8
	if got := say(other, nil, 6); !strings.Contains(got, "was restarted, its process is now 8") || len(w.snapshots) != 1 {
		t.Error(got)
	}
	for i := range 2 * window {
		say(at(10+i, 1, 1), nil, 10+i)
	}
	if len(w.snapshots) != window {
		t.Errorf("%d snapshots are kept, want %d", len(w.snapshots), window)
	}
}

func TestSparkline(t *testing.T) {
	for want, values := range map[string][]float64{"▁▄█": {0, 50, 100}, "▁▁": {5, 5}, "": nil, "█▁": {9, 9, 9, 1}} {
		if got := sparkline(values, max(2, len(want)/3)); got != want {
			t.Errorf("%v: %q, want %q", values, got, want)
		}
	}
}

// TestPlain runs the loop over a source that fails in between, with a dump.
func TestPlain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int32
	var out strings.Builder
	dir := t.TempDir()
	err := Run(ctx, term.New(&out, nil), Options{
		Load: func(context.Context) (mapstat.Snapshot, error) {
			switch n := int(calls.Add(1)); n {
			case 2:
				return mapstat.Snapshot{}, errors.New("connection refused")
			case 5:
				cancel()
				fallthrough
			default:
				return at(n, 10*n, n), nil
			}
		},
		Interval: time.Millisecond, Sort: "bytes", Trigger: trigger(t, "len>2"), Dir: dir, Keep: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"heap 10 MiB (10% of the goal)  gc -  1 map 1 MiB  wasted 1 MiB  warnings 0  first: carts 1 MiB\n",
		"no answer, trying again every 1ms: connection refused", "answers again", "carts: len 3 (limit: > 2)", "heap 40 MiB (40% of the goal)  gc 10.00%",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	dumps, err := filepath.Glob(filepath.Join(dir, "*.mapdump"))
	if err != nil || len(dumps) != 1 {
		t.Fatalf("dumps: %v, %v", dumps, err)
	}
	if all, err := dump.ReadFile(dumps[0]); err != nil || len(all) != 2 {
		t.Errorf("the dump has %d snapshots (%v), want those up to then, 2", len(all), err)
	}
}

// TestScreen drives the terminal's model as the library does.
func TestScreen(t *testing.T) {
	m := &screen{watcher: &watcher{Options: Options{Source: "localhost:1", Interval: time.Second, Sort: "bytes"}}, ctx: t.Context(), width: 120, height: 24}
	if got := m.render(); !strings.Contains(got, "asking localhost:1") {
		t.Error(got)
	}
	m.Update(answer{at(0, 10, 3), nil, start})
	if _, cmd := m.Update(answer{at(1, 20, 5), nil, start.Add(time.Second)}); cmd == nil {
		t.Error("no next time")
	}
	m.Update(answer{mapstat.Snapshot{}, errors.New("connection refused"), start})
	got := m.render()
	for _, want := range []string{"sh/op (process 7", "heap 20 MiB (20% of the goal) ▁█", "carts", "+2", "+2 MiB", "no answer since", "connection refused", "sorted by bytes"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	m.Update(tea.WindowSizeMsg{Width: 40, Height: 8})
	for _, line := range strings.Split(m.render(), "\n") {
		if n := ansi.StringWidth(line); n > 40 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	m.Update(tea.KeyPressMsg{Code: 's', Text: "s"})
	if m.Sort != "tombstones" {
		t.Errorf("sorted by %s", m.Sort)
	}
	if _, cmd := m.Update(tea.KeyPressMsg{Code: 'q', Text: "q"}); cmd == nil {
		t.Error("q does nothing")
	} else if _, ok := cmd().(tea.QuitMsg); !ok {
		t.Error("q does not quit")
	}
}
