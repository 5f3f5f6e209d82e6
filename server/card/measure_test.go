package card

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
)

// profile returns what the comments of a text say was measured.
func profile(t testing.TB, text string) *sites.Package {
	t.Helper()
	pkg := sitestest.Package(t, "p", map[string][]byte{"x.go": []byte(text)})
	return &pkg
}

// measurements returns what a profile says of a text, each as its line, the words that it is
// about, and how many maps were made; with a question mark if that is stale.
func (s source) measurements(pkg *sites.Package, stale bool) (list []string) {
	for _, m := range Measurements(Source{s.fset, s.file, s.info, []byte(s.text), s.options().Sizes}, pkg, stale) {
		line := fmt.Sprint(1+strings.Count(s.text[:m.Start], "\n"), " ", s.text[m.Start:m.End], " ", m.Sum().Makes)
		if m.Stale {
			line += "?"
		}
		list = append(list, line)
	}
	return list
}

const measuredText = `package p

type row struct{ a, b int }

var rows = map[int]row{} // measured: 1 maps of 40

func two() (x, y map[int]row) {
	x = make(map[int]row) // measured: 20 maps of 40
	y = map[int]row{1: {}} // measured: 30 maps of 40
	return x, y
}

func one() {
	_ = len(make(map[string]int)) // measured: 50 maps of 40
}

func init() {
	rows = make(map[int]row) // measured: 60 maps of 40
}

func set[K comparable]() map[K]bool {
	return make(map[K]bool) // measured: 70 maps of 3
}
`

