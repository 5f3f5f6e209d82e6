package server

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/mapdiag/mapdiag/internal/escape"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/fix"
	"github.com/mapdiag/mapdiag/internal/source"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
)

// fixAllKind is the kind under which editors ask for all safe fixes of a file, on
// save for instance.
const fixAllKind = protocol.SourceFixAll + ".mapdiag"

func (s *Server) codeAction(p *protocol.CodeActionParams) (answer, error) {
	name, _ := nameOf(p.TextDocument.URI)
	snap := s.session.Snapshot()
	doc := snap.Document(name)
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	if doc == nil || !client.literals {
		return nil, nil // an edit by a command would be taken back less well
	}
	return func(ctx context.Context) (any, error) {
		list, err := s.session.Findings(ctx, snap, name)
		if err != nil {
			return nil, outdated(err)
		}
		a := &actions{Server: s, client: client, snap: snap, doc: doc, places: s.newPlaces(snap), context: p.Context}
		set := s.settingsOf(name)
		list = slices.DeleteFunc(slices.Clone(list), func(f finding.Finding) bool { return set.Disabled[f.Rule] })
		if a.wants(protocol.QuickFix) {
			a.quickFixes(list, p.Range)
		}
		if a.wants(fixAllKind) && p.Context.Only != nil {
			a.fixAll(list)
		}
		if a.list == nil {
			return nil, nil
		}
		return protocol.CodeActions(a.list), nil
	}, nil
}

// actions collects the code actions at one place.
type actions struct {
	*Server
	client  client
	snap    *session.Snapshot
	doc     *session.Document
	places  *places
	context protocol.CodeActionContext
	list    []protocol.CodeAction
}

// wants reports whether the client asks for actions of a kind.
func (a *actions) wants(kind protocol.CodeActionKind) bool {
	return a.context.Only == nil || slices.ContainsFunc(a.context.Only, func(k protocol.CodeActionKind) bool {
		return k == kind || k == "" || len(kind) > len(k) && kind[:len(k)] == k && kind[len(k)] == '.'
	})
}

// quickFixes adds what can be done about the findings in a range.
func (a *actions) quickFixes(list []finding.Finding, at protocol.Range) {
	m := a.places.mapper(a.doc.Name)
	from, to, err := m.Offsets(at)
	if err != nil {
		return
	}
	var here []finding.Finding
	for _, f := range list {
		r, ok := a.places.rangeOf(f.Pos, f.End)
		if !ok {
			continue
		}
		start, end, err := m.Offsets(r)
		if err == nil && start <= to && from <= end {
			here = append(here, f)
		}
	}
	for _, f := range here {
		a.fixes(f)
	}
	seen := make(map[string]bool)
	for _, f := range here {
		if !seen[f.Rule] {
			seen[f.Rule] = true
			a.fixRule(list, f.Rule)
		}
	}
	for _, f := range here {
		a.suppress(f)
	}
	a.explain(from, to)
}

// explain adds the way of a map to the heap, told step by step.
func (a *actions) explain(from, to int) {
	facts, _ := a.session.Escape(a.snap, a.doc.Name)
	for _, f := range facts {
		if f.Verdict != escape.OnHeap || len(f.Ways) == 0 || f.Start.Offset > to || f.Stop.Offset < from || from < f.Start.Offset && to > f.Stop.Offset {
			continue
		}
		title := "Explain why this map escapes"
		switch f.Kind {
		case escape.StoredAddress, escape.KeyConversion, escape.Capture:
			title = "Explain what escapes because of this map"
		}
		command, err := explainCommand(title, protocol.URI(a.doc.URI), a.places.mapper(a.doc.Name).Position(f.Start.Offset))
		if err == nil {
			a.add(protocol.CodeAction{Title: title, Kind: new(protocol.QuickFix), Command: command})
		}
		return
	}
}

// fixes adds the fixes of a finding. The first of a rule whose fixes cannot change
// what the program does is the preferred one.
func (a *actions) fixes(f finding.Finding) {
	for i, x := range f.Fixes {
		edit, ok := a.edit(x.Edits)
		if !ok {
			continue
		}
		action := protocol.CodeAction{Title: x.Message, Kind: new(protocol.QuickFix), Edit: edit}
		if r := suite.Rule(f.Rule); i == 0 && r != nil && r.SafeFix && a.client.preferred {
			action.IsPreferred = new(true)
		}
		a.add(action, f)
	}
}

