package sites

import (
	"bytes"
	"flag"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the profiles of testdata anew")

// TestShop keeps the profiles of an imagined program that tests of other packages read: shop.json, and
// shop-after.json of the same program after hints were given.
func TestShop(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/profile.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*Profile{"shop.json": shop(false), "shop-after.json": shop(true)} {
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, b.Bytes()) {
			t.Errorf("%s is stale; run go test -run TestShop -update ./internal/sites (%v)", file, err)
		}
	}
}

// shop makes the profile of a program with a place of each verdict.
func shop(after bool) *Profile {
	r := rand.New(rand.NewPCG(7, 7))
	p := &Profile{Go: "go1.26.8", Arch: "linux/amd64", Module: "example.com/shop", Command: []string{"mapdiag", "test", "./..."},
		Recorded: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Processes: 3}
	if after {
		p.Recorded = p.Recorded.Add(26 * time.Hour)
	}
	word, str := 8, 16
	shape := func(key, elem int, pointers bool) Shape {
		return Shape{key, elem, key + elem, 8 + 8*(key+elem), pointers}
	}
	add := func(pkg string, s Site) *Site {
		i := slices.IndexFunc(p.Packages, func(q Package) bool { return q.Path == pkg })
		if i < 0 {
			i = len(p.Packages)
			p.Packages = append(p.Packages, Package{Path: pkg})
		}
		p.Packages[i].Sites = append(p.Packages[i].Sites, s)
		return &p.Packages[i].Sites[len(p.Packages[i].Sites)-1]
	}
	place := func(file string, line int, decl string, offset, token int, hash string) Place {
		return Place{file, line, decl, offset, token, hash}
	}
	between := func(low, high int) func() int { return func() int { return low + r.IntN(high-low+1) } }

	terms := Site{Place: place("index/terms.go", 41, "(*Index).add", 6, 31, "1d0c5a5b0a6f2e11"), Type: "map[string]int", Shape: shape(str, word, true)}
	merge := Site{Place: place("index/merge.go", 88, "merge", 12, 77, "9a77e21cc0b4d5f0"), Type: "map[uint32][]uint32", Shape: shape(8, 24, true)}
	termsHint, mergeHint := 0, 64
	if after {
		termsHint, mergeHint = 310, 2100
		terms.Line, terms.Hash = 43, "77b1f0d4c39ae852"
		merge.Hash = "e05d3c1f7788ab21"
	}
	s := add("example.com/shop/index", run(terms, termsHint, 12400, between(180, 310)))
	for i, from := range []Frame{{"example.com/shop/server.(*Server).put", "server/put.go", 57}, {"example.com/shop/index.Rebuild", "index/rebuild.go", 30}} {
		st := Stack{Frames: []Frame{{"example.com/shop/index.(*Index).add", "index/terms.go", s.Line}, from, {"main.main", "main.go", 22 + i}}}
		st.Makes, st.Growths, st.RecopiedBytes = s.Makes*3/4, s.Growths*3/4, s.RecopiedBytes*3/4
		if i == 1 {
			st.Makes, st.Growths, st.RecopiedBytes = s.Makes-s.Makes*3/4, s.Growths-s.Growths*3/4, s.RecopiedBytes-s.RecopiedBytes*3/4
		}
		s.Stacks = append(s.Stacks, st)
	}
	add("example.com/shop/index", run(merge, mergeHint, 400, between(1500, 2100)))
	add("example.com/shop/cart", run(Site{Place: place("cart/cart.go", 27, "Open", 3, 14, "3b1ffb8a40c1d2e7"), Type: "map[string]cart.Item", Shape: shape(str, 48, true)}, 0, 80000, between(1, 6)))
	stack := run(Site{Place: place("cart/price.go", 51, "total", 1, 9, "c4417d10aa5e6c3b"), Type: "map[string]struct {}", Shape: Shape{16, 0, 24, 200, true}, AtGrowth: true}, 0, 3000, between(9, 14))
	stack.OnStack = stack.Makes
	add("example.com/shop/cart", stack)
	add("example.com/shop/report", run(Site{Place: place("report/daily.go", 63, "Daily", 20, 102, "58e0b9cf01d7a643"), Type: "map[uint64]report.Row", Shape: shape(8, 56, true)}, 100_000, 30, between(700, 900)))
	sessions := add("example.com/shop/server", run(Site{Place: place("server/session.go", 19, "var sessions", 0, 2, "0fe7710b9a51c28d"), Type: "map[server.ID]*server.Session", Shape: shape(16, 8, true)}, 0, 1, between(52000, 52000)))
	sessions.Alive, sessions.Finals = sessions.Peaks, nil
	add("example.com/shop/server", run(Site{Place: place("server/route.go", 120, "(*Router).match", 8, 55, "aa02cf1e5d6b7788"), Type: "map[string]string", Shape: shape(str, 16, true)}, 0, 9000, func() int {
		if r.IntN(10) == 0 {
			return 400 + r.IntN(200)
		}
		return r.IntN(8)
	}))
	add("example.com/shop/server", run(Site{Place: place("server/stats.go", 33, "(*Stats).Snapshot", 2, 20, "d2b6e0015fc3a944"), Type: "map[string]float64", Shape: shape(str, 8, true)}, 120, 600, between(90, 110)))
	add("encoding/json", run(Site{Place: place("/usr/local/go/src/encoding/json/decode.go", 786, "(*decodeState).objectInterface", 2, 16, "6c1e9d20ab37f458"), Type: "map[string]interface {}", Shape: shape(str, 16, true)}, 0, 25000, between(3, 20)))
	if after {
		add("example.com/shop/cart", run(Site{Place: place("cart/coupon.go", 12, "Coupons", 1, 8, "f1804422bd99e031"), Type: "map[string]bool", Shape: Shape{16, 1, 24, 200, true}}, 0, 40, between(20, 30)))
	} else {
		add("example.com/shop/cart", run(Site{Place: place("cart/discount.go", 15, "discounts", 1, 8, "40d2b8ee71c6035a"), Type: "map[string]bool", Shape: Shape{16, 1, 24, 200, true}}, 0, 500, between(20, 30)))
	}
	return p
}

// run counts maps as a program would: all by slots and growths, a sample by size.
func run(s Site, hint, makes int, size func() int) Site {
	l, ok := s.Layout()
	if !ok {
		panic(fmt.Sprintf("%+v is no shape", s.Shape))
	}
	for i := range makes {
		n := size()
		s.Makes++
		if hint > 0 {
			s.Hints = s.Hints.Add(Histogram{{int64(hint), int64(hint), 1}})
		}
		end := l.Slots(n, hint)
		s.Slots = addClasses(s.Slots, []Class{{end, 1}})
		s.Growths += uint64(l.Grows(n, hint))
		for slots := l.Slots(min(n, 1), hint); slots < end; slots *= 2 {
			entries := uint64(slots * 7 / 8)
			if slots == groupEntries {
				entries = groupEntries
			}
			s.Recopied += entries
			s.RecopiedBytes += entries * uint64(s.Shape.Slot)
		}
		if i < 64 || i%64 == 0 {
			s.Tracked++
			s.Peaks = s.Peaks.Add(Histogram{bucketOf(n)})
			s.Finals = s.Finals.Add(Histogram{bucketOf(n)})
		}
	}
	return s
}

// bucketOf puts a number into a bucket as wide as a sixteenth of the power of two below it.
func bucketOf(n int) Bucket {
	width := 1
	if n >= 64 {
		width = 1 << (bits.Len(uint(n)) - 5)
	}
	low := n / width * width
	return Bucket{int64(low), int64(low + width - 1), 1}
}
