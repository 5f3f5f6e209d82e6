package mapstat_test

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/mapdiag/mapdiag/mapstat"
)

// heapGrowth returns the bytes and objects by which the heap grows while make runs; what it
// returns stays reachable.
func heapGrowth[T any](build func() T) (kept T, bytes, objects int64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept = build()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return kept, int64(after.HeapAlloc) - int64(before.HeapAlloc), int64(after.HeapObjects) - int64(before.HeapObjects)
}

// copies is the number of maps of each kind that are built, so that what else the
// heap does disappears in the rounding.
const copies = 40

func checkBytes[K comparable, V any](t *testing.T, what string, key func(int) K, value func(int) V, n int, then func(map[K]V)) {
	t.Helper()
	t.Run(fmt.Sprintf("%T/%s/%d", map[K]V(nil), what, n), func(t *testing.T) {
		copies := max(copies, 20_000/(n+1))
		if n > 50_000 {
			copies = 3
		}
		maps, bytes, objects := heapGrowth(func() []map[K]V {
			maps := make([]map[K]V, copies)
			for i := range maps {
				m := make(map[K]V)
				for k := range n {
					m[key(k)] = value(k)
				}
				if then != nil {
					then(m)
				}
				maps[i] = m
			}
			return maps
		})
		var sum, sumObjects int64
		for _, m := range maps {
			s, err := mapstat.Read(m)
			if err != nil {
				t.Fatal(err)
			}
			if s.Len != len(m) {
				t.Fatalf("Len is %d, want %d", s.Len, len(m))
			}
			sum += int64(s.Bytes)
			sumObjects += int64(s.Objects)
		}
		// The slice of maps itself, and a few objects of the runtime's and the
		// testing package's own.
		slack := int64(8*copies) + 8192 + 2048 + sum/1000
		if d := bytes - sum; d < -slack || d > slack {
			t.Errorf("the heap grew by %d bytes, the maps tell of %d", bytes, sum)
		}
		if d := objects - sumObjects; d < -24 || d > 24 {
			t.Errorf("the heap grew by %d objects, the maps tell of %d", objects, sumObjects)
		}
		runtime.KeepAlive(maps)
	})
}

func TestBytes(t *testing.T) {
	id := func(i int) int { return i }
	for _, n := range []int{0, 1, 8, 9, 14, 15, 100, 897, 1000, 5000, 100_000} {
		checkBytes(t, "filled", id, id, n, nil)
		checkBytes(t, "filled", func(i int) [3]int64 { return [3]int64{int64(i)} }, func(int) *int { return nil }, n, nil)
		checkBytes(t, "filled", func(i int) uint8 { return uint8(i) }, func(int) struct{} { return struct{}{} }, n, nil)
		checkBytes(t, "filled", func(i int) float64 { return float64(i) }, func(i int) any { return nil }, n, nil)
		checkBytes(t, "drained", id, id, n, func(m map[int]int) {
			for k := range m {
				if k%100 != 0 {
					delete(m, k)
				}
			}
		})
		checkBytes(t, "cleared", id, id, n, func(m map[int]int) { clear(m) })
	}
	for _, n := range []int{1, 8, 9, 1000} {
		checkBytes(t, "indirect", func(i int) [17]int64 { return [17]int64{int64(i)} }, func(i int) [200]byte { return [200]byte{} }, n, nil)
		checkBytes(t, "nan", func(i int) float64 { return math.NaN() }, id, n, nil)
	}
}
