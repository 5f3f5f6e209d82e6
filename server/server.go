// Package server is mapls, the language server of mapdiag. It runs beside gopls
// and says only what concerns maps.
//
// A request takes its [session.Snapshot] in the order of the messages and is
// answered from it; see package transport. Each kind of request has a file of its
// own. Diagnostics are pushed as the session finds them, or pulled by the client
// if its settings say so: clients that do both would show each twice.
package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
	"github.com/mapdiag/mapdiag/server/settings"
	"github.com/mapdiag/mapdiag/server/transport"
)

// Options of a server.
type Options struct {
	Version string
	Log     *slog.Logger // where messages go besides the client
	// CacheDir is where results are kept; nothing is if it is empty.
	CacheDir string
}

// cacheBytes is how large the cache on disk may grow.
const cacheBytes = 256 << 20

// Server serves one client.
type Server struct {
	options Options
	log     *slog.Logger
	conn    *transport.Conn
	session *session.Session
	cache   *driver.Cache

	mu       sync.Mutex
	phase    phase
	client   client
	encoding protocol.PositionEncodingKind
	folders  []protocol.WorkspaceFolder
	settings map[protocol.URI]*settings.Settings // by folder; "" for files in none
	initial  []byte                              // settings from the initialization
	told     map[string]bool                     // problems of settings that were shown
	uris     map[string]protocol.URI             // file name → the client's URI, of open documents
	reports  map[string]session.Report           // the last of each file, if it is open or says something
	pushed   map[protocol.URI]string             // what was published last, see resultID
	toggled  map[protocol.URI]string             // by folder: which escape hints are shown, see toggleEscape
	pulling  bool                                // the client asks for diagnostics; none are pushed
	stops    map[string]func()                   // by progress token
	tokens   int
	watched  []protocol.FileSystemWatcher // what the client watches for profiles
	trace    protocol.TraceValue

	configuring sync.Mutex   // one reading of the settings after the other
	unprepared  atomic.Int32 // readings of the settings that are under way, see prepare
	publishing  sync.Mutex   // keeps publishes of a file in order

	work sync.WaitGroup // goroutines that the server started
	quit chan struct{}  // closed when the connection ends
}

// phase is how far the life of a server has come.
type phase int

const (
	created phase = iota
	initializing
	running
	shutDown
)

