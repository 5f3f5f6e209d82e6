package driver

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/gcexportdata"
)

// A generation holds packages that may refer to each other: those made from
// export data, which exist once, and those checked from source against them. A
// package whose source has changed is checked from source until the next
// generation. The maps are guarded by Build.mu.
type generation struct {
	fset    *token.FileSet
	exports *exports
	checked map[Hash]*checking // by key
	parsed  map[parseKey]*parsing
	facts   map[*types.Package]map[factKey]analysis.Fact // of those made from export data
	// fromSource says of each unit that was ever imported, by key, whether it
	// is checked from source: a second answer would give a second package.
	fromSource map[Hash]bool
	made       map[string]Hash // import path → key of what its export data is of
}

func newGeneration() *generation {
	g := &generation{
		fset:       token.NewFileSet(),
		checked:    make(map[Hash]*checking),
		parsed:     make(map[parseKey]*parsing),
		facts:      make(map[*types.Package]map[factKey]analysis.Fact),
		fromSource: make(map[Hash]bool),
		made:       make(map[string]Hash),
	}
	g.exports = &exports{fset: g.fset, pkgs: make(map[string]*types.Package), read: make(map[string]bool)}
	return g
}

// Sweep runs f, which analyses many units, and lets go at its end of all that was
// read for it: results are kept, and so is what was read before.
func (b *Build) Sweep(f func() error) error {
	b.mu.Lock()
	before, during, loads := b.gen, newGeneration(), b.loads
	before.shrink(0)
	b.gen = during
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch {
		case b.gen != during: // it went out of date, and so did the one before
		case b.loads != loads:
			b.gen = newGeneration()
		default:
			b.gen = before
		}
	}()
	return f()
}

// fromSource reports whether a unit has to be checked from source where others
// import it: it has no export data, the data is of another state, or something
// that it imports is checked from source.
func (m *moment) fromSource(u *Unit) bool {
	if u.Path == "unsafe" {
		return false
	}
	if s, ok := m.source[u]; ok {
		return s
	}
	s := false
	for _, id := range m.imports(u) {
		// No short cut: those that u imports are decided on, too.
		if d := m.units[id]; d != nil && (m.cyclic(u, d) || m.fromSource(d)) {
			s = true
		}
	}
	key := m.key(u)
	m.mu.Lock()
	defer m.mu.Unlock()
	old, ok := m.gen.fromSource[key]
	if !ok {
		made, taken := m.gen.made[u.Path]
		old = s || u.variant() || u.export == "" || m.lost[u.export] || key != u.made || taken && made != key
		m.gen.fromSource[key] = old
		if !old {
			m.gen.made[u.Path] = key
		}
	}
	m.source[u] = old
	return old
}

// exports are packages made from export data. Each is read once and stays.
type exports struct {
	fset *token.FileSet

	mu   sync.Mutex
	pkgs map[string]*types.Package // by path; those that others mention are incomplete
	read map[string]bool           // those that are complete
}

// mentioned returns a package that has been read or that one of those mentions,
// else nil.
func (x *exports) mentioned(path string) *types.Package {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.pkgs[path]
}

// of returns the package of a unit.
func (x *exports) of(u *Unit) (*types.Package, error) {
	if u.Path == "unsafe" {
		return types.Unsafe, nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.read[u.Path] {
		return x.pkgs[u.Path], nil
	}
	f, err := os.Open(u.export)
	if err != nil {
		return nil, fmt.Errorf("reading what the go command compiled of %s: %w", u.Path, err)
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", u.Path, err)
	}
	pkg, err := gcexportdata.Read(r, x.fset, x.pkgs, u.Path)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", u.Path, err)
	}
	x.read[u.Path] = true
	return pkg, nil
}

// errLost says that export data is gone: the next moment does without it.
var errLost = errors.New("export data is gone")

// compiled returns the package of a unit, made from export data. The go command
// may have cleaned its cache meanwhile, from which errLost tells.
func (m *moment) compiled(u *Unit) (*types.Package, error) {
	pkg, err := m.gen.exports.of(u)
	if err == nil {
		return pkg, nil
	}
	// Where one has gone, others may have.
	gone := map[string]bool{u.export: true}
	for _, d := range m.units {
		if d.export != "" {
			if _, err := os.Stat(d.export); err != nil {
				gone[d.export] = true
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range gone {
		m.lost[name] = true
	}
	if m.Build.gen == m.gen {
		m.Build.gen = newGeneration()
	}
	return nil, fmt.Errorf("%w: %w", errLost, err)
}

// retry runs f at a moment, and again while export data turns out to be lost.
// That ends because nothing is lost twice.
func (b *Build) retry(files Files, f func(m *moment) error) error {
	for {
		m := b.at(files)
		err := f(m)
		if err != nil && m.err != nil {
			err = m.err // why it could not be done
		}
		if !errors.Is(err, errLost) {
			return err
		}
	}
}
