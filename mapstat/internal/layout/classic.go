package layout

import (
	"math/rand/v2"
	"reflect"
	"sync/atomic"
	"unsafe"
)

// classicMap is the header of a classic map (runtime/map_noswiss.go, hmap, 56 bytes
// in Go 1.24 and 1.25).
type classicMap struct {
	count      int
	flags      uint8
	B          uint8 // log2 of the number of buckets
	noverflow  uint16
	hash0      uint32
	buckets    unsafe.Pointer // array of 1<<B buckets, nil if nothing was ever inserted
	oldbuckets unsafe.Pointer // array of half the length (or the same) while entries are moved
	nevacuate  uintptr
	clearSeq   uint64
	extra      *classicExtra
}

// classicExtra is what few maps need (runtime/map_noswiss.go, mapextra).
type classicExtra struct {
	overflow     *[]unsafe.Pointer // where buckets hold no pointers: what keeps the overflow buckets alive
	oldoverflow  *[]unsafe.Pointer
	nextOverflow unsafe.Pointer
}

const (
	bucketSlots = 8

	// Flags (runtime/map_noswiss.go).
	hashWriting  = 4
	sameSizeGrow = 8

	// What the first eight bytes of a bucket say of its cells.
	emptyOne       = 1 // a deleted entry, with something behind it
	evacuatedFirst = 2 // the entries of this bucket have been moved
	evacuatedLast  = 4
	minTopHash     = 5

	// maxChain bounds how long a chain of buckets is followed in a map that is
	// written meanwhile.
	maxChain = 1 << 16
)

var classic = reader{name: "classic", geometry: bucket, read: readClassic, rebuilt: rebuiltClassic, hashes: classicHashes}

// bucket takes the geometry of a bucket: eight bytes of hashes, eight keys, eight
// elements and a pointer. The fields are not asked for, as the buckets of
// types made by [reflect.MapOf] are structs that have none; the size has to
// agree.
func bucket(t *Type, _ reflect.Type) bool {
	key, elem := slotSize(t.Key), slotSize(t.Elem)
	t.keyOff, t.keyStride = bucketSlots, key
	return t.groupSize == bucketSlots*(1+key+elem)+unsafe.Sizeof(uintptr(0))
}

// A classicHead is what is read of a header at once.
type classicHead struct {
	count              int
	b                  uint8
	buckets, old       unsafe.Pointer
	sameSize, writing_ bool
}

func loadClassic(m *classicMap) classicHead {
	// flags, B and noverflow share a word with hash0.
	word := atomic.LoadUint64((*uint64)(add(unsafe.Pointer(m), unsafe.Offsetof(m.flags))))
	return classicHead{
		count:    int(atomic.LoadInt64((*int64)(unsafe.Pointer(&m.count)))),
		b:        uint8(word >> 8),
		buckets:  atomic.LoadPointer(&m.buckets),
		old:      atomic.LoadPointer(&m.oldbuckets),
		sameSize: word&sameSizeGrow != 0,
		writing_: word&hashWriting != 0,
	}
}

func readClassic(t *Type, p unsafe.Pointer, o Options) (Reading, error) {
	m := (*classicMap)(p)
	h := loadClassic(m)
	if again := loadClassic(m); again != h || h.writing_ || h.b > 48 || h.count < 0 {
		return Reading{}, ErrTorn
	}
	r := Reading{Len: h.count, Depth: int(h.b), Seq: m.clearSeq, Bytes: HeapBytes(unsafe.Sizeof(*m), true), Objects: 1}
	r.addIndirect(t)
	ok := true
	if h.buckets == nil {
		ok = h.count == 0
	} else {
		ok = t.readBuckets(&r, m, h, &o)
	}
	if again := loadClassic(m); !ok || again != h {
		return Reading{}, ErrTorn
	}
	return r, nil
}

