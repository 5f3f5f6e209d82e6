package server

import (
	"fmt"

	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
)

func (s *Server) didOpen(p *protocol.DidOpenTextDocumentParams) error {
	d := p.TextDocument
	if d.LanguageID != "go" {
		return nil // go.mod, templates
	}
	name, virtual := nameOf(d.URI)
	s.mu.Lock()
	s.uris[name] = d.URI
	delete(s.pushed, d.URI) // an editor may have forgotten it with the document
	s.mu.Unlock()
	s.session.Put(&session.Document{URI: string(d.URI), Name: name, Virtual: virtual, Version: d.Version, Content: []byte(d.Text)})
	return nil
}

func (s *Server) didChange(p *protocol.DidChangeTextDocumentParams) error {
	name, _ := nameOf(p.TextDocument.URI)
	d := s.session.Snapshot().Document(name)
	if d == nil {
		return nil // of another language, or never opened
	}
	content, err := protocol.Apply(d.Content, s.positionEncoding(), p.ContentChanges)
	if err != nil {
		return fmt.Errorf("%s: the client and the server have different texts (close and open the file): %w", name, err)
	}
	next := *d
	next.Version, next.Content = p.TextDocument.Version, content
	s.session.Put(&next)
	return nil
}

func (s *Server) didSave(p *protocol.DidSaveTextDocumentParams) error {
	if name, virtual := nameOf(p.TextDocument.URI); !virtual {
		s.session.Touched(name)
		s.session.LookAtProfiles() // not all clients watch files
	}
	return nil
}

func (s *Server) didClose(p *protocol.DidCloseTextDocumentParams) error {
	name, _ := nameOf(p.TextDocument.URI)
	s.session.Remove(name)
	s.mu.Lock()
	delete(s.uris, name)
	s.mu.Unlock()
	return nil
}

func (s *Server) didChangeWatchedFiles(p *protocol.DidChangeWatchedFilesParams) error {
	var names []string
	for _, c := range p.Changes {
		if name, virtual := nameOf(c.URI); !virtual {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		s.session.Touched(names...)
	}
	return nil
}

func (s *Server) positionEncoding() protocol.PositionEncodingKind {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.encoding
}
