package report

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

// Version is the version of the form of a [Document] in JSON. It changes where a reader of
// the old one would misunderstand the new one.
const Version = 1

// A Document is what a report says. It holds what was measured, exact; the
// renderers round.
type Document struct {
	Version int             `json:"version"`
	Time    time.Time       `json:"time"` // of the newest snapshot, which all but Series is about
	Program mapstat.Program `json:"program"`
	Runtime mapstat.Runtime `json:"runtime"`
	Sampler mapstat.Sampler `json:"sampler"`
	Summary Summary         `json:"summary"`

	// Metrics are those that Values of the maps are of, also such as no snapshot
	// describes.
	Metrics []mapstat.MetricInfo `json:"metrics"`

	Maps []Map `json:"maps"` // what wants attention first, then by bytes

	// Series tells of the same process over time, oldest first; it is empty
	// for one snapshot. OtherProcesses counts the snapshots that were of another
	// process, and left out.
	Series         []Moment `json:"series"`
	OtherProcesses int      `json:"otherProcesses"`
}

// A Summary is what all maps come to.
type Summary struct {
	Maps     int `json:"maps"`
	Warnings int `json:"warnings"`
	Notices  int `json:"notices"`
	Unread   int `json:"unread"` // maps whose last reading failed

	Entries    int    `json:"entries"`
	Bytes      uint64 `json:"bytes"`
	LiveBytes  uint64 `json:"liveBytes"`
	GainBytes  uint64 `json:"gainBytes"`  // given back by a rebuild of all maps
	AdviceGain uint64 `json:"adviceGain"` // given back by a rebuild of those that want attention
}

// Attention returns the number of maps that want attention.
func (s Summary) Attention() int { return s.Warnings + s.Notices }

// A Map is the report on one map, with what follows from its figures.
type Map struct {
	mapstat.MapReport

	WastedBytes    uint64  `json:"wastedBytes"`
	GainBytes      uint64  `json:"gainBytes"`
	TombstoneRatio float64 `json:"tombstoneRatio"`
	Parts          Parts   `json:"parts"`
}

// Parts splits the bytes of a map.
type Parts struct {
	Entries    uint64 `json:"entries"`
	Tombstones uint64 `json:"tombstones"` // slots of deleted entries
	Free       uint64 `json:"free"`       // free slots
	Other      uint64 `json:"other"`      // of slots with entries: control words, padding, pointers, their share of tables and rounding
}

// A Moment is what one of a series of snapshots says.
type Moment struct {
	Time      time.Time        `json:"time"`
	HeapBytes uint64           `json:"heapBytes"`
	GCCPU     float64          `json:"gcCPU"` // seconds since the start
	CPU       float64          `json:"cpu"`
	MapBytes  uint64           `json:"mapBytes"` // of all maps, as they were last read
	Maps      map[string]Point `json:"maps"`     // by name; those that could be read
}

// A Point is what a map was like at a [Moment].
type Point struct {
	Len            int     `json:"len"`
	Slots          int     `json:"slots"`
	Bytes          uint64  `json:"bytes"`
	Load           float64 `json:"load"`
	TombstoneRatio float64 `json:"tombstoneRatio"`
	MeanProbe      float64 `json:"meanProbe"`
	ExpectedProbe  float64 `json:"expectedProbe"`
}

// Known reports whether there are figures of the map.
func (m *Map) Known() bool {
	return m.Stat.Layout != "" && m.Stat.Layout != "unknown" && (m.Error == "" || m.Total.Samples > 0)
}

// Wants reports whether the map wants attention.
func (m *Map) Wants() bool {
	return m.Verdict.Health == mapstat.Warning || m.Verdict.Health == mapstat.Notice
}

// New returns the document of snapshots of one process in any order: the newest,
// and all of them as a series if there are several. Without any it returns a
// document of no maps.
func New(snapshots []mapstat.Snapshot) Document {
	doc := Document{Version: Version, Metrics: []mapstat.MetricInfo{}, Maps: []Map{}, Series: []Moment{}}
	if len(snapshots) == 0 {
		return doc
	}
	snapshots = slices.Clone(snapshots)
	slices.SortStableFunc(snapshots, func(a, b mapstat.Snapshot) int { return a.Time.Compare(b.Time) })
	last := &snapshots[len(snapshots)-1]
	doc.Time, doc.Program, doc.Runtime, doc.Sampler = last.Time, last.Program, last.Runtime, last.Sampler
	for i := range last.Maps {
		doc.Maps = append(doc.Maps, newMap(last.Maps[i]))
	}
	slices.SortStableFunc(doc.Maps, compare)
	doc.Summary = summarise(doc.Maps)
	doc.Metrics = metricsOf(last)
	for i := range snapshots {
		if !sameProcess(&snapshots[i].Program, &last.Program) {
			doc.OtherProcesses++
			continue
		}
		doc.Series = append(doc.Series, moment(&snapshots[i]))
	}
	if len(doc.Series) == 1 {
		doc.Series = []Moment{}
	}
	return doc
}

