package driver_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

var mapvet string

func TestMain(m *testing.M) {
	// The go command that the driver starts takes its settings from here.
	for name, value := range map[string]string{"GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": ""} {
		os.Setenv(name, value)
	}
	testmod.Main(m, map[string]*string{testmod.Mapvet: &mapvet})
}

// files are files on disk with unsaved changes before them. A nil content is a
// file that has been deleted.
type files struct {
	driver.Disk
	changed map[string]string
	deleted map[string]bool
}

func (f *files) Hash(name string) (driver.Hash, error) {
	data, ok := f.changed[name]
	if f.deleted[name] {
		return driver.Hash{}, os.ErrNotExist
	}
	if !ok {
		return f.Disk.Hash(name)
	}
	return hashOf(data), nil
}

func (f *files) Read(name string) ([]byte, error) {
	data, ok := f.changed[name]
	if f.deleted[name] {
		return nil, os.ErrNotExist
	}
	if !ok {
		return f.Disk.Read(name)
	}
	return []byte(data), nil
}

// edit returns files in which one has the given content.
func edit(name, content string) *files {
	return &files{changed: map[string]string{name: content}}
}

func newBuild(t testing.TB, dir string, flags []string, cache *driver.Cache) *driver.Build {
	t.Helper()
	b, err := driver.New(context.Background(), dir, flags, analyzers.New(), "", cache)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// load returns a build with packages loaded.
func load(t testing.TB, dir string, patterns ...string) *driver.Build {
	t.Helper()
	b := newBuild(t, dir, nil, nil)
	settle()
	more(t, b, patterns...)
	return b
}

// settle waits until files that were written count as older than a load: of those
// that change during it, export data is not used.
func settle() { time.Sleep(30 * time.Millisecond) }

func more(t testing.TB, b *driver.Build, patterns ...string) {
	t.Helper()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	if err := b.Load(context.Background(), "", patterns...); err != nil {
		t.Fatal(err)
	}
}

func analyze(t testing.TB, b *driver.Build, f driver.Files, u *driver.Unit) *driver.Result {
	t.Helper()
	r, err := b.Analyze(context.Background(), f, u)
	if err != nil {
		t.Fatalf("%s: %v", u.ID, err)
	}
	return r
}

// unit returns the unit of that ID.
func unit(t testing.TB, b *driver.Build, id string) *driver.Unit {
	t.Helper()
	u := b.Unit(id)
	if u == nil {
		t.Fatalf("there is no unit %s", id)
	}
	return u
}

// all returns the findings in all local units, merged.
func all(t testing.TB, b *driver.Build, f driver.Files) []finding.Finding {
	t.Helper()
	var list []finding.Finding
	for _, u := range b.Locals() {
		r := analyze(t, b, f, u)
		for _, text := range r.Failures {
			t.Errorf("%s: %s", u.ID, text)
		}
		list = append(list, r.Findings...)
	}
	return finding.Sort(list)
}
