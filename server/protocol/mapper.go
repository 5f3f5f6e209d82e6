package protocol

import (
	"bytes"
	"fmt"
	"sort"
	"unicode/utf8"

	lsp "go.lsp.dev/protocol"
)

// The units in which the characters of a line are counted.
const (
	UTF8  = lsp.PositionEncodingKindUTF8  // bytes
	UTF16 = lsp.PositionEncodingKindUTF16 // code units; the default
	UTF32 = lsp.PositionEncodingKindUTF32 // code points
)

// Negotiate chooses the unit from those that the client offers. It prefers
// bytes, which need no conversion; a client that offers none counts in UTF-16.
func Negotiate(offered []PositionEncodingKind) PositionEncodingKind {
	best := UTF16
	for _, e := range offered {
		switch e {
		case UTF8:
			return UTF8
		case UTF32:
			best = UTF32
		}
	}
	return best
}

// A Mapper converts places in one text between offsets in bytes and the
// protocol's positions: a line and a character, both from 0. Lines end with
// "\n", "\r\n" or "\r". A byte that is not part of valid UTF-8 counts as one
// character, whatever the unit. A byte order mark is a character like others.
//
// A Mapper does not change and may be used by several goroutines.
type Mapper struct {
	content  []byte
	encoding PositionEncodingKind
	starts   []int // offset of the start of each line
	goStarts []int // the same for lines that end with "\n" alone; nil if equal
	ascii    bool
}

// NewMapper returns the mapper of a text, which must not change any more. An
// encoding other than UTF-8 and UTF-32 is taken for UTF-16.
func NewMapper(content []byte, encoding PositionEncodingKind) *Mapper {
	m := &Mapper{content: content, encoding: encoding, ascii: true}
	n := bytes.Count(content, []byte{'\n'}) + 1
	m.starts = make([]int, 1, n)
	lone := false // a \r by itself
	for i, b := range content {
		switch {
		case b == '\n', b == '\r' && (i+1 == len(content) || content[i+1] != '\n'):
			m.starts = append(m.starts, i+1)
			lone = lone || b == '\r'
		case b >= utf8.RuneSelf:
			m.ascii = false
		}
	}
	if lone {
		m.goStarts = make([]int, 1, n)
		for i, b := range content {
			if b == '\n' {
				m.goStarts = append(m.goStarts, i+1)
			}
		}
	}
	return m
}

// Content returns the text; it must not be changed.
func (m *Mapper) Content() []byte { return m.content }

// Encoding returns the unit of characters.
func (m *Mapper) Encoding() PositionEncodingKind { return m.encoding }

// Lines returns the number of lines, at least one.
func (m *Mapper) Lines() int { return len(m.starts) }

// Position converts an offset. One inside a character counts as the
// character's start, one inside "\r\n" as the end of the line, and one outside
// the text as the text's start or end.
func (m *Mapper) Position(offset int) Position {
	offset = min(max(offset, 0), len(m.content))
	line := sort.SearchInts(m.starts, offset+1) - 1
	start, end := m.line(line)
	return Position{Line: uint32(line), Character: uint32(m.count(m.content[start:min(offset, end)], m.content[start:end]))}
}

// Range converts a span of offsets.
func (m *Mapper) Range(start, end int) Range {
	return Range{Start: m.Position(start), End: m.Position(end)}
}

// Offset converts a position. As the protocol wants it, a character beyond the
// end of its line is the line's end. A line beyond the last is an error, but
// for the start of the one after it, which editors use for the end of the text.
// A place inside a surrogate pair, or between the bytes of a character, counts
// as the character's start.
func (m *Mapper) Offset(p Position) (int, error) {
	if int64(p.Line) == int64(len(m.starts)) && p.Character == 0 {
		return len(m.content), nil
	}
	if int64(p.Line) >= int64(len(m.starts)) {
		return 0, fmt.Errorf("line %d of a text of %d lines", int64(p.Line)+1, len(m.starts))
	}
	start, end := m.line(int(p.Line))
	text, want := m.content[start:end], int64(p.Character)
	if m.ascii {
		return start + int(min(want, int64(len(text)))), nil
	}
	offset := 0
	for offset < len(text) {
		r, size := utf8.DecodeRune(text[offset:])
		if want -= int64(m.units(r, size)); want < 0 {
			break
		}
		offset += size
	}
	return start + offset, nil
}

