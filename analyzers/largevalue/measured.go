package largevalue

import (
	"fmt"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers/internal/rule"
	"github.com/mapdiag/mapdiag/internal/mapmodel"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// littleCopied is how many bytes a run may copy before a finding is worth its line: it takes
// less than a millisecond.
const littleCopied = 1 << 20

// A usage is what was measured of the maps of a group.
type usage struct {
	makes, entries uint64 // maps, and the most entries that one had
	recopied       uint64 // bytes of slots that growth copied
	accesses       bool   // whether reads and writes were sampled
	reads, writes  uint64
}

// measure returns what was measured of the maps that a group makes. It reports false
// where that is nothing, or of other code.
func (c *coster) measure(g *group) (u usage, ok bool) {
	for _, cr := range g.creations {
		list, freshness := c.p.Measured(cr.Expr)
		if freshness == rule.Stale {
			return u, false
		}
		for _, s := range list {
			sizes, _ := s.Sizes()
			u.makes += s.Makes
			u.entries = max(u.entries, uint64(sizes.Max()))
			u.recopied += s.RecopiedBytes
			u.reads += s.Reads
			u.writes += s.Writes
		}
	}
	u.accesses = u.makes > 0 && c.p.Profile().Access > 0
	return u, u.makes > 0
}

// copied returns the bytes that reads, writes and growth copied, at most: a field that
// is read in place is not copied.
func (u usage) copied(bytes int64) uint64 {
	return (u.reads+u.writes)*uint64(bytes) + u.recopied
}

// negligible reports whether the run copied next to nothing. Where accesses were not sampled,
// nobody knows.
func (u usage) negligible(bytes int64) bool {
	return u.accesses && u.copied(bytes) < littleCopied
}

// largest returns the size that the finding is about.
func (f finding) largest() int64 {
	var most int64
	for _, x := range f.costs {
		most = max(most, x.bytes)
	}
	return most
}

// text tells what was measured.
func (u usage) text(bytes int64, profile *sites.Profile) string {
	var b strings.Builder
	fmt.Fprintf(&b, "; in the profile of %s: %s map", profile.Recorded.Format("2006-01-02"), mapmodel.Count(int64(u.makes)))
	if u.makes != 1 {
		b.WriteByte('s')
	}
	fmt.Fprintf(&b, " of up to %s entries", mapmodel.Count(int64(u.entries)))
	if u.recopied > 0 {
		b.WriteString(", growth copied " + mapmodel.Bytes(int64(u.recopied)))
	} else {
		b.WriteString(" without growth")
	}
	if u.accesses {
		fmt.Fprintf(&b, ", about %s reads and %s writes up to %s", mapmodel.Count(int64(u.reads)), mapmodel.Count(int64(u.writes)), mapmodel.Bytes(int64(u.copied(bytes)-u.recopied)))
	}
	return b.String()
}
