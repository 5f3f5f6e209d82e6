package mapstat_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

func filled[K comparable, V any](n int, key func(i int) K) map[K]V {
	m := make(map[K]V)
	var zero V
	for i := range n {
		m[key(i)] = zero
	}
	return m
}

func benchRead[K comparable, V any](b *testing.B, n int, key func(i int) K) {
	m := filled[K, V](n, key)
	perEntry := func(f func()) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
		}
	}
	name := fmt.Sprintf("%T/%d/", m, n)
	b.Run(name+"range", perEntry(func() {
		for range m {
		}
	}))
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	var mu sync.Mutex
	if _, err := r.Track("m", &m, &mu); err != nil {
		b.Fatal(err)
	}
	b.Run(name+"Sample", perEntry(func() { r.Sample(0) }))
	b.Run(name+"Read", perEntry(func() { _, _ = mapstat.Read(m) }))
	b.Run(name+"ReadMap", perEntry(func() { _, _ = mapstat.ReadMap(m) }))
	b.Run(name+"TryRead", perEntry(func() { _, _ = mapstat.TryRead(m) }))
	runtime.KeepAlive(&m)
	runtime.KeepAlive(&mu)
}

// BenchmarkRead reads maps of some types and sizes, and ranges over them for
// comparison.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{8, 1000, 100_000, 1_000_000} {
		benchRead[int, int](b, n, func(i int) int { return i })
	}
	for _, n := range []int{1000, 100_000} {
		benchRead[string, int](b, n, func(i int) string { return fmt.Sprint("key number ", i) })
		benchRead[[2]int64, int](b, n, func(i int) [2]int64 { return [2]int64{int64(i)} })
		benchRead[any, int](b, n, func(i int) any { return i })
		benchRead[int, [200]byte](b, n, func(i int) int { return i })
		benchRead[[200]byte, int](b, n, func(i int) [200]byte { return [200]byte{byte(i), byte(i >> 8), byte(i >> 16)} })
	}
}

// BenchmarkSample samples 100 maps of 100 000 entries: one round over all, and rounds of the
// default budget.
func BenchmarkSample(b *testing.B) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	maps := make([]map[int]int, 100)
	var mu sync.RWMutex
	for i := range maps {
		maps[i] = filled[int, int](100_000, func(k int) int { return k + i<<32 })
		if _, err := r.Track(fmt.Sprint(i), &maps[i], &mu); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			r.Sample(0)
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(maps)), "µs/map")
	})
	b.Run("budget", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for range b.N {
			n += r.Sample(time.Millisecond)
		}
		b.ReportMetric(float64(n)/float64(b.N), "maps/round")
	})
	b.Run("snapshot", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			r.Snapshot(false)
		}
	})
	runtime.KeepAlive(maps)
	runtime.KeepAlive(&mu)
}

// BenchmarkRange ranges over maps with different shares of free slots: what a slot
// costs beside an entry is slotCost in stat.go.
func BenchmarkRange(b *testing.B) {
	for _, slots := range []int{1 << 17, 1 << 22} {
		benchRange(b, slots)
	}
}

func benchRange(b *testing.B, slots int) {
	for _, fill := range []float64{0.75, 0.5, 0.25, 0.125, 0.03, 0.004} {
		n := int(float64(slots) * fill)
		m := make(map[int]int, slots*3/4)
		for len(m) < n {
			m[rand.Int()] = 1
		}
		s, err := mapstat.Read(m)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("slots=%d/load=%.3f", s.Slots, s.Load), func(b *testing.B) {
			sum := 0
			for range b.N {
				for k, v := range m {
					sum += k + v
				}
			}
			total := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(total/float64(n), "ns/entry")
			b.ReportMetric(total/float64(s.Slots), "ns/slot")
		})
	}
}