// readBuckets reads a map that has buckets.
func (t *Type) readBuckets(r *Reading, m *classicMap, h classicHead, o *Options) bool {
	r.Groups = 1 << h.b
	// The map doubles when more than 13/2 entries a bucket would be in it
	// (overLoadFactor), one of a single bucket at the ninth.
	r.GrowthLeft = max(bucketSlots, 13*(r.Groups/2)) - h.count
	if h.b == 0 {
		r.GrowthLeft = bucketSlots - h.count
	}
	r.GrowthLeft = max(r.GrowthLeft, 0)
	r.Expected = expectedChain(float64(h.count) / float64(r.Groups))
	t.addBuckets(r, h.b)
	if h.old != nil {
		b := h.b
		if !h.sameSize {
			b--
		}
		r.Old = 1 << b
		t.addBuckets(r, b)
		if o.Groups < 0 && t.followable(o) && !t.addOldOverflow(r, m, h, b) {
			return false
		}
	}
	// Up to 1<<15 buckets the runtime counts exactly, above it one in so many.
	r.Overflow = int(m.noverflow)
	if h.b > 15 {
		r.Overflow <<= h.b - 15
		r.Estimated = r.Overflow > 0
	}
	if extra := m.extra; extra != nil {
		r.addObject(HeapBytes(unsafe.Sizeof(*extra), true))
		for _, list := range []*[]unsafe.Pointer{extra.overflow, extra.oldoverflow} {
			if list != nil {
				r.addObject(HeapBytes(unsafe.Sizeof(*list), true))
				r.addObject(HeapBytes(uintptr(cap(*list))*unsafe.Sizeof(uintptr(0)), true))
			}
		}
	}
	if !t.readChains(r, h, o) {
		return false
	}
	if own := r.Overflow - preallocated(t, h.b); own > 0 {
		r.Bytes += uint64(own) * t.groupBytes[0]
		r.Objects += uint64(own)
	}
	r.Slots = (r.Groups + r.Overflow) * bucketSlots
	return true
}

func (r *Reading) addObject(bytes uint64) {
	if bytes > 0 {
		r.Bytes += bytes
		r.Objects++
	}
}

// addBuckets counts an array of 1<<b buckets.
func (t *Type) addBuckets(r *Reading, b uint8) {
	r.addObject(HeapBytes(t.groupSize*uintptr(1<<b+preallocated(t, b)), t.Pointers))
}

// addOldOverflow counts the overflow buckets of the 1<<b old buckets: all that the
// map has a list of, otherwise those that have not been moved yet, as the runtime cuts
// off the others. Those made along with the buckets are no objects of their own.
func (t *Type) addOldOverflow(r *Reading, m *classicMap, h classicHead, b uint8) bool {
	end := uintptr(h.old) + t.groupSize*uintptr(1<<b+preallocated(t, b))
	count := func(bucket unsafe.Pointer) {
		if p := uintptr(bucket); p < uintptr(h.old) || p >= end {
			r.addObject(t.groupBytes[0])
		}
	}
	if extra := m.extra; extra != nil && extra.oldoverflow != nil {
		for _, bucket := range *extra.oldoverflow {
			count(bucket)
		}
		return true
	}
	for i := range r.Old {
		bucket := add(h.old, uintptr(i)*t.groupSize)
		for n := 0; ; n++ {
			bucket = word(bucket, t.groupSize-unsafe.Sizeof(uintptr(0)))
			if bucket == nil || uintptr(bucket) == uintptr(h.old) { // the last of those made along points to the first bucket
				break
			}
			if n > maxChain {
				return false
			}
			count(bucket)
		}
	}
	return true
}

// preallocated returns the number of overflow buckets that are made along with 1<<b
// buckets: one in 16, and what the rounding of the allocator leaves room for
// (makeBucketArray).
func preallocated(t *Type, b uint8) int {
	if b < 4 {
		return 0
	}
	base := uintptr(1) << b
	n := base + base>>4
	size := t.groupSize * n
	// roundupsize: the room that is left after a header of the allocator's own.
	up := HeapBytes(size, t.Pointers)
	if t.Pointers && size > headerless && size <= maxSmall-mallocHeader {
		up -= mallocHeader
	}
	return int(uintptr(up)/t.groupSize - base)
}

// followable reports whether pointers to overflow buckets may be followed. Buckets
// without pointers hide them from the collector, and the map has a list that keeps the
// overflow buckets alive; when it grows meanwhile, a bucket that was left behind points
// to memory that is free, and the collector ends a program that has such a
// pointer on its stack.
func (t *Type) followable(o *Options) bool { return !o.Racy || t.Pointers }

