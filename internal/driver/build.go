package driver

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/types"
	"maps"
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

	mu          sync.Mutex
	units       map[string]*Unit   // by ID; replaced, never changed
	byFile      map[string][]*Unit // the same by name of file
	gen         *generation
	loads       int             // how often units were loaded
	lost        map[string]bool // export data that could not be read
	results     map[Hash]*analysing
	importLists map[string]importList // by name of file
	uses        int                   // a clock that counts uses, for eviction
	measured    measured
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
		sizes:       types.SizesFor("gc", env[0]),
		gen:         newGeneration(),
		lost:        make(map[string]bool),
		results:     make(map[Hash]*analysing),
		importLists: make(map[string]importList),
	}
	if b.sizes == nil {
		b.sizes = types.SizesFor("gc", runtime.GOARCH)
	}
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

// Toolchain returns the version of Go that the go command uses in a folder, and the
// architecture that it builds for.
func Toolchain(ctx context.Context, dir string) (version, arch string, err error) {
	env, err := goenv(ctx, dir, "GOVERSION", "GOARCH")
	if err != nil {
		return "", "", err
	}
	return env[0], env[1], nil
}

// Libraries returns the folders in which the go command keeps the standard library
// and what it has downloaded.
func Libraries(ctx context.Context) ([]string, error) {
	env, err := goenv(ctx, "", "GOROOT", "GOMODCACHE")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(env, func(dir string) bool { return dir == "" }), nil
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

// Units returns the units that a file belongs to: its package, the package with
// its tests, and variants for the tests of others are left out.
func (b *Build) Units(file string) []*Unit {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []*Unit
	for _, u := range b.byFile[file] {
		if !u.forOthers() {
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
		if u.Local && len(u.Files) > 0 && !u.forOthers() && wanted(u) {
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
	units := maps.Clone(b.units)
	maps.DeleteFunc(units, func(_ string, u *Unit) bool { return u.Dir == dir })
	b.setUnits(units)
}

// setUnits replaces the units. Build.mu is held.
func (b *Build) setUnits(units map[string]*Unit) {
	b.units = units
	b.byFile = make(map[string][]*Unit)
	for _, u := range units {
		for _, name := range u.Files {
			b.byFile[name] = append(b.byFile[name], u)
		}
	}
	maps.DeleteFunc(b.importLists, func(name string, _ importList) bool { return b.byFile[name] == nil })
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