// BenchmarkTombstones looks up what is there and what is not, in maps with the same entries and
// slots but different shares of tombstones.
func BenchmarkTombstones(b *testing.B) {
	const tables, live = 64, 300
	for _, deleted := range []int{0, 100, 200, 300, 400, 500} {
		maps := make([]map[int]int, tables)
		for i := range maps {
			m := make(map[int]int, 896)
			keys := rand.Perm(live + deleted)
			for _, k := range keys {
				m[k] = 1
			}
			for _, k := range keys {
				if k >= live {
					delete(m, k)
				}
			}
			maps[i] = m
		}
		var tombstones, slots int
		for _, m := range maps {
			s, err := mapstat.Read(m)
			if err != nil {
				b.Fatal(err)
			}
			tombstones += s.Tombstones
			slots += s.Slots
		}
		for what, first := range map[string]int{"hit": 0, "miss": 1 << 40} {
			b.Run(fmt.Sprintf("share=%.2f/%s", float64(tombstones)/float64(slots), what), func(b *testing.B) {
				sum := 0
				for i := range b.N {
					sum += maps[i/live%tables][first+i%live]
				}
			})
		}
	}
}

// A timedLock keeps how long it was held each time.
type timedLock struct {
	mu    sync.Mutex
	start time.Time
	held  []time.Duration
}

func (l *timedLock) TryLock() bool {
	if !l.mu.TryLock() {
		return false
	}
	l.start = time.Now()
	return true
}
func (l *timedLock) Lock() { l.mu.Lock(); l.start = time.Now() }
func (l *timedLock) Unlock() {
	l.held = append(l.held, time.Since(l.start))
	l.mu.Unlock()
}

// BenchmarkLockHold measures for how long a sample keeps the lock of a map.
func BenchmarkLockHold(b *testing.B) {
	for _, n := range []int{1000, 100_000, 10_000_000} {
		benchLockHold(b, n, func(i int) int { return i })
	}
	benchLockHold(b, 1_000_000, func(i int) string { return fmt.Sprint("key number ", i) })
}

func benchLockHold[K comparable](b *testing.B, n int, key func(i int) K) {
	var m map[K]int
	b.Run(fmt.Sprintf("%T/%d", m, n), func(b *testing.B) {
		if m == nil {
			m = filled[K, int](n, key)
		}
		r := mapstat.NewRegistry(mapstat.DefaultThresholds())
		l := &timedLock{}
		if _, err := r.Track("m", &m, l); err != nil {
			b.Fatal(err)
		}
		for range b.N {
			r.Sample(0)
		}
		runtime.KeepAlive(&m)
		slices.Sort(l.held)
		at := func(share float64) float64 {
			return float64(l.held[int(share*float64(len(l.held)-1))].Nanoseconds()) / 1000
		}
		b.ReportMetric(at(0.5), "µs-p50")
		b.ReportMetric(at(0.99), "µs-p99")
		b.ReportMetric(at(0.999), "µs-p99.9")
		b.ReportMetric(at(1), "µs-max")
	})
}

func BenchmarkSnapshotJSON(b *testing.B) {
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	maps := make([]map[int]int, 100)
	for i := range maps {
		maps[i] = filled[int, int](1000, func(k int) int { return k })
		if _, err := r.Track(fmt.Sprint(i), &maps[i], &packageLock); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for range b.N {
		_ = r.String()
	}
	runtime.KeepAlive(maps)
}

// TestLockHold holds samples of a large map to their budget. The median is asked for, as
// the machine may take the processor away at any time.
func TestLockHold(t *testing.T) {
	if sanitized {
		t.Skip("instrumented programs are slow")
	}
	m := filled[int, int](1_000_000, func(i int) int { return i })
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	l := &timedLock{}
	if _, err := r.Track("m", &m, l); err != nil {
		t.Fatal(err)
	}
	for range 101 {
		r.Sample(0)
	}
	runtime.KeepAlive(&m)
	slices.Sort(l.held)
	if len(l.held) != 101 || l.held[50] > 150*time.Microsecond {
		t.Errorf("%d samples hold the lock for %v in the median, %v at most", len(l.held), l.held[50], l.held[100])
	}
}

// BenchmarkMetric evaluates what a snapshot says of a map that has been read.
func BenchmarkMetric(b *testing.B) {
	s, err := mapstat.Read(filled[int, int](1000, func(i int) int { return i }))
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range mapstat.Builtin() {
		b.Run(m.Name, func(b *testing.B) {
			for range b.N {
				m.Eval(s)
			}
		})
	}
	b.Run("verdict", func(b *testing.B) {
		limits := mapstat.DefaultThresholds()
		for range b.N {
			limits.Judge(s, mapstat.Window{})
		}
	})
}
