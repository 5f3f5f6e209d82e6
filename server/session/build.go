package session

import (
	"context"
	"encoding/json"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/mapdiag/mapdiag/internal/driver"
)

// build is a driver's build with what is known of its folders.
type build struct {
	*driver.Build

	loading sync.Mutex // one who asks the go command about folders

	mu      sync.Mutex
	loaded  map[string]string       // folder → the files in it when it was loaded
	touched int                     // how often files on disk have changed
	asked   map[string]bool         // imports that the go command was asked about
	single  map[string]*driver.Unit // by name of file
	heads   map[string]head         // by name of file
	whole   bool                    // all packages have been asked for

	giving  sync.Mutex // one profile after the other
	file    string     // of its profile, or ""
	profile *Profile   // that the driver has; guarded by Session.mu
}

// buildOf returns the build that a folder of files belongs to.
func (s *Session) buildOf(ctx context.Context, dir string, folder Folder) (*build, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		dir = folder.Dir // of a document that is on no disk
		if dir == "" {
			dir = os.TempDir()
		}
	}
	s.mu.Lock()
	root, known := s.roots[dir]
	s.mu.Unlock()
	if !known {
		var err error
		if root, err = driver.Root(ctx, dir); err != nil {
			return nil, err
		}
		s.mu.Lock()
		s.roots[dir] = root
		s.mu.Unlock()
	}
	key := buildKey{folder.buildSettings(), root}
	s.mu.Lock()
	b := s.builds[key]
	s.mu.Unlock()
	if b != nil {
		return b, nil
	}
	at := dir
	if root != "" {
		at = filepath.Dir(root)
	}
	d, err := driver.New(ctx, at, folder.BuildFlags, folder.Suite(), folder.Options, s.cache)
	if err != nil {
		return nil, err
	}
	b = &build{
		Build: d, loaded: make(map[string]string), asked: make(map[string]bool), single: make(map[string]*driver.Unit), heads: make(map[string]head),
		file: folder.Profile,
	}
	for {
		s.giveProfile(b)
		s.mu.Lock()
		old, up := s.builds[key], s.profiles[b.file] == b.profile
		if old == nil && up { // or nobody would give it the one that has come meanwhile
			s.builds[key] = b
		}
		s.mu.Unlock()
		switch {
		case old != nil:
			return old, nil
		case up:
			return b, nil
		}
	}
}

// touch says that a file on disk was changed, made or removed.
func (b *build) touch(disk *driver.Disk, name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.touched++
	dir := filepath.Dir(name)
	if was, ok := b.loaded[dir]; !ok || was != b.listing(disk, dir, nil) || len(b.Units(name)) == 0 {
		delete(b.loaded, dir)
		b.whole = false
	}
	clear(b.asked) // what was not there may be there now
}

// head is what the go command looks at to tell where a file belongs.
type head struct {
	hash driver.Hash // of the whole file
	text string      // brokenHead, or the build constraints and the package
}

// brokenHead is the head of a file that is not there, or whose package clause and
// imports cannot be parsed: the go command takes it for part of nothing.
const brokenHead = "?"

// head returns the head of a file on disk. build.mu is held.
func (b *build) head(disk *driver.Disk, name string) string {
	hash, err := disk.Hash(name)
	if err != nil {
		return brokenHead
	}
	if h, ok := b.heads[name]; ok && h.hash == hash {
		return h.text
	}
	h := head{hash, brokenHead}
	if data, err := disk.Read(name); err == nil {
		h.text = headOf(data)
	}
	b.heads[name] = h
	return h.text
}

func headOf(data []byte) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", data, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return brokenHead
	}
	text := f.Name.Name
	for _, g := range f.Comments {
		for _, c := range g.List {
			if c.Pos() < f.Package && constraint.IsGoBuild(c.Text) {
				text += " " + c.Text
			}
		}
	}
	return text
}

// listing returns the Go files of a folder with their heads, those included that
// are only open. build.mu is held.
func (b *build) listing(disk *driver.Disk, dir string, open []string) string {
	names, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, name := range open {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = name + " " + b.head(disk, name)
	}
	return fmt.Sprintf("%q", names)
}

