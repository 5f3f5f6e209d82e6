package server

import (
	"go/token"

	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
)

// places converts positions in the files of one snapshot.
type places struct {
	snap     *session.Snapshot
	encoding protocol.PositionEncodingKind
	mappers  map[string]*protocol.Mapper // nil for a file that cannot be read
}

func (s *Server) newPlaces(snap *session.Snapshot) *places {
	return &places{snap: snap, encoding: s.positionEncoding(), mappers: make(map[string]*protocol.Mapper)}
}

func (p *places) mapper(name string) *protocol.Mapper {
	m, ok := p.mappers[name]
	if !ok {
		if data, err := p.snap.Read(name); err == nil {
			m = protocol.NewMapper(data, p.encoding)
		}
		p.mappers[name] = m
	}
	return m
}

// rangeOf converts what lies between two positions, or the word at the first if
// there is nothing between.
func (p *places) rangeOf(from, to token.Position) (protocol.Range, bool) {
	m := p.mapper(from.Filename)
	if m == nil || from.Offset > len(m.Content()) {
		return protocol.Range{}, false
	}
	end := to.Offset
	if end <= from.Offset || to.Filename != from.Filename {
		end = wordEnd(m.Content(), from.Offset)
	}
	return m.Range(from.Offset, min(end, len(m.Content()))), true
}

func wordEnd(text []byte, at int) int {
	end := at
	for end < len(text) {
		c := text[end]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c < 0x80 {
			break
		}
		end++
	}
	return end
}

// lineEnd returns the end of a position's line in a file.
func (p *places) lineEnd(name string, at protocol.Position) protocol.Position {
	m := p.mapper(name)
	offset, err := m.Offset(at)
	if err != nil {
		return at
	}
	text := m.Content()
	end := offset
	for end < len(text) && text[end] != '\n' && text[end] != '\r' {
		end++
	}
	return m.Position(end)
}
