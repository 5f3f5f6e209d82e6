package mapmodel

import (
	"math"
	"math/bits"
)

// How tables grow, from internal/runtime/maps/table.go, map.go and group.go.
const (
	// maxTableSlots is the size at which a table splits in two instead of
	// doubling (maxTableCapacity).
	maxTableSlots = 1024

	// maxGroupLoad is the number of slots of each group, on average, that may
	// be in use before a table grows (maxAvgGroupLoad).
	maxGroupLoad = 7

	// firstTableSlots is the size of the first table of a map that outgrows its
	// only group (growToTable). Hints of 9 and more give at least as much.
	firstTableSlots = 2 * groupSlots

	minTableSlots = firstTableSlots
	numTableSizes = 7 // 16, 32, … 1024 slots
)

// mapHeader is the size in bytes of internal/runtime/maps.Map, as
// cmd/compile/internal/reflectdata/map.go checks it: 48 or, on 32 bits, 32.
func mapHeader(word int64) int64 { return 2*8 + 4*word }

// tableHeader is the size in bytes of internal/runtime/maps.table, from the same
// file: 32 or, on 32 bits, 24.
func tableHeader(word int64) int64 { return 2*8 + 2*word }

// fill simulates the fill of a map, at the cost of a few steps for each
// doubling of n.
func (l Layout) fill(n, hint int) tally {
	var t tally
	n = max(n, 0)
	t.alloc(1, heapBytes(mapHeader(l.word), true, l.word))
	depth, slots := l.start(hint)
	if slots == 0 && n > 0 {
		t.alloc(1, l.firstGroup)
		t.slots = groupSlots
		if n > groupSlots {
			t.free(1, l.firstGroup)
			t.slots = 0
			t.grows++
			slots = firstTableSlots
		}
	}
	if slots > 0 {
		l.fillTables(&t, n, depth, slots)
	}
	if l.key.indirect {
		t.alloc(float64(n), l.key.heap)
	}
	if l.elem.indirect {
		t.alloc(float64(n), l.elem.heap)
	}
	if l.pointee > 0 {
		t.alloc(float64(n), l.pointee)
	}
	return t
}

// start returns what a hint reserves: 1<<depth tables of the given number of
// slots, or none (internal/runtime/maps/map.go, NewMap).
//
// Some hints do not suffice for their own number. The capacity of a table is
// rounded down before it is rounded up to a power of two: hint 897 gives two tables of
// 512 slots, which hold 896 entries, and hints 1793 to 1795 give four of them. And the
// room is shared out evenly while the keys are not, so that after a hint a
// little below 896·2^depth, such as 1792, the fuller tables still split.
func (l Layout) start(hint int) (depth, slots int) {
	if hint <= groupSlots {
		return 0, 0
	}
	// runtime/malloc.go, maxAlloc; 1<<48 bytes on all 64-bit targets but
	// wasm and iOS, whose limits are lower.
	limit := uint64(1) << 48
	if l.word == 4 {
		limit = 1<<32 - 1
	}
	if uint64(hint) > limit {
		return 0, 0
	}
	want := uint64(hint) * groupSlots / maxGroupLoad
	depth = bits.Len64((want+maxTableSlots-1)/maxTableSlots - 1)
	// The runtime multiplies the number of slots, not of groups, by the size
	// of a group, and so rejects hints eight times smaller than it could serve.
	hi, reserve := bits.Mul64(maxTableSlots<<depth, uint64(l.group))
	if hi != 0 || reserve > limit {
		return 0, 0
	}
	return depth, 1 << bits.Len64(want>>depth-1)
}

// fillTables counts the directory and the tables of a map that begins with
// 1<<depth tables of the given number of slots each, as n entries go in.
//
// Every key goes to a table by the leading bits of its hash, so a table that
// serves depth bits receives a binomially distributed number of the n keys, and
// it grows when that number passes its limit. Summing the probability of each
// growth over all tables that there can be gives the expected number, without
// regard to how the tables depend on each other.
func (l Layout) fillTables(t *tally, n, depth, slots int) {
	count := math.Ldexp(1, depth)
	t.alloc(1, l.directory(depth))
	l.allocTables(t, count, slots)

	for ; slots < maxTableSlots; slots *= 2 {
		grown := t.decide(count, overflow(n, depth, slots*maxGroupLoad/groupSlots))
		if grown == 0 {
			return
		}
		l.allocTables(t, grown, 2*slots)
		l.freeTables(t, grown, slots)
	}
	const limit = maxTableSlots * maxGroupLoad / groupSlots
	for {
		p := overflow(n, depth, limit)
		split := t.decide(count, p)
		if split == 0 {
			return
		}
		l.allocTables(t, 2*split, maxTableSlots)
		l.freeTables(t, split, maxTableSlots)

		doubled := anyOverflow(n, depth, limit, p)
		t.alloc(doubled, l.directory(depth+1))
		t.free(doubled, l.directory(depth))
		depth++
		count *= 2
	}
}

// decide notes that each of count tables grows with probability p and returns
// how many growths that makes.
func (t *tally) decide(count, p float64) float64 {
	t.open += count * min(p, 1-p)
	t.grows += count * p
	return count * p
}

// directory returns the heap bytes of a directory of 1<<depth pointers.
func (l Layout) directory(depth int) int64 {
	return heapBytes(l.word<<depth, true, l.word)
}

// A table is two allocations: its struct and its array of groups.
func (l Layout) allocTables(t *tally, count float64, slots int) {
	t.alloc(count, l.tables[bits.Len64(uint64(slots/minTableSlots))-1])
	t.allocs += count
	t.liveAllocs += count
	t.slots += count * float64(slots)
}

func (l Layout) freeTables(t *tally, count float64, slots int) {
	t.free(count, l.tables[bits.Len64(uint64(slots/minTableSlots))-1])
	t.liveAllocs -= count
	t.slots -= count * float64(slots)
}
