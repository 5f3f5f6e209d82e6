package layout

import (
	"reflect"
	"runtime/debug"
	"unsafe"
)

// choose returns the reader that understands this program's maps: the first that
// reads maps of which everything is known as they are. It costs a quarter of a millisecond, once.
func choose() *reader {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		return nil // all offsets are those of 64-bit targets
	}
	for _, r := range readers {
		if r.check() {
			return r
		}
	}
	return nil
}

// check reports whether r reads known maps right. The maps are of a type whose
// every part has another size, so that no two can be mistaken for each other;
// the numbers of entries are around those at which maps change their shape.
//
// A header that has changed while groups have not could send the reader
// anywhere; a fault on the way is an answer, too.
func (r *reader) check() (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	type key struct {
		a uint64
		b uint32
		c uint16
	}
	small := r.typeOf(reflect.TypeFor[map[key]uint8]())
	big := r.typeOf(reflect.TypeFor[map[[136]byte]*uint8]())
	if small == nil || big == nil || small.Pointers || !big.Pointers || !big.IndirectKey || big.IndirectElem {
		return false
	}
	for _, n := range []int{0, 1, 8, 9, 14, 15, 1000, 2000} {
		m := make(map[key]uint8) //mapdiag:ignore sizehint it is the growing that is looked at
		for i := range n {
			m[key{uint64(i) << 40, uint32(i), uint16(i)}] = uint8(i)
		}
		if !r.checkMap(small, any(m), n) {
			return false
		}
	}
	m := make(map[[136]byte]*uint8)
	for i := range 20 {
		m[[136]byte{135: byte(i)}] = nil
	}
	return r.checkMap(big, any(m), len(m))
}

func (r *reader) checkMap(t *Type, m any, n int) bool {
	_, p := Unpack(m)
	got, err := r.read(t, p, Options{Groups: -1})
	if err != nil || got.Len != n || got.Slots < n || got.Slots > 16*n+groupSlots || got.Probed != uint64(n) || got.Estimated {
		return false
	}
	full, matching := r.hashes(t, p)
	return full == n && matching == n
}
