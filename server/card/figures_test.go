//go:build !asan && !msan

package card

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/mapmodel"
)

var sink any

// measured returns what a fill allocates, the least of several, since the
// runtime allocates now and then for itself.
func measured(fill func()) mapmodel.Cost {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	least := mapmodel.Cost{Bytes: math.MaxInt64}
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		fill()
		runtime.ReadMemStats(&after)
		if bytes := int64(after.TotalAlloc - before.TotalAlloc); bytes < least.Bytes {
			least = mapmodel.Cost{Bytes: bytes, Allocs: int64(after.Mallocs - before.Mallocs)}
		}
	}
	return least
}

// TestMeasured compares rows of cards with what filling such maps really takes.
func TestMeasured(t *testing.T) {
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	small := func(n, hint int) {
		m := make(map[string]int, hint)
		sink = m
		for _, k := range keys[:n] {
			m[k] = 1
		}
	}
	large := func(n, hint int) {
		m := make(map[string][256]byte, hint)
		sink = m
		for _, k := range keys[:n] {
			m[k] = [256]byte{}
		}
	}
	for typ, fill := range map[string]func(n, hint int){"map[string]int": small, "map[string][256]byte": large} {
		src := load("package p\nvar m " + typ)
		s, ok := src.find(strings.Index(src.text, "map["))
		if !ok {
			t.Fatalf("no map in %s", src.text)
		}
		card := Card(s, src.options())
		for _, n := range []int{8, 100, 10_000} {
			none, hinted := measured(func() { fill(n, 0) }), measured(func() { fill(n, n) })
			want := fmt.Sprintf("%s %s %s %s",
				mapmodel.Bytes(none.Bytes), mapmodel.Count(none.Allocs), mapmodel.Bytes(hinted.Bytes), mapmodel.Count(hinted.Allocs))
			if got := row(card, n); got != want {
				t.Errorf("%s with %d entries takes %q, but the card says %q", typ, n, want, got)
			}
		}
	}
}

// row returns the last four cells of the row for n entries.
func row(card string, n int) string {
	for line := range strings.Lines(card) {
		cells := strings.Split(line, "|")
		if len(cells) == 8 && strings.TrimSpace(cells[1]) == mapmodel.Count(int64(n)) {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			return strings.Join(cells[3:7], " ")
		}
	}
	return ""
}

// TestApproximations checks what comments and headings claim of numbers that
// stand for more than one: bytes per entry and slots.
func TestApproximations(t *testing.T) {
	for _, typ := range []string{"map[int]int", "map[string]struct{}", "map[string][128]byte", "map[string][300]byte", "map[[200]byte]bool", "map[int32]bool"} {
		src := load("package p\nvar m " + typ)
		s, ok := src.find(strings.Index(src.text, "map["))
		l, sized := mapmodel.New(s.Map.Key(), s.Map.Elem(), src.options().Sizes)
		if !ok || !sized {
			t.Fatalf("no map in %s", src.text)
		}
		f := figures{layout: l, keys: distinct(s.Map.Key(), l)}
		full, grown := f.perEntry()
		for n := 29; n < 3_000_000; n += 1 + n/50 {
			for _, hint := range []int{0, n} {
				if b := l.BytesPerEntry(n, hint); b < 0.9*full || b > 1.1*grown {
					t.Errorf("%s with %d entries, hint %d: %.1f B per entry, outside of %.1f to %.1f", typ, n, hint, b, full, grown)
				}
			}
		}
		for _, n := range counts {
			none, hinted := l.Slots(n, 0), l.Slots(n, n)
			if d := math.Abs(float64(none - hinted)); d > 0.01*float64(hinted) {
				t.Errorf("%s with %d entries has %d slots without hint and %d with", typ, n, none, hinted)
			}
		}
	}
}

func BenchmarkCard(b *testing.B) {
	src := load("package p\nvar m = make(map[string]int, 1000)")
	s, ok := src.find(strings.Index(src.text, "make"))
	if !ok {
		b.Fatal("no map")
	}
	for b.Loop() {
		Card(s, src.options())
	}
}
