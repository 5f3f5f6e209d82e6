package mapstat_test

import (
	"fmt"
	"maps"
	"math"
	"reflect"
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
	for _, n := range []int{1, 8, 9, 1000} {
		checkBytes(t, "pointers", func(i int) *[2]int { return &pool[i] }, func(i int) string { return "" }, n, nil)
		checkBytes(t, "generic", func(i int) pair[int8, string] { return pair[int8, string]{b: numbers[i]} }, id, n, nil)
		checkBytes(t, "flags", func(i int) uint16 { return uint16(i) }, func(int) bool { return true }, n, func(m map[uint16]bool) {
			for i := range uint16(n) { // steady churn
				delete(m, i)
				m[i+uint16(n)] = true
			}
		})
	}
	checkBytes(t, "empty", func(int) struct{} { return struct{}{} }, func(int) struct{} { return struct{}{} }, 1, nil)
	checkBytes(t, "filled", id, id, 1_000_000, nil)
}

var (
	pool    [1000][2]int
	numbers = func() (s [1000]string) {
		for i := range s {
			s[i] = fmt.Sprint(i)
		}
		return s
	}()
)

type pair[A, B any] struct {
	a A
	b B
}

// TestBytesMade measures maps that were made with a hint, copied or made by package reflect.
func TestBytesMade(t *testing.T) {
	source := make(map[int]string)
	for i := range 3000 {
		source[i] = ""
		if i >= 1000 {
			delete(source, i-1000)
		}
	}
	typ := reflect.MapOf(reflect.TypeFor[[3]uint8](), reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeFor[*int]()}, {Name: "B", Type: reflect.TypeFor[[30]int]()}}))
	for what, build := range map[string]func() any{
		"hint 1":       func() any { return make(map[int]int, 1) },
		"hint 9":       func() any { return make(map[int]int, 9) },
		"hint 1000":    func() any { return make(map[string]*int, 1000) },
		"hint 100 000": func() any { return make(map[int32]struct{}, 100_000) },
		"cloned":       func() any { return maps.Clone(source) },
		"reflect": func() any {
			m := reflect.MakeMap(typ)
			for i := range 500 {
				m.SetMapIndex(reflect.ValueOf([3]uint8{uint8(i), uint8(i >> 8)}), reflect.Zero(typ.Elem()))
			}
			return m.Interface()
		},
	} {
		built, bytes, objects := heapGrowth(func() []any {
			built := make([]any, copies)
			for i := range built {
				built[i] = build()
			}
			return built
		})
		var sum, sumObjects int64
		for _, m := range built {
			s, err := mapstat.Read(m)
			if err != nil {
				t.Fatal(err)
			}
			if s.Len != reflect.ValueOf(m).Len() {
				t.Errorf("%s: Len %d", what, s.Len)
			}
			sum += int64(s.Bytes)
			sumObjects += int64(s.Objects)
		}
		slack := int64(16*copies) + 8192 + 2048 + sum/1000
		if d := bytes - sum; d < -slack || d > slack {
			t.Errorf("%s: the heap grew by %d bytes, the maps tell of %d", what, bytes, sum)
		}
		if d := objects - sumObjects; d < -24 || d > 24 {
			t.Errorf("%s: the heap grew by %d objects, the maps tell of %d", what, objects, sumObjects)
		}
		runtime.KeepAlive(built)
	}
}
