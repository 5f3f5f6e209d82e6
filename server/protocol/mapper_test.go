package protocol

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

var encodings = []PositionEncodingKind{UTF8, UTF16, UTF32}

// texts are the pieces that random texts are made of.
var texts = []string{"a", "bc ", "\t", "é", "漢", "😀", "\U0010ffff", "\xff", "\xe6\xbc", "\xed\xa0\x80", "\ufeff", "\u2028", "\n", "\r\n", "\r", "\n\r", "\x00"}

func at(line, character uint32) Position { return Position{Line: line, Character: character} }

func randomText(r *rand.Rand) []byte {
	var b []byte
	for range r.IntN(40) {
		b = append(b, texts[r.IntN(len(texts))]...)
	}
	return b
}

// oracle lists the position of every place between two characters, by walking
// the text once; -1 stands for a place inside of one.
func oracle(text []byte, encoding PositionEncodingKind) []Position {
	var out []Position
	var p Position
	for i := 0; i < len(text); {
		out = append(out, p)
		if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
			out = append(out, p) // inside of a line end
			i += 2
			p = Position{Line: p.Line + 1}
			continue
		}
		if text[i] == '\r' || text[i] == '\n' {
			i++
			p = Position{Line: p.Line + 1}
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		for range size - 1 {
			out = append(out, p)
		}
		switch encoding {
		case UTF8:
			p.Character += uint32(size)
		case UTF16:
			p.Character += uint32(len(utf16.Encode([]rune{r})))
		case UTF32:
			p.Character++
		}
		i += size
	}
	return append(out, p)
}

func checkMapper(t *testing.T, text []byte) {
	t.Helper()
	for _, encoding := range encodings {
		m := NewMapper(text, encoding)
		want := oracle(text, encoding)
		if lines := int(want[len(want)-1].Line) + 1; m.Lines() != lines {
			t.Fatalf("%q has %d lines, want %d", text, m.Lines(), lines)
		}
		for offset, p := range want {
			if got := m.Position(offset); got != p {
				t.Fatalf("%s: position of %d in %q is %v, want %v", encoding, offset, text, got, p)
			}
			back, err := m.Offset(p)
			if err != nil || back > offset || want[back] != p || back > 0 && want[back-1] == p {
				t.Fatalf("%s: offset of %v in %q is %d, %v, want the first of %v", encoding, p, text, back, err, offset)
			}
			// A place inside a surrogate pair or between bytes is the start.
			if next := p; offset+1 < len(want) && want[offset+1].Line == p.Line {
				for next.Character++; next.Character < want[offset+1].Character; next.Character++ {
					if got, err := m.Offset(next); err != nil || want[got] != p {
						t.Fatalf("%s: offset of %v in %q is %d, %v", encoding, next, text, got, err)
					}
				}
			}
		}
		for line := range m.Lines() {
			end, err := m.Offset(Position{Line: uint32(line), Character: 1 << 31})
			if err != nil || int(want[end].Line) != line || end < len(text) && text[end] != '\n' && text[end] != '\r' {
				t.Fatalf("%s: the end of line %d of %q is %d, %v", encoding, line, text, end, err)
			}
		}
		checkGo(t, m)
	}
}

// Go's lines end with \n alone, and its columns are bytes.
func checkGo(t *testing.T, m *Mapper) {
	t.Helper()
	text := m.Content()
	for offset := 0; offset <= len(text); offset++ {
		line := bytes.Count(text[:offset], []byte("\n")) + 1
		column := offset - bytes.LastIndexByte(text[:offset], '\n')
		if got, ok := m.GoOffset(line, column); !ok || got != offset {
			t.Fatalf("offset of %d:%d in %q is %d, %v, want %d", line, column, text, got, ok, offset)
		}
		if p, ok := m.GoPosition(line, column); !ok || p != m.Position(offset) {
			t.Fatalf("position of %d:%d in %q is %v, %v", line, column, text, p, ok)
		}
	}
	lines := bytes.Split(text, []byte("\n"))
	for i, l := range lines {
		beyond, ok := m.GoOffset(i+1, len(l)+100)
		end, _ := m.GoOffset(i+1, len(l)+1)
		if !ok || beyond != end {
			t.Fatalf("a column beyond line %d of %q is %d, %v, want %d", i+1, text, beyond, ok, end)
		}
	}
	for _, line := range []int{-1, 0, len(lines) + 1} {
		if got, ok := m.GoOffset(line, 1); ok {
			t.Fatalf("line %d of %q is at %d", line, text, got)
		}
	}
}

func TestMapper(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		checkMapper(t, randomText(r))
	}
}

func FuzzMapper(f *testing.F) {
	f.Add([]byte("a😀\r\né\xff\rb"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) < 1000 {
			checkMapper(t, text)
		}
	})
}

