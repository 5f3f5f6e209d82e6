package layout

import (
	"math/bits"
	"math/rand/v2"
	"reflect"
	"sync/atomic"
	"unsafe"
)

// swissMap is the header of a Swiss map (internal/runtime/maps/map.go, Map, 48
// bytes in Go 1.24 to 1.27).
type swissMap struct {
	used        uint64
	seed        uintptr
	dirPtr      unsafe.Pointer // *[dirLen]*table, or the only group if dirLen is 0
	dirLen      int            // 1 << globalDepth
	globalDepth uint8
	globalShift uint8 // 64 - globalDepth
	writing     uint8
	_           uint8 // tombstonePossible, from Go 1.25 on
	_           [4]byte
	clearSeq    uint64
}

// swissTable is a table (internal/runtime/maps/table.go, table, 32 bytes).
type swissTable struct {
	used       uint16
	capacity   uint16 // slots
	growthLeft uint16
	localDepth uint8
	_          uint8
	index      int            // its first place in the directory, -1 if it is out of use
	groups     unsafe.Pointer // array of lengthMask+1 groups
	lengthMask uint64
}

const (
	groupSlots = 8 // internal/abi/map.go, MapGroupSlots
	maxSlots   = 1024

	// Each byte of a group's control word tells what is in a slot
	// (internal/runtime/maps/group.go): 0x80 nothing, 0xFE a deleted entry, else
	// the lowest seven bits of the hash of a full one.
	ctrlHigh = 0x8080808080808080
)

var swiss = reader{name: "swiss", geometry: interleaved, read: readSwiss, rebuilt: rebuiltSwiss, hashes: swissHashes}

// split is the layout of GOEXPERIMENT=mapsplitgroup, from Go 1.27 on: the eight
// keys of a group first, then the eight elements.
var split = reader{name: "swiss split", geometry: apart, read: readSwiss, rebuilt: rebuiltSwiss, hashes: swissHashes}

// interleaved takes the geometry of a group of a control word and an array of slots.
func interleaved(t *Type, group reflect.Type) bool {
	if group.Kind() != reflect.Struct || group.NumField() != 2 || !ctrlFirst(group) {
		return false
	}
	slots := group.Field(1)
	if slots.Type.Kind() != reflect.Array || slots.Type.Len() != groupSlots {
		return false
	}
	slot := slots.Type.Elem()
	if slot.Kind() != reflect.Struct || slot.NumField() != 2 ||
		slot.Field(0).Type.Size() != slotSize(t.Key) || slot.Field(1).Type.Size() != slotSize(t.Elem) {
		return false
	}
	t.keyOff, t.keyStride = slots.Offset, slot.Size()
	return true
}

// apart takes the geometry of a group of a control word, keys and elements.
func apart(t *Type, group reflect.Type) bool {
	if group.Kind() != reflect.Struct || group.NumField() != 3 || !ctrlFirst(group) {
		return false
	}
	keys, elems := group.Field(1), group.Field(2)
	for _, f := range []reflect.StructField{keys, elems} {
		if f.Type.Kind() != reflect.Array || f.Type.Len() != groupSlots {
			return false
		}
	}
	if keys.Type.Elem().Size() != slotSize(t.Key) || elems.Type.Elem().Size() != slotSize(t.Elem) {
		return false
	}
	t.keyOff, t.keyStride = keys.Offset, keys.Type.Elem().Size()
	return true
}

func ctrlFirst(group reflect.Type) bool {
	ctrl := group.Field(0)
	return ctrl.Offset == 0 && ctrl.Type.Kind() == reflect.Uint64
}

// A swissHead is what is read of a header at once.
type swissHead struct {
	used     uint64
	seed     uintptr
	dir      unsafe.Pointer
	dirLen   int
	depth    uint8
	clearSeq uint64
}

