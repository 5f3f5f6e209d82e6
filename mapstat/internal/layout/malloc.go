package layout

import "slices"

// The allocator's rounding on 64-bit targets, from internal/runtime/gc/malloc.go
// (Go 1.26; runtime/sizeclasses.go before), the same since Go 1.22. TestHeapBytes
// compares it with the toolchain in use.
const (
	// mallocHeader is the size in bytes of the type pointer before an object
	// with pointers that is larger than headerless.
	mallocHeader = 8
	headerless   = 512

	// Objects of more than maxSmall-mallocHeader bytes take whole pages.
	maxSmall = 32768
	pageSize = 8192
)

// sizeClasses are the sizes in bytes that small objects are rounded up to.
var sizeClasses = [...]uint16{
	8, 16, 24, 32, 48, 64, 80, 96, 112, 128,
	144, 160, 176, 192, 208, 224, 240, 256, 288, 320,
	352, 384, 416, 448, 480, 512, 576, 640, 704, 768,
	896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688,
	3072, 3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912,
	8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432,
	19072, 20480, 21760, 24576, 27264, 28672, 32768,
}

// HeapBytes returns the bytes that the heap gives for an object of the given size.
func HeapBytes(size uintptr, pointers bool) uint64 {
	switch {
	case size == 0:
		return 0
	case size > maxSmall-mallocHeader:
		return (uint64(size) + pageSize - 1) &^ (pageSize - 1)
	case pointers && size > headerless:
		size += mallocHeader
	}
	i, _ := slices.BinarySearch(sizeClasses[:], uint16(size))
	return uint64(sizeClasses[i])
}
