// Package diff tells what has changed between two snapshots.
package diff

import (
	"slices"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

// A Diff is what has changed from one snapshot to another.
type Diff struct {
	Before  Side    `json:"before"`
	After   Side    `json:"after"`
	SameRun bool    `json:"sameRun"` // both are of one process; if not, Runtime is left out
	Runtime Runtime `json:"runtime,omitzero"`
	Maps    []Map   `json:"maps"` // those that differ: by how many bytes, then by name
	Same    int     `json:"same"` // maps that do not
}

// A Side says which snapshot is compared.
type Side struct {
	Source  string    `json:"source"`
	Time    time.Time `json:"time"`
	Program string    `json:"program"`
	PID     int       `json:"pid"`
}

// Runtime is what the program has done between two snapshots of one process.
type Runtime struct {
	HeapBytes int64  `json:"heapBytes"` // by how much the heap has grown
	GCCycles  uint64 `json:"gcCycles"`

	// GCShare is the share of the processors' time that the collector took; nil
	// where no collection ended in between.
	GCShare *float64 `json:"gcShare,omitempty"`
}

// Change says what has become of a map.
type Change string

const (
	Changed Change = "changed"
	New     Change = "new"
	Gone    Change = "gone"
)

// A Map is one map that differs.
type Map struct {
	Name       string `json:"name"`
	Change     Change `json:"change"`
	Entries    Count  `json:"entries"`
	Slots      Count  `json:"slots"`
	Bytes      Count  `json:"bytes"`
	Tombstones Count  `json:"tombstones"`
	Verdict    Words  `json:"verdict"` // patterns
	Health     Words  `json:"health"`
	Type       Words  `json:"type"`

	// Metrics holds, by name, the metrics that differ, plug-ins included.
	Metrics map[string]Number `json:"metrics,omitempty"`
}

// A Count is a whole number before and after; 0 where there was no map.
type Count struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// Delta returns the difference.
func (c Count) Delta() int64 { return c.After - c.Before }

// A Number is the value of a metric before and after; nil where it had none.
type Number struct {
	Before *float64 `json:"before"`
	After  *float64 `json:"after"`
}

// Words are a word before and after, empty where there was no map.
type Words struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// Of compares two snapshots.
func Of(before, after *mapstat.Snapshot) Diff {
	d := Diff{
		Before: side(before), After: side(after),
		SameRun: SameRun(before, after),
		Maps:    []Map{},
	}
	if d.SameRun {
		d.Runtime = runtime(before, after)
	}
	old := byName(before)
	for i := range after.Maps {
		m := &after.Maps[i]
		was := old[m.Name]
		delete(old, m.Name)
		if c, differs := compare(was, m); differs {
			d.Maps = append(d.Maps, c)
		} else {
			d.Same++
		}
	}
	for _, was := range old {
		c, _ := compare(was, nil)
		d.Maps = append(d.Maps, c)
	}
	slices.SortFunc(d.Maps, func(a, b Map) int {
		x, y := a.Bytes.Delta(), b.Bytes.Delta()
		if x, y := max(x, -x), max(y, -y); x != y {
			if x > y {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return d
}

func side(s *mapstat.Snapshot) Side {
	return Side{Time: s.Time, Program: s.Program.Name, PID: s.Program.PID}
}

// SameRun reports whether both snapshots are of one process.
func SameRun(a, b *mapstat.Snapshot) bool {
	return a.Program.PID == b.Program.PID && a.Program.Name == b.Program.Name && a.Program.Started.Equal(b.Program.Started)
}

func runtime(before, after *mapstat.Snapshot) Runtime {
	b, a := &before.Runtime, &after.Runtime
	r := Runtime{HeapBytes: int64(a.HeapBytes) - int64(b.HeapBytes)}
	if a.GCCycles >= b.GCCycles {
		r.GCCycles = a.GCCycles - b.GCCycles
	}
	if share, ok := GCShare(b, a); ok {
		r.GCShare = &share
	}
	return r
}

// GCShare returns the share of the processors' time, idle time included, that the collector took
// between two readings of one process. The runtime brings these times up to date when a
// collection ends: without one in between there is nothing to tell.
func GCShare(before, after *mapstat.Runtime) (float64, bool) {
	cpu := after.CPU - before.CPU
	if cpu <= 0 || after.GCCPU < before.GCCPU {
		return 0, false
	}
	return (after.GCCPU - before.GCCPU) / cpu, true
}

func byName(s *mapstat.Snapshot) map[string]*mapstat.MapReport {
	m := make(map[string]*mapstat.MapReport, len(s.Maps))
	for i := range s.Maps {
		m[s.Maps[i].Name] = &s.Maps[i]
	}
	return m
}

// compare compares two reports of a map, one of which may be nil.
func compare(before, after *mapstat.MapReport) (m Map, differs bool) {
	var none mapstat.MapReport
	switch {
	case before == nil:
		m.Name, m.Change, before = after.Name, New, &none
	case after == nil:
		m.Name, m.Change, after = before.Name, Gone, &none
	default:
		m.Name, m.Change = after.Name, Changed
	}
	b, a := &before.Stat, &after.Stat
	m.Entries = Count{int64(b.Len), int64(a.Len)}
	m.Slots = Count{int64(b.Slots), int64(a.Slots)}
	m.Bytes = Count{int64(b.Bytes), int64(a.Bytes)}
	m.Tombstones = Count{int64(b.Tombstones), int64(a.Tombstones)}
	m.Verdict = Words{string(before.Verdict.Pattern), string(after.Verdict.Pattern)}
	m.Health = Words{string(before.Verdict.Health), string(after.Verdict.Health)}
	m.Type = Words{b.Type, a.Type}
	differs = m.Change != Changed || m.Entries.Delta() != 0 || m.Slots.Delta() != 0 || m.Bytes.Delta() != 0 || m.Tombstones.Delta() != 0 ||
		m.Verdict.Before != m.Verdict.After || m.Health.Before != m.Health.After || m.Type.Before != m.Type.After
	if !differs {
		// What differs in metrics alone is the error of their samples.
		return m, false
	}
	m.metrics(before.Values, after.Values)
	return m, true
}

func (m *Map) metrics(before, after map[string]float64) {
	m.Metrics = make(map[string]Number)
	for name, was := range before {
		is, ok := after[name]
		switch {
		case !ok:
			m.Metrics[name] = Number{Before: &was}
		case is != was:
			m.Metrics[name] = Number{&was, &is}
		}
	}
	for name, is := range after {
		if _, ok := before[name]; !ok {
			m.Metrics[name] = Number{After: &is}
		}
	}
}