// sameProcess compares more than the process id, which is 1 in many containers.
func sameProcess(a, b *mapstat.Program) bool {
	return a.Name == b.Name && a.PID == b.PID && a.Started.Equal(b.Started)
}

func newMap(r mapstat.MapReport) Map {
	s := &r.Stat
	return Map{
		MapReport:      r,
		WastedBytes:    s.WastedBytes(),
		GainBytes:      s.RebuildGain(),
		TombstoneRatio: s.TombstoneRatio(),
		Parts:          partsOf(s),
	}
}

// partsOf splits the bytes of a map. A slot without an entry counts with what a slot of the map
// takes on average, its share of tables and rounding included; entries that are stored behind
// pointers are not in the slots.
func partsOf(s *mapstat.Stat) Parts {
	p := Parts{Entries: min(s.LiveBytes, s.Bytes)}
	rest := s.Bytes - p.Entries
	slots, entries, tombstones := max(s.Slots, 0), max(s.Len, 0), max(s.Tombstones, 0)
	if slots == 0 {
		p.Other = rest
		return p
	}
	size := float64(s.Bytes) / float64(slots)
	if s.IndirectKeys || s.IndirectValues {
		size = float64(rest) / float64(slots)
	}
	p.Tombstones = min(uint64(size*float64(tombstones)), rest)
	rest -= p.Tombstones
	p.Free = min(uint64(size*float64(max(slots-entries-tombstones, 0))), rest)
	p.Other = rest - p.Free
	return p
}

// compare orders maps: what wants attention before what could not be read, before the rest.
func compare(a, b Map) int {
	return cmp.Or(
		cmp.Compare(rank(&a), rank(&b)),
		cmp.Compare(b.GainBytes, a.GainBytes),
		cmp.Compare(b.Stat.Bytes, a.Stat.Bytes),
		strings.Compare(a.Name, b.Name),
	)
}

func rank(m *Map) int {
	switch {
	case m.Verdict.Health == mapstat.Warning:
		return 0
	case m.Verdict.Health == mapstat.Notice:
		return 1
	case m.Error != "" || m.Verdict.Health == mapstat.Unknown:
		return 2
	}
	return 3
}

func summarise(maps []Map) Summary {
	s := Summary{Maps: len(maps)}
	for i := range maps {
		m := &maps[i]
		if m.Error != "" || m.Verdict.Health == mapstat.Unknown {
			s.Unread++
		}
		s.Entries += m.Stat.Len
		s.Bytes += m.Stat.Bytes
		s.LiveBytes += m.Stat.LiveBytes
		s.GainBytes += m.GainBytes
		switch m.Verdict.Health {
		case mapstat.Warning:
			s.Warnings++
			s.AdviceGain += m.GainBytes
		case mapstat.Notice:
			s.Notices++
			s.AdviceGain += m.GainBytes
		}
	}
	return s
}

// metricsOf returns the metrics of a snapshot in its order, then those that only maps name.
func metricsOf(s *mapstat.Snapshot) []mapstat.MetricInfo {
	infos := append([]mapstat.MetricInfo{}, s.Metrics...)
	known := make(map[string]bool)
	for _, m := range infos {
		known[m.Name] = true
	}
	var others []string
	for _, m := range s.Maps {
		for name := range m.Values {
			if !known[name] {
				known[name] = true
				others = append(others, name)
			}
		}
		for name := range m.MetricErrors {
			if !known[name] {
				known[name] = true
				others = append(others, name)
			}
		}
	}
	slices.Sort(others)
	for _, name := range others {
		infos = append(infos, mapstat.MetricInfo{Name: name})
	}
	return infos
}

func moment(s *mapstat.Snapshot) Moment {
	m := Moment{Time: s.Time, HeapBytes: s.Runtime.HeapBytes, GCCPU: s.Runtime.GCCPU, CPU: s.Runtime.CPU, Maps: make(map[string]Point, len(s.Maps))}
	for i := range s.Maps {
		r := &s.Maps[i]
		m.MapBytes += r.Stat.Bytes
		if r.Error != "" || r.Verdict.Health == mapstat.Unknown {
			continue
		}
		m.Maps[r.Name] = Point{
			Len: r.Stat.Len, Slots: r.Stat.Slots, Bytes: r.Stat.Bytes, Load: r.Stat.Load,
			TombstoneRatio: r.Stat.TombstoneRatio(), MeanProbe: r.Stat.MeanProbe, ExpectedProbe: r.Stat.ExpectedProbe,
		}
	}
	return m
}

func writeJSON(w io.Writer, doc *Document) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}