// Offsets converts a range. One that ends before it starts is an error.
func (m *Mapper) Offsets(r Range) (start, end int, err error) {
	if start, err = m.Offset(r.Start); err != nil {
		return 0, 0, err
	}
	if end, err = m.Offset(r.End); err != nil {
		return 0, 0, err
	}
	if end < start {
		return 0, 0, fmt.Errorf("a range from line %d, character %d ends before that, at line %d, character %d",
			int64(r.Start.Line)+1, int64(r.Start.Character)+1, int64(r.End.Line)+1, int64(r.End.Character)+1)
	}
	return start, end, nil
}

// GoOffset converts a line and a column as Go counts them, from 1, the column
// in bytes, lines ended by "\n" alone. A column beyond the line is its end, and
// a column of 0, which stands for an unknown one, its start. It returns false
// if there is no such line.
func (m *Mapper) GoOffset(line, column int) (int, bool) {
	starts := m.goStarts
	if starts == nil {
		starts = m.starts
	}
	if line < 1 || line > len(starts) {
		return 0, false
	}
	end := len(m.content)
	if line < len(starts) {
		end = starts[line] - 1
	}
	return min(starts[line-1]+max(column-1, 0), end), true
}

// GoPosition is [Mapper.GoOffset] as a position.
func (m *Mapper) GoPosition(line, column int) (Position, bool) {
	offset, ok := m.GoOffset(line, column)
	if !ok {
		return Position{}, false
	}
	return m.Position(offset), true
}

// line returns where a line starts, and where it ends without its line end.
func (m *Mapper) line(i int) (start, end int) {
	start, end = m.starts[i], len(m.content)
	if i+1 < len(m.starts) {
		end = m.starts[i+1] - 1
		if m.content[end] == '\n' && end > start && m.content[end-1] == '\r' {
			end--
		}
	}
	return start, end
}

// count returns the units of text, the beginning of a line, which may end
// inside a character.
func (m *Mapper) count(text, line []byte) int {
	if m.ascii {
		return len(text)
	}
	n := 0
	for offset := 0; offset < len(text); {
		r, size := utf8.DecodeRune(line[offset:])
		if offset += size; offset > len(text) {
			break
		}
		n += m.units(r, size)
	}
	return n
}

func (m *Mapper) units(r rune, size int) int {
	switch {
	case m.encoding == UTF8:
		return size
	case m.encoding != UTF32 && r >= 0x10000:
		return 2 // a surrogate pair
	}
	return 1
}

// Apply makes the changes of a document, one after the other, and returns the
// new text. The old one stays as it is. A range outside the text is an error;
// nothing is changed then.
func Apply(content []byte, encoding PositionEncodingKind, changes []ContentChange) ([]byte, error) {
	for i, change := range changes {
		switch c := change.(type) {
		case *WholeChange:
			content = []byte(c.Text)
		case *PartialChange:
			start, end, err := NewMapper(content, encoding).Offsets(c.Range)
			if err != nil {
				return nil, fmt.Errorf("change %d of %d: %w", i+1, len(changes), err)
			}
			next := make([]byte, 0, start+len(c.Text)+len(content)-end)
			next = append(next, content[:start]...)
			next = append(next, c.Text...)
			content = append(next, content[end:]...)
		default:
			return nil, fmt.Errorf("change %d of %d is neither of a range nor of the whole text", i+1, len(changes))
		}
	}
	return content, nil
}
