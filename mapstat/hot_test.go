//go:build !race && !asan && !msan

package mapstat_test

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

var hotTime = flag.Duration("hot", 2*time.Second, "how long TestHot reads maps that are being written")

// A hotMap is a map that one goroutine writes. What the writer has begun and what it has
// done are counted around each write, so that a reader knows between what a true
// reading has to be.
type hotMap[K comparable, V any] struct {
	m           map[K]V
	begun, done atomic.Int64
}

// hotKeys is the number of different keys that writers use.
const hotKeys = 6000

// A hotWriter makes maps, and checks what was read of one while it wrote.
type hotWriter[K comparable, V any] struct {
	name  string
	setup func() *hotMap[K, V]
	// write writes round after round, and is over when the map is used up.
	write func(h *hotMap[K, V], round int) (over bool)
	check func(s, still mapstat.Stat, done, begun int64) error
}

func hotWriters[K comparable, V any](keys []K, value V, hashed bool) []hotWriter[K, V] {
	fill := func(n int) *hotMap[K, V] {
		h := &hotMap[K, V]{m: make(map[K]V)}
		for _, k := range keys[:n] {
			h.m[k] = value
		}
		return h
	}
	swiss := strings.HasPrefix(mapstat.Layout(), "swiss")
	sums := func(s mapstat.Stat, n int) error {
		var count uint64
		for _, c := range s.Probes {
			count += c
		}
		switch {
		case count != s.Probed || s.Probed > uint64(n):
			return fmt.Errorf("probes of %d entries are counted for %d", n, count)
		case s.Slots < s.Len || s.Estimated:
			return fmt.Errorf("%d slots, estimated %v", s.Slots, s.Estimated)
		case swiss && s.Tables > 0 && s.GrowthLeft+s.Tombstones+s.Len != s.Slots/8*7:
			return fmt.Errorf("%d slots do not add up", s.Slots)
		}
		return nil
	}
	return []hotWriter[K, V]{
		{"insert", func() *hotMap[K, V] { return fill(0) },
			func(h *hotMap[K, V], i int) bool {
				h.begun.Add(1)
				h.m[keys[i]] = value
				h.done.Add(1)
				return i == len(keys)-1
			},
			func(s, _ mapstat.Stat, done, begun int64) error {
				if s.Len < int(done) || s.Len > int(begun) {
					return fmt.Errorf("Len is %d, was between %d and %d", s.Len, done, begun)
				}
				if s.Tombstones != 0 || s.Cleared != 0 {
					return fmt.Errorf("%d tombstones, cleared %d times", s.Tombstones, s.Cleared)
				}
				if swiss && hashed && int(s.Probed+s.Unreachable) != s.Len {
					return fmt.Errorf("%d of %d entries looked up", s.Probed, s.Len)
				}
				return sums(s, s.Len)
			}},
		{"overwrite", func() *hotMap[K, V] { return fill(hotKeys / 2) },
			func(h *hotMap[K, V], i int) bool {
				k := keys[i%(hotKeys/2)]
				if k == k {
					h.m[k] = value
				}
				return false
			},
			func(s, still mapstat.Stat, _, _ int64) error {
				if s.Probed == 0 {
					still.Probes, still.Probed, still.MeanProbe, still.MaxProbe, still.Unreachable = s.Probes, 0, 0, 0, 0
				}
				if s.Old == 0 && still.Old != 0 { // a growth that has come to its end meanwhile
					return nil
				}
				if s != still {
					return fmt.Errorf("read %+v, is %+v", s, still)
				}
				return nil
			}},
		{"toggle", func() *hotMap[K, V] { return fill(hotKeys / 2) },
			func(h *hotMap[K, V], i int) bool {
				k := keys[i%(hotKeys/2)]
				if k == k {
					delete(h.m, k)
					h.m[k] = value
				}
				return false
			},
			func(s, _ mapstat.Stat, _, _ int64) error {
				if s.Len != hotKeys/2 && s.Len != hotKeys/2-1 {
					return fmt.Errorf("Len is %d", s.Len)
				}
				return sums(s, hotKeys/2)
			}},
		{"mixed", func() *hotMap[K, V] { return fill(10) },
			func(h *hotMap[K, V], i int) bool {
				switch r := rand.IntN(3000); {
				case r == 0 && len(h.m) > 0:
					h.begun.Add(1)
					clear(h.m)
					h.done.Add(1)
				case r < 1300:
					delete(h.m, keys[rand.IntN(len(keys))])
				default:
					h.m[keys[rand.IntN(len(keys))]] = value
				}
				return i > 50_000
			},
			func(s, _ mapstat.Stat, done, begun int64) error {
				if s.Cleared < uint64(done) || s.Cleared > uint64(begun) {
					return fmt.Errorf("cleared %d times, was between %d and %d", s.Cleared, done, begun)
				}
				return sums(s, s.Slots)
			}},
		{"nothing to fill", func() *hotMap[K, V] { return fill(0) }, // between no group, one and tables
			func(h *hotMap[K, V], i int) bool {
				h.begun.Add(1)
				h.m[keys[i]] = value
				h.done.Add(1)
				return i == 12
			},
			func(s, _ mapstat.Stat, done, begun int64) error {
				if s.Len < int(done) || s.Len > int(begun) || s.Tombstones != 0 {
					return fmt.Errorf("Len is %d, was between %d and %d; %d tombstones", s.Len, done, begun, s.Tombstones)
				}
				return sums(s, s.Len)
			}},
	}
}

