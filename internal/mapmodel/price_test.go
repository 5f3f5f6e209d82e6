package mapmodel

import (
	"math"
	"testing"
)

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0:             "0 B",
		520:           "520 B",
		1023:          "1023 B",
		1024:          "1.0 KiB",
		4648:          "4.5 KiB",
		74456:         "72.7 KiB",
		102348:        "99.9 KiB",
		102349:        "100 KiB",
		295600:        "289 KiB",
		1023 * 1024:   "1023 KiB",
		1048063:       "1023 KiB",
		1048064:       "1.0 MiB",
		75_400_000:    "71.9 MiB",
		1 << 30:       "1.0 GiB",
		math.MaxInt64: "8.0 EiB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 100: "100", 1000: "1000", 10_000: "10 000",
		123_456: "123 456", 1_000_000: "1 000 000", -5: "-5",
	} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPrice(t *testing.T) {
	l := layoutOn(t, "map[int]int", "amd64")
	for _, test := range []struct {
		got, want string
	}{
		{l.Fill(0, 0).String(), "48 B in 1 allocation"},
		{l.Fill(1792, 0).String(), "about 108 KiB in 27 allocations"},
		{l.HintPrice(), ""},
		{l.HintPrice(100), "100 entries: 4.5 KiB in 11 allocations instead of 2.3 KiB in 4"},
		{l.HintPrice(100, 10_000), "100 entries: 4.5 KiB in 11 allocations instead of 2.3 KiB in 4; " +
			"10 000 entries: 578 KiB in 81 allocations instead of 289 KiB in 34"},
		{Instead(1, Cost{Bytes: 9}, Cost{}), "1 entry: 9 B in 0 allocations instead of 0 B in 0"},
	} {
		if test.got != test.want {
			t.Errorf("got  %q\nwant %q", test.got, test.want)
		}
	}
}