// readChains looks up entries, and counts deleted ones and overflow buckets on the way.
func (t *Type) readChains(r *Reading, h classicHead, o *Options) bool {
	if o.Groups == 0 || t.nan && !t.hashable(o) || !t.followable(o) {
		return true
	}
	// Where a growth is under way, a bucket's entries are still in the old array
	// until they are moved; of the two that share an old bucket, the first has it.
	bucketAt := func(i int) unsafe.Pointer {
		if h.old != nil {
			if b := add(h.old, uintptr(i&(r.Old-1))*t.groupSize); !evacuated(b) {
				if i >= r.Old {
					return nil
				}
				return b
			}
		}
		return add(h.buckets, uintptr(i)*t.groupSize)
	}
	var c chains
	clock := o.clock(8)
	looked, sampled := 0, o.Groups > 0 && o.Groups < r.Groups
	for looked < r.Groups && !(sampled && r.GroupSeen >= o.Groups) && !clock.late() {
		i := looked
		if sampled {
			i = rand.IntN(r.Groups)
		}
		looked++
		if b := bucketAt(i); b != nil && !t.chain(r, &c, b) {
			return false
		}
	}
	r.complete = !sampled && looked == r.Groups
	if r.GroupSeen == 0 {
		return true
	}
	share := float64(r.Groups) / float64(looked)
	if r.complete {
		share = 1
		if c.entries != h.count {
			return false
		}
		if h.old == nil {
			r.Overflow, r.Estimated = c.overflow, false
		}
	}
	r.Tombstones = int(float64(c.deleted)*share + 0.5)
	return true
}

func evacuated(bucket unsafe.Pointer) bool {
	first := *(*uint8)(bucket)
	return first >= evacuatedFirst && first <= evacuatedLast
}

// chains adds up what was met on the way through buckets.
type chains struct{ entries, deleted, overflow int }

// chain looks up the entries of one bucket and of its overflow buckets. The number
// of groups that a lookup visits is the place of the bucket in the chain.
func (t *Type) chain(r *Reading, c *chains, bucket unsafe.Pointer) bool {
	n, sum := uint64(0), uint64(0)
	for visited := 1; bucket != nil; visited++ {
		if visited > maxChain {
			return false
		}
		for slot := range uintptr(bucketSlots) {
			top := *(*uint8)(add(bucket, slot))
			if top == emptyOne {
				c.deleted++
			}
			if top < minTopHash {
				continue
			}
			c.entries++
			if t.nan {
				if _, ok := t.hash(add(bucket, t.keyOff+slot*t.keyStride), 0); !ok {
					r.Unhashed++
					continue
				}
			}
			r.Probes[min(visited, MaxProbe)-1]++
			r.ProbeMax = max(r.ProbeMax, visited)
			sum += uint64(visited)
			n++
		}
		if visited > 1 {
			c.overflow++
		}
		bucket = word(bucket, t.groupSize-unsafe.Sizeof(uintptr(0)))
	}
	r.GroupSeen++
	r.Probed += n
	r.ProbeSum += sum
	r.probe.add(n, sum)
	return true
}

// classicHashes compares the byte that each entry has with the hash of its key.
func classicHashes(t *Type, p unsafe.Pointer) (full, matching int) {
	m := (*classicMap)(p)
	if m.buckets == nil {
		return 0, 0
	}
	arrays := []struct {
		first unsafe.Pointer
		n     int
	}{{m.buckets, 1 << m.B}}
	if m.oldbuckets != nil {
		n := 1 << m.B
		if m.flags&sameSizeGrow == 0 {
			n /= 2
		}
		arrays = append(arrays, struct {
			first unsafe.Pointer
			n     int
		}{m.oldbuckets, n})
	}
	for _, a := range arrays {
		for i := range a.n {
			for b := add(a.first, uintptr(i)*t.groupSize); b != nil && !evacuated(b); b = word(b, t.groupSize-8) {
				for slot := range uintptr(bucketSlots) {
					top := *(*uint8)(add(b, slot))
					if top < minTopHash {
						continue
					}
					full++
					h, ok := t.hash(add(b, t.keyOff+slot*t.keyStride), uintptr(m.hash0))
					want := uint8(h >> 56)
					if want < minTopHash {
						want += minTopHash
					}
					if ok && top == want {
						matching++
					}
				}
			}
		}
	}
	return full, matching
}