// ensure makes the units of a folder known. The go command is asked again when
// files have come or gone, or belong elsewhere. Where it could make nothing of a
// file, it is shown the document.
func (b *build) ensure(ctx context.Context, snap *Snapshot, dir string) error {
	if _, _, _, known := b.stateOf(snap, dir); known {
		return nil
	}
	// Who comes while another one asks waits for what that learns: until then there are no
	// units of the folder.
	b.loading.Lock()
	defer b.loading.Unlock()
	files, unsaved, touched, known := b.stateOf(snap, dir)
	if known || ctx.Err() != nil {
		return ctx.Err()
	}
	overlay, clean, err := overlayOf(snap, unsaved)
	if err != nil {
		return err
	}
	defer clean()
	b.mu.Lock()
	delete(b.loaded, dir)
	b.mu.Unlock()
	b.Forget(dir)
	err = b.Load(ctx, overlay, dir)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	// Editors write files in place: of one that was written meanwhile, the go command may have
	// seen a part.
	if b.touched == touched {
		b.loaded[dir] = files // also if it failed: it is not asked again and again
	}
	return err
}

// stateOf returns the files of a folder with their heads, those of them that are to be shown
// to the go command as documents, and how often files have changed until then. known says
// that the go command was asked about the folder as it is.
func (b *build) stateOf(snap *Snapshot, dir string) (files string, unsaved []string, touched int, known bool) {
	var open []string
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range snap.Documents() {
		if filepath.Dir(d.Name) != dir || d.Virtual {
			continue
		}
		open = append(open, d.Name)
		if b.head(snap.disk, d.Name) == brokenHead && headOf(d.Content) != brokenHead {
			unsaved = append(unsaved, d.Name)
		}
	}
	files = b.listing(snap.disk, dir, open)
	if len(unsaved) > 0 {
		files += fmt.Sprintf("%q", unsaved)
	}
	return files, unsaved, b.touched, b.loaded[dir] == files
}

// ensureAll makes all units of the build known.
func (b *build) ensureAll(ctx context.Context, snap *Snapshot) error {
	b.mu.Lock()
	whole := b.whole
	b.mu.Unlock()
	if whole {
		return nil
	}
	if err := b.Load(ctx, "", "./..."); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.whole = true
	return nil
}

// overlayOf writes the go command's overlay file for documents that are not on
// disk yet. The name is empty if there are none.
func overlayOf(snap *Snapshot, names []string) (file string, clean func(), err error) {
	if len(names) == 0 {
		return "", func() {}, nil
	}
	dir, err := os.MkdirTemp("", "mapls-overlay")
	if err != nil {
		return "", nil, fmt.Errorf("writing documents for the go command: %w", err)
	}
	clean = func() { os.RemoveAll(dir) }
	replace := make(map[string]string, len(names))
	for i, name := range names {
		at := filepath.Join(dir, fmt.Sprintf("%d.go", i))
		replace[name] = at
		if err := os.WriteFile(at, snap.Document(name).Content, 0o600); err != nil {
			clean()
			return "", nil, fmt.Errorf("writing documents for the go command: %w", err)
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		file = filepath.Join(dir, "overlay.json")
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		clean()
		return "", nil, fmt.Errorf("writing documents for the go command: %w", err)
	}
	return file, clean, nil
}

// find asks the go command about imports that it has not been asked about. It
// reports whether something new is known.
func (b *build) find(ctx context.Context, snap *Snapshot, paths []string) (more bool, err error) {
	var ask []string
	b.mu.Lock()
	for _, path := range paths {
		if !b.asked[path] {
			b.asked[path] = true
			ask = append(ask, path)
		}
	}
	b.mu.Unlock()
	if len(ask) == 0 {
		return false, nil
	}
	err = b.Load(ctx, "", ask...)
	if ctx.Err() != nil {
		b.mu.Lock()
		for _, path := range ask {
			delete(b.asked, path)
		}
		b.mu.Unlock()
		return false, ctx.Err()
	}
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(ask, func(path string) bool { return b.Unit(path) != nil }), nil
}

// units returns what is to be analysed of a folder: its packages, and each open
// document that belongs to none by itself.
func (b *build) units(snap *Snapshot, dir string) []*driver.Unit {
	list := b.Package(dir)
	for _, d := range snap.Documents() {
		if filepath.Dir(d.Name) != dir || len(b.Units(d.Name)) > 0 {
			continue
		}
		b.mu.Lock()
		u := b.single[d.Name]
		if u == nil {
			u = driver.Single(d.Name)
			b.single[d.Name] = u
		}
		b.mu.Unlock()
		list = append(list, u)
	}
	return list
}

// unitsWith returns those of the units of a file's folder that hold the file.
func (b *build) unitsWith(snap *Snapshot, name string) []*driver.Unit {
	return slices.DeleteFunc(b.units(snap, filepath.Dir(name)), func(u *driver.Unit) bool { return !slices.Contains(u.Files, name) })
}
