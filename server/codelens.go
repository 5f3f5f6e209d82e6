package server

import (
	"context"
	"encoding/json"

	"github.com/mapdiag/mapdiag/internal/escape"
	"github.com/mapdiag/mapdiag/server/card"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
	"github.com/mapdiag/mapdiag/server/transport"
)

// lensData is what a lens needs to be resolved.
type lensData struct {
	URI    protocol.URI `json:"uri"`
	Offset int          `json:"offset"`
	Hash   string       `json:"hash"` // of the text
}

// codeLens finds the makes that were measured, and those of maps for package variables and fields.
// What is said of the latter is computed when the editor shows it.
func (s *Server) codeLens(p *protocol.CodeLensParams) (answer, error) {
	name, _ := nameOf(p.TextDocument.URI)
	snap := s.session.Snapshot()
	doc := snap.Document(name)
	costs := s.settingsOf(name).CodeLens
	if doc == nil || !costs && s.shownProfile(snap, name) == nil {
		return nil, nil
	}
	return func(ctx context.Context) (any, error) {
		t, err := s.session.Typed(ctx, snap, name)
		if err != nil {
			return nil, outdated(err)
		}
		defer t.Release()
		m := s.newPlaces(snap).mapper(name)
		lenses := []protocol.CodeLens{}
		measured, err := s.measuredLenses(t, snap, name, p.TextDocument.URI)
		if lenses = append(lenses, measured...); err != nil || !costs {
			return lenses, err
		}
		for _, subject := range card.Makes(t.File, t.Info) {
			from, to := t.Fset.PositionFor(subject.Pos, false).Offset, t.Fset.PositionFor(subject.End, false).Offset
			data, err := json.Marshal(lensData{p.TextDocument.URI, from, doc.HashText()})
			if err != nil {
				return nil, err
			}
			lenses = append(lenses, protocol.CodeLens{Range: m.Range(from, to), Data: data})
		}
		return lenses, nil
	}, nil
}

func (s *Server) resolveCodeLens(p *protocol.CodeLens) (answer, error) {
	if p.Command.Command != "" {
		return func(context.Context) (any, error) { return p, nil }, nil
	}
	var data lensData
	if err := json.Unmarshal(p.Data, &data); err != nil {
		return nil, transport.Errorf(transport.CodeInvalidParams, "the lens has no data of mapls")
	}
	name, _ := nameOf(data.URI)
	snap := s.session.Snapshot()
	doc := snap.Document(name)
	if doc == nil || doc.HashText() != data.Hash {
		return nil, outdated(session.ErrOutdated)
	}
	return func(ctx context.Context) (any, error) {
		t, err := s.session.Typed(ctx, snap, name)
		if err != nil {
			return nil, outdated(err)
		}
		defer t.Release()
		lens := *p
		for _, subject := range card.Makes(t.File, t.Info) {
			if t.Fset.PositionFor(subject.Pos, false).Offset != data.Offset {
				continue
			}
			verdict := "escape analysis pending"
			if f, ok := s.escapeOf(t, snap, subject); ok {
				verdict = verdictText(f)
			}
			command, err := explainCommand(card.Lens(subject, s.cardOptions(ctx, t, snap, subject), verdict), data.URI, p.Range.Start)
			if err != nil {
				return nil, err
			}
			lens.Command = command
			return &lens, nil
		}
		return nil, outdated(session.ErrOutdated)
	}, nil
}

func verdictText(f session.EscapeFact) string {
	switch f.Verdict {
	case escape.OnHeap:
		return "escapes to heap"
	case escape.OnStack:
		return "stays on the stack"
	}
	return "escape unknown: " + f.Reason
}
