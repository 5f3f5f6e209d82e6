package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

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

// recorded are the profiles of the goldens, by their names.
func recorded(t testing.TB) map[string]*sites.Profile {
	evil := shop(t)
	evil.Module, evil.Go, evil.Arch, evil.Command = hostile, hostile, hostile, []string{hostile, "\x00"}
	evil.Lost = 1<<64 - 1
	for i := range evil.Packages {
		evil.Packages[i].Path = hostile + evil.Packages[i].Path
		for j := range evil.Packages[i].Sites {
			s := &evil.Packages[i].Sites[j]
			s.File, s.Decl, s.Type = hostile+s.File, hostile, hostile
			s.Stacks = []sites.Stack{{Frames: []sites.Frame{{Func: hostile, File: hostile, Line: -1}, {}}, Makes: 1<<64 - 1}}
		}
	}
	odd := &evil.Packages[0].Sites[0]
	odd.Makes, odd.Growths, odd.RecopiedBytes, odd.Slots = 1<<62, 1<<62, 1<<62, []sites.Class{{Slots: 1 << 48, Maps: 1 << 62}}
	odd.Peaks = sites.Histogram{{Low: 1 << 48, High: 1 << 48, Count: 1 << 61}}

	small := shop(t)
	small.Packages = []sites.Package{{Path: "example.com/shop/cart", Sites: small.Package("example.com/shop/cart").Sites[:1]}}
	others := shop(t)
	others.Packages = others.Packages[:1]
	return map[string]*sites.Profile{
		"recorded":         shop(t),
		"recorded-hostile": evil,
		"recorded-none":    {Schema: sites.Schema, Go: "go1.26.8", Arch: "linux/amd64", Module: "example.com/none", Recorded: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Processes: 1},
		"recorded-small":   small,
		"recorded-others":  others,
		"recorded-many":    manyPlaces(t, 1000),
	}
}

func manyPlaces(t testing.TB, n int) *sites.Profile {
	p := shop(t)
	var all []sites.Site
	for _, pkg := range p.Packages {
		all = append(all, pkg.Sites...)
	}
	p.Packages = nil
	for i := range n {
		if i%100 == 0 {
			p.Packages = append(p.Packages, sites.Package{Path: fmt.Sprintf("example.com/shop/p%04d", i/100)})
		}
		s := all[i%len(all)]
		s.File, s.Line = fmt.Sprintf("p%04d/f.go", i/100), i%100+1
		pkg := &p.Packages[len(p.Packages)-1]
		pkg.Sites = append(pkg.Sites, s)
	}
	return p
}

