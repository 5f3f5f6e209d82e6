package places_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mapdiag/mapdiag/internal/health/places"
	"github.com/mapdiag/mapdiag/internal/sites"
)

func shop(t testing.TB) *sites.Profile {
	t.Helper()
	f, err := os.Open("../../sites/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := sites.Read(f, f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOf(t *testing.T) {
	p := shop(t)
	list := places.Of(p)
	var have []places.Verdict
	for i := range list {
		q := &list[i]
		have = append(have, q.Verdict)
		if q.Verdict == "" || q.Why == "" || q.Verdict.Change() != (q.SavedBytes > 0) {
			t.Errorf("%s: verdict %q, saves %d, %q", q.Where(), q.Verdict, q.SavedBytes, q.Why)
		}
		if q.Own != strings.HasPrefix(q.Package, "example.com/shop") {
			t.Errorf("%s: own is %v", q.Where(), q.Own)
		}
	}
	for _, v := range []places.Verdict{"unknown", "small", "right", "varied", "add", "raise", "lower"} {
		if !slices.Contains(have, v) {
			t.Errorf("no place of the test profile is %s", v)
		}
	}
	sum := places.Sum(list)
	if sum.Places != len(list) || sum.Makes != 130931 || sum.Worth != 4 || sum.SavedBytes <= 0 || sum.WasteBytes < sum.SavedBytes {
		t.Errorf("%+v", sum)
	}
}

func TestOwn(t *testing.T) {
	for _, c := range []struct {
		module, pkg, file string
		want              bool
	}{
		{"example.com/m", "example.com/m", "a.go", true},
		{"example.com/m", "example.com/m/x", "", true},
		{"example.com/m", "example.com/mother", "/mod/x.go", false},
		{"example.com/m", "example.com/m/x_test", "x/x_test.go", true},
		{"example.com/m", "main", "cmd/x/main.go", true},
		{"example.com/m", "fmt", "/go/src/fmt/scan.go", false},
		{"example.com/m", "lib", "vendor/lib/a.go", false},
		{"std", "go/types", "go/types/check.go", true},
		{"example.com/m", "lib", "", false},
	} {
		p := &sites.Profile{Module: c.module, Packages: []sites.Package{{Path: c.pkg, Sites: []sites.Site{{Place: sites.Place{File: c.file}}}}}}
		if got := places.Of(p)[0].Own; got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		place     places.Place
		where, do string
	}{
		{places.Place{Package: "m/p", File: "p/a.go", Line: 3, Verdict: "add", Hint: 310}, "p/a.go:3", "add 310"},
		{places.Place{Package: "fmt", File: "/go/src/fmt/scan.go", Line: 9, Verdict: "raise", Hint: 9}, "fmt/scan.go:9", "raise to 9"},
		{places.Place{Package: "lib", File: `C:\mod\lib\a.go`, Line: 9, Verdict: "lower", Hint: 9}, "lib/a.go:9", "lower to 9"},
		{places.Place{Package: "m/p", Decl: "(*T).f", Verdict: "lower"}, "m/p.(*T).f", "drop it"},
		{places.Place{Package: "m/p", Decl: "var a, b", Verdict: "right"}, "m/p.a, b", "right"},
		{places.Place{Package: "m/p", Verdict: "unknown"}, "m/p.?", "-"},
		{places.Place{Verdict: "small"}, "?", "small"},
	} {
		if got := c.place.Where(); got != c.where {
			t.Errorf("where %q, want %q", got, c.where)
		}
		if got := c.place.Do(); got != c.do {
			t.Errorf("%q, want %q", got, c.do)
		}
	}
}

func TestSort(t *testing.T) {
	for _, by := range places.Keys() {
		list := places.Of(shop(t))
		if err := places.Sort(list, by); err != nil {
			t.Fatal(err)
		}
		first := map[string]string{
			"waste": "report/daily.go:63", "saving": "report/daily.go:63", "makes": "cart/cart.go:27", "growths": "index/terms.go:41",
			"recopied": "index/terms.go:41", "bytes": "report/daily.go:63", "p50": "server/session.go:19", "p95": "server/session.go:19",
			"max": "server/session.go:19", "tombstones": "report/daily.go:63", "where": "encoding/json/decode.go:786",
		}[by]
		if got := list[0].Where(); got != first {
			t.Errorf("by %s, %s is first, want %s", by, got, first)
		}
	}
	if err := places.Sort(nil, "beauty"); err == nil {
		t.Error("places are sorted by beauty")
	}
}

// TestWidth wants each line of the table to fit, and what may be anything not to move the cursor.
func TestWidth(t *testing.T) {
	p := shop(t)
	p.Packages[0].Sites[0].Type = strings.Repeat("map[", 50)
	p.Packages[1].Sites[0].File = strings.Repeat("very/long/", 20) + "end.go"
	p.Packages[1].Sites[1].File = "evil\x1b[2J\n.go"
	for _, width := range []int{80, 99, 100, 120, 200} {
		for _, by := range places.Keys() {
			var b bytes.Buffer
			if err := places.WriteText(&b, p, places.Options{By: by, All: true, Width: width}); err != nil {
				t.Fatal(err)
			}
			table, ok := strings.CutPrefix(b.String()[strings.Index(b.String(), "\n\n"):], "\n\n")
			if !ok || strings.Count(table, "\n") != 11 {
				t.Fatalf("%s", b.String())
			}
			for line := range strings.Lines(plain(table)) {
				if n := utf8.RuneCountInString(line) - 1; n > width {
					t.Errorf("width %d, by %s: %d columns: %s", width, by, n, line)
				}
			}
			if strings.Contains(table, "\x1b[2J") || !strings.Contains(table, "/end.go:") {
				t.Errorf("width %d: %q", width, table)
			}
		}
	}
}

// plain takes out the colours.
func plain(s string) string {
	for _, c := range []string{"\x1b[2m", "\x1b[m", "\x1b[31m", "\x1b[32m", "\x1b[33m"} {
		s = strings.ReplaceAll(s, c, "")
	}
	return s
}

func TestBounds(t *testing.T) {
	p := shop(t)
	for i := range p.Packages {
		for j := range p.Packages[i].Sites {
			p.Packages[i].Sites[j].Peaks = nil
		}
	}
	var b bytes.Buffer
	if err := places.WriteText(&b, p, places.Options{By: "waste"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "≤448") {
		t.Errorf("bounds look like what was counted:\n%s", b.String())
	}
}

func TestJSON(t *testing.T) {
	for _, p := range []*sites.Profile{shop(t), {}} {
		var b bytes.Buffer
		if err := places.WriteJSON(&b, p, places.Options{By: "where", Stacks: true}); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Total  places.Total
			Places []places.Place
		}
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Places == nil || len(got.Places) != got.Total.Places {
			t.Errorf("%d places of %d", len(got.Places), got.Total.Places)
		}
	}
}

// many is a profile of a large program.
func many(t testing.TB, n int) *sites.Profile {
	p := shop(t)
	var all []sites.Site
	for _, pkg := range p.Packages {
		all = append(all, pkg.Sites...)
	}
	p.Packages = nil
	for i := 0; i < n; {
		pkg := sites.Package{Path: fmt.Sprintf("example.com/shop/p%04d", i)}
		for range min(100, n-i) {
			s := all[i%len(all)]
			s.File, s.Line = fmt.Sprintf("p%04d/f.go", i/100), i%100
			pkg.Sites = append(pkg.Sites, s)
			i++
		}
		p.Packages = append(p.Packages, pkg)
	}
	return p
}

func BenchmarkWriteText50000(b *testing.B) {
	p := many(b, 50_000)
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := places.WriteText(&out, p, places.Options{By: "waste", N: 20}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead50000(b *testing.B) {
	var file bytes.Buffer
	if err := many(b, 50_000).Write(&file); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		if _, err := sites.Read(bytes.NewReader(file.Bytes()), "x.json"); err != nil {
			b.Fatal(err)
		}
	}
}
