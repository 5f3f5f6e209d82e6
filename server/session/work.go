package session

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
)

// work is what the goroutine that analyses remembers.
type work struct {
	states   map[string]*state // by key of the unit, see stateKey
	reported map[string]told   // by name of file: open ones, and where there are any
	failed   map[string]bool   // what the user has been told
	// libraries are the folders of code that is not the user's; nil if unknown.
	libraries []string
	stopped   map[string]bool // folders whose background work the user has stopped
}

func newWork() work {
	return work{states: make(map[string]*state), reported: make(map[string]told), failed: make(map[string]bool), stopped: make(map[string]bool)}
}

// told is what was last reported on a file.
type told struct {
	findings []finding.Finding
	opened   int   // see [Snapshot.opened]
	version  int32 // of the document, if it is open and there are findings
}

// A state is what was last known of a unit.
type state struct {
	snap  *Snapshot
	key   driver.Hash
	found map[string][]finding.Finding // by file
	texts map[string]driver.Hash       // of these files
}

// A target is the folder of open documents, to be analysed in one state.
type target struct {
	*Session
	snap   *Snapshot
	dir    string
	edited string // the document changed last, if it is in the folder
	folder Folder // the workspace folder around it
	build  *build
}

// targets returns the folders of the open documents, that of the last change
// first.
func (s *Session) targets(ctx context.Context, snap *Snapshot, edited string) []*target {
	var list []*target
	for _, d := range snap.Documents() {
		dir := filepath.Dir(d.Name)
		if slices.ContainsFunc(list, func(t *target) bool { return t.dir == dir }) {
			continue
		}
		folder := s.folderOf(d.Name)
		if folder.Dir == "" && s.library(ctx, d.Name) {
			continue // the user looks at what is not his to change
		}
		b, err := s.buildOf(ctx, dir, folder)
		if err != nil {
			s.fail(ctx, err)
			continue
		}
		t := &target{Session: s, snap: snap, dir: dir, folder: folder, build: b}
		if dir == filepath.Dir(edited) {
			t.edited = edited
			list = slices.Insert(list, 0, t)
		} else {
			list = append(list, t)
		}
	}
	return list
}

// library reports whether a file is one of the standard library or of a module
// that was downloaded.
func (s *Session) library(ctx context.Context, name string) bool {
	if s.work.libraries == nil {
		dirs, err := driver.Libraries(ctx)
		if err != nil {
			s.fail(ctx, err)
			return false
		}
		s.work.libraries = dirs
	}
	return slices.ContainsFunc(s.work.libraries, func(dir string) bool { return Within(dir, name) })
}

// fail tells the user once what cannot be done.
func (s *Session) fail(ctx context.Context, err error) {
	if ctx.Err() != nil || s.work.failed[err.Error()] {
		return
	}
	s.work.failed[err.Error()] = true
	s.client.Failed(err.Error())
}

// analyze analyses the units of a target, first those without tests, then all,
// and reports. An error says that the state is out of date.
func (t *target) analyze(ctx context.Context, tests bool) error {
	if !tests {
		if err := t.build.ensure(ctx, t.snap, t.dir); err != nil {
			t.fail(ctx, err)
		}
	}
	units := t.build.units(t.snap, t.dir)
	for _, u := range units {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !tests && u.Tests() && !t.first(u) {
			if r := t.build.Known(t.snap, u); r != nil {
				t.learn(u, r)
			}
			continue
		}
		if err := t.unit(ctx, u); err != nil {
			return err
		}
	}
	t.report(units, t.folder.Scope)
	return ctx.Err()
}

// first reports whether a unit with tests is analysed at once: what is being
// edited are tests.
func (t *target) first(u *driver.Unit) bool {
	return strings.HasSuffix(t.edited, "_test.go") && slices.Contains(u.Files, t.edited)
}

// unit analyses a unit and remembers what is found.
func (t *target) unit(ctx context.Context, u *driver.Unit) error {
	for {
		r, err := t.build.Analyze(ctx, t.snap, u)
		if driver.Changed(err) {
			t.Touched() // begin again with what is there now
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			t.fail(ctx, err) // of this unit; others are judged
			return nil
		}
		if len(r.Missing) > 0 {
			more, err := t.build.find(ctx, t.snap, r.Missing)
			if err != nil {
				t.fail(ctx, err)
			}
			if more {
				continue
			}
		}
		for _, text := range r.Failures {
			t.fail(ctx, errors.New(text))
		}
		t.learn(u, r)
		return nil
	}
}