func renderRecorded(t testing.TB, p *sites.Profile, f Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteRecorded(&b, NewRecorded(p), f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRecordedGolden(t *testing.T) {
	all := recorded(t)
	for name, formats := range map[string][]Format{
		"recorded": Formats(), "recorded-hostile": Formats(), "recorded-none": Formats(),
		"recorded-small": {Markdown}, "recorded-others": {Markdown, SVG}, "recorded-many": {Markdown},
	} {
		for _, f := range formats {
			t.Run(name+"."+string(f), func(t *testing.T) {
				got := renderRecorded(t, all[name], f)
				if again := renderRecorded(t, all[name], f); !bytes.Equal(got, again) {
					t.Error("a second rendering differs")
				}
				got = embedded.ReplaceAll(got, []byte("data:…"))
				file := filepath.Join("testdata", name+"."+string(f))
				if *update {
					if err := os.WriteFile(file, got, 0o666); err != nil {
						t.Fatal(err)
					}
					return
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("differs from %s in line %d; look at it and run go test -update", file, firstDifference(got, want))
				}
			})
		}
	}
}

// TestRecordedPicture keeps the picture of docs/profile.md.
func TestRecordedPicture(t *testing.T) {
	got := renderRecorded(t, shop(t), SVG)
	file := filepath.Join("..", "..", "..", "docs", "media", "profile.svg")
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is stale; run go generate ./internal/health/report (%v)", file, err)
	}
}

func TestRecordedOrder(t *testing.T) {
	doc := NewRecorded(shop(t))
	if len(doc.worth()) != 4 || doc.Own.Worth != 4 || doc.Own.Places != 9 || doc.Others.Places != 1 {
		t.Errorf("own %+v, others %+v", doc.Own, doc.Others)
	}
	saved := int64(1 << 62)
	for i := range doc.worth() {
		p := &doc.Places[i]
		if p.SavedBytes > saved || !p.Verdict.Change() {
			t.Errorf("%s is out of order", p.Where())
		}
		saved = p.SavedBytes
	}
	waste := int64(1 << 62)
	for _, p := range doc.Places[4:] {
		if p.Waste > waste {
			t.Errorf("%s is out of order", p.Where())
		}
		waste = p.Waste
	}
	// A dependency's code is not the user's to change.
	p := shop(t)
	p.Module = "example.com/other"
	for i := range p.Packages {
		for j := range p.Packages[i].Sites {
			p.Packages[i].Sites[j].File = "/elsewhere/" + p.Packages[i].Sites[j].File
		}
	}
	if doc := NewRecorded(p); len(doc.worth()) != 0 || doc.Own.Places != 0 {
		t.Errorf("places of another module are worth changing: %+v", doc.Own)
	}
}

func TestClasses(t *testing.T) {
	p := places.Place{Sizes: sites.Histogram{{Low: 9, High: 9, Count: 1}, {Low: 14, High: 14, Count: 1}, {Low: 40, High: 56, Count: 2}}}
	var got []string
	for _, c := range classes(&p) {
		got = append(got, c.Entries+": "+c.Maps)
	}
	if want := []string{"9 to 14: 2", "15 to 28: 0", "29 to 56: 2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if list := classes(&places.Place{}); list != nil {
		t.Errorf("no maps are in %v", list)
	}
	for _, high := range []int64{0, 8, 1 << 48, 1<<62 - 1} {
		p.Sizes = sites.Histogram{{Low: high, High: high, Count: 1}}
		if list := classes(&p); len(list) != 1 {
			t.Errorf("%d entries are in %v", high, list)
		}
	}
}

// TestRecordedWhole holds that each form is whole in its own grammar, whatever the profile holds.
func TestRecordedWhole(t *testing.T) {
	strict := compile(t, RecordedSchema(), true)
	for name, p := range recorded(t) {
		for _, f := range Formats() {
			wholeRecorded(t, name, p, f)
		}
		t.Run(name, func(t *testing.T) { validate(t, strict, renderRecorded(t, p, JSON)) })
	}
	for _, f := range Formats() {
		if err := WriteRecorded(broken{}, NewRecorded(shop(t)), f); !errors.Is(err, errBroken) {
			t.Errorf("%s: to a broken pipe: %v", f, err)
		}
	}
	if err := WriteRecorded(io.Discard, Recorded{}, "pdf"); err == nil {
		t.Error("a report is written as pdf")
	}
}

func wholeRecorded(t *testing.T, name string, p *sites.Profile, f Format) {
	t.Helper()
	got := renderRecorded(t, p, f)
	if !utf8.Valid(got) {
		t.Errorf("%s.%s: not UTF-8", name, f)
	}
	switch f {
	case JSON:
		if !json.Valid(got) {
			t.Errorf("%s: not JSON", name)
		}
	case SVG:
		for element := range parseXML(t, got) {
			if !slices.Contains([]string{"svg", "title", "desc", "style", "g", "path", "text", "circle"}, element) {
				t.Errorf("%s has an element %s", name, element)
			}
		}
		if bytes.Contains(got, []byte("NaN")) || bytes.Contains(got, []byte("Inf")) {
			t.Errorf("%s: holds a place that is none", name)
		}
	case Markdown:
		cells := 0
		for i, line := range strings.Split(string(got), "\n") {
			if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == '\u202e' }) {
				t.Errorf("%s, line %d: holds controls", name, i+1)
			}
			if !strings.HasPrefix(line, "|") {
				cells = 0
			} else if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); cells != 0 && n != cells {
				t.Errorf("%s, line %d: %d cells, the head has %d", name, i+1, n-1, cells-1)
			} else {
				cells = n
			}
			for _, bad := range []string{"<script", "<img", " [x](javascript", " @someone", " #12", " http://"} {
				if strings.Contains(withoutCode(strings.ReplaceAll(line, `\|`, "")), bad) {
					t.Errorf("%s: %q is not escaped in %q", name, bad, line)
				}
			}
		}
	case HTML:
		tokens := html.NewTokenizer(bytes.NewReader(got))
		for tokens.Next() != html.ErrorToken {
			tok := tokens.Token()
			if tok.Data == "script" && tok.Type == html.StartTagToken {
				t.Errorf("%s: has a script", name)
			}
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/svg+xml;base64,") || strings.HasPrefix(a.Val, "javascript:") {
					t.Errorf("%s: has an attribute %s=%q", name, a.Key, a.Val)
				}
			}
		}
	}
}

