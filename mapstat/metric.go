package mapstat

import (
	"errors"
	"fmt"
	"math"
	"regexp"
)

// A Metric is a figure that follows from a [Stat]. Reports, the profile and the exporters
// show the metrics of a [Registry], built-in ones and others alike.
type Metric struct {
	Name string // words of lower-case letters and digits with underscores, unique in a registry
	Unit string // such as "bytes", "ratio" or "groups"; may be empty
	Help string // what it tells, in one sentence

	// Eval returns the value, and false where the metric says nothing about such a
	// map. It may be called by several goroutines at once.
	Eval func(Stat) (value float64, ok bool)
}

// ErrDuplicate is returned where a name is taken.
var ErrDuplicate = errors.New("mapstat: name is taken")

var metricName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// validate returns an error if m cannot be registered.
func (m Metric) validate() error {
	switch {
	case !metricName.MatchString(m.Name):
		return fmt.Errorf("mapstat: metric name %q: want words of lower-case letters and digits with underscores between them", m.Name)
	case m.Help == "":
		return fmt.Errorf("mapstat: metric %s has no Help", m.Name)
	case m.Eval == nil:
		return fmt.Errorf("mapstat: metric %s has no Eval", m.Name)
	}
	return nil
}

// eval evaluates the metric. Whatever a metric of somebody else's does stays its
// own error.
func (m Metric) eval(s Stat) (value float64, ok bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			value, ok, err = 0, false, fmt.Errorf("metric %s panicked: %v", m.Name, p)
		}
	}()
	value, ok = m.Eval(s)
	if ok && (math.IsNaN(value) || math.IsInf(value, 0)) {
		return 0, false, fmt.Errorf("metric %s is %v", m.Name, value)
	}
	return value, ok, nil
}

// Builtin returns the metrics that a new [Registry] has.
func Builtin() []Metric {
	always := func(f func(*Stat) float64) func(Stat) (float64, bool) {
		return func(s Stat) (float64, bool) { return f(&s), true }
	}
	return []Metric{
		{
			Name: "capacity_ratio", Unit: "ratio",
			Help: "Bytes of entries divided by bytes allocated, the allocator's rounding included.",
			Eval: func(s Stat) (float64, bool) { return s.CapacityRatio() },
		},
		{
			Name: "load_factor", Unit: "ratio",
			Help: "Entries divided by slots; the limit is 7/8, or 1 in a map of one group. In a classic map entries divided by buckets, with a limit of 6.5.",
			Eval: func(s Stat) (float64, bool) { return s.Load, s.Slots > 0 },
		},
		{
			Name: "tombstone_ratio", Unit: "ratio",
			Help: "Slots that deleted entries leave behind, divided by slots.",
			Eval: func(s Stat) (float64, bool) { return s.TombstoneRatio(), s.Slots > 0 },
		},
		{
			Name: "mean_probe", Unit: "groups",
			Help: "Groups of eight slots that a lookup visits until it finds its entry, on average; 1 is ideal.",
			Eval: func(s Stat) (float64, bool) { return s.MeanProbe, s.Probed > 0 },
		},
		{
			Name: "max_probe", Unit: "groups",
			Help: "Most groups that a lookup visits until it finds its entry, among the entries looked at.",
			Eval: func(s Stat) (float64, bool) { return float64(s.MaxProbe), s.Probed > 0 },
		},
		{
			Name: "wasted_bytes", Unit: "bytes",
			Help: "Bytes allocated that are not entries: free slots, tombstones, control words and the allocator's rounding.",
			Eval: always(func(s *Stat) float64 { return float64(s.WastedBytes()) }),
		},
		{
			Name: "rebuild_gain", Unit: "bytes",
			Help: "Bytes given back if the entries are copied into a new map made for as many.",
			Eval: always(func(s *Stat) float64 { return float64(s.RebuildGain()) }),
		},
		{
			Name: "rebuild_speedup", Unit: "times",
			Help: "How many times as fast a range over the map is after such a copy.",
			Eval: func(s Stat) (float64, bool) { return s.RebuildSpeedup(), s.Len > 0 },
		},
	}
}
