package layout

import (
	"runtime"
	"testing"
)

// TestHeapBytes asks the allocator of the toolchain in use: append grows a slice to all
// that its size class has room for.
func TestHeapBytes(t *testing.T) {
	for size := uintptr(1); size < 200_000; size += 1 + size/97 {
		raw := append([]byte(nil), make([]byte, size)...)
		if got := HeapBytes(size, false); got != uint64(cap(raw)) {
			t.Errorf("%d bytes: %d, the allocator gives %d", size, got, cap(raw))
		}
		n := (size + 7) / 8
		pointers := append([]*int(nil), make([]*int, n)...)
		want := HeapBytes(n*8, true)
		if n*8 > headerless && want <= maxSmall {
			want -= mallocHeader
		}
		if want/8 != uint64(cap(pointers)) {
			t.Errorf("%d pointers: room for %d, the allocator gives %d", n, want/8, cap(pointers))
		}
	}
	if HeapBytes(0, true) != 0 {
		t.Error("nothing takes room")
	}
}

var sink [][]*byte

// TestHeapBytesOfObjects measures what the heap grows by.
func TestHeapBytesOfObjects(t *testing.T) {
	for _, n := range []int{64, 65, 100, 129, 1000, 4095, 4096, 5000} {
		const copies = 200
		sink = make([][]*byte, copies)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range sink {
			sink[i] = make([]*byte, n)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		got := (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / copies
		want := float64(HeapBytes(uintptr(n)*8, true))
		if d := got - want; d > 0.01*want+100 || d < -0.01*want-100 {
			t.Errorf("%d pointers: the heap grows by %.0f each, HeapBytes says %.0f", n, got, want)
		}
	}
	sink = nil
}
