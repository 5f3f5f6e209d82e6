package mapstat

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// TestRecent lets the windows of a map's samples pass: what was long ago is in the total
// alone.
func TestRecent(t *testing.T) {
	r := NewRegistry(DefaultThresholds())
	m := make(map[int]int)
	var mu sync.Mutex
	tracked, err := r.Track("m", &m, &mu)
	if err != nil {
		t.Fatal(err)
	}
	sample := func(n int) MapReport {
		mu.Lock()
		clear(m)
		for i := range n {
			m[i] = i
		}
		mu.Unlock()
		return r.Snapshot(false).Maps[0]
	}
	age := func() { // as if the present window had begun long ago
		tracked.mu.Lock()
		tracked.recent[1].Start = time.Now().Add(-recentWindow)
		tracked.mu.Unlock()
	}
	sample(1000)
	if got := sample(10); got.Recent != got.Total || got.Recent.MaxLen != 1000 || got.Recent.Churn != 990 {
		t.Errorf("%+v, %+v", got.Recent, got.Total)
	}
	age()
	if got := sample(20); got.Recent.MaxLen != 1000 || got.Recent.Samples != 3 {
		t.Errorf("the whole window before is still recent: %+v", got.Recent)
	}
	age()
	got := sample(30)
	if got.Recent.MaxLen != 30 || got.Recent.MinLen != 20 || got.Recent.Samples != 2 || got.Recent.Churn != 20 {
		t.Errorf("recent %+v", got.Recent)
	}
	if got.Total.MaxLen != 1000 || got.Total.MinLen != 10 || got.Total.Samples != 4 || got.Total.Churn != 1010 {
		t.Errorf("total %+v", got.Total)
	}
}

// TestRebound tells how a map was filled from how it is used since, of one window and of the
// same in two.
func TestRebound(t *testing.T) {
	for _, test := range []struct {
		lens         []int
		low, rebound int
	}{
		{[]int{0, 500, 1000, 990, 1000}, 990, 0},
		{[]int{1000, 10, 1000}, 10, 1000},
		{[]int{1000, 10, 1001}, 1001, 1001},
		{[]int{1000, 0, 1000, 0}, 0, 1000},
		{[]int{1000, 900, 20, 40, 30}, 20, 40},
		{[]int{1000, 600, 300, 100, 90}, 90, 0},
		{[]int{100, 10, 100, 1000, 900}, 900, 0}, // of another size since
		{[]int{0}, 0, 0},
	} {
		for split := range len(test.lens) + 1 {
			var first, second Window
			for i, n := range test.lens {
				if i < split {
					first.add(&Stat{Len: n}, nil)
				} else {
					second.add(&Stat{Len: n}, nil)
				}
			}
			if w := second.merge(first); w.MinSinceMax != test.low || w.Rebound != test.rebound {
				t.Errorf("%v, split at %d: %d and %d, want %d and %d", test.lens, split, w.MinSinceMax, w.Rebound, test.low, test.rebound)
			}
		}
	}
}

// TestTurns lets maps go between two rounds: each of the others still has its turn.
func TestTurns(t *testing.T) {
	r := NewRegistry(DefaultThresholds())
	maps := make([]map[int]int, 6)
	locks := make([]sync.Mutex, len(maps))
	tracked := make([]*Tracked, len(maps))
	for i := range maps {
		var err error
		if tracked[i], err = r.Track(string(rune('a'+i)), &maps[i], &locks[i]); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		r.take(1).sample(false)
	}
	tracked[0].Stop()
	tracked[2].Stop()
	r.tracked()
	if got := r.take(1).Name(); got != "d" {
		t.Errorf("the next is %s, want d", got)
	}
	runtime.KeepAlive(maps)
	runtime.KeepAlive(locks)
}
