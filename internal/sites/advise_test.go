package sites

import (
	"math"
	"runtime"
	"strings"
	"testing"
)

var ints = Shape{Key: 8, Elem: 8, Slot: 16, Group: 136}

// filled returns the site of maps of n[i] entries, made with the given hint (0 for none) and measured whole.
func filled(hint int, n ...int) *Site {
	s := &Site{Type: "map[int]int", Shape: ints}
	l, _ := s.Layout()
	for _, n := range n {
		s.Makes++
		s.Tracked++
		s.Peaks = s.Peaks.Add(Histogram{{int64(n), int64(n), 1}})
		s.Slots = addClasses(s.Slots, []Class{{l.Slots(n, hint), 1}})
		s.Growths += uint64(l.Grows(n, hint))
		if hint > 0 {
			s.Hints = s.Hints.Add(Histogram{{int64(hint), int64(hint), 1}})
		}
	}
	return s
}

func times(k int, n ...int) (list []int) {
	for range k {
		list = append(list, n...)
	}
	return list
}

func TestAdvise(t *testing.T) {
	for _, c := range []struct {
		name string
		site *Site
		want Verdict
		hint int
	}{
		{"small", filled(0, times(1000, 3, 8)...), Small, 0},
		{"one size", filled(0, times(100, 310)...), Add, 310},
		{"near sizes", filled(0, times(100, 250, 300, 310)...), Add, 310},
		{"few maps", filled(0, 20, 20), Unknown, 0},
		{"one large map", filled(0, 50_000), Unknown, 0},
		{"seven", filled(0, times(7, 50_000)...), Unknown, 0},
		{"eight", filled(0, times(8, 50_000)...), Add, 50_000},
		{"two with a hint for more", filled(1<<16, 115, 1023), Unknown, 0},
		{"most below a step", filled(0, append(times(80, 100), times(20, 120)...)...), Add, 100},
		{"half below a step", filled(0, append(times(60, 100), times(40, 120)...)...), Add, 100},
		{"few below a step", filled(0, append(times(20, 100), times(80, 120)...)...), Add, 120},
		{"two kinds", filled(0, append(times(900, 2), times(100, 1000)...)...), Varied, 0},
		{"rarely large", filled(0, append(times(970, 2), times(30, 1000)...)...), Small, 0},
		{"a hint that fits", filled(310, times(100, 300)...), Right, 0},
		{"a hint for nearly all", filled(310, append(times(95, 300), times(5, 900)...)...), Right, 0},
		{"a hint too small", filled(20, times(100, 300)...), TooSmall, 300},
		{"a hint too large", filled(10_000, times(100, 300)...), TooLarge, 300},
		{"a hint for nothing", filled(10_000, times(100, 5)...), TooLarge, 0},
		{"a hint twice too large", filled(200, times(100, 100)...), Right, 0},
		{"a hint that is none", filled(8, times(100, 300)...), Add, 300},
		{"a hint that the runtime refuses", filled(math.MaxInt, times(100, 300)...), TooLarge, 300},
		{"nothing", &Site{Shape: ints}, Unknown, 0},
		{"copies", &Site{Shape: ints, Makes: 100, Slots: []Class{{512, 100}}, Tracked: 100, Peaks: Histogram{{300, 300, 100}}}, Right, 0},
		{"empty maps, of which no type is known", &Site{Makes: 2, Slots: []Class{{0, 2}}, Tracked: 1, Peaks: Histogram{{0, 0, 1}}}, Small, 0},
		{"no layout", &Site{Makes: 1, Slots: []Class{{16, 1}}, Shape: Shape{Slot: 99, Group: 1}}, Unknown, 0},
	} {
		a := c.site.Advise()
		if a.Verdict != c.want || a.Hint != c.hint {
			t.Errorf("%s: %+v, want verdict %d, hint %d", c.name, a, c.want, c.hint)
		}
		if a.Verdict.Change() != (a.Saved() > 0) {
			t.Errorf("%s: verdict %d saves %d bytes", c.name, a.Verdict, a.Saved())
		}
		if a.Why == "" {
			t.Errorf("%s: no reason", c.name)
		}
	}
}

// Where sizes that are asked for are computed, no number is better; and no hint is raised to less than it is.
func TestAdviseComputed(t *testing.T) {
	s := &Site{Type: "map[int]int", Shape: ints}
	for _, n := range []int{20, 100, 1000, 5000} {
		s.Add(filled(n, times(50, n+n/2)...))
	}
	if a := s.Advise(); a.Verdict != Unknown || a.Hint != 0 {
		t.Errorf("computed sizes: %+v", a)
	}
	s = filled(100, times(90, 60)...)
	s.Growths = 10 * s.Makes // of tombstones
	if a := s.Advise(); a.Verdict != Unknown || a.Hint != 0 {
		t.Errorf("maps that grow below their hint: %+v", a)
	}
}

