package mapmodel

import "slices"

// The allocator's rounding, from internal/runtime/gc/malloc.go and sizeclasses.go.
const (
	// mallocHeader is the size in bytes of the type pointer that precedes an
	// object with pointers that is too large for a bitmap in its span
	// (MallocHeaderSize; 8 bytes also on 32-bit targets).
	mallocHeader = 8

	// maxSmall is the largest size class in bytes (MaxSmallSize). Objects of more
	// than maxSmall-mallocHeader bytes take whole pages, pointers or not
	// (runtime/malloc.go, mallocgc).
	maxSmall = 32768

	// pageSize is the unit in which larger objects are allocated (PageSize).
	pageSize = 8192
)

// sizeClasses are the sizes in bytes that small objects are rounded up to
// (SizeClassToSize).
var sizeClasses = [...]uint16{
	8, 16, 24, 32, 48, 64, 80, 96, 112, 128,
	144, 160, 176, 192, 208, 224, 240, 256, 288, 320,
	352, 384, 416, 448, 480, 512, 576, 640, 704, 768,
	896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688,
	3072, 3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912,
	8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432,
	19072, 20480, 21760, 24576, 27264, 28672, 32768,
}

// heapBytes returns the bytes that the heap gives for an object of the given
// size on a target whose pointers have word bytes.
//
// The tiny allocator, which packs several objects without pointers and of less
// than 16 bytes into one block, plays no part: no piece of a map is that small
// but a directory of one entry, which holds a pointer.
func heapBytes(size int64, pointers bool, word int64) int64 {
	if size == 0 {
		return 0 // runtime/malloc.go: every such pointer is to zerobase
	}
	if size > maxSmall-mallocHeader {
		return roundUp(size, pageSize)
	}
	// MinSizeForMallocHeader, an exclusive limit: a bitmap of one machine
	// word describes this many bytes.
	if pointers && size > word*word*8 {
		size += mallocHeader
	}
	i, _ := slices.BinarySearch(sizeClasses[:], uint16(size))
	return int64(sizeClasses[i])
}
