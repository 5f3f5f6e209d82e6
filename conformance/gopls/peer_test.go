package gopls

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/transport"
)

// patience is how long anything may take; machines may be slow.
const patience = 30 * time.Second

// peer is a server as its client sees it.
type peer struct {
	*testing.T
	name    string
	cmd     *exec.Cmd
	conn    *transport.Conn
	traffic *traffic
	stderr  bytes.Buffer
	ended   chan error
	result  protocol.InitializeResult

	mu        sync.Mutex
	published map[protocol.URI]protocol.PublishDiagnosticsParams
	changed   chan struct{} // closed when published changes
}

type pipes struct {
	io.Reader
	io.WriteCloser
}

// start runs a server on a module and initializes it.
func start(t *testing.T, program, dir string, encodings []protocol.PositionEncodingKind, options string) *peer {
	t.Helper()
	p := &peer{T: t, name: filepath.Base(program), cmd: exec.Command(program), traffic: newTraffic(), ended: make(chan error, 1),
		published: make(map[protocol.URI]protocol.PublishDiagnosticsParams), changed: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Stderr = &p.stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.conn = transport.New(pipes{out, in}, transport.Options{Tap: p.traffic.tap})
	go func() {
		err := p.conn.Run(context.Background(), p)
		werr := p.cmd.Wait()
		if err == nil || errors.Is(err, io.ErrUnexpectedEOF) && p.name == "gopls" {
			err = werr // gopls may end in the middle of a message
		}
		p.ended <- err
	}()
	t.Cleanup(func() { p.cmd.Process.Kill() }) // an error: it has ended already

	root := uriOf(t, dir)
	params := &protocol.InitializeParams{
		ClientInfo:            protocol.ClientInfo{Name: "conformance"},
		InitializationOptions: protocol.LSPAny(options),
		Capabilities:          capabilities(encodings),
	}
	params.ProcessID = new(int32(os.Getpid()))
	params.RootURI = &root
	params.WorkspaceFolders = protocol.Nullable[[]protocol.WorkspaceFolder]{}
	p.call(protocol.MethodInitialize, params, &p.result)
	p.notify(protocol.MethodInitialized, &protocol.InitializedParams{})
	return p
}

// Notification implements [transport.Handler].
func (p *peer) Notification(_ context.Context, method string, params json.RawMessage) {
	if method != protocol.MethodPublishDiagnostics {
		return
	}
	var d protocol.PublishDiagnosticsParams
	if protocol.Unmarshal(params, &d) != nil {
		return // traffic tells
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published[d.URI] = d
	close(p.changed)
	p.changed = make(chan struct{})
}

// Request implements [transport.Handler].
func (p *peer) Request(_ context.Context, method string, params json.RawMessage) (transport.Answer, error) {
	return func(context.Context) (json.RawMessage, error) {
		if method == protocol.MethodConfiguration {
			var c struct{ Items []any }
			if err := json.Unmarshal(params, &c); err != nil {
				return nil, err
			}
			return json.Marshal(make([]any, len(c.Items)))
		}
		return nil, nil
	}, nil
}

func (p *peer) call(method string, params, result any) {
	p.Helper()
	var data json.RawMessage
	var err error
	if params != nil {
		if data, err = protocol.Marshal(params); err != nil {
			p.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	got, err := p.conn.Call(ctx, method, data)
	if err == nil && result != nil && len(got) > 0 && string(got) != "null" {
		err = protocol.Unmarshal(got, result)
	}
	if err != nil {
		p.Fatalf("%s: %s: %v\n%s", p.name, method, err, p.stderr.Bytes())
	}
}

func (p *peer) notify(method string, params any) {
	p.Helper()
	data, err := protocol.Marshal(params)
	if err == nil {
		err = p.conn.Notify(method, data)
	}
	if err != nil {
		p.Fatalf("%s: %s: %v", p.name, method, err)
	}
}

func (p *peer) open(uri protocol.URI, text string) {
	p.Helper()
	p.notify(protocol.MethodDidOpen, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: uri, LanguageID: "go", Version: 1, Text: text}})
}

// diagnostic waits for a diagnostic of a document in a version that fulfils a
// condition.
func (p *peer) diagnostic(uri protocol.URI, version int32, wanted func(protocol.Diagnostic) bool) protocol.Diagnostic {
	p.Helper()
	late := time.After(patience)
	for {
		p.mu.Lock()
		d, changed := p.published[uri], p.changed
		p.mu.Unlock()
		if v, ok := d.Version.Get(); ok && v == version {
			if i := slices.IndexFunc(d.Diagnostics, wanted); i >= 0 {
				return d.Diagnostics[i]
			}
		}
		select {
		case <-changed:
		case err := <-p.ended:
			p.Fatalf("%s ended: %v\n%s", p.name, err, p.stderr.Bytes())
		case <-late:
			p.Fatalf("%s does not publish the diagnostic; the last is %+v\n%s", p.name, d, p.stderr.Bytes())
		}
	}
}

// pull asks for the diagnostics of a document.
func (p *peer) pull(uri protocol.URI) []protocol.Diagnostic {
	p.Helper()
	var r protocol.FullReport
	p.call(protocol.MethodDocumentDiagnostic, &protocol.DocumentDiagnosticParams{TextDocument: protocol.TextDocumentIdentifier{URI: uri}}, &r)
	return r.Items
}

// stop shuts the server down and wants it to end well, with all of its traffic
// understood.
func (p *peer) stop() {
	p.Helper()
	p.call(protocol.MethodShutdown, nil, nil)
	if err := p.conn.Notify(protocol.MethodExit, nil); err != nil {
		p.Errorf("%s: exit: %v", p.name, err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			p.Errorf("%s ends with %v\n%s", p.name, err, p.stderr.Bytes())
		}
	case <-time.After(patience):
		p.Errorf("%s does not end", p.name)
	}
	p.Logf("%s: %s", p.name, p.traffic.methods())
	for _, f := range p.traffic.faults {
		p.Errorf("%s: %s", p.name, f)
	}
}

// capabilities are those of an editor that can do much.
func capabilities(encodings []protocol.PositionEncodingKind) (c protocol.ClientCapabilities) {
	text := `{
		"textDocument": {
			"publishDiagnostics": {"relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true, "dataSupport": true, "tagSupport": {"valueSet": [1, 2]}},
			"diagnostic": {"relatedDocumentSupport": true},
			"hover": {"contentFormat": ["markdown", "plaintext"]},
			"codeAction": {"isPreferredSupport": true, "disabledSupport": true, "dataSupport": true, "resolveSupport": {"properties": ["edit"]},
				"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source", "source.fixAll"]}}},
			"codeLens": {}
		},
		"workspace": {
			"configuration": true, "workspaceFolders": true, "applyEdit": true,
			"workspaceEdit": {"documentChanges": true},
			"didChangeConfiguration": {"dynamicRegistration": true},
			"didChangeWatchedFiles": {"dynamicRegistration": true, "relativePatternSupport": true}
		},
		"window": {"workDoneProgress": true, "showDocument": {"support": true}}
	}`
	if err := protocol.Unmarshal(json.RawMessage(text), &c); err != nil {
		panic(err)
	}
	if encodings != nil {
		c.General = &protocol.GeneralClientCapabilities{PositionEncodings: encodings}
	}
	return c
}

func uriOf(t *testing.T, name string) protocol.URI {
	t.Helper()
	uri, err := protocol.FileURI(name)
	if err != nil {
		t.Fatal(err)
	}
	return uri
}