// hotRun lets one goroutine write and two read for some time.
func hotRun[K comparable, V any](t *testing.T, w hotWriter[K, V], d time.Duration) (ok, torn int64) {
	var (
		current atomic.Pointer[hotMap[K, V]]
		still   mapstat.Stat
		stop    atomic.Bool
		oks     atomic.Int64
		torns   atomic.Int64
		wg      sync.WaitGroup
	)
	h := w.setup()
	still, err := mapstat.Read(h.m)
	if err != nil {
		t.Fatal(err)
	}
	current.Store(h)
	wg.Add(3)
	go func() {
		defer wg.Done()
		for i := 0; !stop.Load(); i++ {
			if w.write(h, i) {
				h, i = w.setup(), -1
				current.Store(h)
			}
		}
	}()
	for range 2 {
		go func() {
			defer wg.Done()
			for !stop.Load() {
				h := current.Load()
				done := h.done.Load()
				s, err := mapstat.TryRead(h.m)
				begun := h.begun.Load()
				switch {
				case errors.Is(err, mapstat.ErrTorn):
					torns.Add(1)
				case err != nil:
					t.Error(err)
					return
				default:
					oks.Add(1)
					if err := w.check(s, still, done, begun); err != nil {
						t.Errorf("%s: %v", w.name, err)
						return
					}
				}
			}
		}()
	}
	time.Sleep(d)
	stop.Store(true)
	wg.Wait()
	return oks.Load(), torns.Load()
}

func hotType[K comparable, V any](t *testing.T, key func(i int) K, value V, hashed bool) {
	keys := make([]K, hotKeys)
	for i := range keys {
		keys[i] = key(i)
	}
	t.Run(fmt.Sprintf("%T", map[K]V(nil)), func(t *testing.T) {
		for _, w := range hotWriters(keys, value, hashed) {
			const cases = 10 * 5
			// Half the time with a collector that runs all the time.
			ok, torn := hotRun(t, w, *hotTime/cases/2)
			before := debug.SetGCPercent(1)
			ok2, torn2 := hotRun(t, w, *hotTime/cases/2)
			debug.SetGCPercent(before)
			t.Logf("%s: %d readings, %d torn; with GOGC=1 %d, %d", w.name, ok+torn, torn, ok2+torn2, torn2)
		}
	})
}

// TestHot reads maps of many kinds while they are written: the program has to survive, and what
// is read has to be true. go test -run TestHot -hot 1m takes a minute.
func TestHot(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	}
	hotType(t, func(i int) int { return i }, 1, true)
	hotType(t, func(i int) string { return strings.Repeat("k", i%70) + fmt.Sprint(i) }, "value", true)
	hotType(t, func(i int) labelled { return labelled{fmt.Sprint("long enough to be on the heap ", i), i, "x"} }, [3]int{}, true)
	hotType(t, func(i int) any { return []any{i, fmt.Sprint(i), [2]int{i, 0}, float64(i)}[i%4] }, any(1), false)
	hotType(t, func(i int) float64 {
		if i%10 == 0 {
			return math.NaN()
		}
		return float64(i)
	}, 1, true)
	hotType(t, func(i int) *int { return new(int) }, new(int), true)
	hotType(t, func(i int) [200]byte { return [200]byte{byte(i), byte(i >> 8)} }, [200]byte{}, true)
	hotType(t, func(i int) [20]string { return [20]string{7: fmt.Sprint(i), 9: strings.Repeat("y", i%90)} }, [20]string{}, true)
	hotType(t, func(i int) [2]int64 { return [2]int64{int64(i), 1} }, struct{}{}, true)
	hotType(t, func(i int) uint16 { return uint16(i) }, [9]*int{}, true)
}

type labelled struct {
	label string
	n     int
	x     string
}
