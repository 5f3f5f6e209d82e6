package mapstat

import (
	"math"

	"github.com/mapdiag/mapdiag/mapstat/internal/layout"
)

// ProbeLengths is the number of probe lengths that [Stat.Probes] tells apart.
const ProbeLengths = layout.MaxProbe

// A Stat is the health of a map at one moment. It holds no pointer into the
// map.
//
// Groups of eight slots are what a Swiss map consists of; for a classic map read
// bucket for group.
type Stat struct {
	Type   string `json:"type"`   // the map's type, as package reflect writes it
	Layout string `json:"layout"` // see [Layout]

	Len        int `json:"len"`        // entries
	Slots      int `json:"slots"`      // places for entries, those of overflow buckets included
	Groups     int `json:"groups"`     // groups of eight slots, without overflow buckets
	Tables     int `json:"tables"`     // tables of up to 1024 slots; 0 for a map of one group and for a classic map
	Depth      int `json:"depth"`      // a directory of 1<<Depth places; a classic map has 1<<Depth buckets
	Tombstones int `json:"tombstones"` // slots of deleted entries that still count as taken: lookups pass over them, few inserts use them again
	Overflow   int `json:"overflow"`   // overflow buckets of a classic map
	Old        int `json:"old"`        // buckets that a growing classic map is being moved out of

	// GrowthLeft is the number of entries that can be added until all tables are full. Of
	// several tables, the first grows earlier.
	GrowthLeft int `json:"growthLeft"`

	// Load is Len divided by Slots, which reaches LoadLimit (7/8, or 1 in a map of
	// one group) before the map grows. For a classic map it is Len divided by
	// Groups, with a limit of 6.5 (or 8).
	Load      float64 `json:"load"`
	LoadLimit float64 `json:"loadLimit"`

	// Probes[i] is the number of entries that a lookup finds in the (i+1)th group
	// that it visits; the last element counts all that are farther. They count
	// Probed entries: all after [Read], those of groups chosen at random
	// after a sample.
	Probes    [ProbeLengths]uint64 `json:"probes"`
	Probed    uint64               `json:"probed"`
	MeanProbe float64              `json:"meanProbe"` // groups visited, 1 is ideal; 0 if Probed is 0
	MaxProbe  int                  `json:"maxProbe"`

	// ProbeError is the standard error of MeanProbe: 0 where all entries were
	// looked up.
	ProbeError float64 `json:"probeError"`

	// ExpectedProbe is the mean that a good hash gives on average in a map as full as
	// this one, from which nothing was deleted.
	ExpectedProbe float64 `json:"expectedProbe"`

	// Unreachable counts, of the entries looked up, those with a NaN in their key: no
	// lookup and no delete finds them.
	Unreachable uint64 `json:"unreachable"`

	// Bytes is what the map's parts take on the heap, as the allocator rounds
	// them: header, directory, tables, groups, and the keys and values that are stored
	// behind pointers because they have more than 128 bytes. What entries point
	// to otherwise, such as the bytes of strings, is not part of a map. A header or
	// first group on a stack counts as if it were on the heap.
	Bytes uint64 `json:"bytes"`

	// LiveBytes is Len times the size of a key and a value.
	LiveBytes uint64 `json:"liveBytes"`

	// RebuiltBytes and RebuiltSlots are what a map would have that is made with
	// make(M, Len) and filled with the same entries.
	RebuiltBytes uint64 `json:"rebuiltBytes"`
	RebuiltSlots int    `json:"rebuiltSlots"`

	Objects        uint64 `json:"objects"` // heap objects that make up Bytes
	Scanned        bool   `json:"scanned"` // the collector reads the slots, as keys or values hold pointers
	IndirectKeys   bool   `json:"indirectKeys"`
	IndirectValues bool   `json:"indirectValues"`
	GenericKeys    bool   `json:"genericKeys"` // keys for which the runtime has no fast path: not integers of 4 or 8 bytes, pointers or strings
	Cleared        uint64 `json:"cleared"`     // calls of clear since the map was made
	Estimated      bool   `json:"estimated"`   // the map has too many tables for the time allowed: sums are estimates
}

