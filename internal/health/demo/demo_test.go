package demo

import (
	"testing"

	"github.com/mapdiag/mapdiag/internal/health/source"
	"github.com/mapdiag/mapdiag/mapstat"
)

// TestPatterns lets the maps live and wants each verdict to be the one that is promised.
func TestPatterns(t *testing.T) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	p, err := start(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, full := range []bool{false, true} {
		s := r.Snapshot(full)
		if len(s.Maps) != len(Patterns) {
			t.Fatalf("%d maps, want %d", len(s.Maps), len(Patterns))
		}
		for _, m := range s.Maps {
			if m.Error != "" {
				t.Errorf("%s: %s", m.Name, m.Error)
			}
			if want := Patterns[m.Name]; m.Verdict.Pattern != want {
				t.Errorf("%s (full=%v) is %s, want %s: %+v\n%+v", m.Name, full, m.Verdict.Pattern, want, m.Stat, m.Verdict)
			}
			t.Log(m.Name, m.Verdict.Health, m.Verdict.Pattern, m.Stat.Len, m.Stat.Slots, m.Stat.Tombstones, m.Stat.Bytes, m.Stat.RebuiltBytes, m.Stat.MeanProbe, m.Stat.ExpectedProbe, len(m.Verdict.Reasons))
		}
	}
	if len(p.seen) != churning {
		t.Errorf("seen has %d entries", len(p.seen))
	}
}

// TestStart asks the running program, as commands do, and ends it.
func TestStart(t *testing.T) {
	d, err := Start(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, full := range []bool{false, true} {
		s, err := source.Fetch(t.Context(), d.URL, full)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range s.Maps {
			if want := Patterns[m.Name]; m.Verdict.Pattern != want {
				t.Errorf("%s is %s, want %s", m.Name, m.Verdict.Pattern, want)
			}
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := source.Fetch(t.Context(), d.URL, false); err == nil {
		t.Error("it answers after its end")
	}
}
