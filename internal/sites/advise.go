package sites

import (
	"fmt"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
)

// A Verdict says what to do about the capacity hint of a site.
type Verdict int

const (
	Unknown  Verdict = iota // the numbers do not decide it
	Small                   // its maps stay at 8 entries or fewer, which a map without a hint holds
	Right                   // there is a hint, and it fits
	Varied                  // the sizes vary too much for one number
	Add                     // there is no hint, and one would save
	TooSmall                // there is a hint, and maps outgrow it
	TooLarge                // there is a hint, and maps stay far below it
)

// Reports whether the verdict asks for a change.
func (v Verdict) Change() bool { return v >= Add }

// An Advice is what the numbers of a site say about its capacity hint.
type Advice struct {
	Verdict  Verdict
	Hint     int           // to be asked for, 0 for none; where the verdict asks for a change
	Percent  int           // of the maps that Hint has room for: 95, or fewer where more room would cost more than it saves
	Size     int64         // the largest number of entries of those maps
	P50, P95 int64         // of the largest number of entries that maps had at a time
	Exact    bool          // sizes are those of tracked maps, not bounds
	Now      mapmodel.Cost // of all makes and growths that were measured
	Then     mapmodel.Cost // the same with Hint; equal to Now where nothing is to be changed
	Why      string        // a clause about the numbers that decided
}

// Saved returns the bytes that the change saves; they are negative for none.
func (a Advice) Saved() int64 { return a.Now.Bytes - a.Then.Bytes }

const (
	// groupEntries is what a map holds before it has a table.
	groupEntries = 8

	// maxSpread is how many times the median the 95th percentile may be for one
	// hint to serve all maps. At 4, a map of the median size that is made for the
	// 95th percentile has at most the slots of two doublings more than it needs.
	maxSpread = 4

	// minMaps is how many maps a site must have made before they tell how large the next will be. The
	// size of fewer is that of the input of one run, and no number to be written into the source.
	minMaps = 8

	// minSaved is the saving in bytes, over the whole profile, below which a change
	// is not worth a line of source, and minShare the share of what is
	// allocated now.
	minSaved = 16 << 10
	minShare = 0.1

	// tooLarge is how many times the 99th percentile a hint is before it is called too large.
	tooLarge = 4
)

// Layout returns the layout of the site's maps.
func (s *Site) Layout() (mapmodel.Layout, bool) {
	h := s.Shape
	return mapmodel.Measured(int64(h.Key), int64(h.Elem), int64(h.Slot), int64(h.Group), h.Pointers)
}

