package server

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"time"

	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/settings"
	"github.com/mapdiag/mapdiag/server/transport"
)

// client is what the client can do.
type client struct {
	related, codeDescription, tags, data bool // of diagnostics
	version                              bool // publishDiagnostics takes one
	pull                                 bool
	refresh, lensRefresh                 bool // what the client pulls
	literals                             bool // code actions with kinds and edits
	preferred, resolveEdit               bool // of code actions
	documentChanges                      bool // edits with versions
	configuration, changeConfiguration   bool
	watch, watchRelative                 bool // files, by dynamic registration
	progress                             bool
	showDocument                         bool
	applyEdit                            bool
}

func clientOf(c protocol.ClientCapabilities) client {
	var k client
	if t := c.TextDocument; t != nil {
		if p := t.PublishDiagnostics; p != nil {
			k.related, k.codeDescription, k.data = protocol.Yes(p.RelatedInformation), protocol.Yes(p.CodeDescriptionSupport), protocol.Yes(p.DataSupport)
			k.version = protocol.Yes(p.VersionSupport)
		}
		k.pull = t.Diagnostic != nil
		if a := t.CodeAction; a != nil {
			k.literals = len(a.CodeActionLiteralSupport.CodeActionKind.ValueSet) > 0
			k.preferred = protocol.Yes(a.IsPreferredSupport)
			k.resolveEdit = protocol.Yes(a.DataSupport) && slices.Contains(a.ResolveSupport.Properties, "edit")
		}
	}
	if w := c.Workspace; w != nil {
		if e := w.WorkspaceEdit; e != nil {
			k.documentChanges = protocol.Yes(e.DocumentChanges)
		}
		k.applyEdit = protocol.Yes(w.ApplyEdit)
		k.configuration = protocol.Yes(w.Configuration)
		if d := w.DidChangeConfiguration; d != nil {
			k.changeConfiguration = protocol.Yes(d.DynamicRegistration)
		}
		if d := w.DidChangeWatchedFiles; d != nil {
			k.watch, k.watchRelative = protocol.Yes(d.DynamicRegistration), protocol.Yes(d.RelativePatternSupport)
		}
		if l := w.CodeLens; l != nil {
			k.lensRefresh = protocol.Yes(l.RefreshSupport)
		}
		if d := w.Diagnostics; d != nil {
			k.refresh = protocol.Yes(d.RefreshSupport)
		}
	}
	if w := c.Window; w != nil {
		k.progress = protocol.Yes(w.WorkDoneProgress)
		k.showDocument = w.ShowDocument != nil && w.ShowDocument.Support
	}
	return k
}

func (s *Server) initialize(p *protocol.InitializeParams) (answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = initializing
	s.client = clientOf(p.Capabilities)
	s.trace = p.Trace
	if g := p.Capabilities.General; g != nil {
		s.encoding = protocol.Negotiate(g.PositionEncodings)
	}
	if folders, ok := p.WorkspaceFolders.Get(); ok {
		s.folders = folders
	} else if p.RootURI != nil {
		s.folders = []protocol.WorkspaceFolder{{URI: *p.RootURI, Name: string(*p.RootURI)}}
	} else if root, ok := p.RootPath.Get(); ok {
		if uri, err := protocol.FileURI(root); err == nil {
			s.folders = []protocol.WorkspaceFolder{{URI: uri, Name: root}}
		}
	}
	if len(p.InitializationOptions) > 0 {
		s.initial = append([]byte(nil), p.InitializationOptions...)
	}
	if p.ProcessID != nil {
		s.watchParent(int(*p.ProcessID))
	}
	result := &protocol.InitializeResult{
		ServerInfo: protocol.ServerInfo{Name: "mapls", Version: protocol.Some(s.options.Version)},
		Capabilities: protocol.ServerCapabilities{
			PositionEncoding: s.encoding,
			TextDocumentSync: &protocol.TextDocumentSyncOptions{
				OpenClose: new(true),
				Change:    new(protocol.SyncIncremental),
				Save:      protocol.Boolean(true),
			},
			CodeActionProvider: &protocol.CodeActionOptions{
				CodeActionKinds: []protocol.CodeActionKind{protocol.QuickFix, fixAllKind},
				ResolveProvider: new(true),
			},
			HoverProvider:          protocol.Boolean(true),
			CodeLensProvider:       &protocol.CodeLensOptions{ResolveProvider: new(true)},
			ExecuteCommandProvider: protocol.ExecuteCommandOptions{Commands: commandNames()},
			Workspace: &protocol.WorkspaceOptions{
				WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{Supported: new(true), ChangeNotifications: protocol.Boolean(true)},
			},
		},
	}
	if v, _ := settings.Parse(s.initial); s.client.pull && v.PullDiagnostics {
		s.pulling = true
		result.Capabilities.DiagnosticProvider = &protocol.DiagnosticOptions{
			Identifier:            new("mapdiag"),
			InterFileDependencies: true,
			WorkspaceDiagnostics:  true,
		}
	}
	return func(context.Context) (any, error) { return result, nil }, nil
}

