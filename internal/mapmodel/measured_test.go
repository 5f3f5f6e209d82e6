package mapmodel

import (
	"go/types"
	"testing"
)

// The sizes alone must give the costs that the types give.
func TestFromSizes(t *testing.T) {
	sizes := types.SizesFor("gc", "amd64")
	big := types.NewArray(types.Typ[types.Int64], 20)
	for _, kv := range [][2]types.Type{
		{types.Typ[types.Int], types.Typ[types.Int]},
		{types.Typ[types.String], types.Typ[types.Bool]},
		{types.Typ[types.Uint8], types.NewStruct(nil, nil)},
		{types.Typ[types.String], big},
		{types.NewArray(types.Typ[types.Uint16], 100), types.Typ[types.Int8]},
	} {
		want, ok := New(kv[0], kv[1], sizes)
		if !ok {
			t.Fatal(kv)
		}
		got, ok := Measured(want.key.size, want.elem.size, want.slot, want.group, want.pointers)
		if !ok {
			t.Fatalf("%v: refused", kv)
		}
		for _, n := range []int{0, 1, 8, 9, 100, 897, 5000} {
			for _, hint := range []int{0, 9, 100, 2000} {
				if g, w := got.Fill(n, hint), want.Fill(n, hint); g != w {
					t.Errorf("map[%v]%v, %d entries, hint %d: %v, want %v", kv[0], kv[1], n, hint, g, w)
				}
			}
		}
	}
	for _, bad := range [][4]int64{{-1, 0, 0, 64}, {8, 8, 16, 100}, {1 << 60, 8, 16, 136}} {
		if _, ok := Measured(bad[0], bad[1], bad[2], bad[3], false); ok {
			t.Errorf("%v is taken for a map", bad)
		}
	}
}

// A hint is never less than the entries, costs no more than their number would, and lies close by.
func TestRoom(t *testing.T) {
	l, _ := New(types.Typ[types.Int], types.Typ[types.Int], types.SizesFor("gc", "amd64"))
	more := 0
	for n := 0; n < 20_000; n += 1 + n/100 {
		room := l.Room(n)
		if room < n || room > n+n/4+6 {
			t.Errorf("%d entries: hint %d", n, room)
		}
		if now, then := l.Fill(n, n).Bytes, l.Fill(n, room).Bytes; then > now {
			t.Errorf("%d entries: hint %d takes %d bytes, hint %d %d", n, room, then, n, now)
		}
		if room > n {
			more++
		}
	}
	if room := l.Room(897); room == 897 {
		t.Error("897 entries outgrow a hint of 897, which stays as it is")
	}
	if more == 0 {
		t.Error("no hint was raised")
	}
}
