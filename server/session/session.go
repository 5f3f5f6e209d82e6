package session

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
)

// Scope says which packages are reported on.
type Scope string

const (
	// ScopeOff reports on open files only.
	ScopeOff Scope = "off"
	// ScopeOpen reports on the packages of open files.
	ScopeOpen Scope = "openPackages"
	// ScopeAll reports on all packages of the folders.
	ScopeAll Scope = "all"
)

// A Folder is a workspace folder with its settings.
type Folder struct {
	Dir        string
	Scope      Scope
	BuildFlags []string
	Escape     string // EscapeOff, EscapeOnSave or EscapeOnType
	Profile    string // absolute name of the file with what was measured, or ""
	// Suite makes the rules with the folder's options; Options is their text.
	Suite   func() *analyzers.Suite
	Options string
}

// A Report is what the rules say of one file.
type Report struct {
	Name     string
	Findings []finding.Finding // sorted
	// Snapshot holds the text that the findings are about.
	Snapshot *Snapshot
}

// A Client is told what a session finds. Its methods but Measured are called by one
// goroutine at a time.
type Client interface {
	// Report replaces what was reported on a file.
	Report(r Report)
	// Analyzed is called when nothing is left to do for the open documents.
	Analyzed(s *Snapshot)
	// Progress begins to show background work. The function that it returns
	// is called with a text as the work goes on, and with done at its end.
	// Stop is to be called if the user cancels.
	Progress(title string, stop func()) (report func(text string, percent int, done bool))
	// Quiet shows that something goes on if it does so for longer than a time. The
	// function that it returns is called at the end.
	Quiet(title string, after time.Duration) (done func())
	// Escaped is called when what [Session.Escape] returns for a folder's files
	// has changed.
	Escaped(dir string, s *Snapshot)
	// Measured is called when another [Session.Profile] counts for a folder, or none, and
	// with problems when a profile that is there cannot be used. It is called at the same
	// time as others.
	Measured(problems []string)
	// Failed tells the user what cannot be done and why.
	Failed(text string)
}

// Session is the state of a server. Its methods may be called by any goroutine.
type Session struct {
	client Client
	cache  *driver.Cache
	log    *slog.Logger

	mu      sync.Mutex
	now     *Snapshot
	folders []Folder
	builds  map[buildKey]*build
	roots   map[string]string // folder → go.mod or go.work
	edited  string            // the document changed last
	escapes escapes
	stop    context.CancelFunc
	idle    *Snapshot     // the state for which everything has been done
	turned  chan struct{} // closed when now or idle changes
	last    time.Duration // see Status
	// everything says that what the user has stopped is to be analysed.
	everything bool
	// stale are folders of files that were changed on disk or closed, and not
	// analysed since.
	stale map[string]bool
	wake  chan struct{}
	done  sync.WaitGroup
	// wakeProfiles tells readProfiles that files may have changed.
	wakeProfiles chan struct{}
	profiles     map[string]*Profile // the same as in now, or about to be, by file
	// profilesAsked counts the calls of LookAtProfiles, profilesSeen those of them that are answered.
	profilesAsked, profilesSeen atomic.Int64
	// rereadProfiles says that profiles may fit now that did not, or no more.
	rereadProfiles bool

	ctx    context.Context // ends with the session
	cancel context.CancelFunc

	// These belong to the goroutine that analyses.
	work work
	seen bool // all folders have been analysed once
}

type buildKey struct {
	settings string // see buildSettings
	root     string // go.mod or go.work, empty outside of any module
}

// buildSettings is all of a folder that a build depends on, as a text.
func (f Folder) buildSettings() string {
	return fmt.Sprintf("%q %q %q %s", f.Dir, f.BuildFlags, f.Profile, f.Options)
}

// pause is how long a document must stay as it is before its package's tests are
// analysed: they take several times as long as the package, and seldom change
// what is said of it.
const pause = 700 * time.Millisecond

// settle is how long after an edit the analysis begins, for more to come at once.
const settle = 4 * time.Millisecond

// New returns a session without folders and begins to work. The cache may be nil.
func New(client Client, cache *driver.Cache, log *slog.Logger) *Session {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Session{
		client: client, cache: cache, log: log,
		now:          &Snapshot{docs: make(map[string]*Document), disk: new(driver.Disk)},
		builds:       make(map[buildKey]*build),
		roots:        make(map[string]string),
		stale:        make(map[string]bool),
		wake:         make(chan struct{}, 1),
		wakeProfiles: make(chan struct{}, 1),
		turned:       make(chan struct{}),
		escapes:      escapes{wanted: make(map[string]bool), known: make(map[string]*compiled)},
		ctx:          ctx, cancel: cancel,
	}
	s.work = newWork()
	s.done.Go(s.loop)
	s.done.Go(s.readProfiles)
	return s
}

// Close ends all work and waits for it.
func (s *Session) Close() {
	s.cancel()
	s.done.Wait()
}

// Snapshot returns the present state.
func (s *Session) Snapshot() *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Put opens a document or gives it another version.
func (s *Session) Put(d *Document) *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.now.Document(d.Name); old == nil {
		s.wantEscape(d.Name)
	}
	s.now = s.now.with(d.Name, d)
	s.edited = d.Name
	s.changed()
	return s.now
}