// fill takes over what was read of a map of type t.
func (s *Stat) fill(t *layout.Type, r *layout.Reading) {
	s.Len, s.Slots, s.Groups, s.Tables, s.Depth = r.Len, r.Slots, r.Groups, r.Tables, r.Depth
	s.Tombstones, s.Overflow, s.Old, s.GrowthLeft = r.Tombstones, r.Overflow, r.Old, r.GrowthLeft
	s.LoadLimit = 7.0 / 8
	if r.Groups <= 1 {
		s.LoadLimit = 1
	}
	if r.Slots > 0 {
		s.Load = float64(r.Len) / float64(r.Slots)
	}
	if s.Layout == "classic" && r.Groups > 0 {
		s.Load = float64(r.Len) / float64(r.Groups)
		s.LoadLimit = 6.5
		if r.Groups == 1 {
			s.LoadLimit = 8
		}
	}
	s.Probes, s.Probed, s.MaxProbe, s.Unreachable = r.Probes, r.Probed, r.ProbeMax, r.Unhashed
	if s.ProbeError = r.ProbeError(); math.IsInf(s.ProbeError, 0) { // too few groups to say anything
		s.Probes, s.Probed, s.MaxProbe, s.ProbeError = [ProbeLengths]uint64{}, 0, 0, 0
	}
	if s.Probed > 0 {
		s.MeanProbe = float64(r.ProbeSum) / float64(r.Probed)
	}
	s.ExpectedProbe = r.Expected
	s.Bytes, s.Objects, s.Estimated, s.Cleared = r.Bytes, r.Objects, r.Estimated, r.Seq
	s.LiveBytes = uint64(r.Len) * uint64(t.Key.Size()+t.Elem.Size())
	s.RebuiltSlots, s.RebuiltBytes = t.Rebuilt(r.Len)
	s.Scanned, s.IndirectKeys, s.IndirectValues = t.Pointers, t.IndirectKey, t.IndirectElem
	s.GenericKeys = t.Generic
}

// CapacityRatio returns the share of the map's bytes that are entries, and
// false for a map without entries.
func (s *Stat) CapacityRatio() (float64, bool) {
	if s.Len == 0 || s.Bytes == 0 {
		return 0, false
	}
	return float64(s.LiveBytes) / float64(s.Bytes), true
}

// TombstoneRatio returns the share of the slots that deleted entries take.
func (s *Stat) TombstoneRatio() float64 {
	if s.Slots == 0 {
		return 0
	}
	return float64(s.Tombstones) / float64(s.Slots)
}

// WastedBytes returns the bytes that are not entries: free slots, tombstones, control
// words, tables and the allocator's rounding.
func (s *Stat) WastedBytes() uint64 {
	return s.Bytes - min(s.LiveBytes, s.Bytes)
}

// RebuildGain returns the bytes that are given back if the entries are copied into a new
// map, made for as many as there are.
func (s *Stat) RebuildGain() uint64 {
	return s.Bytes - min(s.RebuiltBytes, s.Bytes)
}

// RebuildSpeedup returns how many times as fast a range over the map would be after a
// rebuild, at least 1. A range visits each slot to see whether it is full, which costs
// a share of what an entry costs.
func (s *Stat) RebuildSpeedup() float64 {
	if s.Len == 0 || s.Slots <= s.RebuiltSlots {
		return 1
	}
	cost := func(slots int, bytes uint64) float64 {
		share := slotCost
		if bytes > cacheSize {
			share = farSlotCost
		}
		return float64(s.Len) + share*float64(slots)
	}
	return max(cost(s.Slots, s.Bytes)/cost(s.RebuiltSlots, s.RebuiltBytes), 1)
}

// What a range spends on a free slot, as a share of what it spends on an entry, in maps
// that fit into the caches of the processor and in others: 0.4 and 1.4 ns beside 7 ns (Go
// 1.26, amd64, BenchmarkRange with 2 and 70 MiB).
const (
	slotCost    = 0.06
	farSlotCost = 0.2
	cacheSize   = 8 << 20
)
