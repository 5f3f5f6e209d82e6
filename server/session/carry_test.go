package session

import (
	"bytes"
	"fmt"
	"go/token"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/finding"
)

// at returns a finding at a span of a text.
func at(text string, start, end int) finding.Finding {
	pos := func(offset int) token.Position {
		before := text[:offset]
		return token.Position{Filename: "a.go", Offset: offset, Line: strings.Count(before, "\n") + 1, Column: offset - strings.LastIndexByte(before, '\n')}
	}
	return finding.Finding{Pos: pos(start), End: pos(end)}
}

func TestShift(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		want                string // "word line:column" after the edit, or empty
	}{
		{"unchanged", "a\nHERE\nb\n", "a\nHERE\nb\n", "HERE 2:1"},
		{"line above", "a\nHERE\nb\n", "a\nx\nHERE\nb\n", "HERE 3:1"},
		{"line above goes", "a\nHERE\nb\n", "HERE\nb\n", "HERE 1:1"},
		{"line below", "a\nHERE\nb\n", "a\nHERE\nx\nb\n", "HERE 2:1"},
		{"line above is edited", "a\n  HERE\nb\n", "axyz\n  HERE\nb\n", "HERE 2:3"},
		{"the same line", "a\nHERE\nb\n", "a\nHERE x\nb\n", ""},
		{"before it in the line", "a\n HERE\nb\n", "a\nx HERE\nb\n", ""},
		{"the line goes", "a\nHERE\nb\n", "a\nb\n", ""},
		{"the line is split", "a\nx HERE\nb\n", "a\nx\nHERE\nb\n", ""},
		{"the line is joined", "a\nHERE\nb\n", "aHERE\nb\n", ""},
		{"the last line grows", "a\nHERE", "a\nHEREx", ""},
		{"above the last line", "a\nHERE", "b\nb\nHERE", "HERE 3:1"},
		{"all is new", "HERE\n", "x\n", ""},
		{"the same line twice", "x\nHERE\n", "x\nx\nHERE\n", "HERE 3:1"},
	} {
		i := strings.Index(c.before, "HERE")
		f, ok := newShift([]byte(c.before), []byte(c.after)).finding(at(c.before, i, i+4))
		got := ""
		if ok {
			got = fmt.Sprintf("%s %d:%d", c.after[f.Pos.Offset:f.End.Offset], f.Pos.Line, f.Pos.Column)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestShiftAny edits random texts: what is carried over stands at the same words
// of an equal line, and what stands in lines that the edit has not touched is.
func TestShiftAny(t *testing.T) {
	for seed := range uint64(20000) {
		r := rand.New(rand.NewPCG(seed, 0))
		text := make([]byte, r.IntN(30))
		for i := range text {
			text[i] = "ab\n"[r.IntN(3)]
		}
		from := r.IntN(len(text) + 1)
		to := from + r.IntN(len(text)-from+1)
		fresh := make([]byte, r.IntN(5))
		for i := range fresh {
			fresh[i] = "ab\n"[r.IntN(3)]
		}
		after := string(bytes.Join([][]byte{text[:from], fresh, text[to:]}, nil))
		before := string(text)
		start := r.IntN(len(before) + 1)
		end := start + r.IntN(len(before)-start+1)
		f := at(before, start, end)
		got, ok := newShift(text, []byte(after)).finding(f)
		if !ok {
			continue
		}
		if got.Pos.Offset < 0 || got.End.Offset > len(after) {
			t.Fatalf("seed %d: %v of %q in %q", seed, got, before, after)
		}
		want := at(after, got.Pos.Offset, got.End.Offset)
		if got.Pos != want.Pos || got.End != want.End || after[got.Pos.Offset:got.End.Offset] != before[start:end] {
			t.Fatalf("seed %d: %q in %q became %v, %q in %q", seed, before[start:end], before, got, after[got.Pos.Offset:got.End.Offset], after)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		dir, name string
		want      bool
	}{
		{"/a", "/a", true}, {"/a", "/a/b", true}, {"/a/", "/a/b", true}, {"/a", "/ab", false},
		{"/a/b", "/a", false}, {"/", "/a", true}, {"/a", "untitled:a", false},
	} {
		if got := Within(c.dir, c.name); got != c.want {
			t.Errorf("Within(%q, %q) is %v", c.dir, c.name, got)
		}
	}
}
