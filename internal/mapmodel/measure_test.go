//go:build !asan && !msan

// The sanitizers allocate on their own account and pad allocations, so that
// what a map takes under them is not what the model describes.

package mapmodel

import (
	"math"
	"reflect"
	"runtime"
	"runtime/debug"
	"testing"
)

// A subject is a map type whose fills can be measured.
type subject struct {
	typ  string
	most int // distinct keys that there are
	fill func(n, hint int)
}

// sink keeps the maps on the heap.
var sink any

// subjectOf returns the subject map[K]V, with keys that are made in advance so
// that only the map's own allocations are counted.
func subjectOf[K comparable, V any](most int, key func(i int) K) subject {
	var keys []K
	for i := range most {
		keys = append(keys, key(i))
	}
	return subject{
		typ:  reflect.TypeFor[map[K]V]().String(),
		most: most,
		fill: func(n, hint int) {
			m := make(map[K]V, hint)
			sink = m
			var v V
			for _, k := range keys[:n] {
				m[k] = v
			}
		},
	}
}

// local returns the subject map[int]V in its form that does not escape.
func local[V any]() subject {
	return subject{
		typ:  reflect.TypeFor[map[int]V]().String(),
		most: math.MaxInt,
		fill: func(n, hint int) {
			m := make(map[int]V, hint)
			var v V
			for i := range n {
				m[i] = v
			}
		},
	}
}

// quiet stops the collector, whose workers allocate, for the test.
func quiet(t *testing.T) {
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	percent := debug.SetGCPercent(-1)
	t.Cleanup(func() { debug.SetGCPercent(percent) })
}

// measure returns what one fill allocates. Something else in the process may
// add to that, never subtract.
func (s subject) measure(n, hint int) Cost {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s.fill(n, hint)
	runtime.ReadMemStats(&after)
	if after.HeapAlloc > 128<<20 {
		sink = nil
		runtime.GC()
	}
	return Cost{
		Bytes:  int64(after.TotalAlloc - before.TotalAlloc),
		Allocs: int64(after.Mallocs - before.Mallocs),
	}
}

// check measures a fill that the model calls exact. Of several attempts the
// least counts.
func (s subject) check(t *testing.T, want Cost, n, hint int) {
	t.Helper()
	var got Cost
	for i := range 8 {
		c := s.measure(n, hint)
		if i == 0 || c.Bytes < got.Bytes {
			got.Bytes = c.Bytes
		}
		if i == 0 || c.Allocs < got.Allocs {
			got.Allocs = c.Allocs
		}
		if got == want {
			return
		}
	}
	t.Errorf("%s: filling %d with hint %d takes %d B in %d, the model says %d B in %d",
		s.typ, n, hint, got.Bytes, got.Allocs, want.Bytes, want.Allocs)
}

// TestMeasured compares the model with measured fills of many types, wherever
// the model claims to be exact.
func TestMeasured(t *testing.T) {
	quiet(t)
	for _, s := range subjects() {
		l := layoutOf(t, s.typ)
		for _, n := range steps {
			if n > s.most {
				break
			}
			for _, hint := range []int{0, n, 10 * n} {
				if l.Fill(n, hint).Bytes > 8<<20 {
					continue // page faults make these slow
				}
				if want := l.Fill(n, hint); !want.Approx {
					s.check(t, want, n, hint)
				}
			}
		}
	}
}

// TestMeasuredHints measures fills with hints below and far above the number of
// entries, including those that the runtime ignores.
func TestMeasuredHints(t *testing.T) {
	quiet(t)
	for _, s := range []subject{subjectOf[int, int](3000, ints), subjectOf[string, string](3000, texts)} {
		l := layoutOf(t, s.typ)
		for _, hint := range []int{math.MinInt, -1, 1, 9, 14, 15, 100, 896, 897, 898, 1792, 1793, 1796, 3000, 50_000, math.MaxInt / 64, math.MaxInt} {
			for _, n := range []int{0, 1, 8, 9, 29, 100, 500, 1000, 3000} {
				if want := l.Fill(n, hint); !want.Approx {
					s.check(t, want, n, hint)
				}
			}
		}
	}
}

// TestMeasuredLocal measures maps that do not escape.
func TestMeasuredLocal(t *testing.T) {
	quiet(t)
	for _, s := range []subject{local[int](), local[string](), local[[200]byte]()} {
		l := layoutOf(t, s.typ)
		for _, n := range []int{0, 1, 8, 9, 14, 15, 100, 1000} {
			for _, hint := range []int{0, 1, 8, 9, n, 10 * n, -1, math.MaxInt} {
				s.check(t, l.FillLocal(n, hint), n, hint)
			}
		}
	}
}

// TestMeasuredResident compares what stays reachable with the heap that is
// freed when the map goes.
func TestMeasuredResident(t *testing.T) {
	quiet(t)
	heap := func() Cost {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return Cost{Bytes: int64(m.HeapAlloc), Allocs: int64(m.HeapObjects)}
	}
	for _, s := range []subject{subjectOf[int, int](1000, ints), subjectOf[[136]byte, []byte](1000, block136)} {
		l := layoutOf(t, s.typ)
		for _, n := range []int{0, 8, 9, 100, 896, 1000} {
			for _, hint := range []int{0, n} {
				want := l.Resident(n, hint)
				var got Cost
				for range 8 {
					s.fill(n, hint)
					with := heap()
					sink = nil
					without := heap()
					got = Cost{Bytes: with.Bytes - without.Bytes, Allocs: with.Allocs - without.Allocs}
					if got == want {
						break
					}
				}
				if got != want {
					t.Errorf("%s: %d entries with hint %d keep %v, the model says %v", s.typ, n, hint, got, want)
				}
			}
		}
	}
}

// A sample is a series of measurements of one number.
type sample struct{ sum, squares, count float64 }

func (s *sample) add(x int64) {
	s.sum += float64(x)
	s.squares += float64(x) * float64(x)
	s.count++
}

// agrees reports whether the mean lies within five standard errors of want, and
// a little more for what background allocations add. The deviation counts as at
// least a tenth of want, because the sample may have missed a rare split.
func (s *sample) agrees(want, background int64) bool {
	mean := s.sum / s.count
	deviation := max(math.Sqrt(max(0, s.squares/s.count-mean*mean)), float64(want)/10)
	return math.Abs(mean-float64(want)) <= 5*deviation/math.Sqrt(s.count)+float64(background)
}

// TestMeasuredMean compares the expected costs with the mean of many fills
// where the seed decides.
func TestMeasuredMean(t *testing.T) {
	quiet(t)
	for _, s := range []subject{subjectOf[int, int](7500, ints), subjectOf[string, *int](4000, texts)} {
		l := layoutOf(t, s.typ)
		for _, n := range []int{1750, 1791, 1792, 1793, 3400, 3584, 3585, 7168} {
			for _, hint := range []int{0, n, n - 100} {
				want := l.Fill(n, hint)
				if n > s.most || !want.Approx {
					continue
				}
				var bytes, allocs sample
				for range 200 {
					c := s.measure(n, hint)
					bytes.add(c.Bytes)
					allocs.add(c.Allocs)
				}
				if !bytes.agrees(want.Bytes, 200) || !allocs.agrees(want.Allocs, 1) {
					t.Errorf("%s: filling %d with hint %d takes %.0f B in %.1f on average, the model says %d B in %d",
						s.typ, n, hint, bytes.sum/bytes.count, allocs.sum/allocs.count, want.Bytes, want.Allocs)
				}
			}
		}
	}
}
