package mapmodel

import (
	"math"
	"testing"
)

// steps are the numbers of entries around which something changes.
var steps = []int{
	0, 1, 7, 8, 9, 13, 14, 15, 27, 28, 29, 55, 56, 57, 111, 112, 113,
	223, 224, 225, 447, 448, 449, 895, 896, 897, 898, 1000,
	1791, 1792, 1793, 3583, 3584, 3585, 7167, 7168, 7169, 10_000,
}

func TestFill(t *testing.T) {
	l := layoutOn(t, "map[int]int", "amd64")
	for _, test := range []struct {
		n, hint       int
		bytes, allocs int64
		grows, slots  int64
	}{
		{0, 0, 48, 1, 0, 0},
		{8, 0, 192, 2, 0, 8},
		{8, 8, 192, 2, 0, 8},
		{8, -1, 192, 2, 0, 8},
		{9, 0, 520, 5, 1, 16},
		{9, 9, 376, 4, 0, 16},
		{100, 0, 4648, 11, 4, 128},
		{100, 100, 2392, 4, 0, 128},
		{1000, 0, 74456, 22, 8, 2048},
		{1000, 1000, 36992, 6, 0, 2048},
		{10_000, 0, 591_672, 81, 22, 16_384},
		{10_000, 10_000, 295_600, 34, 0, 16_384},
		{896, 896, 18_520, 4, 0, 1024},
	} {
		c := l.Fill(test.n, test.hint)
		if want := (Cost{Bytes: test.bytes, Allocs: test.allocs}); c != want {
			t.Errorf("Fill(%d, %d) = %d B in %d (approximate: %v), want %d B in %d",
				test.n, test.hint, c.Bytes, c.Allocs, c.Approx, want.Bytes, want.Allocs)
		}
		if g := l.Grows(test.n, test.hint); g != test.grows {
			t.Errorf("Grows(%d, %d) = %d, want %d", test.n, test.hint, g, test.grows)
		}
		if s := l.Slots(test.n, test.hint); s != test.slots {
			t.Errorf("Slots(%d, %d) = %d, want %d", test.n, test.hint, s, test.slots)
		}
	}
}

// TestRejectedHint uses the target's own layout: a hint is absurd on one of 32
// bits long before it is on one of 64.
func TestRejectedHint(t *testing.T) {
	l := layoutOf(t, "map[int]int")
	for _, n := range []int{0, 8, 100} {
		if got, want := l.Fill(n, math.MaxInt), l.Fill(n, 0); got != want {
			t.Errorf("Fill(%d, MaxInt) = %v, want %v as without a hint", n, got, want)
		}
	}
}

var propertyTypes = []string{
	"map[int]int", "map[string]struct{}", "map[uint8]bool", "map[struct{}]struct{}",
	"map[int][128]byte", "map[int][136]byte", "map[[200]byte]string", "map[[300]byte][300]byte",
}

func TestFillProperties(t *testing.T) {
	for _, typ := range propertyTypes {
		for _, goarch := range []string{"amd64", "386"} {
			l := layoutOn(t, typ, goarch)
			for _, hint := range []int{0, 9, 100, 897, 2000, 100_000} {
				var last, lastLive Cost
				for n := 0; n < 20_000; n += 1 + n/16 {
					c, live := l.Fill(n, hint), l.Resident(n, hint)
					if c.Bytes < last.Bytes || c.Allocs < last.Allocs || live.Bytes < lastLive.Bytes {
						t.Errorf("%s on %s: Fill(%d, %d) = %v, less than %v for fewer entries", typ, goarch, n, hint, c, last)
					}
					if live.Bytes > c.Bytes || live.Allocs > c.Allocs {
						t.Errorf("%s on %s: Resident(%d, %d) = %v, more than Fill's %v", typ, goarch, n, hint, live, c)
					}
					if local := l.FillLocal(n, hint); local.Bytes < 0 || local.Allocs < 0 || local.Bytes >= c.Bytes {
						t.Errorf("%s on %s: FillLocal(%d, %d) = %v, Fill %v", typ, goarch, n, hint, local, c)
					}
					if slots := l.Slots(n, hint); slots < int64(n) {
						t.Errorf("%s on %s: Slots(%d, %d) = %d", typ, goarch, n, hint, slots)
					}
					last, lastLive = c, live
				}
			}
		}
	}
}

