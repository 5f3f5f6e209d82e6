package server

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mapdiag/mapdiag/internal/escape"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
	"github.com/mapdiag/mapdiag/server/settings"
	"github.com/mapdiag/mapdiag/server/transport"
)

// escapeCode is the code of diagnostics that tell what the compiler says.
const escapeCode = "escape"

// Escaped implements [session.Client].
func (s *Server) Escaped(dir string, snap *session.Snapshot) {
	s.republish(func(name string) bool { return filepath.Dir(name) == dir })
	s.refreshLenses()
	s.refresh()
}

// refreshLenses tells the client to ask for code lenses again.
func (s *Server) refreshLenses() {
	s.mu.Lock()
	can := s.client.lensRefresh
	s.mu.Unlock()
	if can {
		s.work.Go(func() {
			ctx, cancel := s.context()
			defer cancel()
			_ = s.call(ctx, protocol.MethodCodeLensRefresh, nil, nil) // the client may refuse
		})
	}
}

// republish tells the client again what is known of files, for other settings or
// because the compiler has said something. Of what has been said for an older text
// nothing is said again.
func (s *Server) republish(wanted func(name string) bool) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	snap := s.session.Snapshot()
	s.mu.Lock()
	list := slices.Collect(maps.Values(s.reports))
	pulling := s.pulling
	s.mu.Unlock()
	if pulling {
		return // the client is told to ask again
	}
	for _, r := range list {
		then, now := r.Snapshot.Document(r.Name), snap.Document(r.Name)
		if wanted(r.Name) && (then == nil) == (now == nil) && (now == nil || then.Hash() == now.Hash()) {
			r.Snapshot = snap
			s.send(r)
		}
	}
}

// escapes adds what the compiler says of a file as hints. Where a rule speaks of
// the same make, it is added to that instead.
func (s *Server) escapes(places *places, r session.Report, list []protocol.Diagnostic) []protocol.Diagnostic {
	show := s.showsEscape(r.Name)
	if show == settings.Off {
		return list
	}
	facts, _ := s.session.Escape(r.Snapshot, r.Name)
	s.mu.Lock()
	related := s.client.related
	s.mu.Unlock()
	for _, f := range facts {
		made := f.Kind == escape.Make || f.Kind == escape.Literal
		at, ok := places.rangeOf(f.Start, f.Stop)
		if i := slices.IndexFunc(list, func(d protocol.Diagnostic) bool { return d.Range.Start == at.Start }); ok && i >= 0 {
			if uri, known := s.uriOf(r.Name); known && related && made && f.Verdict != escape.Unknown {
				list[i].RelatedInformation = append(list[i].RelatedInformation, protocol.DiagnosticRelatedInformation{
					Location: protocol.Location{URI: uri, Range: list[i].Range}, Message: f.Message,
				})
			}
			continue
		}
		if !ok || f.Verdict != escape.OnHeap || f.Global || show != settings.All && !made && f.Kind != escape.MovedVar {
			continue
		}
		if at.End.Line > at.Start.Line { // a literal of many lines: its head is enough
			at.End = places.lineEnd(r.Name, at.Start)
		}
		d := protocol.Diagnostic{
			Range: at, Severity: protocol.SeverityHint, Code: protocol.String(escapeCode),
			Source: protocol.Some(sourceName), Message: protocol.String(f.Message),
		}
		if related {
			d.RelatedInformation = s.ways(places, f)
		}
		list = append(list, d)
	}
	return list
}

// ways are the steps of a map's way to the heap.
func (s *Server) ways(places *places, f session.EscapeFact) []protocol.DiagnosticRelatedInformation {
	var list []protocol.DiagnosticRelatedInformation
	for _, w := range f.Ways {
		uri, known := s.uriOf(w.Name)
		m := places.mapper(w.Name)
		if !known || m == nil {
			continue
		}
		at, ok := m.GoPosition(w.Line, w.Column)
		if !ok {
			continue
		}
		list = append(list, protocol.DiagnosticRelatedInformation{Location: protocol.Location{URI: uri, Range: protocol.Range{Start: at, End: at}}, Message: w.Text})
	}
	return list
}

// showsEscape returns the setting for a file, or what the user has toggled for
// its folder. Where the compiler is not asked, what it said before is not shown.
func (s *Server) showsEscape(name string) string {
	if s.settingsOf(name).EscapeMode == settings.Off {
		return settings.Off
	}
	dir := s.folderOf(name)
	s.mu.Lock()
	show, ok := s.toggled[dir]
	s.mu.Unlock()
	if !ok {
		show = s.settingsOf(name).EscapeShow
	}
	return show
}

// toggleEscape turns the hints of a folder on or off.
func (s *Server) toggleEscape(args []protocol.LSPAny) (answer, error) {
	name, err := s.argument("mapdiag.toggleEscape", args)
	if err != nil {
		return nil, err
	}
	show := settings.Off
	if s.showsEscape(name) == settings.Off {
		if show = s.settingsOf(name).EscapeShow; show == settings.Off {
			show = settings.Maps
		}
	}
	dir := s.folderOf(name)
	s.mu.Lock()
	s.toggled[dir] = show
	s.mu.Unlock()
	s.republish(func(name string) bool { return s.folderOf(name) == dir })
	s.refresh()
	return func(context.Context) (any, error) { return protocol.String(show), nil }, nil
}

