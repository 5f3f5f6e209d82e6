package session

import (
	"context"
	"errors"
	"go/token"
	"path/filepath"
	"slices"
	"time"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
)

// ErrOutdated says that a snapshot is not the present state any more.
var ErrOutdated = errors.New("the state has changed meanwhile")

// Outdated reports whether an error says that the state asked about is not the
// present one any more.
func Outdated(err error) bool { return errors.Is(err, ErrOutdated) || driver.Changed(err) }

// Findings returns what the rules say of a file in a state, from its package; its
// tests count as far as they have been analysed.
func (s *Session) Findings(ctx context.Context, snap *Snapshot, name string) ([]finding.Finding, error) {
	b, units, err := s.unitsOf(ctx, snap, name)
	if err != nil {
		return nil, err
	}
	var list []finding.Finding
	for _, u := range units {
		r := b.Known(snap, u)
		if r == nil && u.Tests() && slices.ContainsFunc(units, func(o *driver.Unit) bool { return !o.Tests() }) {
			continue
		}
		if r == nil {
			if r, err = b.Analyze(ctx, snap, u); err != nil {
				return nil, err
			}
		}
		for _, f := range r.Findings {
			if f.Pos.Filename == name {
				list = append(list, f)
			}
		}
	}
	return finding.Sort(list), nil
}

// unitsOf returns the units that a file belongs to in a state, with their build. The
// go command is asked about them if that has not been done.
func (s *Session) unitsOf(ctx context.Context, snap *Snapshot, name string) (*build, []*driver.Unit, error) {
	dir := filepath.Dir(name)
	b, err := s.buildOf(ctx, dir, s.folderOf(name))
	if err != nil {
		return nil, nil, err
	}
	if err := b.ensure(ctx, snap, dir); err != nil && ctx.Err() != nil {
		return nil, nil, err
	}
	return b, b.unitsWith(snap, name), nil
}

// Note returns what the rules know of the variable or field that is declared at a
// place. It is looked up in what has been analysed.
func (s *Session) Note(ctx context.Context, snap *Snapshot, at token.Position) (n driver.Note, ok bool) {
	b, err := s.buildOf(ctx, filepath.Dir(at.Filename), s.folderOf(at.Filename))
	if err != nil {
		return driver.Note{}, false
	}
	for _, u := range b.unitsWith(snap, at.Filename) {
		r := b.Known(snap, u)
		if r == nil {
			continue
		}
		for _, n := range r.Notes {
			if n.Pos.Filename == at.Filename && n.Pos.Offset == at.Offset {
				return n, true
			}
		}
	}
	return driver.Note{}, false
}

// Wait waits until everything has been analysed that is reported on in a state. It
// fails if the state changes before.
func (s *Session) Wait(ctx context.Context, snap *Snapshot) error {
	for {
		s.mu.Lock()
		now, idle := s.now, s.idle
		changed := s.turned
		s.mu.Unlock()
		if now != snap {
			return ErrOutdated
		}
		if idle == snap {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// AnalyzeAll analyses all folders, whatever their settings say and whether the
// user has stopped it before.
func (s *Session) AnalyzeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.folders {
		s.folders[i].Scope = ScopeAll
	}
	s.everything = true
	s.next()
}

// Status tells what a session is doing.
type Status struct {
	Builds    map[string]int // units by folder
	Documents int
	Busy      bool
	Last      time.Duration // from the last change of a document to its report
}

// Status returns the present status.
func (s *Session) Status() Status {
	// Asked for first: a profile makes a new state before it counts as seen.
	reading := s.profilesSeen.Load() != s.profilesAsked.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Status{Builds: make(map[string]int, len(s.builds)), Documents: len(s.now.docs), Busy: reading || s.idle != s.now, Last: s.last}
	for _, b := range s.builds {
		st.Builds[b.Dir] = len(b.Locals())
	}
	return st
}