// Remove closes a document: what is on disk counts from now on.
func (s *Session) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.with(name, nil)
	s.stale[filepath.Dir(name)] = true
	s.changed()
}

// Touched says that files on disk have changed, were made or removed, or folders
// were removed. Without names, anything may have.
func (s *Session) Touched(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	concerns := len(names) == 0
	for _, name := range names {
		switch base := filepath.Base(name); {
		case base == "go.mod" || base == "go.work" || base == "go.sum" || base == "modules.txt" || base == "go.work.sum":
			clear(s.builds) // anything may mean something else now
			clear(s.roots)
			concerns = true
			s.rereadProfiles = true
			s.LookAtProfiles()
		case strings.HasSuffix(base, ".go"):
			s.touched(name)
			concerns = true
		default:
			if s.touchedProfile(name) {
				s.LookAtProfiles()
			}
			concerns = s.removed(name) || concerns
		}
	}
	if concerns {
		s.next()
	}
}

// touched notes that a Go file has changed. Session.mu is held.
func (s *Session) touched(name string) {
	for _, b := range s.builds {
		b.touch(s.now.disk, name)
	}
	s.wantEscapes(name)
	s.stale[filepath.Dir(name)] = true
}

// removed notes that a folder has gone, if it was one with Go files, and reports
// whether it was. Session.mu is held.
func (s *Session) removed(dir string) bool {
	var files []string
	for key, b := range s.builds {
		if key.root != "" && Within(dir, key.root) {
			clear(s.builds)
			clear(s.roots)
			return true
		}
		for _, u := range b.Locals() {
			if !Within(dir, u.Dir) {
				continue
			}
			files = append(files, u.Files...)
		}
	}
	for _, name := range files {
		s.touched(name)
	}
	return len(files) > 0
}

// SetFolders replaces the workspace folders and their settings.
func (s *Session) SetFolders(folders []Folder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.folders = slices.Clone(folders)
	used := map[string]bool{s.outside().buildSettings(): true}
	for _, f := range folders {
		used[f.buildSettings()] = true
	}
	maps.DeleteFunc(s.builds, func(k buildKey, _ *build) bool { return !used[k.settings] })
	s.wantKnown() // what was compiled in builds that are gone counts no more
	s.everything = true
	s.next()
	s.LookAtProfiles()
}

// next makes a new state with the same documents. Session.mu is held.
func (s *Session) next() {
	s.now = &Snapshot{Seq: s.now.Seq + 1, docs: s.now.docs, disk: s.now.disk, profiles: s.now.profiles}
	s.changed()
}

// turn tells those who wait that the state has changed. Session.mu is held.
func (s *Session) turn() {
	close(s.turned)
	s.turned = make(chan struct{})
}

// changed cancels what is being done for an older state and wakes the worker.
// Session.mu is held.
func (s *Session) changed() {
	s.turn()
	if s.stop != nil {
		s.stop()
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// loop does what is to be done, for the present state, until that changes.
func (s *Session) loop() {
	collect(whileEditing)
	for {
		select {
		case <-s.wake:
		case <-s.ctx.Done():
			return
		}
		ctx, stop := context.WithCancel(s.ctx)
		s.mu.Lock()
		s.stop = stop
		s.mu.Unlock()
		if sleep(ctx, settle) == nil {
			s.serve(ctx)
		}
		stop()
	}
}

// serve analyses for one state: the packages of open documents, then their
// tests, then everything else.
func (s *Session) serve(ctx context.Context) {
	s.mu.Lock()
	snap, edited := s.now, s.edited
	if s.everything {
		s.everything = false
		clear(s.work.stopped)
		s.seen = false
	}
	s.mu.Unlock()
	began := time.Now()
	targets := s.targets(ctx, snap, edited)
	for _, t := range targets {
		if t.analyze(ctx, false) != nil {
			return
		}
	}
	s.mu.Lock()
	s.last = time.Since(began)
	s.mu.Unlock()
	if s.work.pending(targets) && sleep(ctx, pause-time.Since(began)) != nil {
		return
	}
	for _, t := range targets {
		if t.analyze(ctx, true) != nil {
			return
		}
	}
	s.work.forget(s, snap, targets)
	s.client.Analyzed(snap)
	s.compile(ctx, targets)
	s.background(ctx, snap)
	s.mu.Lock()
	defer s.mu.Unlock()
	// A change that came before snap was taken has cancelled ctx, and will be served next.
	if s.now == snap && ctx.Err() == nil {
		s.idle = snap
		s.turn()
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// folderOf returns the innermost workspace folder around a file. A file in none
// has the settings of the first.
func (s *Session) folderOf(name string) Folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	best := s.outside()
	for _, f := range s.folders {
		if Within(f.Dir, name) && len(f.Dir) > len(best.Dir) {
			best = f
		}
	}
	return best
}

// outside returns the settings of files in no folder. Session.mu is held.
func (s *Session) outside() Folder {
	f := Folder{Suite: analyzers.New, Scope: ScopeOpen}
	if len(s.folders) > 0 {
		f = s.folders[0]
		f.Dir = ""
	}
	return f
}

// Within reports whether a file or folder lies in a folder, or is it.
func Within(dir, name string) bool {
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}