// Advise judges the capacity hint of a site.
func (s *Site) Advise() Advice {
	sizes, exact := s.Sizes()
	a := Advice{P50: sizes.Quantile(0.5), P95: sizes.Quantile(0.95), Exact: exact}
	layout, ok := s.Layout()
	switch {
	case !ok && sizes.Count() > 0 && sizes.Max() == 0 && s.Makes > 0:
		a.Verdict, a.Why = Small, "its maps stay empty"
		return a
	case !ok || sizes.Count() == 0:
		a.Why = "nothing was measured"
		return a
	}
	a.Now = s.cost(layout, sizes, nil)
	a.Then = a.Now
	if s.AtGrowth {
		a.Why = "its maps begin on the stack, and those that stayed there were not counted"
		return a
	}
	asked := 2*s.Hints.Count() > s.Makes
	hinted := asked && s.Hints.Quantile(0.5) > groupEntries
	switch {
	case asked && !hinted && s.Hints.Max() > groupEntries && 2*s.Growths < s.Makes:
		a.Verdict, a.Why = Right, "few of its maps grow"
		return a
	case !hinted && s.Hints.Max() > groupEntries:
		a.Why = "some makes ask for a size and others do not"
		return a
	case s.whole() && a.P95 > groupEntries:
		a.Verdict, a.Why = Right, "its maps are made with room for what they hold"
		return a
	case hinted && s.Hints.Quantile(0.95)/maxSpread > max(s.Hints.Quantile(0.05), groupEntries):
		a.Why = "the sizes that it asks for vary" // they are computed, and no number stands for them
		return a
	case !hinted && a.P95 <= groupEntries:
		a.Verdict, a.Why = Small, fmt.Sprintf("95 %% of its maps stay at %d entries or fewer", a.P95)
		return a
	}
	then := s.best(layout, sizes)
	worth := func() bool {
		saved := a.Now.Bytes - then.Then.Bytes
		return saved >= minSaved && float64(saved) >= minShare*float64(a.Now.Bytes)
	}
	switch p99 := sizes.Quantile(0.99); {
	case hinted && s.Hints.Quantile(0.5) >= tooLarge*max(p99, groupEntries):
		a.Verdict = TooLarge
		a.Why = fmt.Sprintf("99 %% of its maps stay at %d entries or fewer", p99)
	case hinted && s.Growths < s.Makes:
		a.Verdict, a.Why = Right, "few of its maps grow"
		return a
	case a.P95 > maxSpread*max(a.P50, 1):
		a.Verdict, a.Why = Varied, fmt.Sprintf("half of its maps stay at %d entries or fewer, 95 %% at %d", a.P50, a.P95)
		return a
	case hinted && int64(then.Hint) <= s.Hints.Quantile(0.5):
		a.Why = "its maps grow, but few of them to more than the hint"
		return a
	case hinted:
		a.Verdict, a.Why = TooSmall, "most of its maps outgrow the hint"
	default:
		a.Verdict, a.Why = Add, fmt.Sprintf("half of its maps reach %d entries, 95 %% stay at %d or fewer", a.P50, a.P95)
	}
	switch {
	case s.Makes < minMaps:
		a.Verdict, a.Why = Unknown, fmt.Sprintf("%d of its maps tell little of others", s.Makes)
		return a
	case !worth():
		a.Verdict, a.Why = Unknown, "a change would save little"
		if hinted {
			a.Verdict = Right
		}
		return a
	}
	a.Hint, a.Percent, a.Size, a.Then = then.Hint, then.Percent, then.Size, then.Then
	return a
}

// best returns the hint that makes maps of the given sizes cheapest. It is that for 95 % of them, unless a
// step from one number of slots to the next lies below, and most maps would pay for the largest.
func (s *Site) best(layout mapmodel.Layout, sizes Histogram) (a Advice) {
	for _, percent := range []int{95, 90, 75, 50} {
		size := sizes.Quantile(float64(percent) / 100)
		hint := layout.Room(int(size))
		if hint <= groupEntries {
			hint = 0
		}
		if c := s.cost(layout, sizes, &hint); a.Percent == 0 || c.Bytes < a.Then.Bytes {
			a = Advice{Hint: hint, Percent: percent, Size: size, Then: c}
		}
	}
	return a
}

// Sizes returns the largest numbers of entries of all maps of the site. It is exact where the
// sizes of maps were tracked, and follows from the number of slots elsewhere.
//
// Only a sample is tracked, with more of the first maps of a program than of
// later ones; the number of slots is known of all. So each tracked map without a
// hint stands for those with as many slots.
func (s *Site) Sizes() (h Histogram, exact bool) {
	if len(s.Peaks) == 0 {
		return s.bounds(nil), false
	}
	tracked := s.Peaks.Count()
	if len(s.Hints) > 0 || s.AtGrowth {
		return scaled(s.Peaks, s.Makes, tracked), true
	}
	seen := make(map[int64]uint64) // slots → tracked maps
	for _, b := range s.Peaks {
		seen[slotsFor(b.High)] += b.Count
	}
	maps := make(map[int64]uint64) // slots → maps
	for _, c := range s.Slots {
		maps[max(c.Slots, groupEntries)] += c.Maps
	}
	for _, b := range s.Peaks {
		slots := slotsFor(b.High)
		n := maps[slots]
		if n == 0 {
			// Slots and peaks disagree: entries were added and deleted in a way that
			// tombstones made the map grow.
			return scaled(s.Peaks, s.Makes, tracked), true
		}
		if b.Count = share(b.Count, n, seen[slots]); b.Count > 0 {
			h = append(h, b)
		}
	}
	return h.Add(s.bounds(seen)), true
}