// TestHintHelps checks that a hint of the right size never costs more than
// none, and that no growth follows it but where seed or rounding says so.
func TestHintHelps(t *testing.T) {
	for _, typ := range propertyTypes {
		l := layoutOf(t, typ)
		for n := 0; n < 40_000; n += 1 + n/64 {
			none, exact := l.Fill(n, 0), l.Fill(n, n)
			if exact.Bytes > none.Bytes || exact.Allocs > none.Allocs {
				t.Errorf("%s: Fill(%d, %[2]d) = %v, without a hint %v", typ, n, exact, none)
			}
			if grows := l.Grows(n, n); grows > 0 && n != 897 && !exact.Approx {
				t.Errorf("%s: Grows(%d, %[2]d) = %d", typ, n, grows)
			}
		}
	}
	l := layoutOf(t, "map[int]int")
	for n, want := range map[int]int64{896: 0, 897: 1, 898: 0, 1792: 1, 7168: 4} {
		if got := l.Grows(n, n); got != want {
			t.Errorf("Grows(%d, %[1]d) = %d, want %d", n, got, want)
		}
	}
}

// TestHuge checks that nothing overflows and nothing takes long.
func TestHuge(t *testing.T) {
	for _, typ := range propertyTypes {
		l := layoutOn(t, typ, "amd64")
		for _, n := range []int{1e6, 1e9, math.MaxInt32, math.MaxInt} {
			for _, hint := range []int{0, n, math.MinInt, math.MaxInt} {
				if c := l.Fill(n, hint); c.Bytes < int64(n)/1024 || c.Allocs <= 0 {
					t.Errorf("%s: Fill(%d, %d) = %+v", typ, n, hint, c)
				}
			}
		}
	}
	// 1 M entries, from measurement: 75.4 MB in 8188 and 37.8 MB in 4098.
	l := layoutOn(t, "map[int]int", "amd64")
	if c := l.Fill(1e6, 0); math.Abs(float64(c.Bytes)-75.4e6) > 0.1e6 || c.Allocs < 8170 || c.Allocs > 8210 {
		t.Errorf("Fill(1e6, 0) = %v", c)
	}
	if c := l.Fill(1e6, 1e6); math.Abs(float64(c.Bytes)-37.8e6) > 0.1e6 || c.Allocs != 4098 {
		t.Errorf("Fill(1e6, 1e6) = %v", c)
	}
}

// TestWithPointerElems compares with measured bytes per entry of maps of 10 000
// entries that hold a value of so many bytes, or a pointer to it.
func TestWithPointerElems(t *testing.T) {
	for typ, want := range map[string][2]float64{
		"map[int][8]int64":   {131, 93},
		"map[int][16]int64":  {235, 157},
		"map[int][17]int64":  {173, 173},
		"map[int][32]int64":  {285, 285},
		"map[int][128]int64": {1053, 1053},
	} {
		l := layoutOn(t, typ, "amd64")
		p := l.WithPointerElems()
		got := [2]float64{l.BytesPerEntry(10_000, 0), p.BytesPerEntry(10_000, 0)}
		for i := range got {
			if math.Abs(got[i]-want[i]) > 1 {
				t.Errorf("%s: %.1f bytes an entry by value and %.1f by pointer, want %v", typ, got[0], got[1], want)
			}
		}
		if p.Path() != Fast64 || p.IndirectElem() {
			t.Errorf("%s with pointers: path %v, indirect elements %v", typ, p.Path(), p.IndirectElem())
		}
	}
}
