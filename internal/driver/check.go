package driver

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime/debug"
	"slices"

	"github.com/mapdiag/mapdiag/internal/finding"
)

// A Package is a unit as parsed and type-checked at one moment. It must be
// released when it is not looked at any more.
type Package struct {
	Unit  *Unit
	Key   Hash
	Fset  *token.FileSet
	Files []*ast.File
	Types *types.Package
	Info  *types.Info
	Sizes types.Sizes
	// Problems are what keeps the unit from compiling, in source order.
	Problems []Problem
	// Missing are imports that the go command has not been asked about.
	Missing []string

	build  *Build
	gen    *generation
	parsed []*parsing
	bytes  int               // of source
	sound  map[string][]Span // of a broken package; see Result.Sound
	gaveUp bool              // the type checker failed
	// Guarded by Build.mu:
	users   int        // who has asked for the package and not released it
	holders int        // packages that were checked against it and are kept
	deps    []*Package // those from source that it was checked against
}

// A Problem is an error of the parser or the type checker.
type Problem struct {
	Pos token.Position // may be invalid
	Msg string
	// Soft says that the types around are known nevertheless: something is
	// declared and not used.
	Soft bool
}

func (p Problem) String() string {
	if p.Pos.IsValid() {
		return p.Pos.String() + ": " + p.Msg
	}
	return p.Msg
}

// Broken reports whether something keeps the unit from being understood.
func (p *Package) Broken() bool {
	return slices.ContainsFunc(p.Problems, func(q Problem) bool { return !q.Soft })
}

// checking is a package that is being checked, or has been.
type checking struct {
	done chan struct{}
	pkg  *Package // nil until it is done, and where the check was cancelled
	used int
}

// keepBytes is how much source is kept parsed and checked beyond what is in use.
// A byte of source takes some 50 bytes then. A sixth of it makes a look at all of
// hugo four times as dear: variants for tests are checked from source, again and
// again.
const keepBytes = 3 << 20

// Check parses and type-checks a unit. What does not compile is checked as far
// as possible. An error says that the check was cancelled, that a file has
// changed meanwhile (see [Changed]) or that one cannot be read.
func (b *Build) Check(ctx context.Context, files Files, u *Unit) (p *Package, err error) {
	err = b.retry(files, func(m *moment) error {
		p, err = m.check(ctx, u)
		return err
	})
	return p, err
}

// check checks a unit. What has the same key is the same package for as long as
// anything refers to it: types are identical only within one package. A wait for
// the check of another goroutine ends, because imports have no cycles and the
// key says what they are.
func (m *moment) check(ctx context.Context, u *Unit) (*Package, error) {
	key := m.key(u)
	if m.err != nil {
		return nil, m.err
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.mu.Lock()
		c := m.gen.checked[key]
		if c == nil {
			c = &checking{done: make(chan struct{})}
			m.gen.checked[key] = c
			m.mu.Unlock()
			return m.checkFirst(ctx, u, key, c)
		}
		if c.pkg != nil {
			c.pkg.users++
			m.uses++
			c.used = m.uses
			m.mu.Unlock()
			return c.pkg, nil
		}
		m.mu.Unlock()
		select {
		case <-c.done:
		case <-ctx.Done():
		}
	}
}

// checkFirst checks for all who want the unit in this state.
func (m *moment) checkFirst(ctx context.Context, u *Unit, key Hash, c *checking) (p *Package, err error) {
	p = &Package{Unit: u, Key: key, Fset: m.gen.fset, Sizes: m.sizes, build: m.Build, gen: m.gen, users: 1}
	err = errors.New("the check has panicked")
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		defer close(c.done)
		if err != nil {
			delete(m.gen.checked, key)
			p.free()
			p = nil
			return
		}
		m.uses++
		c.pkg, c.used = p, m.uses
		for k, old := range m.gen.checked { // nobody comes back to an older state soon
			if old.pkg != nil && k != key && old.pkg.Unit.ID == u.ID && old.pkg.idle() {
				delete(m.gen.checked, k)
				old.pkg.free()
			}
		}
		m.gen.shrink(keepBytes)
	}()
	err = m.checkInto(ctx, p)
	return p, err
}

// shrink drops the packages that were used least recently, down to so many bytes
// of source. Build.mu is held.
func (g *generation) shrink(keep int) {
	bytes := 0
	for _, c := range g.checked {
		if c.pkg != nil && c.pkg.users == 0 {
			bytes += c.pkg.bytes
		}
	}
	for bytes > keep {
		var oldest *checking
		for _, c := range g.checked {
			if c.pkg != nil && c.pkg.idle() && (oldest == nil || c.used < oldest.used) {
				oldest = c
			}
		}
		if oldest == nil {
			return
		}
		bytes -= oldest.pkg.bytes
		delete(g.checked, oldest.pkg.Key)
		oldest.pkg.free()
	}
}

// idle reports whether nothing refers to a package. Build.mu is held.
func (p *Package) idle() bool { return p.users == 0 && p.holders == 0 }

// Release says that a package is not looked at any more.
func (p *Package) Release() {
	p.build.mu.Lock()
	defer p.build.mu.Unlock()
	p.users--
	if p.users == 0 {
		p.gen.shrink(keepBytes)
	}
}

