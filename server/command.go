package server

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/transport"
)

// commands are what a client may have executed.
var commands = map[string]func(*Server, []protocol.LSPAny) (answer, error){
	"mapdiag.analyzeWorkspace": (*Server).analyzeWorkspace,
	"mapdiag.explain":          (*Server).explain,
	"mapdiag.fixWorkspace":     (*Server).fixWorkspace,
	"mapdiag.showRule":         (*Server).showRule,
	"mapdiag.status":           (*Server).status,
	"mapdiag.toggleEscape":     (*Server).toggleEscape,
}

func commandNames() []string { return slices.Sorted(maps.Keys(commands)) }

func (s *Server) executeCommand(p *protocol.ExecuteCommandParams) (answer, error) {
	c, ok := commands[p.Command]
	if !ok {
		return nil, transport.Errorf(transport.CodeInvalidParams, "there is no command %s; there are %s", p.Command, strings.Join(commandNames(), ", "))
	}
	return c(s, p.Arguments)
}

// analyzeWorkspace analyses all folders now, those included that are not by their
// settings, or whose analysis was cancelled.
func (s *Server) analyzeWorkspace([]protocol.LSPAny) (answer, error) {
	s.session.AnalyzeAll()
	return nil, nil
}

// showRule opens the page about a rule, or tells where it is.
func (s *Server) showRule(args []protocol.LSPAny) (answer, error) {
	var name string
	if len(args) != 1 || json.Unmarshal(args[0], &name) != nil || suite.Rule(name) == nil {
		var names []string
		for _, r := range suite.Rules {
			names = append(names, r.Name)
		}
		return nil, transport.Errorf(transport.CodeInvalidParams, "mapdiag.showRule wants the name of a rule: %s", strings.Join(names, ", "))
	}
	url := analyzers.URL(name)
	s.mu.Lock()
	can := s.client.showDocument
	s.mu.Unlock()
	return func(ctx context.Context) (any, error) {
		if uri, err := protocol.ParseURI(url); err == nil && can {
			if err := s.call(ctx, protocol.MethodShowDocument, &protocol.ShowDocumentParams{URI: uri, External: new(true)}, nil); err != nil {
				return nil, err
			}
		}
		return protocol.String(url), nil
	}, nil
}

// status tells what the server has loaded and what that took.
func (s *Server) status([]protocol.LSPAny) (answer, error) {
	return func(context.Context) (any, error) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		st := s.session.Status()
		return protocol.Any(map[string]any{
			"version":   s.options.Version,
			"go":        runtime.Version(),
			"cache":     s.options.CacheDir,
			"heapBytes": m.HeapAlloc,
			"builds":    st.Builds,
			"documents": st.Documents,
			"busy":      st.Busy || s.unprepared.Load() > 0,
			"last":      fmt.Sprint(st.Last.Round(10 * time.Microsecond)),
		})
	}, nil
}
