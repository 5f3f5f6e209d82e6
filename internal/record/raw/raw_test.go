package raw

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sample is a recording with one site: main.f, called by main.g, made 5 maps of map[int]string, of which two grew.
func sample() []byte {
	var b []byte
	u32 := func(off int, v uint32) { binary.LittleEndian.PutUint32(b[off:], v) }
	u64 := func(off int, v uint64) { binary.LittleEndian.PutUint64(b[off:], v) }
	block := func(tag, size int) int {
		off := len(b)
		b = append(b, make([]byte, (size+63)&^63)...)
		u32(off, uint32(tag))
		u32(off+4, uint32(len(b)-off))
		return off
	}
	str := func(s string) uint32 {
		off := block(tagString, 16+len(s))
		u32(off+8, uint32(len(s)))
		copy(b[off+16:], s)
		return uint32(off >> 6)
	}
	b = make([]byte, headerSize)
	copy(b, magic)
	u32(8, format)
	u64(24, 4711)
	u64(32, 1_700_000_000)
	u32(48, 1)
	u32(52, 10)
	u32(68, 32)
	copy(b[120:], "go1.26.8")
	copy(b[184:], "linux/amd64")
	copy(b[248:], "id")
	copy(b[504:], "/bin/program")
	typ := block(tagType, 40)
	u32(typ+20, 8)
	u32(typ+24, 16)
	u32(typ+28, 24)
	u32(typ+32, 200)
	u32(typ+36, 1)
	name := str("map[int]string")
	u32(typ+16, name)
	makemap, f, g, file := str("runtime.makemap"), str("main.f[go.shape.int]"), str("main.g"), str("/src/main.go")
	pc := block(tagPC, 24+3*16)
	u32(pc+16, 3)
	for i, fn := range []uint32{makemap, f, g} {
		u32(pc+24+16*i, fn)
		u32(pc+28+16*i, file)
		u32(pc+32+16*i, uint32(10*i))
		u32(pc+36+16*i, uint32(10*i-1))
	}
	site := block(tagSite, 120+8*4)
	u32(site+24, uint32(typ>>6))
	u32(site+28, flagStack)
	u32(site+36, 1)
	u64(site+40, 101)
	u64(site+48, 201)
	u64(site+56, 2)
	u64(site+88, 28)
	u32(site+120, uint32(pc>>6))
	cells := block(tagCells, 64+8*16)
	u32(cells+8, 8)
	for i, c := range []struct {
		kind, class, bucket uint32
		count               uint64
	}{
		{kindMade, 5, bucket(100) + 1, 2}, {kindMade, 0, 0, 4}, {kindMade, 0, 0, math.MaxUint64}, {kindGrown, 6, 0, 2},
		{kindPeak, 0, 70, 1}, {kindPeak + 1, 0, 70, 2}, {kindFinal, 0, 3, 1}, {kindAlive, 0, 5, 1},
	} {
		u64(cells+64+16*i, 1<<63|uint64(i)<<56|uint64(c.kind)<<50|uint64(c.class)<<44|uint64(c.bucket)<<32|uint64(site>>6))
		u64(cells+72+16*i, c.count)
	}
	u64(16, uint64(len(b)))
	return b
}