// scaled lets the tracked maps of a histogram stand for all.
func scaled(h Histogram, all, tracked uint64) Histogram {
	var sum Histogram
	for _, b := range h {
		if b.Count = share(b.Count, all, tracked); b.Count > 0 {
			sum = append(sum, b)
		}
	}
	return sum
}

// share returns count·all/part, rounded.
func share(count, all, part uint64) uint64 {
	return uint64(float64(count)*float64(all)/float64(part) + 0.5)
}

// bounds returns the sizes that the numbers of slots allow, but for those that are in known.
func (s *Site) bounds(known map[int64]uint64) Histogram {
	var h Histogram
	for _, c := range s.Slots {
		if c.Maps == 0 || known[max(c.Slots, groupEntries)] > 0 {
			continue
		}
		b := Bucket{Low: c.Slots*7/16 + 1, High: c.Slots * 7 / 8, Count: c.Maps}
		switch {
		case c.Slots == 0:
			b.Low, b.High = 0, 0
		case c.Slots == groupEntries:
			b.Low, b.High = 0, groupEntries
		case c.Slots == 2*groupEntries:
			b.Low = groupEntries + 1
		}
		h = h.Add(Histogram{b})
	}
	return h
}

// whole reports whether maps got their slots when they were made, though no size was asked for:
// maps.Clone copies them.
func (s *Site) whole() bool { return s.Growths == 0 && len(s.Hints) == 0 && !s.AtGrowth }

// slotsFor returns the slots of a map that was made without a hint and had n entries.
func slotsFor(n int64) int64 {
	slots := int64(groupEntries)
	if n <= slots {
		return slots
	}
	for slots *= 2; slots*7/8 < n; slots *= 2 {
	}
	return slots
}

// cost sums up what maps of the given sizes allocate: with the hints that were measured, or,
// where one is given, with that one.
func (s *Site) cost(layout mapmodel.Layout, sizes Histogram, hint *int) mapmodel.Cost {
	fill := layout.Fill
	if s.AtGrowth || 2*s.OnStack > s.Makes {
		fill = layout.FillLocal
	}
	// The larger maps are taken to be those that asked for more.
	all := sizes.Count()
	without := uint64(0)
	if n := s.Hints.Count(); n < all {
		without = all - n
	}
	var sum mapmodel.Cost
	seen := uint64(0)
	for _, b := range sizes {
		h := 0
		switch {
		case hint != nil:
			h = *hint
		case s.whole():
			h = b.middle()
		case seen+b.Count/2 >= without && len(s.Hints) > 0:
			h = int(s.Hints.Quantile(float64(seen+b.Count/2-without) / float64(all-without)))
		}
		c := fill(b.middle(), h)
		sum.Bytes += c.Bytes * int64(b.Count)
		sum.Allocs += c.Allocs * int64(b.Count)
		sum.Approx = sum.Approx || c.Approx || b.Low != b.High
		seen += b.Count
	}
	return sum
}

// Waste returns the bytes that would not have been allocated had each map been made
// with room for the largest number of entries that it ever had. Where that has only bounds, it is the
// upper one: room that may have been of use is not waste.
func (s *Site) Waste() int64 {
	layout, ok := s.Layout()
	if !ok {
		return 0
	}
	sizes, _ := s.Sizes()
	waste := s.cost(layout, sizes, nil).Bytes
	for _, b := range sizes {
		one := Histogram{b}
		n := int(b.High)
		waste -= s.cost(layout, one, &n).Bytes
	}
	return max(waste, 0)
}