// head reads the header. The writer changes dirPtr before dirLen, with the flag
// set around both: so the flag is read after them, and they are read once more. That
// is enough where one core sees the writes of another in their order, as on
// amd64; with two that do not belong together, what lies behind the directory would
// be taken for tables.
func head(m *swissMap) (swissHead, bool) {
	h := load(m)
	if writing(m) || load(m) != h || h.dirLen < 0 || h.dirLen != 0 && h.dirLen != 1<<h.depth {
		return h, false
	}
	return h, true
}

func load(m *swissMap) swissHead {
	return swissHead{
		used:     atomic.LoadUint64(&m.used),
		seed:     atomic.LoadUintptr(&m.seed),
		dir:      atomic.LoadPointer(&m.dirPtr),
		dirLen:   int(atomic.LoadInt64((*int64)(unsafe.Pointer(&m.dirLen)))),
		depth:    m.globalDepth,
		clearSeq: atomic.LoadUint64(&m.clearSeq),
	}
}

func writing(m *swissMap) bool {
	const flags = unsafe.Offsetof(swissMap{}.globalDepth) // with the padding one word, of which writing is the third byte
	return atomic.LoadUint64((*uint64)(add(unsafe.Pointer(m), flags)))>>16&0xFF != 0
}

func readSwiss(t *Type, p unsafe.Pointer, o Options) (Reading, error) {
	m := (*swissMap)(p)
	h, ok := head(m)
	if !ok {
		return Reading{}, ErrTorn
	}
	r := Reading{Len: int(h.used), Depth: int(h.depth), Seq: h.clearSeq, Bytes: HeapBytes(unsafe.Sizeof(*m), true), Objects: 1}
	r.addIndirect(t)
	switch {
	case h.dir == nil: // made, but nothing inserted yet
		ok = h.used == 0
	case h.dirLen == 0:
		ok = t.readSmall(&r, h, &o)
	default:
		ok = t.readTables(&r, h, &o)
	}
	if again, still := head(m); !ok || !still || again != h {
		return Reading{}, ErrTorn
	}
	return r, nil
}

// addIndirect counts the keys and elements that are stored behind pointers.
func (r *Reading) addIndirect(t *Type) {
	r.Bytes += uint64(r.Len) * t.perEntry
	r.Objects += uint64(r.Len) * t.indirect
}

// readSmall reads a map of one group.
func (t *Type) readSmall(r *Reading, h swissHead, o *Options) bool {
	r.Groups, r.Slots = 1, groupSlots
	r.GrowthLeft = groupSlots - r.Len
	r.Bytes += t.groupBytes[0]
	r.Objects++
	r.Expected = 1
	if r.Len > groupSlots {
		return false
	}
	full := ^*(*uint64)(h.dir) & ctrlHigh
	if bits.OnesCount64(full) != r.Len {
		return false
	}
	if o.Groups == 0 || t.nan && !t.hashable(o) {
		return true
	}
	// The hash plays no part, as a lookup compares all slots; it only tells which
	// keys no lookup finds.
	n := uint64(0)
	for set := full; set != 0; set &= set - 1 {
		if t.nan {
			slot := uintptr(bits.TrailingZeros64(set)) / 8
			if _, ok := t.hash(add(h.dir, t.keyOff+slot*t.keyStride), h.seed); !ok {
				r.Unhashed++
				continue
			}
		}
		n++
	}
	r.GroupSeen, r.complete = 1, true
	r.Probes[0], r.ProbeMax, r.ProbeSum, r.Probed = n, int(min(n, 1)), n, n
	return true
}

// table returns the table at place i.
func (h *swissHead) table(i int) *swissTable {
	return (*swissTable)(atomic.LoadPointer((*unsafe.Pointer)(add(h.dir, uintptr(i)*unsafe.Sizeof(h.dir)))))
}

// span returns the number of places that the table has in the directory, and false
// if it makes no sense.
func (h *swissHead) span(tab *swissTable) (int, bool) {
	if tab == nil || tab.localDepth > h.depth || tab.groups == nil || tab.index < 0 ||
		uint64(tab.capacity) != (tab.lengthMask+1)*groupSlots || tab.capacity > maxSlots {
		return 0, false
	}
	return 1 << (h.depth - tab.localDepth), true
}