func TestMeasurements(t *testing.T) {
	text := measuredText
	pkg := profile(t, text)
	fresh := []string{"5 map[int]row{} 1", "8 make(map[int]row) 20", "9 map[int]row{1: {}} 30", "14 make(map[string]int) 50", "18 make(map[int]row) 60", "22 make(map[K]bool) 70"}
	without := func(line string, list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.HasPrefix(s, line+" ") })
	}
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"nothing", "", "", fresh},
		{"in a function", "len(make", "cap(make", append(without("14", fresh), "14 make(map[string]int) 50?")},
		{"one of two", "x = make(map[int]row)", "x = make(map[int]row, 9)", append(without("8", without("9", fresh)), "8 make(map[int]row, 9) 20?", "9 map[int]row{1: {}} 30?")},
		{"another make of the type", "x = make(map[int]row)", "x = make(map[int]row); x = make(map[int]row)", without("8", without("9", fresh))},
		{"the type", "make(map[string]int)", "make(map[string]int8)", without("14", fresh)},
		{"the name", "func one", "func once", without("14", fresh)},
		{"the size of a type", "a, b int", "a, b, c int", []string{"5 map[int]row{} 1?", "8 make(map[int]row) 20?", "9 map[int]row{1: {}} 30?", "14 make(map[string]int) 50", "18 make(map[int]row) 60?", "22 make(map[K]bool) 70"}},
		{"another init", "func init() {", "func init() { _ = 1 }; func init() {", fresh},
		{"init itself", "rows = make", "rows, _ = nil, make", without("18", fresh)},
		{"generic code", "return make(map[K]", "return  (make(map[K]", without("22", fresh)},
	} {
		edited := strings.Replace(text, c.old, c.new, 1)
		if c.name == "generic code" {
			edited = strings.Replace(edited, "(make(map[K]bool)", "(make(map[K]bool))", 1)
		}
		want := slices.Clone(c.want)
		slices.SortFunc(want, func(a, b string) int {
			var x, y int
			fmt.Sscan(a, &x)
			fmt.Sscan(b, &y)
			return x - y
		})
		src := load(edited)
		if got := src.measurements(pkg, true); !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		want = slices.DeleteFunc(want, func(s string) bool { return strings.HasSuffix(s, "?") })
		if got := src.measurements(pkg, false); !slices.Equal(got, want) {
			t.Errorf("%s, without what is stale: got\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}

	// Of maps that stay empty, neither type nor sizes are known.
	empty := *pkg
	empty.Sites = slices.Clone(pkg.Sites)
	for i := range empty.Sites {
		s := &empty.Sites[i]
		*s = sites.Site{Place: s.Place, Makes: s.Makes, Slots: []sites.Class{{Slots: 0, Maps: s.Makes}}}
	}
	if got := load(text).measurements(&empty, false); !slices.Equal(got, fresh) {
		t.Errorf("of maps that stay empty: got %q", got)
	}
	if got := load(strings.ReplaceAll(text, "return", ";;return")).measurements(&empty, true); len(got) != len(fresh)-3 {
		t.Errorf("of maps that stayed empty: got %q", got)
	}

	// What was measured of a file for another target is not about this one.
	for i := range pkg.Sites {
		pkg.Sites[i].File, pkg.Sites[i].Hash = "x_windows.go", "another"
	}
	if got := load(text).measurements(pkg, true); got != nil {
		t.Errorf("of another file: got %q", got)
	}
	if got := load(text).measurements(nil, true); got != nil {
		t.Errorf("of no profile: got %q", got)
	}
}

// TestMeasurementsBroken asks about files that were cut off or lost some of their text.
func TestMeasurementsBroken(t *testing.T) {
	pkg := profile(t, measuredText)
	rnd := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 500 {
		from := rnd.IntN(len(measuredText))
		src := load(measuredText[:from] + []string{"", "{", "}", "(", "map[", "make(", "\n", "func"}[rnd.IntN(8)] + measuredText[min(len(measuredText), from+rnd.IntN(9)):])
		found += len(src.measurements(pkg, true))
		for _, m := range Measurements(Source{src.fset, src.file, src.info, []byte(src.text), src.options().Sizes}, pkg, true) {
			if m.Start < 0 || m.End < m.Start || m.End > len(src.text) || MeasuredLens(m) == "" || Report(m, Run{}) == "" || section(m, Run{}) == "" {
				t.Fatalf("%+v of\n%s", m, src.text)
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d answers", found)
	}
}

// TestMeasuredWords is about words that the marker files of the server do not show.
func TestMeasuredWords(t *testing.T) {
	shape := sites.Shape{Key: 8, Elem: 8, Slot: 16, Group: 136}
	var many []sites.Class
	for i := range 12 {
		many = append(many, sites.Class{Slots: 8 << i, Maps: uint64(1 + i%3)})
	}
	for _, c := range []struct {
		site sites.Site
		want string
	}{
		{sites.Site{Makes: 2, Slots: []sites.Class{{Slots: 0, Maps: 2}}}, "made twice · always empty"},
		{sites.Site{Makes: 1}, "made once"},
		{sites.Site{Makes: 1, Slots: []sites.Class{{Slots: 8, Maps: 1}}}, "made once · at most 8 entries"},
		{sites.Site{Makes: 1, Slots: []sites.Class{{Slots: 8, Maps: 1}}, Tracked: 1, Peaks: sites.Histogram{{Low: 1, High: 1, Count: 1}}}, "made once · 1 entry"},
		{sites.Site{Makes: 100, Slots: []sites.Class{{Slots: 0, Maps: 97}, {Slots: 8, Maps: 3}}}, "made 100 times · at most 8 entries"},
		{sites.Site{Makes: 100, Slots: []sites.Class{{Slots: 512, Maps: 100}}}, "made 100 times · at most 448 entries"}, // by maps.Clone
		{sites.Site{Makes: 1000, Growths: 40, Slots: []sites.Class{{Slots: 8, Maps: 1000}}}, "made 1000 times · at most 8 entries"},
		{sites.Site{Makes: 100, Slots: []sites.Class{{Slots: 0, Maps: 97}, {Slots: 8, Maps: 3}}, Tracked: 100, Peaks: sites.Histogram{{Low: 0, High: 0, Count: 97}, {Low: 2, High: 2, Count: 3}}}, "made 100 times · p95 empty"},
		{sites.Site{Makes: 1000, Growths: 1500, RecopiedBytes: 1023, Slots: []sites.Class{{Slots: 16, Maps: 1000}}}, "made 1000 times · at most 14 entries · 1.5 growths each · 141 KiB wasted"},
		{sites.Site{Makes: 1 << 63, Growths: 1 << 63, Slots: []sites.Class{{Slots: 8, Maps: 1}}}, "made 4 611 686 018 427 387 904 times · at most 8 entries · 1 growth each"},
	} {
		c.site.Shape = shape
		m := Measurement{Sites: []*sites.Site{&c.site}}
		if got := MeasuredLens(m); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	site := sites.Site{Makes: 30, Shape: shape, Slots: many}
	rows := newNumbers(Measurement{Sites: []*sites.Site{&site}}).classes()
	if len(rows) != 2+maxClasses || rows[len(rows)-1][0] != "others" {
		t.Errorf("got %q", rows)
	}
	report := Report(Measurement{Sites: []*sites.Site{&site}}, Run{Recorded: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)})
	if !strings.HasSuffix(report, "others slots: 4 maps, 17 %") || !strings.Contains(report, "Recorded 2026-11-20\n") {
		t.Errorf("got\n%s", report)
	}
}

func TestShort(t *testing.T) {
	for _, c := range []struct{ function, want string }{
		{"main.main", "main.main"},
		{"example.com/m/a.(*T).f.func1", "a.(*T).f.func1"},
		{"example.com/m/a.Set[go.shape.int,example.com/m/b.T]", "a.Set[go.shape.int,example.com/m/b.T]"},
		{"", ""},
	} {
		if got := short(c.function); got != c.want {
			t.Errorf("%s: got %s", c.function, got)
		}
	}
}

// An editor asks for lenses after each edit.
func BenchmarkMeasurements(b *testing.B) {
	var text strings.Builder
	text.WriteString("package p\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "\nfunc f%d(names []string) map[string]int {\n\tm := make(map[string]int) // measured: 1000 maps of 310\n\tfor i, name := range names {\n\t\tm[name] += i\n\t}\n\treturn m\n}\n", i)
	}
	pkg := profile(b, text.String())
	src := load(text.String())
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		for _, m := range Measurements(Source{src.fset, src.file, src.info, []byte(src.text), src.options().Sizes}, pkg, true) {
			MeasuredLens(m)
		}
	}
}
