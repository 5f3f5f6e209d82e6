package server

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/server/card"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
)

// staleFor is how long after a run its numbers are shown at declarations that were changed since.
const staleFor = 7 * 24 * time.Hour

// Measured implements [session.Client].
func (s *Server) Measured(problems []string) {
	s.tellProblems(problems)
	s.refreshLenses()
}

// measured returns what was measured of the makes in a file, with the profile, if the settings
// want that to be shown.
func (s *Server) measured(t *session.Typed, snap *session.Snapshot, name string) (*session.Profile, []card.Measurement) {
	doc, p := snap.Document(name), s.shownProfile(snap, name)
	if doc == nil || p == nil {
		return nil, nil
	}
	source := card.Source{Fset: t.Fset, File: t.File, Info: t.Info, Text: doc.Content, Sizes: t.Sizes}
	return p, card.Measurements(source, p.Package(t.Unit.Path), time.Since(p.Recorded) < staleFor)
}

// addMeasured adds to what is known of a map what was measured, if the subject makes it.
func (s *Server) addMeasured(o *card.Options, t *session.Typed, snap *session.Snapshot, name string, subject card.Subject) {
	if subject.Kind != card.Make && subject.Kind != card.Literal {
		return
	}
	p, list := s.measured(t, snap, name)
	start := t.Fset.PositionFor(subject.Node.Pos(), false).Offset
	if i := slices.IndexFunc(list, func(m card.Measurement) bool { return m.Start == start }); i >= 0 {
		o.Measured, o.Run = &list[i], runOf(p)
	}
}

// measuredLenses returns a lens for each make of a file that was measured. They need not be
// resolved: to find them takes longer than to write them.
func (s *Server) measuredLenses(t *session.Typed, snap *session.Snapshot, name string, uri protocol.URI) ([]protocol.CodeLens, error) {
	m := s.newPlaces(snap).mapper(name)
	_, list := s.measured(t, snap, name)
	var lenses []protocol.CodeLens
	for _, d := range list {
		at := m.Range(d.Start, d.End)
		if at.End.Line > at.Start.Line {
			at.End = at.Start
		}
		command, err := explainCommand(card.MeasuredLens(d), uri, at.Start)
		if err != nil {
			return nil, err
		}
		lenses = append(lenses, protocol.CodeLens{Range: at, Command: command})
	}
	return lenses, nil
}

// report returns what was measured of the make at an offset as plain text, or "".
func (s *Server) report(ctx context.Context, snap *session.Snapshot, name string, offset int) string {
	if s.shownProfile(snap, name) == nil {
		return ""
	}
	t, err := s.session.Typed(ctx, snap, name)
	if err != nil {
		return ""
	}
	defer t.Release()
	p, list := s.measured(t, snap, name)
	if m := measuredAt(list, offset); m != nil {
		return card.Report(*m, runOf(p))
	}
	return ""
}

// shownProfile returns the profile of a file's folder, nil if there is none or it is not to be
// shown.
func (s *Server) shownProfile(snap *session.Snapshot, name string) *session.Profile {
	if !s.settingsOf(name).ProfileShow {
		return nil
	}
	return s.session.Profile(snap, name)
}

// measuredAt returns the innermost measurement around an offset, or nil.
func measuredAt(list []card.Measurement, offset int) *card.Measurement {
	var best *card.Measurement
	for i := range list {
		m := &list[i]
		if m.Start <= offset && offset <= m.End && (best == nil || m.End-m.Start < best.End-best.Start) {
			best = m
		}
	}
	return best
}

// runOf tells where a profile comes from.
func runOf(p *session.Profile) card.Run {
	return card.Run{Recorded: p.Recorded, Command: p.Command, Link: func(file string, line int) string {
		if !filepath.IsAbs(file) {
			if p.Dir == "" {
				return ""
			}
			file = filepath.Join(p.Dir, filepath.FromSlash(file))
		}
		return link(file, line)
	}}
}

// link returns the address of a line as editors understand it in Markdown.
func link(file string, line int) string {
	uri, err := protocol.FileURI(file)
	if err != nil {
		return ""
	}
	return strings.NewReplacer("(", "%28", ")", "%29").Replace(string(uri)) + "#L" + strconv.Itoa(line)
}

// profilePath returns the name of the file that a setting means in a folder, or "".
func profilePath(dir, path string) string {
	if path == "" {
		return ""
	}
	if path = filepath.FromSlash(path); filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// profileWatchers returns what the client is asked to watch so that profiles are noticed, in the
// order of the folders. Folders on the way to a profile are watched, too: of one that has just
// been made, editors do not tell what is in it.
func profileWatchers(folders []session.Folder, relative bool) []protocol.FileSystemWatcher {
	var list []protocol.FileSystemWatcher
	var seen []string
	for _, f := range folders {
		if f.Profile == "" || slices.Contains(seen, f.Profile) {
			continue
		}
		seen = append(seen, f.Profile)
		base := filepath.Dir(f.Profile)
		if session.Within(f.Dir, f.Profile) {
			base = f.Dir
		}
		uri, err := protocol.FileURI(base)
		for name := f.Profile; len(name) > len(base); name = filepath.Dir(name) {
			below, _ := filepath.Rel(base, name)
			var glob protocol.GlobPattern
			switch {
			case relative && err == nil:
				glob = protocol.Relative(uri, globOf(below))
			case base == f.Dir:
				glob = protocol.Pattern("**/" + globOf(below))
			default:
				glob = protocol.Pattern(globOf(name))
			}
			list = append(list, protocol.FileSystemWatcher{GlobPattern: glob})
		}
	}
	return list
}

// globOf returns a pattern that a name matches. The protocol knows no way to take a meaning
// away from a character.
func globOf(name string) string {
	return strings.NewReplacer("*", "?", "{", "?", "}", "?", "[", "?", "]", "?").Replace(filepath.ToSlash(name))
}

// watchProfiles asks the client to watch the profiles of the folders, in place of those that it
// was asked for before.
func (s *Server) watchProfiles(ctx context.Context, folders []session.Folder) {
	s.mu.Lock()
	c, was := s.client, s.watched
	now := profileWatchers(folders, c.watchRelative)
	s.watched = now
	s.mu.Unlock()
	if !c.watch || reflect.DeepEqual(was, now) {
		return
	}
	const id = "profiles"
	if len(was) > 0 {
		p := &protocol.UnregistrationParams{Unregisterations: []protocol.Unregistration{{ID: id, Method: protocol.MethodDidChangeWatchedFiles}}}
		if err := s.call(ctx, protocol.MethodUnregisterCapability, p, nil); err != nil && ctx.Err() == nil {
			s.log.Warn("the client still tells of former profiles", "error", err)
		}
	}
	if len(now) == 0 {
		return
	}
	options, err := protocol.Any(&protocol.DidChangeWatchedFilesRegistration{Watchers: now})
	if err == nil {
		r := protocol.Registration{ID: id, Method: protocol.MethodDidChangeWatchedFiles, RegisterOptions: options}
		err = s.call(ctx, protocol.MethodRegisterCapability, &protocol.RegistrationParams{Registrations: []protocol.Registration{r}}, nil)
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn("the client does not tell of changed profiles", "error", err)
	}
	s.session.LookAtProfiles() // one may have come before it was watched
}