// readTables reads a map with a directory.
func (t *Type) readTables(r *Reading, h swissHead, o *Options) bool {
	r.Bytes += HeapBytes(uintptr(h.dirLen)*unsafe.Sizeof(h.dir), true)
	r.Objects++
	var sum sums
	if !t.allTables(&sum, h, o) {
		return false
	}
	if !sum.estimated && sum.used != float64(h.used) {
		return false
	}
	sum.into(r)
	if o.Groups < 0 && !sum.estimated {
		return t.allGroups(r, h, o)
	}
	if o.Groups != 0 {
		return t.someGroups(r, h, o)
	}
	return true
}

// sums adds up tables. They are no integers where they are estimated.
type sums struct {
	estimated                                bool
	read                                     int
	tables, groups, used, tombstones, growth float64
	bytes, expected                          float64
}

func (s *sums) add(t *Type, tab *swissTable) bool {
	slots, used, left := int(tab.capacity), int(tab.used), int(tab.growthLeft)
	limit := slots * 7 / 8
	if slots == groupSlots {
		limit = groupSlots - 1
	}
	tombstones := limit - used - left
	if tombstones < 0 {
		return false
	}
	s.read++
	s.tables++
	s.groups += float64(slots / groupSlots)
	s.used += float64(used)
	s.tombstones += float64(tombstones)
	s.growth += float64(left)
	s.expected += float64(used) * expectedProbe(slots, used)
	s.bytes += float64(HeapBytes(unsafe.Sizeof(*tab), true) + t.groupBytes[bits.TrailingZeros64(tab.lengthMask+1)])
	return true
}

func (s *sums) into(r *Reading) {
	round := func(x float64) int { return int(x + 0.5) }
	r.Tables, r.TablesRead, r.Groups = round(s.tables), s.read, round(s.groups)
	r.Slots = r.Groups * groupSlots
	r.Tombstones, r.GrowthLeft = round(s.tombstones), round(s.growth)
	r.Bytes += uint64(round(s.bytes))
	r.Objects += 2 * uint64(r.Tables)
	r.Estimated = s.estimated
	if s.used > 0 {
		r.Expected = s.expected / s.used
	}
}

// allTables reads the head of every table, or where half the budget is too little for
// that, of those from a random place on.
func (t *Type) allTables(s *sums, h swissHead, o *Options) bool {
	first := 0
	clock := o.clock(8)
	clock.left /= 2
	if clock.left > 0 {
		first = rand.IntN(h.dirLen)
		tab := h.table(first)
		if _, ok := h.span(tab); !ok || tab.index > first {
			return false
		}
		first = tab.index
	}
	places := 0
	for places < h.dirLen {
		tab := h.table((first + places) % h.dirLen)
		span, ok := h.span(tab)
		if !ok || tab.index != (first+places)%h.dirLen || !s.add(t, tab) {
			return false
		}
		places += span
		if clock.late() {
			break
		}
	}
	if places < h.dirLen {
		s.estimate(float64(h.dirLen) / float64(places))
	}
	return true
}

// estimate takes what was read of some tables for all.
func (s *sums) estimate(factor float64) {
	s.estimated = true
	s.tables *= factor
	s.groups *= factor
	s.used *= factor
	s.tombstones *= factor
	s.growth *= factor
	s.bytes *= factor
	s.expected *= factor
}

// hashable reports whether the keys may be hashed.
func (t *Type) hashable(o *Options) bool { return !o.Racy || t.Racy }

// allGroups looks up every entry.
func (t *Type) allGroups(r *Reading, h swissHead, o *Options) bool {
	if !t.hashable(o) {
		return true
	}
	seen, clock := 0, o.clock(8)
	for i := 0; i < h.dirLen; {
		tab := h.table(i)
		span, ok := h.span(tab)
		if !ok {
			return false
		}
		for g := range tab.lengthMask + 1 {
			seen += t.group(r, tab, g, h.seed)
			if clock.late() {
				return true
			}
		}
		i += span
	}
	r.complete = true
	return seen == r.Len
}

