package mapmodel

import "math"

// A Cost is a number of heap bytes and of the allocations they came in. The
// bytes are those that the allocator hands out, after its rounding.
type Cost struct {
	Bytes  int64
	Allocs int64

	// Approx is set if the hash seed, which differs from map to map, decides
	// the true cost; Bytes and Allocs are then its expected value.
	Approx bool
}

// Fill returns all that is allocated while n distinct keys are inserted one by
// one into a map that was made with the given hint, including what becomes
// garbage on the way. A hint of 8 or less, including a negative one, is none,
// and so is one that the runtime rejects as absurd.
//
// The map is taken to live on the heap; see [Layout.FillLocal] for one that
// does not escape. What the entries point to is not counted.
func (l Layout) Fill(n, hint int) Cost {
	t := l.fill(n, hint)
	return t.cost(t.bytes, t.allocs)
}

// FillLocal returns the cost of [Layout.Fill] for a map that does not escape.
// Its header is on the stack, and so is its first group unless the hint
// exceeds 8 (cmd/compile/internal/walk/builtin.go, walkMakeMap). The ninth entry, and
// every key or element of over 128 bytes, is on the heap all the same.
func (l Layout) FillLocal(n, hint int) Cost {
	c := l.Fill(n, hint)
	c.Bytes -= heapBytes(mapHeader(l.word), true, l.word)
	c.Allocs--
	if hint <= groupSlots && n > 0 {
		c.Bytes -= l.firstGroup
		c.Allocs--
	}
	return c
}

// Resident returns what stays reachable after the fill that [Layout.Fill]
// describes. Maps never shrink: it stays so when entries are deleted or the map
// is cleared, but for the keys and elements that are stored behind a pointer.
func (l Layout) Resident(n, hint int) Cost {
	t := l.fill(n, hint)
	return t.cost(t.liveBytes, t.liveAllocs)
}

// BytesPerEntry returns the resident bytes divided by the n entries, and 0
// for a map without entries.
func (l Layout) BytesPerEntry(n, hint int) float64 {
	if n <= 0 {
		return 0
	}
	return l.fill(n, hint).liveBytes / float64(n)
}

// Slots returns the number of slots, free or not, of the filled map.
func (l Layout) Slots(n, hint int) int64 {
	return round(l.fill(n, hint).slots)
}

// Grows returns how often the fill rehashes a table into one of twice the size or
// into two, or moves the first eight entries into the first table.
func (l Layout) Grows(n, hint int) int64 {
	return round(l.fill(n, hint).grows)
}

// A tally adds up a fill. The counts are expected values, hence fractions.
type tally struct {
	bytes, allocs         float64 // all allocations
	liveBytes, liveAllocs float64 // those still reachable
	slots                 float64
	grows                 float64
	open                  float64 // growths that the seed decides; see maxOpen
}

// maxOpen is the expected number of growths that may go either way before a
// result is called approximate.
const maxOpen = 1e-6

// alloc counts objects of the given heap bytes each.
func (t *tally) alloc(count float64, bytes int64) {
	t.bytes += count * float64(bytes)
	t.allocs += count
	t.liveBytes += count * float64(bytes)
	t.liveAllocs += count
}

// free takes back objects that are reachable no longer.
func (t *tally) free(count float64, bytes int64) {
	t.liveBytes -= count * float64(bytes)
	t.liveAllocs -= count
}

func (t *tally) cost(bytes, allocs float64) Cost {
	return Cost{Bytes: round(bytes), Allocs: round(allocs), Approx: t.open > maxOpen}
}

// round returns the nearest integer, or the largest one for more than that.
func round(x float64) int64 {
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(math.Round(x))
}