func TestPositionsOutside(t *testing.T) {
	m := NewMapper([]byte("ab\ncd"), UTF16)
	for _, tt := range []struct {
		p    Position
		want int // -1 is an error
	}{
		{at(0, 0), 0},
		{at(0, 2), 2},
		{at(0, 99), 2},
		{at(1, 4294967295), 5},
		{at(2, 0), 5}, // after the last line
		{at(2, 1), -1},
		{at(3, 0), -1},
		{at(4294967295, 4294967295), -1},
	} {
		got, err := m.Offset(tt.p)
		if (err != nil) != (tt.want < 0) || err == nil && got != tt.want {
			t.Errorf("Offset(%v) = %d, %v, want %d", tt.p, got, err, tt.want)
		}
	}
	if p := m.Position(-5); p != (Position{}) {
		t.Errorf("Position(-5) = %v", p)
	}
	if p := m.Position(500); p != at(1, 2) {
		t.Errorf("Position(500) = %v", p)
	}
	if _, _, err := m.Offsets(Range{Start: at(1, 0), End: at(0, 1)}); err == nil {
		t.Error("a reversed range is no error")
	}
}

// An editor that keeps its text as characters makes the same random edits.
func TestApply(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, encoding := range encodings {
		for range 300 {
			content := randomText(r)
			want := bytes.Clone(content)
			var changes []ContentChange
			for range 1 + r.IntN(5) {
				insert := strings.ToValidUTF8(string(randomText(r)), "?")
				if r.IntN(10) == 0 {
					want = []byte(insert)
					changes = append(changes, &WholeChange{Text: insert})
					continue
				}
				places := oracle(want, encoding)
				start, end := r.IntN(len(places)), r.IntN(len(places))
				start, end = min(start, end), max(start, end)
				for start > 0 && places[start] == places[start-1] {
					start--
				}
				for end > 0 && places[end] == places[end-1] {
					end--
				}
				changes = append(changes, &PartialChange{Range: Range{Start: places[start], End: places[end]}, Text: insert})
				want = []byte(string(want[:start]) + insert + string(want[end:]))
			}
			before := bytes.Clone(content)
			got, err := Apply(content, encoding, changes)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%s: %q became %q, %v, want %q", encoding, before, got, err, want)
			}
			if !bytes.Equal(content, before) {
				t.Fatalf("Apply changed its input from %q to %q", before, content)
			}
		}
	}
}

func TestApplyOutside(t *testing.T) {
	text := []byte("ab\ncd")
	x := func(a, b Position) ContentChange { return &PartialChange{Range: Range{Start: a, End: b}, Text: "x"} }
	for _, bad := range []ContentChange{
		x(at(9, 0), at(9, 0)),
		x(at(0, 0), at(2, 1)),
		x(at(1, 0), at(0, 0)),
		x(at(1<<32-1, 1<<32-1), at(1<<32-1, 1<<32-1)),
		nil,
	} {
		good := &PartialChange{Text: "y"}
		if got, err := Apply(text, UTF16, []ContentChange{good, bad}); err == nil || !strings.Contains(err.Error(), "change 2 of 2") {
			t.Errorf("%v gave %q, %v", bad, got, err)
		}
	}
	if got, err := Apply(text, UTF16, nil); err != nil || string(got) != "ab\ncd" {
		t.Errorf("no change gave %q, %v", got, err)
	}
	if got, err := Apply(text, UTF16, []ContentChange{x(at(1, 0), at(2, 0))}); err != nil || string(got) != "ab\nx" {
		t.Errorf("a change to the end of the text gave %q, %v", got, err)
	}
}

func TestNegotiate(t *testing.T) {
	for _, tt := range []struct {
		offered string
		want    PositionEncodingKind
	}{
		{"", UTF16},
		{"utf-16", UTF16},
		{"utf-16 utf-8", UTF8},
		{"utf-32 utf-16", UTF32},
		{"ebcdic", UTF16},
	} {
		var offered []PositionEncodingKind
		for _, s := range strings.Fields(tt.offered) {
			offered = append(offered, PositionEncodingKind(s))
		}
		if got := Negotiate(offered); got != tt.want {
			t.Errorf("Negotiate(%s) = %s, want %s", tt.offered, got, tt.want)
		}
	}
}

func BenchmarkMapper(b *testing.B) {
	line := "\tm := make(map[string][]int, len(xs)) // é\n"
	text := bytes.Repeat([]byte(line), 200<<10/len(line))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m := NewMapper(text, UTF16)
		if p := m.Position(len(text)); int(p.Line) != m.Lines()-1 {
			b.Fatal(fmt.Sprint(p))
		}
	}
}