func (a *actions) add(action protocol.CodeAction, about ...finding.Finding) {
	for _, f := range about {
		if d, ok := a.diagnostic(a.places, f); ok {
			action.Diagnostics = append(action.Diagnostics, d)
		}
	}
	a.list = append(a.list, action)
}

// fixRule adds the fixes of all findings of a rule in the file, if there are
// several.
func (a *actions) fixRule(list []finding.Finding, rule string) {
	wanted := func(f finding.Finding) bool { return f.Rule == rule }
	if edit, n := a.together(list, wanted); n > 1 {
		a.add(protocol.CodeAction{Title: fmt.Sprintf("Fix all %d %s findings in this file", n, rule), Kind: new(protocol.QuickFix), Edit: edit})
	}
}

// fixAll adds all fixes that cannot change what the program does.
func (a *actions) fixAll(list []finding.Finding) {
	wanted := func(f finding.Finding) bool {
		r := suite.Rule(f.Rule)
		return r != nil && r.SafeFix
	}
	if edit, n := a.together(list, wanted); n > 0 {
		a.add(protocol.CodeAction{Title: "Apply all safe fixes of mapdiag", Kind: new(fixAllKind), Edit: edit})
	}
}

// together returns the first fixes of the wanted findings as one edit, without
// those that overlap others, and their number.
func (a *actions) together(list []finding.Finding, wanted func(finding.Finding) bool) (*protocol.WorkspaceEdit, int) {
	files := new(source.Files)
	for _, f := range list {
		for _, x := range f.Fixes {
			for _, e := range x.Edits {
				if data, err := a.snap.Read(e.Filename); err == nil {
					files.Set(e.Filename, data)
				}
			}
		}
	}
	plan := fix.Make(list, wanted, files)
	var edits []finding.Edit
	for i, f := range list {
		if plan.Applied[i] {
			for _, e := range f.Fixes[0].Edits {
				if !slices.Contains(edits, e) {
					edits = append(edits, e)
				}
			}
		}
	}
	edit, ok := a.edit(edits)
	if !ok {
		return nil, 0
	}
	return edit, plan.Count()
}

// suppress adds the comment that silences a finding; its reason is for the user
// to write.
func (a *actions) suppress(f finding.Finding) {
	if f.Rule == "suppression" {
		return
	}
	text := a.doc.Content
	at := bytes.LastIndexByte(text[:f.Pos.Offset], '\n') + 1
	indent := text[at:]
	indent = indent[:len(indent)-len(bytes.TrimLeft(indent, " \t"))]
	line := fmt.Sprintf("%s//mapdiag:ignore %s TODO: say why\n", indent, f.Rule)
	if bytes.HasSuffix(text[:at], []byte("\r\n")) {
		line = line[:len(line)-1] + "\r\n"
	}
	if edit, ok := a.edit([]finding.Edit{{Filename: a.doc.Name, Start: at, End: at, New: line}}); ok {
		a.add(protocol.CodeAction{Title: fmt.Sprintf("Suppress %s here, with a reason", f.Rule), Kind: new(protocol.QuickFix), Edit: edit}, f)
	}
}

// edit converts edits of files in the present state.
func (a *actions) edit(edits []finding.Edit) (*protocol.WorkspaceEdit, bool) {
	byFile := make(map[string][]protocol.TextEdit)
	slices.SortStableFunc(edits, func(x, y finding.Edit) int { return cmp.Compare(x.Start, y.Start) })
	for _, e := range edits {
		m := a.places.mapper(e.Filename)
		if m == nil || e.End > len(m.Content()) {
			return nil, false
		}
		text := e.New
		if crlf(m.Content()) {
			text = string(bytes.ReplaceAll(bytes.ReplaceAll([]byte(text), []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n")))
		}
		byFile[e.Filename] = append(byFile[e.Filename], protocol.TextEdit{Range: m.Range(e.Start, e.End), NewText: text})
	}
	var docs []protocol.DocumentEdits
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		uri, ok := a.uriOf(name)
		if !ok {
			return nil, false
		}
		d := protocol.DocumentEdits{URI: uri, Edits: byFile[name]}
		if doc := a.snap.Document(name); doc != nil {
			d.Version = &doc.Version
		}
		docs = append(docs, d)
	}
	if len(docs) == 0 {
		return nil, false
	}
	return protocol.NewWorkspaceEdit(docs, a.client.documentChanges), true
}

// crlf reports whether the lines of a text end as on Windows.
func crlf(text []byte) bool {
	i := bytes.IndexByte(text, '\n')
	return i > 0 && text[i-1] == '\r'
}
