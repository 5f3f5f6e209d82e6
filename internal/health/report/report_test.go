package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/mapdiag/mapdiag/mapstat"
)

var update = flag.Bool("update", false, "write the goldens anew")

func render(t testing.TB, doc Document, f Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, doc, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	all := cases()
	for name, formats := range map[string][]Format{
		"patterns": Formats(), "plugin": Formats(), "hostile": Formats(),
		"fine": {Markdown}, "nomaps": {Markdown, HTML}, "none": {Markdown, JSON, SVG}, "series": {Markdown, SVG}, "many": {Markdown, SVG},
	} {
		snapshots := all[name]
		for _, f := range formats {
			t.Run(name+"."+string(f), func(t *testing.T) {
				got := render(t, New(snapshots), f)
				if again := render(t, New(snapshots), f); !bytes.Equal(got, again) {
					t.Error("a second rendering differs")
				}
				// The pictures of a page are those of the SVG.
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

var embedded = regexp.MustCompile(`data:image/svg\+xml;base64,[A-Za-z0-9+/=]+`)

//go:generate go test -run "Golden$|Picture$" -update .

// TestPicture keeps the picture of docs/report.md.
func TestPicture(t *testing.T) {
	got := render(t, New([]mapstat.Snapshot{snapshot(patterns()[:8]...)}), SVG)
	file := filepath.Join("..", "..", "..", "docs", "media", "report.svg")
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

func firstDifference(a, b []byte) int {
	x, y := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(x), len(y)) {
		if !bytes.Equal(x[i], y[i]) {
			return i + 1
		}
	}
	return min(len(x), len(y)) + 1
}

func TestFormats(t *testing.T) {
	for _, f := range Formats() {
		if got, err := ParseFormat(string(f)); err != nil || got != f {
			t.Errorf("ParseFormat(%s) = %v, %v", f, got, err)
		}
	}
	if f, err := ParseFormat("Markdown"); err != nil || f != Markdown {
		t.Errorf("ParseFormat(Markdown) = %v, %v", f, err)
	}
	if _, err := ParseFormat("pdf"); err == nil {
		t.Error("pdf is a format")
	}
	if err := Write(io.Discard, Document{}, "pdf"); err == nil {
		t.Error("Write writes pdf")
	}
	for _, f := range Formats() {
		if err := Write(broken{}, New(cases()["fine"]), f); !errors.Is(err, errBroken) {
			t.Errorf("%s: Write to a broken pipe returns %v", f, err)
		}
	}
}

var errBroken = errors.New("broken pipe")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// TestOrder holds that what wants attention comes first, and which verdicts the cases have.
func TestOrder(t *testing.T) {
	doc := New(cases()["patterns"])
	var ranks []int
	have := make(map[mapstat.Pattern]bool)
	for i := range doc.Maps {
		ranks = append(ranks, rank(&doc.Maps[i]))
		have[doc.Maps[i].Verdict.Pattern] = true
	}
	if !slices.IsSorted(ranks) {
		t.Errorf("ranks of maps are %v", ranks)
	}
	for _, p := range []mapstat.Pattern{
		mapstat.Small, mapstat.Healthy, mapstat.OverSized, mapstat.Drained, mapstat.Tombstones,
		mapstat.GenericChurn, mapstat.Indirect, mapstat.NaNKeys, mapstat.LongProbes,
	} {
		if !have[p] {
			t.Errorf("no case is %s", p)
		}
	}
	if s := doc.Summary; s.Unread != 3 || s.Attention() != 7 {
		t.Errorf("summary is %+v", s)
	}
}

func TestParts(t *testing.T) {
	for name, snapshots := range cases() {
		for _, m := range New(snapshots).Maps {
			p := m.Parts
			if p.Entries+p.Tombstones+p.Free+p.Other != m.Stat.Bytes {
				t.Errorf("%s: parts %+v of %q are not its %d bytes", name, p, m.Name, m.Stat.Bytes)
			}
		}
	}
}

func TestSeries(t *testing.T) {
	list := overTime()
	slices.Reverse(list) // in any order
	doc := New(list)
	if len(doc.Series) != 40 || doc.OtherProcesses != 1 {
		t.Fatalf("series of %d, %d of other processes", len(doc.Series), doc.OtherProcesses)
	}
	if !doc.Time.Equal(noon) || !doc.Series[39].Time.Equal(noon) {
		t.Errorf("the document is of %v", doc.Time)
	}
	if _, ok := doc.Series[30].Maps["http.sessions"]; ok {
		t.Error("a reading that failed is in the series")
	}
}

// TestMarkdownTables holds that each row has the cells of the head, whatever names there are.
func TestMarkdownTables(t *testing.T) {
	for name, snapshots := range cases() {
		cells := 0
		for i, line := range strings.Split(string(render(t, New(snapshots), Markdown)), "\n") {
			if !strings.HasPrefix(line, "|") {
				cells = 0
				continue
			}
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			if cells != 0 && n != cells {
				t.Errorf("%s, line %d: %d cells, the head has %d", name, i+1, n-1, cells-1)
			}
			cells = n
			if len(line) > 600 {
				t.Errorf("%s, line %d: a row of %d bytes", name, i+1, len(line))
			}
		}
	}
}

func TestMarkdownIsShort(t *testing.T) {
	lines := func(name string) int { return bytes.Count(render(t, New(cases()[name]), Markdown), []byte("\n")) }
	if n := lines("fine"); n > 12 {
		t.Errorf("%d lines for a fine program", n)
	}
	if n := lines("many"); n > 200 {
		t.Errorf("%d lines for 1000 maps", n)
	}
}

// TestHostile looks for parts of hostile names that have become part of the document.
func TestHostile(t *testing.T) {
	doc := New(cases()["hostile"])
	t.Run("md", func(t *testing.T) {
		md := string(render(t, doc, Markdown))
		for _, bad := range []string{"\x00", "\x1b", "\u202e", "\xff"} {
			if strings.Contains(md, bad) {
				t.Errorf("holds %q", bad)
			}
		}
		// What GitHub makes of it is what is left outside of code spans.
		for _, line := range strings.Split(md, "\n") {
			line = strings.ReplaceAll(line, `\|`, "")
			for _, bad := range []string{"<script", "<img", " [x](javascript", " @someone", " #12", " http://"} {
				if strings.Contains(withoutCode(line), bad) {
					t.Errorf("%q is not escaped in %q", bad, line)
				}
			}
		}
	})
	t.Run("svg", func(t *testing.T) {
		svg := render(t, doc, SVG)
		elements := parseXML(t, svg)
		for name := range elements {
			if !slices.Contains([]string{"svg", "title", "desc", "style", "g", "path", "text", "circle"}, name) {
				t.Errorf("has an element %s", name)
			}
		}
	})
	t.Run("html", func(t *testing.T) {
		tokens := html.NewTokenizer(bytes.NewReader(render(t, doc, HTML)))
		for {
			switch tokens.Next() {
			case html.ErrorToken:
				if err := tokens.Err(); err != io.EOF {
					t.Fatal(err)
				}
				return
			case html.StartTagToken, html.SelfClosingTagToken:
				tok := tokens.Token()
				if tok.Data == "script" {
					t.Error("has a script")
				}
				for _, a := range tok.Attr {
					if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/svg+xml;base64,") || strings.HasPrefix(a.Val, "javascript:") {
						t.Errorf("has an attribute %s=%q", a.Key, a.Val)
					}
				}
			}
		}
	})
}

// withoutCode takes the code spans out of a line of Markdown.
func withoutCode(line string) string {
	var out strings.Builder
	for line != "" {
		i := strings.IndexByte(line, '`')
		if i < 0 {
			break
		}
		if i > 0 && line[i-1] == '\\' {
			out.WriteString(line[:i+1])
			line = line[i+1:]
			continue
		}
		out.WriteString(line[:i])
		line = line[i:]
		n := len(line) - len(strings.TrimLeft(line, "`"))
		end := -1
		for at := n; at < len(line); {
			if line[at] != '`' {
				at++
				continue
			}
			run := len(line[at:]) - len(strings.TrimLeft(line[at:], "`"))
			if run == n {
				end = at + run
				break
			}
			at += run
		}
		if end < 0 {
			return out.String() + line // no span after all
		}
		line = line[end:]
	}
	return out.String() + line
}

func TestSVG(t *testing.T) {
	for name, snapshots := range cases() {
		svg := render(t, New(snapshots), SVG)
		if !utf8.Valid(svg) {
			t.Errorf("%s: not UTF-8", name)
		}
		elements := parseXML(t, svg)
		if elements["g"] != 2 || elements["title"] != 1 || elements["desc"] != 1 {
			t.Errorf("%s: %v; want a drawing for each colour scheme, a title and a description", name, elements)
		}
		if len(svg) > 600_000 {
			t.Errorf("%s: %d bytes", name, len(svg))
		}
		if bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
			t.Errorf("%s: holds a place that is none", name)
		}
	}
}

func parseXML(t *testing.T, data []byte) map[string]int {
	t.Helper()
	elements := make(map[string]int)
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		tok, err := d.Token()
		if err == io.EOF {
			return elements
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			elements[e.Name.Local]++
		}
	}
}

// TestPlugins holds that metrics of plug-ins are in all formats, with unit and help.
func TestPlugins(t *testing.T) {
	doc := New(cases()["plugin"])
	for _, f := range Formats() {
		got := string(render(t, doc, f))
		for _, want := range []string{"eur", "per", "balance", "of", "nobody", "What the memory of the map costs"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q", f, want)
			}
		}
	}
}

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		value float64
		unit  string
		want  string
	}{
		{0, "bytes", "0 B"}, {1536, "bytes", "1.5 KiB"}, {-3, "bytes", "-3 B"}, {1e300, "bytes", "1e+300 B"},
		{0.125, "ratio", "12.5%"}, {1, "ratio", "100%"}, {52.525, "times", "52.5×"}, {1, "groups", "1 group"}, {1.234, "groups", "1.234 groups"},
		{1234567, "", "1,234,567"}, {1234.5, "", "1,235"}, {0.5, "€", "0.5 €"}, {90.25, "seconds", "1m30.25s"}, {1e-9, "", "1e-09"}, {-0.5, "", "-0.5"},
	} {
		if got := quantity(c.value, c.unit); got != c.want {
			t.Errorf("quantity(%v, %q) = %q, want %q", c.value, c.unit, got, c.want)
		}
	}
	if got := shorten("0123456789", 6); got != "01…789" {
		t.Errorf("shorten = %q", got)
	}
	if got := plain("a\nb\u202e\xff"); got != `a\nb\u202e`+"\uFFFD" {
		t.Errorf("plain = %q", got)
	}
	if got := called(" \n"); got != "(no name)" {
		t.Errorf("called of nothing = %q", got)
	}
}

func BenchmarkWrite1000(b *testing.B) {
	doc := New([]mapstat.Snapshot{many(1000)})
	for _, f := range Formats() {
		b.Run(string(f), func(b *testing.B) {
			for b.Loop() {
				if err := Write(io.Discard, doc, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew1000(b *testing.B) {
	list := []mapstat.Snapshot{many(1000)}
	for b.Loop() {
		New(list)
	}
}
