//go:build !asan && !msan

package mapmodel

import "strconv"

func ints(i int) int     { return i }
func texts(i int) string { return strconv.Itoa(i) }

func block16(i int) (a [16]byte)   { return blockOf(a, i) }
func block128(i int) (a [128]byte) { return blockOf(a, i) }
func block129(i int) (a [129]byte) { return blockOf(a, i) }
func block136(i int) (a [136]byte) { return blockOf(a, i) }

func blockOf[A [16]byte | [128]byte | [129]byte | [136]byte](a A, i int) A {
	a[0], a[1], a[9] = byte(i), byte(i>>8), byte(i>>16)
	return a
}

// pair is an alias so that the type's text says what it is.
type pair = struct {
	name string
	id   int32
}

type fault int

func (f fault) Error() string { return texts(int(f)) }

// subjects are the map types that are measured, chosen for their sizes, for
// pointers in them or not, and for keys and elements behind a pointer.
func subjects() []subject {
	const most = 10_000
	type none = struct{}
	return []subject{
		subjectOf[int, int](most, ints),
		subjectOf[int, none](most, ints),
		subjectOf[int, bool](most, ints),
		subjectOf[string, none](most, texts),
		subjectOf[string, bool](most, texts),
		subjectOf[string, string](most, texts),
		subjectOf[string, []byte](most, texts),
		subjectOf[string, [64]byte](1800, texts),
		subjectOf[string, [17]string](1800, texts),
		subjectOf[int32, int32](most, func(i int) int32 { return int32(i) }),
		subjectOf[uint16, float64](most, func(i int) uint16 { return uint16(i) }),
		subjectOf[uint8, int](256, func(i int) uint8 { return uint8(i) }),
		subjectOf[uint8, none](256, func(i int) uint8 { return uint8(i) }),
		subjectOf[bool, int](2, func(i int) bool { return i > 0 }),
		subjectOf[bool, none](2, func(i int) bool { return i > 0 }),
		subjectOf[none, none](1, func(int) none { return none{} }),
		subjectOf[[0]int, [0]int](1, func(int) (a [0]int) { return a }),
		subjectOf[int64, [16]byte](most, func(i int) int64 { return int64(i) }),
		subjectOf[int, [127]byte](1800, ints),
		subjectOf[int, [128]byte](1800, ints),
		subjectOf[int, [129]byte](1800, ints),
		subjectOf[int, [136]byte](1800, ints),
		subjectOf[int, [256]byte](1800, ints),
		subjectOf[int, [16]*int](1800, ints),
		subjectOf[int, [17]*int](1800, ints),
		subjectOf[int, [32]*int](1800, ints),
		subjectOf[int, [63]*int](900, ints),
		subjectOf[int, [64]*int](900, ints),
		subjectOf[int, [65]*int](900, ints),
		subjectOf[int, [40_000]byte](30, ints),
		subjectOf[int, [5000]*int](30, ints),
		subjectOf[int, *int](most, ints),
		subjectOf[int, func()](most, ints),
		subjectOf[int, any](most, ints),
		subjectOf[int, struct {
			a int8
			b int64
			c int8
		}](most, ints),
		subjectOf[float64, complex128](most, func(i int) float64 { return float64(i) }),
		subjectOf[any, int](most, func(i int) any { return i }),
		subjectOf[error, int](most, func(i int) error { return fault(i) }),
		subjectOf[*int, bool](most, func(int) *int { return new(int) }),
		subjectOf[[2]int64, int](most, func(i int) [2]int64 { return [2]int64{int64(i)} }),
		subjectOf[pair, int](most, func(i int) pair { return pair{texts(i), int32(i)} }),
		subjectOf[[16]byte, int](most, block16),
		subjectOf[[128]byte, none](1800, block128),
		subjectOf[[129]byte, none](1800, block129),
		subjectOf[[136]byte, int](1800, block136),
		subjectOf[[136]byte, [136]byte](1800, block136),
		subjectOf[[9]string, [9]string](1800, func(i int) [9]string { return [9]string{texts(i)} }),
	}
}
