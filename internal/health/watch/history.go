// Package watch looks at a program again and again, shows what becomes of its maps, and keeps
// dumps of the moments that matter.
package watch

import (
	"slices"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/diff"
	"github.com/mapdiag/mapdiag/mapstat"
)

// window is how many snapshots are kept: those that sparklines, the share of the collector and
// dumps are made of.
const window = 30

// A history is the last snapshots of a program, the newest at the end.
type history struct {
	snapshots []mapstat.Snapshot
	restarts  int
	gone      time.Time // since when the source does not answer; zero while it does
	err       error
}

// add takes in a snapshot. What came before a restart of the program is
// forgotten.
func (h *history) add(s mapstat.Snapshot) {
	h.gone, h.err = time.Time{}, nil
	if last := h.last(); last != nil && !diff.SameRun(last, &s) {
		h.snapshots = nil
		h.restarts++
	}
	if len(h.snapshots) == window {
		h.snapshots = slices.Delete(h.snapshots, 0, 1)
	}
	h.snapshots = append(h.snapshots, s)
}

func (h *history) fail(now time.Time, err error) {
	if h.gone.IsZero() {
		h.gone = now
	}
	h.err = err
}

func (h *history) last() *mapstat.Snapshot {
	if len(h.snapshots) == 0 {
		return nil
	}
	return &h.snapshots[len(h.snapshots)-1]
}

func (h *history) before() *mapstat.Snapshot {
	if len(h.snapshots) < 2 {
		return nil
	}
	return &h.snapshots[len(h.snapshots)-2]
}

// gcShare returns the share of the processors' time that the collector took in the
// window, and false if none ended in it.
func (h *history) gcShare() (float64, bool) {
	last := h.last()
	if last == nil {
		return 0, false
	}
	return diff.GCShare(&h.snapshots[0].Runtime, &last.Runtime)
}

// series returns what of says of a map at each snapshot. A map that was not there counts
// as 0.
func (h *history) series(name string, of func(*mapstat.MapReport) float64) []float64 {
	values := make([]float64, len(h.snapshots))
	for i := range h.snapshots {
		if m := find(&h.snapshots[i], name); m != nil {
			values[i] = of(m)
		}
	}
	return values
}

func find(s *mapstat.Snapshot, name string) *mapstat.MapReport {
	i, ok := slices.BinarySearchFunc(s.Maps, name, func(m mapstat.MapReport, name string) int {
		switch {
		case m.Name < name:
			return -1
		case m.Name > name:
			return 1
		}
		return 0
	})
	if !ok {
		return nil
	}
	return &s.Maps[i]
}

// sparkline draws values from the least to the greatest of them, in the last width of
// them.
func sparkline(values []float64, width int) string {
	if len(values) > width {
		values = values[len(values)-width:]
	}
	if len(values) == 0 {
		return ""
	}
	const bars = "▁▂▃▄▅▆▇█"
	low, high := slices.Min(values), slices.Max(values)
	line := make([]rune, len(values))
	for i, v := range values {
		level := 0
		if high > low {
			level = int((v - low) / (high - low) * 7.999)
		}
		line[i] = []rune(bars)[level]
	}
	return string(line)
}