func TestRecordedIsShort(t *testing.T) {
	all := recorded(t)
	if n := bytes.Count(renderRecorded(t, all["recorded-small"], Markdown), []byte("\n")); n > 12 {
		t.Errorf("%d lines where nothing is to be done", n)
	}
	if n := bytes.Count(renderRecorded(t, all["recorded-many"], Markdown), []byte("\n")); n > 200 {
		t.Errorf("%d lines for 1000 places", n)
	}
}

// TestRecordedSchemaNames compares the names of properties with those of the Go types.
func TestRecordedSchemaNames(t *testing.T) {
	var schema struct {
		Properties map[string]any `json:"properties"`
		Defs       map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(RecordedSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		value any
		props map[string]any
	}{
		{Recorded{}, schema.Properties}, {places.Total{}, schema.Defs["total"].Properties}, {places.Place{}, schema.Defs["place"].Properties},
		{sites.Stack{}, schema.Defs["stack"].Properties}, {sites.Frame{}, schema.Defs["frame"].Properties},
	} {
		typ := reflect.TypeOf(c.value)
		if typ.NumField() != len(c.props) {
			t.Errorf("%v has %d fields, the schema %d", typ, typ.NumField(), len(c.props))
		}
		for f := range typ.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); c.props[name] == nil {
				t.Errorf("%v.%s: the schema has no %q", typ, f.Name, name)
			}
		}
	}
}

// FuzzRecorded holds that there is a report in all forms on whatever is read as a profile.
func FuzzRecorded(f *testing.F) {
	for name, p := range recorded(f) {
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			f.Fatal(err)
		}
		if name != "recorded-many" {
			f.Add(b.Bytes())
		}
	}
	f.Add([]byte(`{"schema":"mapdiag/profile/1","packages":[{"sites":[{"makes":4611686018427387904,"shape":{"slot":16,"group":136},"slots":[{"slots":281474976710656,"maps":4611686018427387904}],"peaks":[[0,281474976710656,4611686018427387904]]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := sites.Read(bytes.NewReader(data), "x.json")
		if err != nil {
			return
		}
		for _, format := range Formats() {
			got := renderRecorded(t, p, format)
			if !utf8.Valid(got) {
				t.Errorf("%s: not UTF-8", format)
			}
			if format == SVG {
				for d := xml.NewDecoder(bytes.NewReader(got)); ; {
					if _, err := d.Token(); err == io.EOF {
						break
					} else if err != nil {
						t.Fatalf("not XML: %v", err)
					}
				}
			}
		}
	})
}

func BenchmarkRecorded50000(b *testing.B) {
	p := manyPlaces(b, 50_000)
	for _, f := range Formats() {
		b.Run(string(f), func(b *testing.B) {
			for b.Loop() {
				if err := WriteRecorded(io.Discard, NewRecorded(p), f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
