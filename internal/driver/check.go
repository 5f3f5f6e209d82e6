package driver

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"runtime"
	"runtime/debug"
	"slices"

	"golang.org/x/sync/errgroup"
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
	parsed []*parsing
	bytes  int // of source
	pins   int // guarded by Build.mu, as is current
	// current says that the build still has the package for others.
	current bool
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
	key  Hash
	done chan struct{}
	pkg  *Package // nil where the check was cancelled
	used int
}

// keepBytes is how much source is kept parsed and checked beyond what is in use.
// A byte of source takes some 50 bytes then.
const keepBytes = 3 << 20

// Check parses and type-checks a unit. What does not compile is checked as far
// as possible. An error says that the check was cancelled, or that a file has
// changed meanwhile.
func (b *Build) Check(ctx context.Context, files Files, u *Unit) (*Package, error) {
	return b.at(files).check(ctx, u, nil)
}

// check checks a unit; path are the units whose imports led to it.
func (m *moment) check(ctx context.Context, u *Unit, path []*Unit) (*Package, error) {
	key := m.key(u)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.mu.Lock()
		c := m.checked[u.ID]
		switch {
		case c == nil || c.key != key:
			if c != nil && c.pkg != nil {
				m.drop(c.pkg)
			}
			c = &checking{key: key, done: make(chan struct{})}
			m.checked[u.ID] = c
			m.mu.Unlock()
			return m.checkFirst(ctx, u, c, path)
		case c.pkg != nil:
			c.pkg.pins++
			m.uses++
			c.used = m.uses
			m.mu.Unlock()
			return c.pkg, nil
		}
		m.mu.Unlock()
		if path != nil {
			// To wait here could be to wait for oneself, if imports form a cycle.
			return m.checkAlone(ctx, u, key, path)
		}
		select {
		case <-c.done:
		case <-ctx.Done():
		}
	}
}

// checkFirst checks for all who want the unit at this moment.
func (m *moment) checkFirst(ctx context.Context, u *Unit, c *checking, path []*Unit) (*Package, error) {
	pkg, err := m.checkAlone(ctx, u, c.key, path)
	m.mu.Lock()
	defer m.mu.Unlock()
	defer close(c.done)
	current := m.checked[u.ID] == c
	if err != nil {
		if current {
			delete(m.checked, u.ID)
		}
		return nil, err
	}
	if current {
		c.pkg = pkg
		pkg.current = true
		m.uses++
		c.used = m.uses
		m.shrink()
	}
	return pkg, nil
}

// shrink drops the packages that were used least recently. Build.mu is held.
func (b *Build) shrink() {
	var idle []*checking
	bytes := 0
	for _, c := range b.checked {
		if c.pkg != nil && c.pkg.pins == 0 {
			idle = append(idle, c)
			bytes += c.pkg.bytes
		}
	}
	slices.SortFunc(idle, func(x, y *checking) int { return x.used - y.used })
	for _, c := range idle {
		if bytes <= keepBytes {
			return
		}
		bytes -= c.pkg.bytes
		delete(b.checked, c.pkg.Unit.ID)
		b.drop(c.pkg)
	}
}

// drop takes a package from those that others may find. Build.mu is held.
func (b *Build) drop(p *Package) {
	p.current = false
	if p.pins == 0 {
		b.free(p)
	}
}

// Release says that a package is not looked at any more.
func (p *Package) Release() {
	b := p.build
	b.mu.Lock()
	defer b.mu.Unlock()
	p.pins--
	if p.pins > 0 {
		return
	}
	if p.current {
		b.shrink()
	} else {
		b.free(p)
	}
}

// free forgets the files of a package that nobody has any more.
func (b *Build) free(p *Package) {
	for _, f := range p.parsed {
		f.refs--
		if f.refs == 0 {
			delete(b.parsed, f.key)
			if f.tok != nil {
				b.fset.RemoveFile(f.tok)
			}
		}
	}
	p.parsed = nil
}

