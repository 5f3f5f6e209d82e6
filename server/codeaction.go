package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/escape"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/fix"
	"github.com/mapdiag/mapdiag/internal/source"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
	"github.com/mapdiag/mapdiag/server/transport"
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
		a.collect(ctx, list, p.Range)
		if a.list == nil {
			return nil, nil
		}
		if client.resolveEdit {
			if err := a.postpone(p.Range); err != nil {
				return nil, err
			}
		}
		return protocol.CodeActions(a.list), nil
	}, nil
}

// actionData is what an action needs for its edit to be made later.
type actionData struct {
	URI   protocol.URI            `json:"uri"`
	Hash  string                  `json:"hash"` // of the text
	Range protocol.Range          `json:"range"`
	Kind  protocol.CodeActionKind `json:"kind"`
}

// postpone takes the edits out of the actions: the client asks for that of the one
// that the user chooses.
func (a *actions) postpone(at protocol.Range) error {
	for i := range a.list {
		if a.list[i].Edit == nil {
			continue
		}
		data, err := protocol.Any(actionData{protocol.URI(a.doc.URI), a.doc.HashText(), at, *a.list[i].Kind})
		if err != nil {
			return err
		}
		a.list[i].Edit, a.list[i].Data = nil, data
	}
	return nil
}

// resolveCodeAction makes the edit of an action. It refuses one for a text that has
// changed.
func (s *Server) resolveCodeAction(p *protocol.CodeAction) (answer, error) {
	var data actionData
	if len(p.Data) == 0 {
		return func(context.Context) (any, error) { return p, nil }, nil // nothing is to be added
	}
	if err := json.Unmarshal(p.Data, &data); err != nil {
		return nil, transport.Errorf(transport.CodeInvalidParams, "the action has no data of mapls")
	}
	name, _ := nameOf(data.URI)
	snap := s.session.Snapshot()
	doc := snap.Document(name)
	if doc == nil || doc.HashText() != data.Hash {
		return nil, outdated(session.ErrOutdated)
	}
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	return func(ctx context.Context) (any, error) {
		list, err := s.session.Findings(ctx, snap, name)
		if err != nil {
			return nil, outdated(err)
		}
		a := &actions{Server: s, client: client, snap: snap, doc: doc, places: s.newPlaces(snap), context: protocol.CodeActionContext{Only: []protocol.CodeActionKind{data.Kind}}}
		a.collect(ctx, list, data.Range)
		for _, action := range a.list {
			if action.Title == p.Title && *action.Kind == data.Kind {
				resolved := *p
				resolved.Edit = action.Edit
				return &resolved, nil
			}
		}
		return nil, outdated(session.ErrOutdated)
	}, nil
}

// collect adds the actions at a range.
func (a *actions) collect(ctx context.Context, list []finding.Finding, at protocol.Range) {
	set := a.settingsOf(a.doc.Name)
	list = slices.DeleteFunc(slices.Clone(list), func(f finding.Finding) bool { return set.Disabled[f.Rule] })
	if a.wants(protocol.QuickFix) {
		a.quickFixes(ctx, list, at)
	}
	if a.wants(fixAllKind) && a.context.Only != nil {
		a.fixAll(list)
	}
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
func (a *actions) quickFixes(ctx context.Context, list []finding.Finding, at protocol.Range) {
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
	a.annotate(ctx, here, from)
	for _, f := range here {
		a.suppress(f)
	}
	a.explain(from, to)
}

// annotate offers to write down which lock guards a map: the one that a finding
// is about, or that is declared at the place.
func (a *actions) annotate(ctx context.Context, here []finding.Finding, at int) {
	t, err := a.session.Typed(ctx, a.snap, a.doc.Name)
	if err != nil {
		return
	}
	defer t.Release()
	var about []finding.Finding
	from, to := at, at
	for _, f := range here {
		if f.Rule == "unguarded" {
			about = []finding.Finding{f}
			text := a.doc.Content
			from = bytes.LastIndexByte(text[:f.Pos.Offset], '\n') + 1
			to = len(text)
			if i := bytes.IndexByte(text[f.Pos.Offset:], '\n'); i >= 0 {
				to = f.Pos.Offset + i
			}
			break
		}
	}
	fields := make(map[*types.Var]bool) // to look up each once: that takes the keys of the package
	ast.Inspect(t.File, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		start := t.Fset.PositionFor(id.Pos(), false).Offset
		if start > to || start+len(id.Name) < from {
			return true
		}
		v, ok := t.Info.ObjectOf(id).(*types.Var)
		if ok && v.IsField() {
			fields[v.Origin()] = true
		}
		return true
	})
	var field *types.Var
	var note driver.Note
	for v := range fields {
		n, ok := a.session.Note(ctx, a.snap, declared(t, v))
		switch {
		case !ok || n.Guard == "":
		case field != nil:
			return // which of them is meant cannot be told
		default:
			field, note = v, n
		}
	}
	if field == nil {
		return
	}
	where := declared(t, field)
	m := a.places.mapper(where.Filename)
	if m == nil || where.Offset > len(m.Content()) {
		return
	}
	if edit, ok := a.edit([]finding.Edit{a.lineAbove(where.Filename, m.Content(), where.Offset, "//mapdiag:guardedby "+note.Guard)}); ok {
		a.add(protocol.CodeAction{Title: fmt.Sprintf("Declare that %s guards %s", note.Guard, field.Name()), Kind: new(protocol.QuickFix), Edit: edit}, about...)
	}
}

// lineAbove returns the insertion of a line above that of an offset, indented as
// that is.
func (a *actions) lineAbove(name string, text []byte, offset int, line string) finding.Edit {
	at := bytes.LastIndexByte(text[:offset], '\n') + 1
	indent := text[at:]
	indent = indent[:len(indent)-len(bytes.TrimLeft(indent, " \t"))]
	return finding.Edit{Filename: name, Start: at, End: at, New: string(indent) + line + "\n"}
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
		if i == 0 && safelyFixed(f) && a.client.preferred {
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
	if edit, n := a.together(list, safelyFixed); n > 0 {
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
	line := a.lineAbove(a.doc.Name, a.doc.Content, f.Pos.Offset, fmt.Sprintf("//mapdiag:ignore %s TODO: say why", f.Rule))
	if edit, ok := a.edit([]finding.Edit{line}); ok {
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
