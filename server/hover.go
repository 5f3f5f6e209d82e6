package server

import (
	"context"
	"go/token"
	"go/types"

	"github.com/mapdiag/mapdiag/internal/escape"
	"github.com/mapdiag/mapdiag/server/card"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
	"github.com/mapdiag/mapdiag/server/settings"
)

func (s *Server) hover(p *protocol.HoverParams) (answer, error) {
	name, _ := nameOf(p.TextDocument.URI)
	snap := s.session.Snapshot()
	if snap.Document(name) == nil || !s.settingsOf(name).Hover {
		return nil, nil
	}
	return func(ctx context.Context) (any, error) {
		m := s.newPlaces(snap).mapper(name)
		offset, err := m.Offset(p.Position)
		if err != nil {
			return nil, nil // the client's text is another one
		}
		t, err := s.session.Typed(ctx, snap, name)
		if err != nil {
			return nil, outdated(err)
		}
		defer t.Release()
		subject, ok := card.Find(t.File, t.Info, t.File.FileStart+token.Pos(offset))
		if !ok {
			return nil, nil
		}
		text := ""
		if options := s.cardOptions(ctx, t, snap, subject); subject.Kind == card.Var {
			text = card.Line(subject, options)
		} else {
			s.addMeasured(&options, t, snap, name, subject)
			text = card.Card(subject, options)
		}
		if text == "" {
			return nil, nil
		}
		at := m.Range(t.Fset.PositionFor(subject.Pos, false).Offset, t.Fset.PositionFor(subject.End, false).Offset)
		return protocol.MarkdownHover(text, at), nil
	}, nil
}

// cardOptions returns what is known of a map besides its type.
func (s *Server) cardOptions(ctx context.Context, t *session.Typed, snap *session.Snapshot, subject card.Subject) card.Options {
	o := card.Options{Sizes: t.Sizes, Package: t.Types}
	if v := subject.Target; v != nil {
		n, _ := s.session.Note(ctx, snap, declared(t, v))
		o.Guard = n.Text
	}
	f, ok := s.escapeOf(t, snap, subject)
	switch {
	case ok:
		o.Escape.Sentence = f.Message
		o.Escape.Stays = f.Verdict == escape.OnStack
	case subject.Node != nil:
		name := t.Fset.PositionFor(subject.Node.Pos(), false).Filename
		if s.showsEscape(name) == settings.Off {
			break
		}
		if _, known := s.session.Escape(snap, name); !known {
			o.Escape.Sentence = notCompiled(s.settingsOf(name).EscapeMode)
		}
	}
	return o
}

// declared returns where a variable or field is declared.
func declared(t *session.Typed, v *types.Var) token.Position {
	return t.Fset.PositionFor(v.Origin().Pos(), false)
}

// escapeOf returns what the compiler says about the map that a subject makes.
func (s *Server) escapeOf(t *session.Typed, snap *session.Snapshot, subject card.Subject) (session.EscapeFact, bool) {
	if subject.Node == nil {
		return session.EscapeFact{}, false
	}
	from, to := t.Fset.PositionFor(subject.Node.Pos(), false), t.Fset.PositionFor(subject.Node.End(), false)
	facts, _ := s.session.Escape(snap, from.Filename)
	for _, f := range facts {
		if (f.Kind == escape.Make || f.Kind == escape.Literal || f.Kind == escape.New) && f.Start.Offset == from.Offset && f.Stop.Offset == to.Offset {
			return f, true
		}
	}
	return session.EscapeFact{}, false
}
