package session

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

// nobody is a client that does not look.
type nobody struct{}

func (nobody) Report(Report)                                   {}
func (nobody) Analyzed(*Snapshot)                              {}
func (nobody) Progress(string, func()) func(string, int, bool) { return func(string, int, bool) {} }
func (nobody) Quiet(string, time.Duration) func()              { return func() {} }
func (nobody) Escaped(string, *Snapshot)                       {}
func (nobody) Measured([]string)                               {}
func (nobody) Failed(string)                                   {}

// unwatched returns a session whose client does not look, with a file open, and a
// context for what is asked of it.
func unwatched(t *testing.T, name string) (*Session, context.Context) {
	s := New(nobody{}, nil, slog.New(slog.DiscardHandler))
	t.Cleanup(s.Close)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	s.Put(&Document{URI: "file://" + name, Name: name, Content: []byte(testmod.ReadFile(t, name))})
	return s, ctx
}

// TestSetFolders changes settings: what the go command has said is forgotten only
// if it, or what the rules find, depends on them.
func TestSetFolders(t *testing.T) {
	dir := testmod.Write(t, "-- p/p.go --\npackage p\n")
	name := filepath.Join(dir, "p/p.go")
	s, ctx := unwatched(t, name)
	now := func(f Folder) *build {
		t.Helper()
		f.Dir, f.Suite = dir, analyzers.New
		s.SetFolders([]Folder{f})
		snap := s.Snapshot()
		if err := s.Wait(ctx, snap); err != nil {
			t.Fatal(err)
		}
		b, err := s.buildOf(ctx, filepath.Dir(name), s.folderOf(name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := now(Folder{Scope: ScopeOpen})
	if len(first.Units(name)) == 0 {
		t.Fatal("the package is not known")
	}
	if now(Folder{Scope: ScopeAll, Escape: EscapeOff}) != first {
		t.Error("the scope makes another build")
	}
	options := now(Folder{Scope: ScopeAll, Options: "tests=true"})
	if options == first {
		t.Error("other options of the rules make no other build")
	}
	if flags := now(Folder{Scope: ScopeAll, Options: "tests=true", BuildFlags: []string{"-tags=x"}}); flags == options {
		t.Error("other build flags make no other build")
	}
	if len(s.builds) != 1 {
		t.Errorf("%d builds are kept", len(s.builds))
	}
}

// TestEscapeAfterSettings drops a build: what the compiler said in it is asked for
// again, without a save.
func TestEscapeAfterSettings(t *testing.T) {
	dir := testmod.Write(t, "-- p/p.go --\npackage p\n\nfunc F() map[string]int { return make(map[string]int) }\n")
	name := filepath.Join(dir, "p/p.go")
	s, ctx := unwatched(t, name)
	for _, options := range []string{"", "tests=true"} {
		s.SetFolders([]Folder{{Dir: dir, Suite: analyzers.New, Scope: ScopeOpen, Escape: EscapeOnSave, Options: options}})
		snap := s.Snapshot()
		if err := s.Wait(ctx, snap); err != nil {
			t.Fatal(err)
		}
		if facts, known := s.Escape(snap, name); !known || len(facts) == 0 {
			t.Errorf("with the options %q nothing is known of the map", options)
		}
	}
}