// someGroups looks up the entries of groups chosen at random, each with the same
// probability: a table is taken at its first place in the directory only, and
// the less often the fewer groups it has.
func (t *Type) someGroups(r *Reading, h swissHead, o *Options) bool {
	if !t.hashable(o) {
		return true
	}
	want, most := o.Groups, uint64(maxSlots/groupSlots)
	if want < 0 || want >= r.Groups {
		if r.TablesRead == r.Tables && !r.Estimated {
			return t.allGroups(r, h, o)
		}
		want = min(r.Groups, 1<<16)
	}
	if h.dirLen == 1 {
		most = h.table(0).lengthMask + 1
	}
	clock := o.clock(1) // a group of long strings takes long
	for tries := 0; r.GroupSeen < want && tries < 64*want; tries++ {
		place := rand.IntN(h.dirLen)
		tab := h.table(place)
		if _, ok := h.span(tab); !ok {
			return false
		}
		if g := rand.Uint64N(most); tab.index == place && g <= tab.lengthMask {
			t.group(r, tab, g, h.seed)
		}
		if clock.late() {
			break
		}
	}
	return true
}

// group looks up the entries of group g of a table and returns how many there are.
func (t *Type) group(r *Reading, tab *swissTable, g uint64, seed uintptr) int {
	group := add(tab.groups, uintptr(g)*t.groupSize)
	ctrl := *(*uint64)(group)
	full, sum, n := ^ctrl&ctrlHigh, uint64(0), uint64(0)
	for set := full; set != 0; set &= set - 1 {
		slot := uintptr(bits.TrailingZeros64(set)) / 8
		hash, ok := t.hash(add(group, t.keyOff+slot*t.keyStride), seed)
		if !ok {
			r.Unhashed++
			continue
		}
		visited := probeLength(uint64(hash)>>7, g, tab.lengthMask)
		r.Probes[min(visited, MaxProbe)-1]++
		r.ProbeMax = max(r.ProbeMax, visited)
		sum += uint64(visited)
		n++
	}
	r.GroupSeen++
	r.Probed += n
	r.ProbeSum += sum
	r.probe.add(n, sum)
	return bits.OnesCount64(full)
}

// probeLength returns the number of groups that a lookup visits until it is at
// group g: from h1 on in triangular steps (internal/runtime/maps/table.go,
// probeSeq). It visits each group once in lengthMask+1 steps; a torn reading
// cannot make it go on longer.
func probeLength(h1, g, lengthMask uint64) int {
	at := h1 & lengthMask
	for i := uint64(0); ; i++ {
		if at == g || i > lengthMask {
			return int(i) + 1
		}
		at = (at + i + 1) & lengthMask
	}
}

// swissHashes compares the control byte of each entry with the hash of its key.
func swissHashes(t *Type, p unsafe.Pointer) (full, matching int) {
	m := (*swissMap)(p)
	if m.dirPtr == nil {
		return 0, 0
	}
	groups := func(first unsafe.Pointer, n uint64) {
		for g := range n {
			group := add(first, uintptr(g)*t.groupSize)
			ctrl := *(*uint64)(group)
			for slot := range uintptr(groupSlots) {
				c := uint8(ctrl >> (8 * slot))
				if c&0x80 != 0 {
					continue
				}
				full++
				if h, ok := t.hash(add(group, t.keyOff+slot*t.keyStride), m.seed); ok && uint8(h&0x7F) == c {
					matching++
				}
			}
		}
	}
	if m.dirLen == 0 {
		groups(m.dirPtr, 1)
		return full, matching
	}
	h := load(m)
	for i := 0; i < h.dirLen; {
		tab := h.table(i)
		span, ok := h.span(tab)
		if !ok {
			return full, -1
		}
		groups(tab.groups, tab.lengthMask+1)
		i += span
	}
	return full, matching
}