// free forgets the files of a package that nobody has any more, and lets go of
// what it was checked against. Build.mu is held.
func (p *Package) free() {
	for _, f := range p.parsed {
		f.refs--
		if f.refs > 0 {
			continue
		}
		if p.gen.parsed[f.key] == f {
			delete(p.gen.parsed, f.key)
		}
		if f.tok != nil {
			p.gen.fset.RemoveFile(f.tok)
		}
	}
	for _, d := range p.deps {
		d.holders--
	}
	p.parsed, p.deps = nil, nil
}

// hold makes one package refer to another, which the caller has checked and does
// not release.
func (p *Package) hold(d *Package) {
	p.build.mu.Lock()
	defer p.build.mu.Unlock()
	d.users--
	if !slices.Contains(p.deps, d) {
		p.deps = append(p.deps, d)
		d.holders++
	}
}

// checkInto parses and checks the unit of a package.
func (m *moment) checkInto(ctx context.Context, p *Package) error {
	if err := m.parse(ctx, p); err != nil {
		return err
	}
	p.Info = m.newInfo(p.Unit)
	var stopped error // what kept an import from being checked
	config := &types.Config{
		GoVersion:   goVersion(p.Unit),
		FakeImportC: true,
		Sizes:       m.sizes,
		Importer: importer(func(name string) (*types.Package, error) {
			pkg, failed, err := m.importPackage(ctx, p, name)
			if failed != nil && stopped == nil {
				stopped = failed
			}
			return pkg, errors.Join(err, failed)
		}),
		Error: func(err error) {
			if e := (types.Error{}); errors.As(err, &e) {
				p.Problems = append(p.Problems, Problem{Pos: p.Fset.PositionFor(e.Pos, false), Msg: e.Msg, Soft: e.Soft})
			}
		},
	}
	p.Types = checkSafely(config, p)
	if stopped != nil {
		return stopped
	}
	slices.SortStableFunc(p.Problems, func(x, y Problem) int { return finding.ComparePos(x.Pos, y.Pos) })
	if p.Broken() {
		p.sound = p.findSound()
		p.fill()
	}
	return nil
}

// newInfo returns maps for what the type checker finds out about a unit. They have
// room for as much as it found the last time, if there was one: growing them is a
// tenth of a check.
func (m *moment) newInfo(u *Unit) *types.Info {
	last := new(types.Info)
	m.mu.Lock()
	for _, c := range m.gen.checked {
		if c.pkg != nil && c.pkg.Unit.ID == u.ID {
			last = c.pkg.Info
			break
		}
	}
	m.mu.Unlock()
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue, len(last.Types)),
		Instances:    make(map[*ast.Ident]types.Instance, len(last.Instances)),
		Defs:         make(map[*ast.Ident]types.Object, len(last.Defs)),
		Uses:         make(map[*ast.Ident]types.Object, len(last.Uses)),
		Implicits:    make(map[ast.Node]types.Object, len(last.Implicits)),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection, len(last.Selections)),
		Scopes:       make(map[ast.Node]*types.Scope, len(last.Scopes)),
		FileVersions: make(map[*ast.File]string, len(last.FileVersions)),
	}
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }

func goVersion(u *Unit) string {
	if u.GoVersion == "" {
		return ""
	}
	return "go" + u.GoVersion
}

// checkSafely survives a panic of the type checker, which half-written code has
// made happen.
func checkSafely(config *types.Config, p *Package) (pkg *types.Package) {
	pkg = types.NewPackage(p.Unit.Path, p.Unit.Name)
	defer func() {
		if v := recover(); v != nil {
			p.gaveUp = true
			p.Problems = append(p.Problems, Problem{Msg: fmt.Sprintf("the type checker failed on package %s: %v\n%s", p.Unit.Path, v, debug.Stack())})
		}
	}()
	_ = types.NewChecker(config, p.Fset, pkg, p.Info).Files(p.Files) // the errors have been collected
	return pkg
}

// importPackage returns the package that an import of p means. The check cannot
// go on if it has failed; an err is one of the program.
func (m *moment) importPackage(ctx context.Context, p *Package, name string) (pkg *types.Package, failed, err error) {
	if name == "unsafe" {
		return types.Unsafe, nil, nil
	}
	d := m.units[m.dep(p.Unit, name)]
	switch {
	case d == nil:
		p.Missing = append(p.Missing, name)
		return nil, nil, fmt.Errorf("the go command does not know %s yet", name)
	case m.cyclic(p.Unit, d):
		return nil, nil, fmt.Errorf("import cycle: %s imports this package, directly or not", d.Path)
	case len(d.Files) == 0 && d.export == "":
		if d.Err != nil {
			return nil, nil, errors.New(d.Err.Err)
		}
		return nil, nil, fmt.Errorf("there are no Go files in package %s", d.Path)
	}
	if !m.fromSource(d) {
		pkg, failed = m.compiled(d)
		return pkg, failed, nil
	}
	dep, failed := m.check(ctx, d)
	if failed != nil {
		return nil, failed, nil
	}
	p.hold(dep)
	return dep.Types, nil, nil
}
