package protocol

import lsp "go.lsp.dev/protocol"

// Yes tells whether an optional flag is set.
func Yes(flag *bool) bool { return flag != nil && *flag }

// MarkdownHover returns a hover that shows markdown.
func MarkdownHover(text string, at Range) *Hover {
	return &Hover{
		Contents: &MarkupContent{Kind: Markdown, Value: text},
		Range:    &at,
	}
}

// Tags returns the tags of a diagnostic.
func Tags(tags ...DiagnosticTag) lsp.DiagnosticTags { return lsp.NewDiagnosticTags(tags...) }

// CodeOf returns the code of a diagnostic, or "" if it has none or a number:
// the codes of this server are strings.
func CodeOf(d Diagnostic) string {
	s, _ := d.Code.(String)
	return string(s)
}

// MessageOf returns the text of a diagnostic's message.
func MessageOf(d Diagnostic) string {
	switch m := d.Message.(type) {
	case String:
		return string(m)
	case *MarkupContent:
		return m.Value
	}
	return ""
}

// Relative returns a pattern for files below a folder.
func Relative(base URI, pattern string) GlobPattern {
	return &RelativePattern{BaseURI: lsp.URI(base), Pattern: Pattern(pattern)}
}

// DocumentEdits are the edits of one document in a version.
type DocumentEdits struct {
	URI     URI
	Version *int32 // nil for a file that is not open
	Edits   []TextEdit
}

// NewWorkspaceEdit returns an edit of several documents. With versions, which
// the client must know (workspace.workspaceEdit.documentChanges), the client
// refuses it for a document that has changed since.
func NewWorkspaceEdit(docs []DocumentEdits, versions bool) *WorkspaceEdit {
	e := new(WorkspaceEdit)
	if !versions {
		e.Changes = make(map[URI][]TextEdit, len(docs))
		for _, d := range docs {
			e.Changes[d.URI] = append(e.Changes[d.URI], d.Edits...)
		}
		return e
	}
	for _, d := range docs {
		change := &TextDocumentEdit{
			TextDocument: OptionalVersionedTextDocumentIdentifier{
				TextDocumentIdentifier: TextDocumentIdentifier{URI: d.URI},
				Version:                d.Version,
			},
			Edits: make([]TextDocumentEditElement, len(d.Edits)),
		}
		for i := range d.Edits {
			change.Edits[i] = &d.Edits[i]
		}
		e.DocumentChanges = append(e.DocumentChanges, change)
	}
	return e
}

// Full returns the report of a document whose diagnostics are given.
func Full(resultID string, items []Diagnostic) *RelatedFullReport {
	return &RelatedFullReport{FullDocumentDiagnosticReport: full(resultID, items)}
}

// Unchanged returns the report of a document whose diagnostics are those of an
// earlier report.
func Unchanged(resultID string) *RelatedUnchangedReport {
	return &RelatedUnchangedReport{UnchangedDocumentDiagnosticReport: UnchangedReport{Kind: ReportUnchanged, ResultID: resultID}}
}

// WorkspaceFull is [Full] for one of the documents of a workspace. version is
// nil for one that is not open.
func WorkspaceFull(u URI, version *int32, resultID string, items []Diagnostic) *WorkspaceFullReport {
	return &WorkspaceFullReport{FullDocumentDiagnosticReport: full(resultID, items), URI: u, Version: version}
}

// WorkspaceUnchanged is [Unchanged] for one of the documents of a workspace.
func WorkspaceUnchanged(u URI, version *int32, resultID string) *WorkspaceUnchangedReport {
	return &WorkspaceUnchangedReport{
		UnchangedDocumentDiagnosticReport: UnchangedReport{Kind: ReportUnchanged, ResultID: resultID},
		URI:                               u,
		Version:                           version,
	}
}

func full(resultID string, items []Diagnostic) FullReport {
	r := FullReport{Kind: ReportFull, Items: items}
	if items == nil {
		r.Items = []Diagnostic{} // null would not do
	}
	if resultID != "" {
		r.ResultID = &resultID
	}
	return r
}

// CodeActions returns the answer to a request for code actions.
func CodeActions(list []CodeAction) []CommandOrCodeAction {
	answer := make([]CommandOrCodeAction, len(list))
	for i := range list {
		answer[i] = &list[i]
	}
	return answer
}
