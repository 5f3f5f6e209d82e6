package protocol

import (
	"encoding/json"
	"reflect"
	"testing"
)

// The messages of the server, as they go over the wire.
func TestMarshal(t *testing.T) {
	u := URI("file:///a.go")
	r := Range{End: Position{Line: 1, Character: 2}}
	const wireRange = `{"start":{"line":0,"character":0},"end":{"line":1,"character":2}}`
	edit := func(versions bool) *WorkspaceEdit {
		return NewWorkspaceEdit([]DocumentEdits{{URI: u, Version: new(int32(3)), Edits: []TextEdit{{Range: r, NewText: "x"}}}}, versions)
	}
	diagnostic := Diagnostic{
		Range:           r,
		Severity:        SeverityWarning,
		Code:            String("sizehint"),
		CodeDescription: CodeDescription{Href: "https://example.org/rules/sizehint"},
		Source:          Some("mapdiag"),
		Message:         String("grows"),
		Tags:            Tags(TagUnnecessary),
		RelatedInformation: []DiagnosticRelatedInformation{
			{Location: Location{URI: u, Range: r}, Message: "the loop"},
		},
		Data: LSPAny(`{"fix":1}`),
	}
	const wireDiagnostic = `{"range":` + wireRange + `,"severity":2,"code":"sizehint","codeDescription":{"href":"https://example.org/rules/sizehint"},
		"source":"mapdiag","message":"grows","tags":[1],"relatedInformation":[{"location":{"uri":"file:///a.go","range":` + wireRange + `},"message":"the loop"}],"data":{"fix":1}}`
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"initialize", &InitializeResult{
			ServerInfo: ServerInfo{Name: "mapls", Version: Some("1")},
			Capabilities: ServerCapabilities{
				PositionEncoding:       UTF8,
				TextDocumentSync:       &TextDocumentSyncOptions{OpenClose: new(true), Change: new(SyncIncremental), Save: &SaveOptions{IncludeText: new(false)}},
				HoverProvider:          Boolean(true),
				CodeActionProvider:     &CodeActionOptions{CodeActionKinds: []CodeActionKind{QuickFix, SourceFixAll + ".mapdiag"}, ResolveProvider: new(true)},
				CodeLensProvider:       &CodeLensOptions{ResolveProvider: new(true)},
				ExecuteCommandProvider: ExecuteCommandOptions{Commands: []string{"mapdiag.status"}},
				DiagnosticProvider:     &DiagnosticOptions{Identifier: new("mapdiag"), InterFileDependencies: true, WorkspaceDiagnostics: true},
				Workspace:              &WorkspaceOptions{WorkspaceFolders: &WorkspaceFoldersServerCapabilities{Supported: new(true), ChangeNotifications: Boolean(true)}},
			},
		}, `{"capabilities":{"positionEncoding":"utf-8","textDocumentSync":{"openClose":true,"change":2,"save":{"includeText":false}},"hoverProvider":true,
			"codeActionProvider":{"codeActionKinds":["quickfix","source.fixAll.mapdiag"],"resolveProvider":true},"codeLensProvider":{"resolveProvider":true},
			"executeCommandProvider":{"commands":["mapdiag.status"]},"diagnosticProvider":{"identifier":"mapdiag","interFileDependencies":true,"workspaceDiagnostics":true},
			"workspace":{"workspaceFolders":{"supported":true,"changeNotifications":true}}},"serverInfo":{"name":"mapls","version":"1"}}`},
		{"publish", &PublishDiagnosticsParams{URI: u, Version: Some(int32(0)), Diagnostics: []Diagnostic{diagnostic}},
			`{"uri":"file:///a.go","version":0,"diagnostics":[` + wireDiagnostic + `]}`},
		{"publish nothing", &PublishDiagnosticsParams{URI: u, Diagnostics: []Diagnostic{}}, `{"uri":"file:///a.go","diagnostics":[]}`},
		{"publish nil", &PublishDiagnosticsParams{URI: u}, `{"uri":"file:///a.go","diagnostics":[]}`},
		{"full", Full("id", []Diagnostic{diagnostic}), `{"kind":"full","resultId":"id","items":[` + wireDiagnostic + `]}`},
		{"full and empty", Full("", nil), `{"kind":"full","items":[]}`},
		{"unchanged", DocumentDiagnosticReport(Unchanged("id")), `{"kind":"unchanged","resultId":"id"}`},
		{"workspace", &WorkspaceDiagnosticReport{Items: []WorkspaceDocumentReport{WorkspaceFull(u, nil, "i", nil), WorkspaceUnchanged(u, new(int32(2)), "j")}},
			`{"items":[{"kind":"full","resultId":"i","items":[],"uri":"file:///a.go","version":null},{"kind":"unchanged","resultId":"j","uri":"file:///a.go","version":2}]}`},
		{"hover", MarkdownHover("**x**", r), `{"contents":{"kind":"markdown","value":"**x**"},"range":` + wireRange + `}`},
		{"edit", edit(false), `{"changes":{"file:///a.go":[{"range":` + wireRange + `,"newText":"x"}]}}`},
		{"edit with versions", edit(true), `{"documentChanges":[{"textDocument":{"uri":"file:///a.go","version":3},"edits":[{"range":` + wireRange + `,"newText":"x"}]}]}`},
		{"actions", []CommandOrCodeAction{&CodeAction{Title: "Add", Kind: new(QuickFix), IsPreferred: new(true), Edit: edit(false)}, &Command{Title: "t", Command: "c"}},
			`[{"title":"Add","kind":"quickfix","isPreferred":true,"edit":{"changes":{"file:///a.go":[{"range":` + wireRange + `,"newText":"x"}]}}},{"title":"t","command":"c"}]`},
		{"lens", []CodeLens{{Range: r, Command: Command{Title: "t", Command: "c", Arguments: []LSPAny{LSPAny("1")}}}, {Range: r, Data: LSPAny("2")}},
			`[{"range":` + wireRange + `,"command":{"title":"t","command":"c","arguments":[1]}},{"range":` + wireRange + `,"data":2}]`},
		{"configuration", &ConfigurationParams{Items: []ConfigurationItem{{ScopeURI: &u, Section: new("mapdiag")}}}, `{"items":[{"scopeUri":"file:///a.go","section":"mapdiag"}]}`},
		{"progress", &ProgressParams{Token: String("t"), Value: anyOf(t, &WorkDoneProgressReport{Kind: "report", Percentage: new(uint32(0)), Message: new("3/4")})},
			`{"token":"t","value":{"kind":"report","message":"3/4","percentage":0}}`},
		{"register", &RegistrationParams{Registrations: []Registration{{ID: "w", Method: MethodDidChangeWatchedFiles,
			RegisterOptions: anyOf(t, &DidChangeWatchedFilesRegistration{Watchers: []FileSystemWatcher{{GlobPattern: Pattern("**/*.go")}}})}}},
			`{"registrations":[{"id":"w","method":"workspace/didChangeWatchedFiles","registerOptions":{"watchers":[{"globPattern":"**/*.go"}]}}]}`},
		{"message", &LogMessageParams{Type: MessageInfo, Message: "é\n\"<"}, `{"type":3,"message":"é\n\"<"}`},
		{"apply", &ApplyWorkspaceEditParams{Label: new("l"), Edit: *edit(false)}, `{"label":"l","edit":{"changes":{"file:///a.go":[{"range":` + wireRange + `,"newText":"x"}]}}}`},
		{"show", &ShowDocumentParams{URI: u, External: new(false), Selection: &r}, `{"uri":"file:///a.go","external":false,"selection":` + wireRange + `}`},
		{"retrigger", &DiagnosticServerCancellationData{RetriggerRequest: true}, `{"retriggerRequest":true}`},
	} {
		got, err := Marshal(tt.v)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var a, b any
		if err := json.Unmarshal(got, &a); err != nil {
			t.Errorf("%s is %s: %v", tt.name, got, err)
		}
		if err := json.Unmarshal([]byte(tt.want), &b); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s is\n%s, want\n%s", tt.name, got, tt.want)
		}
	}
}

