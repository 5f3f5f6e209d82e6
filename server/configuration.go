package server

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
	"github.com/mapdiag/mapdiag/server/settings"
)

// configure reads the settings of all folders and hands the folders to the
// session.
func (s *Server) configure(ctx context.Context) {
	s.configuring.Lock()
	defer s.configuring.Unlock()
	s.mu.Lock()
	folders := slices.Clone(s.folders)
	asks := s.client.configuration
	initial := s.initial
	s.mu.Unlock()

	values := make([]json.RawMessage, len(folders)+1) // the last for files in no folder
	if asks {
		p := new(protocol.ConfigurationParams)
		for i := range folders {
			p.Items = append(p.Items, protocol.ConfigurationItem{ScopeURI: &folders[i].URI, Section: new(settings.Section)})
		}
		p.Items = append(p.Items, protocol.ConfigurationItem{Section: new(settings.Section)})
		var got []json.RawMessage
		data, err := protocol.Marshal(p)
		if err == nil {
			data, err = s.conn.Call(ctx, protocol.MethodConfiguration, data)
		}
		if err == nil {
			err = json.Unmarshal(data, &got)
		}
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			s.log.Warn("the client does not tell its settings", "error", err)
		}
		copy(values, got)
	}
	read := make(map[protocol.URI]*settings.Settings)
	for i, v := range values {
		if len(v) == 0 || string(v) == "null" {
			v = initial
		}
		parsed, problems := settings.Parse(v)
		s.tellProblems(problems)
		if i < len(folders) {
			read[folders[i].URI] = parsed
		} else {
			read[""] = parsed
		}
	}
	s.mu.Lock()
	was := s.settings
	s.settings = read
	for uri, v := range read {
		if old := was[uri]; old != nil && old.EscapeShow != v.EscapeShow {
			delete(s.toggled, uri) // the later word counts
		}
	}
	s.mu.Unlock()
	shows := func(x, y *settings.Settings) bool {
		return maps.Equal(x.Disabled, y.Disabled) && x.EscapeShow == y.EscapeShow && x.EscapeMode == y.EscapeMode
	}
	if len(was) > 0 && !maps.EqualFunc(was, read, shows) {
		s.republish(func(string) bool { return true })
	}
	lenses := func(x, y *settings.Settings) bool { return x.CodeLens == y.CodeLens && x.ProfileShow == y.ProfileShow }
	if len(was) > 0 && !maps.EqualFunc(was, read, lenses) {
		s.refreshLenses()
	}

	var list []session.Folder
	for _, f := range folders {
		if dir, virtual := nameOf(f.URI); !virtual {
			list = append(list, sessionFolder(dir, read[f.URI]))
		}
	}
	s.session.SetFolders(list)
	s.watchProfiles(ctx, list)
}

func sessionFolder(dir string, v *settings.Settings) session.Folder {
	scope := session.ScopeOpen
	switch v.WorkspaceDiagnostics {
	case settings.Off:
		scope = session.ScopeOff
	case settings.All:
		scope = session.ScopeAll
	}
	return session.Folder{Dir: dir, Scope: scope, BuildFlags: v.BuildFlags, Escape: v.EscapeMode, Profile: profilePath(dir, v.Profile), Suite: func() *analyzers.Suite { return v.Suite() }, Options: v.Text()}
}

// tellProblems shows what is wrong with settings, each problem once.
func (s *Server) tellProblems(problems []string) {
	var fresh []string
	s.mu.Lock()
	for _, p := range problems {
		if !s.told[p] {
			s.told[p] = true
			fresh = append(fresh, p)
		}
	}
	s.mu.Unlock()
	if len(fresh) > 0 {
		s.notify(protocol.MethodShowMessage, &protocol.ShowMessageParams{Type: protocol.MessageWarning, Message: strings.Join(fresh, "\n")})
	}
}

// settingsOf returns the settings that count for a file.
func (s *Server) settingsOf(name string) *settings.Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.settings[s.folder(name)]; v != nil {
		return v
	}
	return settings.Default()
}

// folderOf returns the URI of the innermost workspace folder around a file, or "".
func (s *Server) folderOf(name string) protocol.URI {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.folder(name)
}

// folder is folderOf with Server.mu held.
func (s *Server) folder(name string) (best protocol.URI) {
	length := -1
	for _, f := range s.folders {
		if dir, virtual := nameOf(f.URI); !virtual && session.Within(dir, name) && len(dir) > length {
			best, length = f.URI, len(dir)
		}
	}
	return best
}

func (s *Server) didChangeConfiguration(p *protocol.DidChangeConfigurationParams) error {
	s.mu.Lock()
	if !s.client.configuration && len(p.Settings) > 0 && string(p.Settings) != "null" {
		s.initial = append([]byte(nil), p.Settings...)
	}
	s.mu.Unlock()
	s.reconfigure()
	return nil
}

func (s *Server) didChangeFolders(p *protocol.DidChangeWorkspaceFoldersParams) error {
	s.mu.Lock()
	s.folders = slices.DeleteFunc(slices.Clone(s.folders), func(f protocol.WorkspaceFolder) bool {
		return slices.ContainsFunc(p.Event.Removed, func(r protocol.WorkspaceFolder) bool { return r.URI == f.URI })
	})
	s.folders = append(s.folders, p.Event.Added...)
	s.mu.Unlock()
	s.reconfigure()
	return nil
}

func (s *Server) reconfigure() { s.prepare(s.configure) }

// prepare runs what comes before the work with the settings that count. Until it has
// ended, the server is busy.
func (s *Server) prepare(f func(context.Context)) {
	s.unprepared.Add(1)
	s.work.Go(func() {
		defer s.unprepared.Add(-1)
		ctx, cancel := s.context()
		defer cancel()
		f(ctx)
	})
}
