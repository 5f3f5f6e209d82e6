package mapmodel

import "go/types"

// The shape of a map, from internal/abi/map.go.
const (
	// groupSlots is the number of slots in a group (MapGroupSlots). It is also
	// the most entries a map holds without any table.
	groupSlots = 8

	// maxInline is the size in bytes above which a key or element is stored
	// behind a pointer (MapMaxKeyBytes, MapMaxElemBytes).
	maxInline = 128

	// maxType is the size in bytes above which the compiler refuses a type
	// (cmd/compile/internal/types/size.go, MaxWidth).
	maxType = 1 << 50

	// controlBytes is the size of a group's control word, one byte a slot.
	controlBytes = 8
)

// A Layout is the memory layout of one map type on one target. The zero Layout
// is of no use: make one with [New].
type Layout struct {
	word      int64 // bytes of a pointer on the target: 4 or 8
	key, elem part
	wide      int64 // alignment of a 64-bit integer on the target
	slot      int64 // bytes of a slot: key, element and their padding
	group     int64 // bytes of a group: a control word and eight slots
	pointers  bool  // whether the collector must scan a group
	keyPath   Path  // what the key allows, if the elements are inline

	// pointee is the heap bytes of what each element points to, if that belongs
	// to the cost; see WithPointerElems.
	pointee int64

	firstGroup int64 // heap bytes of the only group of a map without tables

	// tables holds the heap bytes of a table by its number of slots,
	// minTableSlots<<i, because a fill asks for the same few sizes repeatedly.
	tables [numTableSizes]int64
}

// A part is the key or the element of a map.
type part struct {
	size     int64 // bytes of the value itself
	align    int64
	pointers bool
	indirect bool  // stored behind a pointer, in an allocation of its own
	heap     int64 // heap bytes of a value in an allocation of its own
}

// New returns the layout of map[key]elem for the target that sizes describes,
// which for an analyzer is its pass's TypesSizes.
//
// It reports false if the layout is unknown: a type parameter decides the size
// of the key or element, a type is invalid or too large, or sizes belongs
// to no target of 32 or 64 bits. A pointer to a type parameter is fine.
func New(key, elem types.Type, sizes types.Sizes) (Layout, bool) {
	if key == nil || elem == nil || sizes == nil {
		return Layout{}, false
	}
	l := Layout{
		word: sizes.Sizeof(types.Typ[types.Uintptr]),
		wide: sizes.Alignof(types.Typ[types.Uint64]),
	}
	if l.word != 4 && l.word != 8 {
		return Layout{}, false
	}
	var ok bool
	if l.key, ok = l.newPart(key, sizes); !ok {
		return Layout{}, false
	}
	if l.elem, ok = l.newPart(elem, sizes); !ok {
		return Layout{}, false
	}
	l.keyPath = pathOf(key, l, sizes)
	l.measure()
	return l, true
}

func (l *Layout) newPart(t types.Type, sizes types.Sizes) (part, bool) {
	if !sized(t, 0) {
		return part{}, false
	}
	p := part{size: sizes.Sizeof(t), align: sizes.Alignof(t), pointers: hasPointers(t)}
	if p.size < 0 || p.size > maxType { // negative is go/types's answer to overflow
		return part{}, false
	}
	p.indirect = p.size > maxInline
	p.heap = heapBytes(p.size, p.pointers, l.word)
	return p, true
}

// inSlot returns the part as it lies in the slot: itself, or a pointer to it.
func (p part) inSlot(word int64) part {
	if p.indirect {
		return part{size: word, align: word, pointers: true}
	}
	return p
}

// measure derives the sizes of slots, groups and tables from the key and the
// element.
//
// The compiler describes a group as a struct of the control word and an array
// of eight structs of key and element (cmd/compile/internal/reflectdata/map.go,
// MapGroupType), and it pads every struct that ends in a field of size zero, so that
// a pointer to that field stays inside it (cmd/compile/internal/types/size.go,
// CalcStructSize). This is why map[string]struct{} takes as much as map[string]bool.
func (l *Layout) measure() {
	key, elem := l.key.inSlot(l.word), l.elem.inSlot(l.word)
	l.pointers = key.pointers || elem.pointers

	align := max(key.align, elem.align)
	l.slot = roundUp(key.size, elem.align) + elem.size
	if l.slot > 0 && elem.size == 0 {
		l.slot++
	}
	l.slot = roundUp(l.slot, align)

	l.group = roundUp(controlBytes, align) + groupSlots*l.slot
	if l.slot == 0 {
		l.group++
	}
	l.group = roundUp(l.group, max(align, l.wide))
	l.reserve()
}

// reserve derives the heap bytes of groups and tables from the size of a group.
func (l *Layout) reserve() {
	l.firstGroup = heapBytes(l.group, l.pointers, l.word)
	header := heapBytes(tableHeader(l.word), true, l.word)
	for i := range l.tables {
		groups := int64(minTableSlots) << i / groupSlots
		l.tables[i] = header + heapBytes(groups*l.group, l.pointers, l.word)
	}
}

// SlotSize returns the bytes of one slot: the key and the element, or pointers
// to them, with their padding. A group adds one control byte a slot to that.
func (l Layout) SlotSize() int64 { return l.slot }

// KeySize returns the bytes of a key.
func (l Layout) KeySize() int64 { return l.key.size }

// ElemSize returns the bytes of an element.
func (l Layout) ElemSize() int64 { return l.elem.size }

// IndirectKey reports whether keys are stored behind a pointer, with an
// allocation for each entry, because they are over 128 bytes.
func (l Layout) IndirectKey() bool { return l.key.indirect }

// IndirectElem reports the same of elements.
func (l Layout) IndirectElem() bool { return l.elem.indirect }

// Scanned reports whether the garbage collector scans the groups, which it does
// if a slot holds a pointer.
func (l Layout) Scanned() bool { return l.pointers }

// Path returns which of the runtime's map functions serve this type. Elements of
// over 128 bytes rule out the fast ones, whatever the key.
func (l Layout) Path() Path {
	if l.elem.indirect {
		return Generic
	}
	return l.keyPath
}

// WithPointerElems returns the layout of the map with pointers in place of its
// elements. Its costs include what the pointers point to, in one allocation for each
// element, so that they compare with those of the map itself.
//
// For elements of less than 16 bytes without pointers that is an upper bound,
// since the tiny allocator packs several of them into one block.
func (l Layout) WithPointerElems() Layout {
	l.pointee += l.elem.heap
	l.elem = part{size: l.word, align: l.word, pointers: true}
	l.elem.heap = heapBytes(l.word, true, l.word)
	l.measure()
	return l
}
