package driver

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
	"github.com/mapdiag/mapdiag/internal/golist"
)

// A Build is one go.mod or go.work, or the files of a folder outside of any
// module, as the go command sees it. It may be used by several goroutines.
type Build struct {
	Dir   string   // where the go command runs
	Flags []string // build flags, such as -tags=e2e

	suite     *analyzers.Suite
	analyzers []*analysis.Analyzer // in the order in which they run
	cache     *Cache
	salt      []byte // what results depend on besides the program
	sizes     types.Sizes
	fset      *token.FileSet
	exports   *exports

	mu      sync.Mutex
	units   map[string]*Unit
	byFile  map[string][]*Unit
	checked map[string]*checking // by ID; see check
	results map[Hash]*analysing
	facts   map[*types.Package]*factSet
	parsed  map[parseKey]*parsing
	// importLists are by name of file.
	importLists map[string]importList
	uses        int // a clock that counts uses, for eviction
}

// New returns the build of the folder dir. The suite's options must not change
// any more; options is their text, on which results depend. The cache may be
// nil.
func New(ctx context.Context, dir string, flags []string, suite *analyzers.Suite, options string, cache *Cache) (*Build, error) {
	env, err := goenv(ctx, dir, "GOARCH", "GOVERSION", "GOOS", "GOFLAGS", "CGO_ENABLED")
	if err != nil {
		return nil, err
	}
	b := &Build{
		Dir: dir, Flags: flags, suite: suite, cache: cache,
		sizes:   types.SizesFor("gc", env[0]),
		fset:    token.NewFileSet(),
		units:   make(map[string]*Unit),
		byFile:  make(map[string][]*Unit),
		checked: make(map[string]*checking),
		results: make(map[Hash]*analysing),
		facts:   make(map[*types.Package]*factSet),
		parsed:  make(map[parseKey]*parsing),

		importLists: make(map[string]importList),
	}
	if b.sizes == nil {
		b.sizes = types.SizesFor("gc", runtime.GOARCH)
	}
	b.exports = newExports(b.fset)
	b.analyzers = ordered(suite.Analyzers())
	registerFacts(b.analyzers)
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%q\n%q\n%s\n", toolID(), env, flags, options)
	b.salt = h.Sum(nil)
	return b, nil
}

// goenv returns variables of the go command's environment.
func goenv(ctx context.Context, dir string, names ...string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"env"}, names...)...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && len(exit.Stderr) > 0 {
			return nil, fmt.Errorf("go env in %s: %s", dir, strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("go env in %s: %w", dir, err)
	}
	values := strings.Split(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n")
	for len(values) < len(names) {
		values = append(values, "")
	}
	return values[:len(names)], nil
}

// Root returns what makes a build one: the go.work or go.mod that the go
// command uses in a folder; empty outside of any module.
func Root(ctx context.Context, dir string) (string, error) {
	env, err := goenv(ctx, dir, "GOWORK", "GOMOD")
	if err != nil {
		return "", err
	}
	for _, file := range env {
		if file != "" && file != "off" && file != os.DevNull {
			return file, nil
		}
	}
	return "", nil
}

// toolID identifies this executable by its content: another version of a rule
// may find something else.
var toolID = sync.OnceValue(func() string {
	name, err := os.Executable()
	if err == nil {
		if data, err := os.ReadFile(name); err == nil {
			return fmt.Sprintf("%x", sha256.Sum256(data))
		}
	}
	return fmt.Sprint("unknown ", time.Now().UnixNano()) // matches nothing
})

// Load asks the go command for packages and what they import. Names of files
// may stand for patterns. Overlay is the go command's overlay file, or empty.
func (b *Build) Load(ctx context.Context, overlay string, patterns ...string) error {
	flags := b.Flags
	if overlay != "" {
		flags = append(slices.Clip(flags), "-overlay="+overlay)
	}
	began := time.Now()
	list, err := golist.Export(ctx, b.Dir, flags, patterns)
	if err != nil {
		return fmt.Errorf("listing %s in %s: %w", strings.Join(patterns, " "), b.Dir, err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var fresh []*Unit
	for _, p := range list {
		u := newUnit(p)
		if u == nil {
			continue
		}
		if u.Local {
			u.listed = b.sourceHash(u, new(Disk))
		}
		if u.Local && u.export != "" {
			u.made = u.listed
			if changedSince(u, began) || overlay != "" {
				u.export = "" // perhaps compiled from something else
			}
		}
		fresh = append(fresh, u)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range fresh {
		if old := b.units[u.ID]; old != nil {
			for _, name := range old.Files {
				b.byFile[name] = slices.DeleteFunc(slices.Clone(b.byFile[name]), func(o *Unit) bool { return o.ID == u.ID })
			}
		}
		b.units[u.ID] = u
		for _, name := range u.Files {
			b.byFile[name] = append(slices.Clip(b.byFile[name]), u)
		}
	}
	return nil
}

// changedSince reports whether a file of a unit has changed after a time.
func changedSince(u *Unit, t time.Time) bool {
	return slices.ContainsFunc(u.Files, func(name string) bool {
		info, err := os.Stat(name)
		return err != nil || info.ModTime().After(t)
	})
}

// Units returns the units that a file belongs to: its package, the package with
// its tests, and variants for the tests of others are left out.
func (b *Build) Units(file string) []*Unit {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []*Unit
	for _, u := range b.byFile[file] {
		if !u.variant() || u.ForTest == strings.TrimSuffix(u.Path, "_test") {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(x, y *Unit) int { return strings.Compare(x.ID, y.ID) })
	return list
}

// Unit returns the unit of that ID, or nil.
func (b *Build) Unit(id string) *Unit {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.units[id]
}

// Package returns all units of the package in a folder: with and without its
// tests, and the external tests.
func (b *Build) Package(dir string) []*Unit {
	return b.locals(func(u *Unit) bool { return u.Dir == dir })
}

// Locals returns the units of the main modules, those left out that exist for
// the tests of other packages.
func (b *Build) Locals() []*Unit { return b.locals(func(*Unit) bool { return true }) }

func (b *Build) locals(wanted func(*Unit) bool) []*Unit {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []*Unit
	for _, u := range b.units {
		if u.Local && (!u.variant() || u.ForTest == strings.TrimSuffix(u.Path, "_test")) && wanted(u) {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(x, y *Unit) int { return strings.Compare(x.ID, y.ID) })
	return list
}

// Forget drops a folder's units: its files have come or gone.
func (b *Build) Forget(dir string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, u := range b.units {
		if u.Dir != dir {
			continue
		}
		delete(b.units, id)
		for _, name := range u.Files {
			b.byFile[name] = slices.DeleteFunc(slices.Clone(b.byFile[name]), func(o *Unit) bool { return o.ID == id })
		}
	}
}

// Dirs returns the folders of the main modules' packages.
func (b *Build) Dirs() []string {
	var dirs []string
	for _, u := range b.Locals() {
		if u.Dir != "" && !slices.Contains(dirs, filepath.Clean(u.Dir)) {
			dirs = append(dirs, filepath.Clean(u.Dir))
		}
	}
	return dirs
}
