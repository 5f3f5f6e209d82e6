package session

import (
	"bytes"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
)

// A shift carries places of one text over to another that an edit has made of
// it. Lines that the edit has touched have no place there.
type shift struct {
	start, end int // of the bytes that are not in the new text, as whole lines
	bytes      int // what is added to offsets behind them
	lines      int // and to lines
}

// newShift compares two texts.
func newShift(before, after []byte) shift {
	n := min(len(before), len(after))
	from := 0
	for from < n && before[from] == after[from] {
		from++
	}
	same := 0 // at the end
	for same < n-from && before[len(before)-1-same] == after[len(after)-1-same] {
		same++
	}
	gone, come := before[from:len(before)-same], after[from:len(after)-same]
	s := shift{
		start: bytes.LastIndexByte(before[:from], '\n') + 1,
		end:   len(before) - same,
		bytes: len(after) - len(before),
		lines: bytes.Count(come, []byte{'\n'}) - bytes.Count(gone, []byte{'\n'}),
	}
	if !startsLine(before, s.end) || !startsLine(after, len(after)-same) {
		if i := bytes.IndexByte(before[s.end:], '\n'); i >= 0 {
			s.end += i + 1
		} else {
			s.end = len(before) + 1
		}
	}
	return s
}

// startsLine reports whether a line begins at an offset.
func startsLine(text []byte, at int) bool { return at == 0 || text[at-1] == '\n' }

// finding carries a finding over, without its fixes, which are edits of the old
// text.
func (s shift) finding(f finding.Finding) (finding.Finding, bool) {
	f.Fixes = nil
	end := max(f.End.Offset, f.Pos.Offset)
	switch {
	case end < s.start:
		return f, true
	case f.Pos.Offset < s.end:
		return f, false
	}
	name := f.Pos.Filename
	f.Pos.Offset += s.bytes
	f.Pos.Line += s.lines
	f.End.Offset += s.bytes
	f.End.Line += s.lines
	var related []finding.Related
	for _, r := range f.Related {
		if r.Pos.Filename == name {
			if r.Pos.Offset >= s.start && r.Pos.Offset < s.end {
				continue
			}
			if r.Pos.Offset >= s.end {
				r.Pos.Offset += s.bytes
				r.Pos.Line += s.lines
				r.End.Offset += s.bytes
				r.End.Line += s.lines
			}
		}
		related = append(related, r)
	}
	f.Related = related
	return f, true
}

// carry returns the findings of an older state of a file as far as they still
// have a place.
func carry(list []finding.Finding, name string, was driver.Hash, from, to *Snapshot) []finding.Finding {
	if now, err := to.Hash(name); err == nil && now == was {
		return list
	}
	before, after := from.Document(name), to.Document(name)
	if before == nil || after == nil || before.hash != was {
		return nil
	}
	s := newShift(before.Content, after.Content)
	var kept []finding.Finding
	for _, f := range list {
		if f, ok := s.finding(f); ok {
			kept = append(kept, f)
		}
	}
	return kept
}