func TestParse(t *testing.T) {
	p, err := Parse(sample())
	if err != nil {
		t.Fatal(err)
	}
	if p.PID != 4711 || p.Go != "go1.26.8" || p.GOOS != "linux" || p.GOARCH != "amd64" || p.Path != "/bin/program" || p.Build != "id" ||
		!p.Exited || p.Every != 10 || p.Trouble != "" || p.Started.Unix() != 1_700_000_000 || len(p.Sites) != 1 {
		t.Fatalf("%+v", p)
	}
	s := p.Sites[0]
	if s.Type != "map[int]string" || s.KeySize != 8 || s.ElemSize != 16 || s.SlotSize != 24 || s.GroupSize != 200 || !s.Pointers || !s.OnStack || s.AtGrowth {
		t.Errorf("%+v", s)
	}
	if want := []Frame{{"main.f[...]", "/src/main.go", 10, 9}, {"main.g", "/src/main.go", 20, 19}}; len(s.Stack) != 2 || s.Stack[0] != want[0] || s.Stack[1] != want[1] {
		t.Errorf("stack: %v, want %v", s.Stack, want)
	}
	if s.Made[5] != 2 || s.Made[0] != 3 || s.Made.Sum() != 5 || s.Grown[6] != 2 {
		t.Errorf("made %v, grown %v", s.Made, s.Grown)
	}
	if final := s.Final(); final[5] != 0 || final[6] != 2 || final[0] != 3 {
		t.Errorf("final %v", final)
	}
	if s.Hints.Count != 2 || s.Hints.Min != 100 || s.Hints.Max != 200 || s.Hints.Sizes.Count() != 2 {
		t.Errorf("hints %+v", s.Hints)
	}
	if low, high := bounds(70); len(s.Peaks) != 1 || s.Peaks[0] != (Bucket{low, high, 21}) || s.Tracked != 3 {
		t.Errorf("peaks %v of %d maps", s.Peaks, s.Tracked)
	}
	if s.Finals.Count() != 1 || s.Alive.Count() != 1 || s.Growths != 2 || s.RecopiedBytes() != 28*24 {
		t.Errorf("%+v", s)
	}
}

// TestBad reads files that are no whole recordings.
func TestBad(t *testing.T) {
	good := sample()
	later := append([]byte(nil), good...)
	later[8] = 99
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"empty":   {nil, "is cut short"},
		"begun":   {good[:100], "is cut short"},
		"zeros":   {make([]byte, 8192), "was stopped before it began"},
		"cut":     {good[:len(good)-64], "is cut short"},
		"foreign": {[]byte(strings.Repeat("package main\n", 1000)), "is no recording of maps"},
		"short":   {[]byte("hello"), "is no recording of maps"},
		"later":   {later, "has format 99"},
	} {
		if _, err := Parse(test.data); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "nothing")); !os.IsNotExist(err) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Read(t.TempDir()); err == nil {
		t.Error("a folder is no error")
	}
}

// TestBuckets holds the numbers of buckets to their bounds.
func TestBuckets(t *testing.T) {
	next := uint64(0)
	for b := range uint32(buckets) {
		low, high := bounds(b)
		if low != next || high < low || bucket(low) != b || bucket(high) != b {
			t.Fatalf("bucket %d: %d to %d, of which are in %d and %d; it should begin at %d", b, low, high, bucket(low), bucket(high), next)
		}
		if low >= 64 && high-low+1 > low/16 {
			t.Errorf("bucket %d: %d to %d is too wide", b, low, high)
		}
		next = high + 1
	}
	if bucket(math.MaxUint64) != buckets-1 {
		t.Errorf("the largest number is in bucket %d of %d", bucket(math.MaxUint64), buckets)
	}
}

// TestDamaged reads recordings in which bytes have changed.
func TestDamaged(t *testing.T) {
	good, random := sample(), rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		bad := append([]byte(nil), good...)
		for range 1 + random.IntN(8) {
			// Half of them after the header, where there is more to get wrong.
			i := random.IntN(len(bad))
			if random.IntN(2) == 0 {
				i = headerSize + random.IntN(len(bad)-headerSize)
			}
			bad[i] = byte(random.Uint32())
		}
		if p, err := Parse(bad[:len(bad)-random.IntN(2)*random.IntN(len(bad))]); (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
	}
}

// FuzzParse reads anything without a panic, and in bounded memory.
func FuzzParse(f *testing.F) {
	good := sample()
	f.Add(good)
	f.Add(good[:len(good)/2])
	for i := headerSize; i < len(good); i += 61 {
		bad := append([]byte(nil), good...)
		bad[i] ^= 0xff
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		if p == nil {
			return
		}
		for _, s := range p.Sites {
			s.Final()
		}
	})
}
