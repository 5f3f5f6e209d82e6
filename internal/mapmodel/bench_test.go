package mapmodel

import (
	"go/types"
	"strconv"
	"testing"
)

// The model is asked once or twice for each finding; it should not show.

func BenchmarkNew(b *testing.B) {
	m := mapType(b, "map[struct{ name string; id int32 }][4]string")
	sizes := types.SizesFor("gc", "amd64")
	b.ReportAllocs()
	for b.Loop() {
		New(m.Key(), m.Elem(), sizes)
	}
}

func BenchmarkFill(b *testing.B) {
	l := layoutOf(b, "map[string][]byte")
	for _, n := range []int{8, 100, 1792, 10_000, 1_000_000, 1_800_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Fill(n, 0)
			}
		})
	}
}

func BenchmarkHintPrice(b *testing.B) {
	l := layoutOf(b, "map[string][]byte")
	b.ReportAllocs()
	for b.Loop() {
		l.HintPrice(100, 10_000)
	}
}