func (m *moment) checkAlone(ctx context.Context, u *Unit, key Hash, path []*Unit) (*Package, error) {
	p := &Package{Unit: u, Key: key, Fset: m.fset, Sizes: m.sizes, build: m.Build, pins: 1}
	if err := m.parse(ctx, p); err != nil {
		p.Release()
		return nil, err
	}
	p.Info = &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Instances:    make(map[*ast.Ident]types.Instance),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		Scopes:       make(map[ast.Node]*types.Scope),
		FileVersions: make(map[*ast.File]string),
	}
	var stopped error // cancelled while an import was checked
	imp := importer(func(name string) (*types.Package, error) {
		pkg, err := m.importPackage(ctx, p, name, append(slices.Clip(path), u))
		if err != nil && ctx.Err() != nil {
			stopped = ctx.Err()
		}
		return pkg, err
	})
	config := &types.Config{
		GoVersion:   goVersion(u),
		FakeImportC: true,
		Importer:    imp,
		Sizes:       m.sizes,
		Error: func(err error) {
			if e := (types.Error{}); errors.As(err, &e) {
				p.Problems = append(p.Problems, Problem{Pos: m.fset.PositionFor(e.Pos, false), Msg: e.Msg, Soft: e.Soft})
			}
		},
	}
	p.Types = checkSafely(config, p)
	if stopped != nil {
		p.Release()
		return nil, stopped
	}
	slices.SortStableFunc(p.Problems, func(x, y Problem) int { return comparePos(x.Pos, y.Pos) })
	return p, nil
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
			p.Problems = append(p.Problems, Problem{Msg: fmt.Sprintf("the type checker failed on package %s: %v\n%s", p.Unit.Path, v, debug.Stack())})
		}
	}()
	_ = types.NewChecker(config, p.Fset, pkg, p.Info).Files(p.Files) // the errors have been collected
	return pkg
}

// importPackage returns the package that an import of p means.
func (m *moment) importPackage(ctx context.Context, p *Package, name string, path []*Unit) (*types.Package, error) {
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	d := m.Unit(p.Unit.dep(name))
	if d == nil {
		p.Missing = append(p.Missing, name)
		return nil, fmt.Errorf("could not import %s (not known to the go command yet)", name)
	}
	if slices.Contains(path, d) {
		return nil, fmt.Errorf("import cycle through %s", d.Path)
	}
	if !m.fromSource(d) {
		return m.exports.read(d)
	}
	pkg, err := m.check(ctx, d, path)
	if err != nil {
		return nil, err
	}
	defer pkg.Release()
	return pkg.Types, nil
}

// parsing is a file that is being parsed, or has been.
type parsing struct {
	key  parseKey
	done chan struct{}
	file *ast.File
	tok  *token.File
	errs []Problem
	size int
	refs int // guarded by Build.mu
}

type parseKey struct {
	name string
	hash Hash
}

// errChanged says that a file has changed between two looks at it.
var errChanged = errors.New("a file has changed meanwhile")

// parse parses the files of a package, of which those that have not changed are
// there already.
func (m *moment) parse(ctx context.Context, p *Package) error {
	names := p.Unit.Files
	p.parsed = make([]*parsing, 0, len(names))
	g, _ := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range names {
		hash, err := m.files.Hash(name)
		if err != nil {
			p.Problems = append(p.Problems, Problem{Pos: token.Position{Filename: name}, Msg: err.Error()})
			continue
		}
		key := parseKey{name, hash}
		m.mu.Lock()
		f := m.parsed[key]
		first := f == nil
		if first {
			f = &parsing{key: key, done: make(chan struct{})}
			m.parsed[key] = f
		}
		f.refs++
		m.mu.Unlock()
		p.parsed = append(p.parsed, f)
		if first {
			g.Go(func() error {
				defer close(f.done)
				return m.parseFile(f)
			})
		}
	}
	err := g.Wait()
	for _, f := range p.parsed {
		<-f.done
		if f.file == nil {
			continue
		}
		p.Files = append(p.Files, f.file)
		p.Problems = append(p.Problems, f.errs...)
		p.bytes += f.size
	}
	if err != nil {
		return err
	}
	return ctx.Err()
}

func (m *moment) parseFile(f *parsing) error {
	data, err := m.files.Read(f.key.name)
	if err != nil {
		f.errs = []Problem{{Pos: token.Position{Filename: f.key.name}, Msg: err.Error()}}
		return nil
	}
	if hashOf(data) != f.key.hash {
		m.mu.Lock()
		if m.parsed[f.key] == f {
			delete(m.parsed, f.key)
		}
		m.mu.Unlock()
		return errChanged
	}
	file, err := parser.ParseFile(m.fset, f.key.name, data, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	f.file, f.size = file, len(data)
	if file != nil {
		f.tok = m.fset.File(file.FileStart)
	}
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) {
		for _, e := range list {
			f.errs = append(f.errs, Problem{Pos: token.Position{Filename: f.key.name, Offset: e.Pos.Offset, Line: e.Pos.Line, Column: e.Pos.Column}, Msg: e.Msg})
		}
	} else if err != nil {
		f.errs = append(f.errs, Problem{Pos: token.Position{Filename: f.key.name}, Msg: err.Error()})
	}
	return nil
}
