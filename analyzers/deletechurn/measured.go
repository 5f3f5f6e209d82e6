package deletechurn

import (
	"fmt"

	"github.com/mapdiag/mapdiag/analyzers/internal/mapops"
	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// minKept is the memory in bytes, of all maps of one variable, that is worth a finding.
const minKept = 16 << 10

// A usage is what was measured of the maps that a variable had.
type usage struct {
	maps          int64 // that were followed to their end
	peak, present int64 // entries that they had at most, and in the end, taken together
	kept          int64 // bytes of slots that the peak took and the rest does not need
	// slots are those that the maps ended with, fresh those of maps that had the same
	// peaks and never lost an entry, in bytes.
	slots, fresh int64
}

// measure returns what was measured of the maps that are made for a variable. It reports false where
// that is nothing, or not all: maps of which the code or the profile does not tell.
func (pr *program) measure(v *mapops.Var) (u usage, ok bool) {
	layout, ok := mapmodel.New(v.Type.Key(), v.Type.Elem(), pr.TypesSizes)
	if !ok {
		return u, false
	}
	for _, cr := range pr.maps.Creations {
		if cr.Op == nil || cr.Op.Var != v || cr.Op.Depth > 0 || cr.Op.Kind != mapops.Assign {
			continue
		}
		list, freshness := pr.Measured(cr.Expr)
		if freshness == rule.Stale {
			return u, false
		}
		for _, s := range list {
			if s.AtGrowth || s.Peaks.Count() == 0 || s.Peaks.Count() != s.Finals.Count()+s.Alive.Count() {
				return u, false
			}
			u.add(s, layout)
		}
	}
	return u, u.maps > 0
}

func (u *usage) add(s *sites.Site, layout mapmodel.Layout) {
	u.maps += int64(s.Peaks.Count())
	entries := func(h sites.Histogram) (n, slots int64) {
		for _, b := range h {
			middle := b.Low + (b.High-b.Low)/2
			n += middle * int64(b.Count)
			slots += layout.Slots(int(middle), 0) * int64(b.Count)
		}
		return n, slots
	}
	peak, most := entries(s.Peaks)
	final, rest := entries(s.Finals)
	alive, more := entries(s.Alive)
	u.peak += peak
	u.present += final + alive
	u.kept += max(most-rest-more, 0) * layout.SlotSize()
	u.fresh += most * layout.SlotSize()
	// Slots are known of all maps, peaks of a sample.
	var slots, maps float64
	for _, c := range s.Slots {
		slots += float64(c.Slots) * float64(c.Maps)
		maps += float64(c.Maps)
	}
	if maps > 0 {
		u.slots += int64(slots/maps*float64(s.Peaks.Count())) * layout.SlotSize()
	}
}

// differs reports whether maps lost so many entries that their memory is worth having back.
func (u usage) differs() bool { return u.kept >= minKept && 2*u.present <= u.peak }

// grew reports whether maps have far more slots than their entries ever needed at a time.
func (u usage) grew() bool { return u.slots-u.fresh >= minKept && u.slots >= 2*u.fresh }

func (u usage) who() string {
	if u.maps == 1 {
		return "measured: "
	}
	return fmt.Sprintf("measured: %s maps with ", mapmodel.Count(u.maps))
}

// loss tells by how much peak and present differ.
func (pr *program) loss(u usage) string {
	return fmt.Sprintf(" (%s%s entries at most and %s in the end, which keep %s; profile of %s)", u.who(),
		mapmodel.Count(u.peak), mapmodel.Count(u.present), mapmodel.Bytes(u.kept), pr.recorded())
}

// excess tells how many more slots there are than were needed.
func (pr *program) excess(u usage) string {
	return fmt.Sprintf(" (%s%s entries at most, which take %s instead of %s; profile of %s)", u.who(),
		mapmodel.Count(u.peak), mapmodel.Bytes(u.slots), mapmodel.Bytes(u.fresh), pr.recorded())
}

func (pr *program) recorded() string { return pr.Profile().Recorded.Format("2006-01-02") }
