package mapmodel

// Measured returns the layout of a map type of which the sizes in bytes are known from a
// running program on a target of 64 bits: of its keys, elements, slots and groups. It reports
// false where these cannot be the sizes of a map.
func Measured(key, elem, slot, group int64, pointers bool) (Layout, bool) {
	if min(key, elem, slot) < 0 || max(key, elem, slot, group) > maxType || group < groupSlots*slot {
		return Layout{}, false
	}
	const word = 8
	l := Layout{word: word, wide: word, slot: slot, group: group, pointers: pointers}
	l.key = part{size: key, indirect: key > maxInline, heap: heapBytes(key, pointers, word)}
	l.elem = part{size: elem, indirect: elem > maxInline, heap: heapBytes(elem, pointers, word)}
	l.reserve()
	return l, true
}

// Room returns the hint to give to a map that n keys go into: n, or a little more
// where a map with a hint of n is likely to grow all the same and the larger one costs less. What
// such hints have in common stands at [Layout.start].
func (l Layout) Room(n int) int {
	const surely = 0.01 // growths in the mean
	best := n
	cost := l.fill(n, n)
	if cost.grows <= surely {
		return best
	}
	for more := 1; more <= n/4+4; more += n/64 + 1 {
		if c := l.fill(n, n+more); c.grows <= surely {
			if c.bytes < cost.bytes {
				best = n + more
			}
			break
		}
	}
	return best
}