// Makes that ask for what they need ask for little, too.
func TestAdviseOwnSizes(t *testing.T) {
	small, large := filled(5, times(900, 5)...), filled(300, times(100, 300)...)
	small.Add(large)
	if a := small.Advise(); a.Verdict != Right || a.Hint != 0 {
		t.Errorf("%+v", a)
	}
	some := filled(0, times(900, 5)...)
	some.Add(large)
	if a := some.Advise(); a.Verdict != Unknown || !strings.Contains(a.Why, "others do not") {
		t.Errorf("%+v", a)
	}
}

// Maps that begin on the stack and were seen only when they had outgrown it say nothing of the others.
func TestAdviseStack(t *testing.T) {
	s := filled(0, times(100, 300)...)
	s.AtGrowth = true
	if a := s.Advise(); a.Verdict != Unknown || a.Now.Bytes == 0 {
		t.Errorf("%+v", a)
	}
}

// Where nothing was tracked, the slots bound the sizes.
func TestBounds(t *testing.T) {
	s := filled(0, times(1000, 310)...)
	exact := s.Advise()
	s.Peaks, s.Tracked = nil, 0
	a := s.Advise()
	if a.Exact || a.Verdict != Add || a.Hint != 448 {
		t.Errorf("%+v", a)
	}
	if r := float64(a.Now.Bytes) / float64(exact.Now.Bytes); r < 0.9 || r > 1.1 {
		t.Errorf("%d bytes by the slots, %d by the sizes", a.Now.Bytes, exact.Now.Bytes)
	}
}

// A sample in which the first maps are too many must not decide.
func TestSampleOfFirst(t *testing.T) {
	s := filled(0, append(times(64, 5), times(20, 300)...)...)
	s.Slots = []Class{{8, 64}, {512, 10_000}}
	s.Makes = 10_064
	sizes, exact := s.Sizes()
	if !exact || sizes.Quantile(0.5) != 300 || sizes.Count() != 10_064 {
		t.Errorf("%v %v", sizes, exact)
	}
}

// What the model says of sites is what the runtime allocates.
func TestSaved(t *testing.T) {
	const n, maps = 310, 200
	measure := func(hint int) int64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range maps {
			sink = make(map[int]int, hint)
			for i := range n {
				sink[i] = i
			}
		}
		runtime.ReadMemStats(&after)
		return int64(after.TotalAlloc - before.TotalAlloc)
	}
	a := filled(0, times(maps, n)...).Advise()
	saved := measure(0) - measure(a.Hint)
	if r := float64(a.Saved()) / float64(saved); r < 0.95 || r > 1.05 {
		t.Errorf("%d bytes are said to be saved, %d are", a.Saved(), saved)
	}
	if w := filled(0, times(maps, n)...).Waste(); w != a.Saved() {
		t.Errorf("waste %d, saving %d", w, a.Saved())
	}
}

var sink map[int]int

// One hint serves all instances of generic code, or there is none.
func TestAgree(t *testing.T) {
	stack := filled(0, times(100, 300)...)
	stack.AtGrowth = true
	for _, c := range []struct {
		name  string
		sites []*Site
		want  Verdict
		hint  int
	}{
		{"none", nil, Unknown, 0},
		{"one", []*Site{filled(0, times(100, 310)...)}, Add, 310},
		{"alike", []*Site{filled(0, times(100, 300)...), filled(0, times(100, 310)...)}, Add, 310},
		{"one of few", []*Site{filled(0, times(100, 300)...), filled(0, 20, 20)}, Add, 300},
		{"one small", []*Site{filled(0, times(1000, 300)...), filled(0, times(10, 3)...)}, Unknown, 0},
		{"far apart", []*Site{filled(0, times(1000, 20)...), filled(0, times(10, 30_000)...)}, Unknown, 0},
		{"one from the stack", []*Site{filled(0, times(100, 300)...), stack}, Unknown, 0},
	} {
		sum, a := Agree(c.sites)
		if a.Verdict != c.want || a.Hint != c.hint || a.Verdict.Change() != (a.Saved() > 0) || a.Why == "" {
			t.Errorf("%s: %+v, want verdict %d, hint %d", c.name, a, c.want, c.hint)
		}
		n := uint64(0)
		for _, s := range c.sites {
			n += s.Makes
		}
		if (sum == nil) != (c.sites == nil) || sum != nil && sum.Makes != n {
			t.Errorf("%s: the sum is %+v", c.name, sum)
		}
	}
}