// initialized asks for what can only be asked for now, and begins.
func (s *Server) initialized(*protocol.InitializedParams) error {
	s.mu.Lock()
	again := s.phase != initializing
	s.phase = running
	client := s.client
	s.mu.Unlock()
	if again {
		return nil
	}
	s.prepare(func(ctx context.Context) {
		s.register(ctx, client)
		s.configure(ctx)
	})
	return nil
}

// register asks the client to tell of changed settings and files.
func (s *Server) register(ctx context.Context, c client) {
	var list []protocol.Registration
	add := func(id, method string, options any) {
		r := protocol.Registration{ID: id, Method: method}
		if options != nil {
			data, err := protocol.Any(options)
			if err != nil {
				s.log.Error("cannot register", "method", method, "error", err)
				return
			}
			r.RegisterOptions = data
		}
		list = append(list, r)
	}
	if c.changeConfiguration {
		add("configuration", protocol.MethodDidChangeConfiguration, nil)
	}
	if c.watch {
		options := new(protocol.DidChangeWatchedFilesRegistration)
		for _, glob := range []string{"**/*.go", "**/go.{mod,sum,work}", "**/go.work.sum"} {
			options.Watchers = append(options.Watchers, protocol.FileSystemWatcher{GlobPattern: protocol.Pattern(glob)})
		}
		// Of a folder that is removed some editors tell that alone.
		options.Watchers = append(options.Watchers, protocol.FileSystemWatcher{GlobPattern: protocol.Pattern("**/*"), Kind: protocol.WatchKindDelete})
		add("files", protocol.MethodDidChangeWatchedFiles, options)
	}
	if len(list) == 0 {
		return
	}
	if err := s.call(ctx, protocol.MethodRegisterCapability, &protocol.RegistrationParams{Registrations: list}, nil); err != nil && ctx.Err() == nil {
		s.log.Warn("the client does not tell of changes", "error", err)
	}
}

func (s *Server) shutdown() (transport.Answer, error) {
	s.mu.Lock()
	s.phase = shutDown
	s.mu.Unlock()
	return func(context.Context) (json.RawMessage, error) {
		s.session.Close() // nothing is left behind when the client has its answer
		return nil, nil
	}, nil
}

// context returns a context that ends with the connection.
func (s *Server) context() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-s.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// parentPeriod is how often it is looked whether the client's process still runs. It
// is changed by tests alone.
var parentPeriod = 5 * time.Second

// watchParent ends the connection when the client's process has ended without
// a word.
func (s *Server) watchParent(pid int) {
	s.work.Go(func() {
		t := time.NewTicker(parentPeriod)
		defer t.Stop()
		for {
			select {
			case <-s.quit:
				return
			case <-t.C:
				if !alive(pid) {
					s.options.Log.Warn("the client has ended without telling", "pid", pid)
					s.conn.Close()
					return
				}
			}
		}
	})
}

// alive reports whether a process runs, true if that cannot be told.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	return signalled(p)
}

func (s *Server) setTrace(p *protocol.SetTraceParams) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trace = p.Value
	return nil
}
