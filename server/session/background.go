package session

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mapdiag/mapdiag/internal/driver"
)

// calm is how long nothing must change before whole folders are analysed.
const calm = 2 * time.Second

// background analyses the folders of which everything is reported, until the
// state changes. What has been analysed before is known and costs little. While
// a document is not saved, nothing is analysed that only depends on it: an edit of
// a package that all import would cost as much as a first look at everything. What
// was changed otherwise is.
func (s *Session) background(ctx context.Context, snap *Snapshot) {
	s.mu.Lock()
	folders := s.folders
	s.mu.Unlock()
	if !slices.ContainsFunc(folders, func(f Folder) bool { return f.Scope == ScopeAll }) {
		return
	}
	s.mu.Lock()
	stale := maps.Clone(s.stale)
	s.mu.Unlock()
	var only map[string]bool
	if s.seen {
		if snap.unsaved("") {
			only = stale
		}
		if only != nil && len(only) == 0 || sleep(ctx, calm) != nil {
			return
		}
	}
	for _, f := range folders {
		if f.Scope != ScopeAll || s.work.stopped[f.Dir] {
			continue
		}
		for _, dir := range modules(f.Dir) {
			if ctx.Err() != nil {
				return
			}
			b, err := s.buildOf(ctx, dir, f)
			if err != nil {
				s.fail(ctx, err)
				continue
			}
			if err := s.wholeBuild(ctx, snap, f, b, only); err != nil {
				return
			}
		}
	}
	s.seen = true
	for name := range s.work.reported {
		if snap.Document(name) == nil && s.folderOf(name).Scope == ScopeAll && !s.analysed(name) {
			s.tell(snap, name, nil) // it was open, and belongs to no package
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == snap {
		clear(s.stale)
	}
}

// analysed reports whether a file belongs to a package.
func (s *Session) analysed(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.builds {
		if len(b.Units(name)) > 0 {
			return true
		}
	}
	return false
}

// modules returns the folders below dir, and dir, in which modules begin.
func modules(dir string) []string {
	list := []string{dir}
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		base := d.Name()
		if d.IsDir() {
			if name != dir && (base == "vendor" || base == "node_modules" || base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if base == "go.mod" && filepath.Dir(name) != dir {
			list = append(list, filepath.Dir(name))
		}
		return nil
	})
	return list
}

// Patience is how long background work goes on before it is shown. It is changed by
// tests alone.
var Patience = time.Second

// wholeBuild analyses what belongs to a folder of a build, or only some folders of
// packages if there are any. An error says that the state is out of date.
func (s *Session) wholeBuild(outer context.Context, snap *Snapshot, f Folder, b *build, only map[string]bool) error {
	ctx, stop := context.WithCancel(outer)
	defer stop()
	began := time.Now()
	var stopped atomic.Bool // by the user
	defer func() {
		if stopped.Load() {
			s.work.stopped[f.Dir] = true
		}
	}()
	var report func(text string, percent int, done bool)
	show := func(text string, percent int) {
		if report == nil && time.Since(began) > Patience {
			report = s.client.Progress("mapdiag: analysing "+filepath.Base(f.Dir), func() {
				stopped.Store(true)
				stop()
			})
		}
		if report != nil {
			report(text, percent, false)
		}
	}
	defer func() {
		if report != nil {
			report("", 100, true)
		}
	}()
	if err := b.ensureAll(ctx, snap); err != nil {
		s.fail(ctx, err)
		return outer.Err()
	}
	units := b.Locals()
	dirs := make(map[string][]*driver.Unit)
	var order []string
	for _, u := range units {
		if !Within(f.Dir, u.Dir) || only != nil && !only[u.Dir] {
			continue
		}
		if dirs[u.Dir] == nil {
			order = append(order, u.Dir)
		}
		dirs[u.Dir] = append(dirs[u.Dir], u)
	}
	sweep := func() error {
		for i, dir := range order {
			t := &target{Session: s, snap: snap, dir: dir, folder: f, build: b}
			for _, u := range dirs[dir] {
				if err := t.unit(ctx, u); err != nil {
					return outer.Err()
				}
			}
			t.report(dirs[dir], ScopeAll)
			show(fmt.Sprintf("%d of %d packages", i+1, len(order)), 100*(i+1)/len(order))
		}
		return outer.Err()
	}
	collect(whileSweeping)
	defer collect(whileEditing)
	if s.seen { // few are left, and will be again after the next change
		return sweep()
	}
	err := b.Sweep(sweep)
	debug.FreeOSMemory()
	return err
}
