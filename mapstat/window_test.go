package mapstat

import (
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

// TestRefills feeds a window with lengths.
func TestRefills(t *testing.T) {
	for _, test := range []struct {
		lens []int
		want int
	}{
		{[]int{100, 100, 100}, 0},
		{[]int{100, 0, 0}, 0},
		{[]int{100, 0, 100, 0, 60, 20, 30, 49, 50}, 3},
		{[]int{100, 30, 100}, 0},            // never down to a quarter
		{[]int{1, 2, 4, 8, 1000, 1000}, 0},  // grows
		{[]int{10, 1, 10, 1, 1000, 900}, 0}, // is another map now
		{[]int{10, 1, 10, 1, 1000, 200, 500}, 1},
	} {
		var w Window
		for _, n := range test.lens {
			w.add(&Stat{Len: n}, nil)
		}
		if w.Refills != test.want {
			t.Errorf("%v: %d refills, want %d", test.lens, w.Refills, test.want)
		}
	}
}

// TestMinSinceMax tells how a map was filled from how it is used since.
func TestMinSinceMax(t *testing.T) {
	for _, test := range []struct {
		lens []int
		want int
	}{
		{[]int{0, 500, 1000, 990, 1000}, 990},
		{[]int{1000, 10, 1000}, 10},
		{[]int{1000, 10, 1001}, 1001},
		{[]int{0}, 0},
	} {
		var whole, first, second Window
		for i, n := range test.lens {
			whole.add(&Stat{Len: n}, nil)
			if i < 2 {
				first.add(&Stat{Len: n}, nil)
			} else {
				second.add(&Stat{Len: n}, nil)
			}
		}
		if merged := second.merge(first); whole.MinSinceMax != test.want || merged.MinSinceMax != test.want {
			t.Errorf("%v: %d, merged %d, want %d", test.lens, whole.MinSinceMax, merged.MinSinceMax, test.want)
		}
	}
}