// learn takes a result in place of what was known of a unit.
func (t *target) learn(u *driver.Unit, r *driver.Result) {
	key := t.stateKey(u)
	old := t.work.states[key]
	if old != nil && old.key == r.Key && !r.Broken {
		old.snap = t.snap
		return
	}
	now := &state{snap: t.snap, key: r.Key, found: make(map[string][]finding.Finding)}
	for _, f := range r.Findings {
		now.found[f.Pos.Filename] = append(now.found[f.Pos.Filename], f)
	}
	if r.Broken && old != nil {
		// Where the code is half-written, what was said before still stands.
		for name, list := range old.found {
			for _, f := range carry(list, name, old.texts[name], old.snap, t.snap) {
				if !r.Judges(name, f.Pos.Offset) {
					now.found[name] = append(now.found[name], f)
				}
			}
		}
	}
	now.texts = make(map[string]driver.Hash, len(now.found))
	for name := range now.found {
		now.texts[name], _ = t.snap.Hash(name)
	}
	t.work.states[key] = now
}

func (t *target) stateKey(u *driver.Unit) string { return t.build.Dir + "\x00" + u.ID }

// report composes what the units of a folder say of each file, and tells the
// client what has changed.
func (t *target) report(units []*driver.Unit, scope Scope) {
	fresh := make(map[string][]finding.Finding)
	older := make(map[string][]finding.Finding)
	names := make(map[string]bool)
	for _, u := range units {
		for _, name := range u.Files {
			names[name] = true
		}
		st := t.work.states[t.stateKey(u)]
		if st == nil {
			continue
		}
		for name, list := range st.found {
			if st.snap == t.snap {
				fresh[name] = append(fresh[name], list...)
			} else {
				older[name] = append(older[name], carry(list, name, st.texts[name], st.snap, t.snap)...)
			}
		}
	}
	for name := range names {
		if scope == ScopeOff && t.snap.Document(name) == nil {
			continue
		}
		list := finding.Sort(fresh[name])
		for _, f := range older[name] {
			if !slices.ContainsFunc(list, func(g finding.Finding) bool { return g.Rule == f.Rule && g.Pos == f.Pos }) {
				list = append(list, f)
			}
		}
		t.tell(t.snap, name, finding.Sort(list))
	}
}

// tell reports on a file if something has changed, or if it has been opened or
// closed: some editors forget then what they were told. Findings are reported again
// for each version of their file, since an editor that replaces lines, or all of
// them, loses the marks there.
func (s *Session) tell(snap *Snapshot, name string, list []finding.Finding) {
	opened := snap.opened(name)
	if s.Snapshot().opened(name) != opened {
		return // the version would be one of another opening
	}
	was, known := s.work.reported[name]
	same := len(was.findings) == 0 && len(list) == 0 || reflect.DeepEqual(was.findings, list)
	if opened == 0 && len(list) == 0 {
		delete(s.work.reported, name)
		if len(was.findings) == 0 {
			return
		}
	} else {
		var version int32
		if len(list) > 0 && opened != 0 {
			version = snap.Document(name).Version
		}
		now := told{list, opened, version}
		if known && same && was.opened == opened && was.version == version {
			return
		}
		s.work.reported[name] = now
	}
	s.client.Report(Report{Name: name, Findings: list, Snapshot: snap})
}

// pending reports whether units with tests are not known in the present state.
func (w *work) pending(targets []*target) bool {
	return slices.ContainsFunc(targets, func(t *target) bool {
		return slices.ContainsFunc(t.build.units(t.snap, t.dir), func(u *driver.Unit) bool {
			st := w.states[t.stateKey(u)]
			return st == nil || st.snap != t.snap
		})
	})
}

// forget takes back what was reported on files that are not open any more nor
// beside one that is, unless the whole folder is reported on.
func (w *work) forget(s *Session, snap *Snapshot, targets []*target) {
	for name := range w.reported {
		switch folder := s.folderOf(name); {
		case folder.Scope == ScopeAll && folder.Dir != "":
			if _, err := snap.Hash(name); err == nil {
				continue
			}
		case folder.Scope == ScopeOff:
			if snap.Document(name) != nil {
				continue
			}
		default:
			if slices.ContainsFunc(targets, func(t *target) bool { return t.dir == filepath.Dir(name) }) {
				continue
			}
		}
		s.tell(snap, name, nil)
	}
}
