package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
	"github.com/mapdiag/mapdiag/server/transport"
)

// sourceName is the name that diagnostics bear.
const sourceName = "mapdiag"

// Report implements [session.Client].
func (s *Server) Report(r session.Report) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	s.mu.Lock()
	old, was := s.reports[r.Name]
	if len(r.Findings) == 0 && r.Snapshot.Document(r.Name) == nil {
		delete(s.reports, r.Name)
	} else {
		s.reports[r.Name] = r
	}
	pulling := s.pulling
	s.mu.Unlock()
	if pulling {
		return
	}
	if was && old.Snapshot.Document(r.Name) != nil {
		// It may have been opened by another name than it has now, or closed and
		// have no file.
		before := protocol.URI(old.Snapshot.Document(r.Name).URI)
		if uri, ok := s.uriOf(r.Name); !ok || uri != before {
			s.publish(before, nil, nil)
		}
	}
	s.send(r)
}

// send pushes what is known of a file.
func (s *Server) send(r session.Report) {
	uri, ok := s.uriOf(r.Name)
	if !ok {
		return
	}
	var version *int32
	if d := r.Snapshot.Document(r.Name); d != nil {
		version = &d.Version
		uri = protocol.URI(d.URI)
	}
	s.publish(uri, version, s.diagnostics(r))
}

func (s *Server) publish(uri protocol.URI, version *int32, list []protocol.Diagnostic) {
	p := &protocol.PublishDiagnosticsParams{URI: uri, Diagnostics: list}
	if list == nil {
		p.Diagnostics = []protocol.Diagnostic{}
	}
	id := resultID(p.Diagnostics)
	s.mu.Lock()
	if version != nil {
		id += fmt.Sprint(" ", *version)
		if s.client.version {
			p.Version = protocol.Some(*version)
		}
	}
	same := s.pushed[uri] == id
	if s.pushed[uri] = id; len(list) == 0 && version == nil {
		delete(s.pushed, uri)
	}
	s.mu.Unlock()
	if same {
		return
	}
	s.notify(protocol.MethodPublishDiagnostics, p)
}

// Analyzed implements [session.Client].
func (s *Server) Analyzed(*session.Snapshot) { s.refresh() }

// refresh tells a client that pulls to ask again.
func (s *Server) refresh() {
	s.mu.Lock()
	wanted := s.pulling && s.client.refresh
	s.mu.Unlock()
	if !wanted {
		return
	}
	s.work.Go(func() {
		ctx, cancel := s.context()
		defer cancel()
		_ = s.call(ctx, protocol.MethodDiagnosticRefresh, nil, nil) // the client may refuse
	})
}

// Failed implements [session.Client].
func (s *Server) Failed(text string) { s.log.Error(text) }

// diagnostics converts what the rules say of a file.
func (s *Server) diagnostics(r session.Report) []protocol.Diagnostic {
	list := []protocol.Diagnostic{}
	set := s.settingsOf(r.Name)
	places := s.newPlaces(r.Snapshot)
	for _, f := range r.Findings {
		if set.Disabled[f.Rule] {
			continue
		}
		if d, ok := s.diagnostic(places, f); ok {
			list = append(list, d)
		}
	}
	return s.escapes(places, r, list)
}

// suite tells severities; its options do not matter.
var suite = analyzers.New()

func (s *Server) diagnostic(places *places, f finding.Finding) (protocol.Diagnostic, bool) {
	at, ok := places.rangeOf(f.Pos, f.End)
	if !ok {
		return protocol.Diagnostic{}, false
	}
	d := protocol.Diagnostic{
		Range:    at,
		Severity: severityOf(f),
		Code:     protocol.String(f.Rule),
		Source:   protocol.Some(sourceName),
		Message:  protocol.String(f.Message),
	}
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	if client.codeDescription {
		if uri, err := protocol.ParseURI(analyzers.URL(f.Rule)); err == nil {
			d.CodeDescription = protocol.CodeDescription{Href: uri}
		}
	}
	if client.related {
		for _, r := range f.Related {
			uri, known := s.uriOf(r.Pos.Filename)
			if at, ok := places.rangeOf(r.Pos, r.End); ok && known {
				d.RelatedInformation = append(d.RelatedInformation, protocol.DiagnosticRelatedInformation{Location: protocol.Location{URI: uri, Range: at}, Message: r.Message})
			}
		}
	}
	if client.data {
		if data, err := json.Marshal(map[string]any{"level": f.Level.String(), "fixes": len(f.Fixes)}); err == nil {
			d.Data = data
		}
	}
	return d, true
}

// severityOf returns how a finding is shown. One that is only possible is a hint.
func severityOf(f finding.Finding) protocol.DiagnosticSeverity {
	r := suite.Rule(f.Rule)
	if f.Level == analyzers.Possible || r == nil {
		return protocol.SeverityHint
	}
	switch r.SeverityOf(f.Level) {
	case analyzers.Error:
		return protocol.SeverityError
	case analyzers.Warning:
		return protocol.SeverityWarning
	case analyzers.Hint:
		return protocol.SeverityHint
	}
	return protocol.SeverityInformation
}

// documentDiagnostic answers a client that pulls.
func (s *Server) documentDiagnostic(p *protocol.DocumentDiagnosticParams) (answer, error) {
	name, _ := nameOf(p.TextDocument.URI)
	snap := s.session.Snapshot()
	return func(ctx context.Context) (any, error) {
		list, err := s.session.Findings(ctx, snap, name)
		if err != nil {
			return nil, outdated(err)
		}
		items := s.diagnostics(session.Report{Name: name, Findings: list, Snapshot: snap})
		id := resultID(items)
		if p.PreviousResultID != nil && *p.PreviousResultID == id {
			return protocol.Unchanged(id), nil
		}
		return protocol.Full(id, items), nil
	}, nil
}

func (s *Server) workspaceDiagnostic(p *protocol.WorkspaceDiagnosticParams) (answer, error) {
	snap := s.session.Snapshot()
	previous := make(map[protocol.URI]string, len(p.PreviousResultIds))
	for _, r := range p.PreviousResultIds {
		previous[r.URI] = r.Value
	}
	return func(ctx context.Context) (any, error) {
		if err := s.session.Wait(ctx, snap); err != nil {
			return nil, outdated(err)
		}
		s.mu.Lock()
		list := slices.Collect(maps.Values(s.reports))
		s.mu.Unlock()
		report := &protocol.WorkspaceDiagnosticReport{Items: []protocol.WorkspaceDocumentReport{}}
		for _, r := range list {
			uri, ok := s.uriOf(r.Name)
			if !ok {
				continue
			}
			items := s.diagnostics(r)
			id := resultID(items)
			var version *int32
			if d := r.Snapshot.Document(r.Name); d != nil {
				version = &d.Version
			}
			if previous[uri] == id {
				report.Items = append(report.Items, protocol.WorkspaceUnchanged(uri, version, id))
			} else {
				report.Items = append(report.Items, protocol.WorkspaceFull(uri, version, id, items))
			}
			delete(previous, uri)
		}
		for uri := range previous { // nothing is left there
			report.Items = append(report.Items, protocol.WorkspaceFull(uri, nil, "", nil))
		}
		return report, nil
	}, nil
}

// resultID identifies diagnostics by their content.
func resultID(list []protocol.Diagnostic) string {
	data, err := protocol.Marshal(list)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}

// outdated is the error of an answer that has been overtaken by an edit.
func outdated(err error) error {
	if session.Outdated(err) {
		return transport.Errorf(transport.CodeContentModified, "the document has changed meanwhile")
	}
	return err
}
