package mapstathttp

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/pprof/profile"

	"github.com/mapdiag/mapdiag/mapstat"
)

// A column is a sample type and how to get it of a map.
type column struct {
	name, unit string
	of         func(*mapstat.MapReport) int64
}

// stats are the columns of every profile. pprof adds values up, so that
// ratios and means have no place here.
var stats = []column{
	{"objects", "count", func(m *mapstat.MapReport) int64 { return clamp(float64(m.Stat.Objects)) }},
	{"entries", "count", func(m *mapstat.MapReport) int64 { return int64(m.Stat.Len) }},
	{"slots", "count", func(m *mapstat.MapReport) int64 { return int64(m.Stat.Slots) }},
	{"bytes", "bytes", func(m *mapstat.MapReport) int64 { return clamp(float64(m.Stat.Bytes)) }},
	{"wasted_bytes", "bytes", func(m *mapstat.MapReport) int64 { return clamp(float64(m.Stat.WastedBytes())) }},
}

// Profile returns a profile with a sample for each map of the snapshot that could be read, as
// if the map were a function. Its sample types are
//
//	objects/count        heap objects that the map consists of
//	entries/count
//	slots/count          places for entries
//	bytes/bytes          what the map holds on the heap; the one that pprof shows if not told otherwise
//	wasted_bytes/bytes   those of them that are not entries
//
// and then the metrics of the registry whose unit is bytes or count. Labels tell the
// type, layout, health and pattern of a map: pprof -tags sums them up, -tagroot=type
// groups maps by their type, -tagfocus=health=warning selects.
//
// The time is that of the snapshot, the period is one map. There is no duration, as a
// snapshot is of a moment. Maps that could not be read are named in the comments.
func Profile(s mapstat.Snapshot) *profile.Profile {
	columns := slices.Clone(stats)
	for _, metric := range s.Metrics {
		taken := func(c column) bool { return c.name == metric.Name }
		if metric.Unit != "bytes" && metric.Unit != "count" || slices.ContainsFunc(columns, taken) {
			continue
		}
		columns = append(columns, column{metric.Name, metric.Unit, func(m *mapstat.MapReport) int64 { return clamp(m.Values[metric.Name]) }})
	}
	p := &profile.Profile{
		TimeNanos:         s.Time.UnixNano(),
		PeriodType:        &profile.ValueType{Type: "maps", Unit: "count"},
		Period:            1,
		DefaultSampleType: "bytes",
		Comments:          []string{fmt.Sprintf("maps of %s (process %d), %s, layout %s", s.Program.Name, s.Program.PID, s.Program.GoVersion, s.Program.Layout)},
		// pprof takes the name of the program from its first mapping. It looks for no file,
		// since all functions are there.
		Mapping: []*profile.Mapping{{
			ID: 1, Start: 1, Limit: uint64(len(s.Maps)) + 1, File: s.Program.Name,
			HasFunctions: true, HasFilenames: true, HasLineNumbers: true, HasInlineFrames: true,
		}},
	}
	for _, c := range columns {
		p.SampleType = append(p.SampleType, &profile.ValueType{Type: c.name, Unit: c.unit})
	}
	for i := range s.Maps {
		m := &s.Maps[i]
		if m.Verdict.Health == mapstat.Unknown {
			p.Comments = append(p.Comments, fmt.Sprintf("%s could not be read: %s", m.Name, m.Error))
			continue
		}
		// A SystemName would make pprof take the name for one of C++ and shorten it.
		f := &profile.Function{ID: uint64(len(p.Function) + 1), Name: m.Name}
		l := &profile.Location{ID: f.ID, Mapping: p.Mapping[0], Address: f.ID, Line: []profile.Line{{Function: f}}}
		sample := &profile.Sample{Location: []*profile.Location{l}, Label: labels(m)}
		for _, c := range columns {
			sample.Value = append(sample.Value, c.of(m))
		}
		p.Function, p.Location, p.Sample = append(p.Function, f), append(p.Location, l), append(p.Sample, sample)
	}
	return p
}

func labels(m *mapstat.MapReport) map[string][]string {
	l := map[string][]string{
		"type":   {m.Stat.Type},
		"layout": {m.Stat.Layout},
		"health": {string(m.Verdict.Health)},
	}
	if m.Verdict.Pattern != "" {
		l["pattern"] = []string{string(m.Verdict.Pattern)}
	}
	return l
}

// Difference returns what two profiles of a program, made by [Profile], differ in: for
// each map its values in after less those in before, which are negative where it
// shrank. A map that is only in one of them counts as empty in the other. Maps that
// have not changed are left out; labels are those of after. The duration is the time
// between the two.
func Difference(before, after *profile.Profile) (*profile.Profile, error) {
	old, now := before.Copy(), after.Copy()
	// Samples with different labels would not be subtracted: a verdict may have changed.
	current := make(map[string]map[string][]string, len(now.Sample))
	for _, s := range now.Sample {
		current[mapName(s)] = s.Label
	}
	for _, s := range old.Sample {
		if l, ok := current[mapName(s)]; ok {
			s.Label = l
		}
	}
	// Addresses are numbers in the order of the names, so another map may have
	// that of before: without a mapping, locations are told apart by their lines alone.
	for _, p := range []*profile.Profile{old, now} {
		for _, l := range p.Location {
			l.Address = 0
		}
	}
	old.Scale(-1)
	d, err := profile.Merge([]*profile.Profile{now, old})
	if err != nil {
		return nil, fmt.Errorf("comparing the maps of now with those of before: %w", err)
	}
	for i, l := range d.Location {
		l.Address = uint64(i + 1)
	}
	if len(d.Mapping) > 0 {
		d.Mapping[0].Limit = uint64(len(d.Location)) + 1
	}
	d.TimeNanos = before.TimeNanos
	d.DurationNanos = max(after.TimeNanos-before.TimeNanos, 0)
	d.DefaultSampleType = after.DefaultSampleType
	d.Comments = append(d.Comments, "values are those at the end less those at the beginning, "+time.Duration(d.DurationNanos).Round(time.Millisecond).String()+" before")
	return d, nil
}

func mapName(s *profile.Sample) string { return s.Location[0].Line[0].Function.Name }

// clamp rounds to an integer that pprof can negate and add up; metrics may be anything.
func clamp(v float64) int64 {
	const limit = 1 << 62 // a float64 holds it exactly
	if math.IsNaN(v) {
		return 0
	}
	return int64(math.Round(max(-limit, min(v, limit))))
}