func anyOf(t *testing.T, v any) LSPAny {
	t.Helper()
	a, err := Any(v)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func decode[T any](t *testing.T, s string) T {
	t.Helper()
	var v T
	if err := Unmarshal(json.RawMessage(s), &v); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

func TestUnmarshalChanges(t *testing.T) {
	p := decode[DidChangeTextDocumentParams](t, `{"textDocument":{"uri":"untitled:Untitled-1","version":4},"contentChanges":[
		{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"rangeLength":0,"text":"b"},{"text":"a"}]}`)
	if p.TextDocument.URI != "untitled:Untitled-1" || p.TextDocument.Version != 4 || len(p.ContentChanges) != 2 {
		t.Fatalf("%+v", p)
	}
	// An insertion at the start is not the whole text.
	if c, ok := p.ContentChanges[0].(*PartialChange); !ok || c.Text != "b" {
		t.Errorf("the first change is %#v", p.ContentChanges[0])
	}
	if c, ok := p.ContentChanges[1].(*WholeChange); !ok || c.Text != "a" {
		t.Errorf("the second change is %#v", p.ContentChanges[1])
	}
}

func TestUnmarshalInitialize(t *testing.T) {
	p := decode[InitializeParams](t, `{"processId":12,"rootUri":null,"clientInfo":{"name":"e","version":"1"},"trace":"verbose","unknown":{"a":[1]},
		"workspaceFolders":[{"uri":"file:///w%20x","name":"w"}],"initializationOptions":{"hover":false},"capabilities":{
		"general":{"positionEncodings":["utf-32","utf-8"]},"window":{"workDoneProgress":true,"showDocument":{"support":true}},
		"workspace":{"configuration":true,"workspaceEdit":{"documentChanges":true},"didChangeWatchedFiles":{"dynamicRegistration":true},"diagnostics":{"refreshSupport":true},"codeLens":{"refreshSupport":false}},
		"textDocument":{"publishDiagnostics":{"versionSupport":true,"relatedInformation":true,"codeDescriptionSupport":true,"dataSupport":true,"tagSupport":{"valueSet":[1,2]}},
			"codeAction":{"codeActionLiteralSupport":{"codeActionKind":{"valueSet":["quickfix"]}},"resolveSupport":{"properties":["edit"]},"dataSupport":true},
			"hover":{"contentFormat":["markdown"]},"diagnostic":{"relatedDocumentSupport":true}}}}`)
	folders, ok := p.WorkspaceFolders.Get()
	c := p.Capabilities
	switch {
	case p.ProcessID == nil || *p.ProcessID != 12, p.RootURI != nil, p.Trace != TraceVerbose,
		!ok || len(folders) != 1 || folders[0].URI != "file:///w%20x",
		string(p.InitializationOptions) != `{"hover":false}`,
		Negotiate(c.General.PositionEncodings) != UTF8,
		!Yes(c.Window.WorkDoneProgress), !c.Window.ShowDocument.Support,
		!Yes(c.Workspace.Configuration), !Yes(c.Workspace.WorkspaceEdit.DocumentChanges), !Yes(c.Workspace.DidChangeWatchedFiles.DynamicRegistration),
		!Yes(c.Workspace.Diagnostics.RefreshSupport), Yes(c.Workspace.CodeLens.RefreshSupport), Yes(c.Workspace.ApplyEdit),
		!Yes(c.TextDocument.PublishDiagnostics.VersionSupport), !Yes(c.TextDocument.PublishDiagnostics.RelatedInformation),
		len(c.TextDocument.PublishDiagnostics.TagSupport.ValueSet) != 2,
		len(c.TextDocument.CodeAction.ResolveSupport.Properties) != 1, len(c.TextDocument.CodeAction.CodeActionLiteralSupport.CodeActionKind.ValueSet) != 1,
		c.TextDocument.Diagnostic == nil, c.TextDocument.CodeLens != nil:
		t.Errorf("decoded as %+v", p)
	}
	for _, s := range []string{`{"processId":null,"rootUri":null,"capabilities":{}}`, `{"processId":1,"rootUri":"file:///a","workspaceFolders":null,"capabilities":{}}`} {
		p := decode[InitializeParams](t, s)
		if _, ok := p.WorkspaceFolders.Get(); ok || p.Capabilities.General != nil {
			t.Errorf("%s was decoded as %+v", s, p)
		}
	}
}

func TestUnmarshalDiagnostics(t *testing.T) {
	p := decode[CodeActionParams](t, `{"textDocument":{"uri":"file:///a"},"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},
		"context":{"only":["source.fixAll"],"triggerKind":2,"diagnostics":[
		{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"message":"m","code":"c","source":"s","data":{"k":[1]}},
		{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"message":"n","code":7}]}}`)
	ds := p.Context.Diagnostics
	if len(ds) != 2 || CodeOf(ds[0]) != "c" || MessageOf(ds[0]) != "m" || string(ds[0].Data) != `{"k":[1]}` || CodeOf(ds[1]) != "" || MessageOf(ds[1]) != "n" ||
		p.Context.TriggerKind != TriggerAutomatic || len(p.Context.Only) != 1 || p.Context.Only[0] != SourceFixAll {
		t.Errorf("decoded as %+v", p)
	}
}

// Bad parameters are errors and never a panic.
func TestUnmarshalBad(t *testing.T) {
	for _, s := range []string{
		`"x"`, `[1,2]`, `{"textDocument":5}`, `{`, ``,
		`{"textDocument":{"uri":"a b:c"}}`, `{"textDocument":{"uri":5}}`,
		`{"textDocument":{"uri":"file:///a"},"position":{"line":-1,"character":0}}`,
		`{"textDocument":{"uri":"file:///a"},"position":{"line":1.5,"character":0}}`,
		`{"textDocument":{"uri":"file:///a"},"position":{"line":99999999999999999999,"character":0}}`,
	} {
		var p HoverParams
		if err := Unmarshal(json.RawMessage(s), &p); err == nil {
			t.Errorf("%s was decoded as %+v", s, p)
		}
	}
}

func TestClone(t *testing.T) {
	d := decode[Diagnostic](t, `{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"message":"m","code":"c","data":{"k":[1]}}`)
	c, err := Clone(d)
	if err != nil || !reflect.DeepEqual(c, d) {
		t.Errorf("the clone of %+v is %+v, %v", d, c, err)
	}
}