// Serve serves the client at the other end of a connection until it has ended. The
// exit code is the one that the protocol asks for: 0 if the client has shut the
// server down before.
func Serve(ctx context.Context, rwc io.ReadWriteCloser, o Options) (exitCode int) {
	s := &Server{
		options:  o,
		encoding: protocol.UTF16,
		settings: make(map[protocol.URI]*settings.Settings),
		told:     make(map[string]bool),
		uris:     make(map[string]protocol.URI),
		reports:  make(map[string]session.Report),
		pushed:   make(map[protocol.URI]string),
		toggled:  make(map[protocol.URI]string),
		stops:    make(map[string]func()),
		quit:     make(chan struct{}),
	}
	s.log = slog.New(&logHandler{Handler: o.Log.Handler(), server: s})
	if o.CacheDir != "" {
		cache, err := driver.OpenCache(o.CacheDir, cacheBytes)
		if err != nil {
			s.log.Warn("results are not kept on disk", "error", err)
		} else {
			s.cache = cache
		}
	}
	s.conn = transport.New(rwc, transport.Options{Log: o.Log})
	s.session = session.New(s, s.cache, s.log)
	err := s.conn.Run(ctx, s)
	close(s.quit)
	s.session.Close()
	s.work.Wait()
	if err != nil {
		o.Log.Error("the connection to the client broke", "error", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase == shutDown {
		return 0
	}
	return 1
}

// Notification implements [transport.Handler].
func (s *Server) Notification(ctx context.Context, method string, params json.RawMessage) {
	s.mu.Lock()
	phase := s.phase
	s.mu.Unlock()
	if method == protocol.MethodExit {
		s.conn.Close()
		return
	}
	if phase == created || phase == shutDown {
		return // dropped, as the protocol wants it
	}
	n, ok := notifications[method]
	if !ok {
		return
	}
	if err := n(s, params); err != nil {
		s.log.Error("a message of the client cannot be followed", "method", method, "error", err)
	}
}

// Request implements [transport.Handler].
func (s *Server) Request(ctx context.Context, method string, params json.RawMessage) (transport.Answer, error) {
	s.mu.Lock()
	phase := s.phase
	s.mu.Unlock()
	switch {
	case method == protocol.MethodInitialize && phase != created:
		return nil, transport.Errorf(transport.CodeInvalidRequest, "initialize was sent before")
	case method != protocol.MethodInitialize && phase == created:
		return nil, transport.Errorf(transport.CodeServerNotInitialized, "%s was sent before initialize", method)
	case phase == shutDown:
		return nil, transport.Errorf(transport.CodeInvalidRequest, "%s was sent after shutdown", method)
	}
	r, ok := requests[method]
	if !ok {
		return nil, transport.MethodNotFound(method)
	}
	a, err := r(s, params)
	if a == nil || err != nil {
		return a, err
	}
	began := time.Now()
	return func(ctx context.Context) (json.RawMessage, error) {
		result, err := a(ctx)
		s.traced(method, params, time.Since(began), err)
		return result, err
	}, nil
}

// traced tells a client that wants to know how long an answer has taken.
func (s *Server) traced(method string, params json.RawMessage, took time.Duration, err error) {
	s.mu.Lock()
	trace := s.trace
	s.mu.Unlock()
	if trace != protocol.TraceMessages && trace != protocol.TraceVerbose {
		return
	}
	p := &protocol.LogTraceParams{Message: fmt.Sprintf("%s took %v", method, took.Round(10*time.Microsecond))}
	if err != nil {
		p.Message += ": " + err.Error()
	}
	if trace == protocol.TraceVerbose {
		p.Verbose = new(string(params))
	}
	s.notify(protocol.MethodLogTrace, p)
}

var notifications = map[string]func(*Server, json.RawMessage) error{
	protocol.MethodInitialized:            notification((*Server).initialized),
	protocol.MethodDidOpen:                notification((*Server).didOpen),
	protocol.MethodDidChange:              notification((*Server).didChange),
	protocol.MethodDidSave:                notification((*Server).didSave),
	protocol.MethodDidClose:               notification((*Server).didClose),
	protocol.MethodDidChangeConfiguration: notification((*Server).didChangeConfiguration),
	protocol.MethodDidChangeFolders:       notification((*Server).didChangeFolders),
	protocol.MethodDidChangeWatchedFiles:  notification((*Server).didChangeWatchedFiles),
	protocol.MethodProgressCancel:         notification((*Server).progressCancel),
	protocol.MethodSetTrace:               notification((*Server).setTrace),
}

var requests map[string]func(*Server, json.RawMessage) (transport.Answer, error)

func init() { // the handlers refer to the table
	requests = map[string]func(*Server, json.RawMessage) (transport.Answer, error){
		protocol.MethodInitialize:          request((*Server).initialize),
		protocol.MethodShutdown:            func(s *Server, _ json.RawMessage) (transport.Answer, error) { return s.shutdown() },
		protocol.MethodDocumentDiagnostic:  request((*Server).documentDiagnostic),
		protocol.MethodWorkspaceDiagnostic: request((*Server).workspaceDiagnostic),
		protocol.MethodCodeAction:          request((*Server).codeAction),
		protocol.MethodCodeActionResolve:   request((*Server).resolveCodeAction),
		protocol.MethodHover:               request((*Server).hover),
		protocol.MethodCodeLens:            request((*Server).codeLens),
		protocol.MethodCodeLensResolve:     request((*Server).resolveCodeLens),
		protocol.MethodExecuteCommand:      request((*Server).executeCommand),
	}
}

// notification decodes the parameters of a method that is not answered.
func notification[P any](f func(*Server, *P) error) func(*Server, json.RawMessage) error {
	return func(s *Server, data json.RawMessage) error {
		p := new(P)
		if err := decode(data, p); err != nil {
			return err
		}
		return f(s, p)
	}
}

// request decodes the parameters of a method. It runs in the order of messages, and
// what it returns afterwards.
func request[P any](f func(*Server, *P) (answer, error)) func(*Server, json.RawMessage) (transport.Answer, error) {
	return func(s *Server, data json.RawMessage) (transport.Answer, error) {
		p := new(P)
		if err := decode(data, p); err != nil {
			return nil, transport.Errorf(transport.CodeInvalidParams, "%v", err)
		}
		a, err := f(s, p)
		if a == nil || err != nil {
			return nil, err
		}
		return func(ctx context.Context) (json.RawMessage, error) {
			v, err := a(ctx)
			if err != nil || v == nil {
				return nil, err
			}
			return protocol.Marshal(v)
		}, nil
	}
}

// An answer computes the result of a request, nil for null.
type answer func(ctx context.Context) (any, error)

func decode(data json.RawMessage, v any) error {
	if data == nil {
		data = json.RawMessage("{}")
	}
	if err := protocol.Unmarshal(data, v); err != nil {
		return fmt.Errorf("reading parameters: %w", err)
	}
	return nil
}

// call calls the client and decodes its result into v, which may be nil.
func (s *Server) call(ctx context.Context, method string, params, v any) error {
	data, err := protocol.Marshal(params)
	if err != nil {
		return err
	}
	result, err := s.conn.Call(ctx, method, data)
	if err != nil || v == nil || result == nil {
		return err
	}
	return protocol.Unmarshal(result, v)
}

// notify tells the client something.
func (s *Server) notify(method string, params any) {
	data, err := protocol.Marshal(params)
	if err == nil {
		err = s.conn.Notify(method, data)
	}
	if err != nil && err != transport.ErrClosed {
		s.options.Log.Error("cannot tell the client", "method", method, "error", err)
	}
}

// nameOf returns the name under which the session knows a document. One that is no
// file keeps its URI for a name.
func nameOf(uri protocol.URI) (name string, virtual bool) {
	if name, ok := protocol.Filename(uri); ok {
		return name, false
	}
	return string(uri), true
}

// uriOf returns the URI of a file as the client spells it.
func (s *Server) uriOf(name string) (protocol.URI, bool) {
	s.mu.Lock()
	uri, ok := s.uris[name]
	s.mu.Unlock()
	if ok {
		return uri, true
	}
	if !filepath.IsAbs(name) {
		return "", false
	}
	uri, err := protocol.FileURI(name)
	return uri, err == nil
}

// DefaultCacheDir returns where results are kept unless something else is asked
// for.
func DefaultCacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the folder for caches: %w", err)
	}
	return filepath.Join(dir, "mapdiag", "results"), nil
}