// explain tells what was measured of the map at a place, and step by step why it
// escapes. Its arguments are the document, a position and, if the text is to be shown as a message too, true.
func (s *Server) explain(args []protocol.LSPAny) (answer, error) {
	name, err := s.argument("mapdiag.explain", args)
	if err != nil {
		return nil, err
	}
	var at protocol.Position
	if len(args) < 2 || protocol.Unmarshal(json.RawMessage(args[1]), &at) != nil {
		return nil, transport.Errorf(transport.CodeInvalidParams, "mapdiag.explain wants the URI of a document and a position in it")
	}
	snap := s.session.Snapshot()
	return func(ctx context.Context) (any, error) {
		places := s.newPlaces(snap)
		m := places.mapper(name)
		if m == nil {
			return nil, transport.Errorf(transport.CodeInvalidParams, "%s is not open", name)
		}
		offset, err := m.Offset(at)
		if err != nil {
			return nil, outdated(session.ErrOutdated)
		}
		text := join("\n\n", s.report(ctx, snap, name, offset), s.explainEscape(snap, name, offset))
		if text == "" {
			text = "The compiler says nothing about a map here."
		}
		if len(args) > 2 && string(args[2]) == "true" {
			s.notify(protocol.MethodShowMessage, &protocol.ShowMessageParams{Type: protocol.MessageInfo, Message: text})
		}
		return protocol.String(text), nil
	}, nil
}

// join joins texts that are not empty.
func join(separator string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(t string) bool { return t == "" }), separator)
}

// explainEscape tells step by step why the map at a place escapes, or why that is not known; "" if
// the compiler speaks of no map there.
func (s *Server) explainEscape(snap *session.Snapshot, name string, offset int) string {
	facts, known := s.session.Escape(snap, name)
	if !known {
		if text := notCompiled(s.settingsOf(name).EscapeMode); text != "" {
			return text
		}
		return "The compiler is not asked: mapdiag.escape.mode is off."
	}
	var best *session.EscapeFact
	for i, f := range facts {
		if f.Start.Offset <= offset && offset <= f.Stop.Offset && (best == nil || f.Stop.Offset-f.Start.Offset < best.Stop.Offset-best.Start.Offset) {
			best = &facts[i]
		}
	}
	if best == nil {
		return ""
	}
	return explanation(*best)
}

// notCompiled says why it is not known whether a map escapes, where the compiler
// has not been asked about a state; empty if it is never asked.
func notCompiled(mode string) string {
	switch mode {
	case session.EscapeOnSave:
		return "Whether it escapes is known when all is saved and compiled."
	case session.EscapeOnType:
		return "Whether it escapes is known when it is compiled."
	}
	return ""
}

// explainCommand returns the command that shows why the map at a place escapes.
func explainCommand(title string, uri protocol.URI, at protocol.Position) (protocol.Command, error) {
	document, err := protocol.Any(string(uri))
	if err != nil {
		return protocol.Command{}, err
	}
	position, err := protocol.Any(at)
	if err != nil {
		return protocol.Command{}, err
	}
	return protocol.Command{Title: title, Command: "mapdiag.explain", Arguments: []protocol.LSPAny{document, position, protocol.LSPAny("true")}}, nil
}

// explanation is a fact with its steps, as plain text.
func explanation(f session.EscapeFact) string {
	var b strings.Builder
	b.WriteString(f.Message)
	if f.Verdict == escape.Unknown && f.Reason != "" && !strings.Contains(f.Message, f.Reason) {
		fmt.Fprintf(&b, "\n%s", f.Reason)
	}
	for i, w := range f.Ways {
		fmt.Fprintf(&b, "\n%d. %s", i+1, wayText(w))
	}
	return b.String()
}

// argument returns the file that the first argument of a command names by its URI.
func (s *Server) argument(command string, args []protocol.LSPAny) (name string, err error) {
	var text string
	if len(args) > 0 && json.Unmarshal(args[0], &text) == nil {
		if uri, err := protocol.ParseURI(text); err == nil {
			name, _ := nameOf(uri)
			return name, nil
		}
	}
	return "", transport.Errorf(transport.CodeInvalidParams, "%s wants the URI of a document", command)
}

// Quiet implements [session.Client].
func (s *Server) Quiet(title string, after time.Duration) (done func()) {
	ended := make(chan struct{})
	s.work.Go(func() {
		select {
		case <-ended:
			return
		case <-s.quit:
			return
		case <-time.After(after):
		}
		report := s.Progress(title, nil)
		select {
		case <-ended:
		case <-s.quit:
		}
		report("", 100, true)
	})
	var once sync.Once
	return func() { once.Do(func() { close(ended) }) }
}

// wayText is a step of the way to the heap with its place.
func wayText(w session.EscapeStep) string {
	if w.Name == "" {
		return w.Text
	}
	return fmt.Sprintf("%s (%s:%d)", w.Text, filepath.Base(w.Name), w.Line)
}
