package session

import (
	"context"
	"errors"
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"time"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/escape"
)

// When the compiler is asked about the packages of open documents.
const (
	EscapeOff    = "off"
	EscapeOnSave = "onSave" // when a document is opened or saved
	EscapeOnType = "onType" // and after each edit
)

// An EscapeFact is what the compiler says of one place, see [escape.Fact].
type EscapeFact struct {
	escape.Fact
	Start, Stop token.Position
	Ways        []EscapeStep // Steps, with their places
	// Global says that the place is in no function: what is made there is on the
	// heap as a matter of course.
	Global bool
}

// An EscapeStep is a step of the way to the heap.
type EscapeStep struct {
	Name         string // of the file
	Line, Column int    // as the compiler counts them; the column may be 0
	Text         string
}

// compiled is what the compiler said about a folder's package.
type compiled struct {
	build *build
	texts map[string]driver.Hash // of all its files when it was compiled
	keys  map[string]driver.Hash // of its units: what they import counts, too
	facts map[string][]EscapeFact
	shown bool // the client has been told, and nothing else since
}

// current reports whether what the compiler said holds in a state: of the files
// themselves, and of what they import.
func (c *compiled) current(snap *Snapshot) (files, imports bool) {
	for name, hash := range c.texts {
		if now, err := snap.Hash(name); err != nil || now != hash {
			return false, false
		}
	}
	for id, key := range c.keys {
		u := c.build.Unit(id)
		if u == nil {
			return true, false
		}
		if now, err := c.build.Key(snap, u); err != nil || now != key {
			return true, false
		}
	}
	return true, true
}

// escapes compiles the packages of documents, one at a time.
type escapes struct {
	wanted map[string]bool      // folders to be compiled
	known  map[string]*compiled // by folder
}

// wantEscape notes that a file's folder is to be compiled. Session.mu is held.
func (s *Session) wantEscape(name string) { s.escapes.wanted[filepath.Dir(name)] = true }

// wantEscapes notes the same of a file that was saved, and of all folders that were
// compiled before and may import it: those that do not are found to be up to date.
// Session.mu is held.
func (s *Session) wantEscapes(name string) {
	s.wantEscape(name)
	s.wantKnown()
}

// wantKnown notes the same of all folders that were compiled before. Session.mu is
// held.
func (s *Session) wantKnown() {
	for dir := range s.escapes.known {
		s.escapes.wanted[dir] = true
	}
}

// Escape returns what the compiler says about a file, if it has been asked about
// just this state of its package and of what that imports.
func (s *Session) Escape(snap *Snapshot, name string) ([]EscapeFact, bool) {
	c := s.compiledIn(filepath.Dir(name))
	if c == nil {
		return nil, false
	}
	if _, imports := c.current(snap); !imports {
		return nil, false
	}
	_, covered := c.texts[name]
	return c.facts[name], covered
}

// compiledIn returns what the compiler said about a folder's package with the
// settings that count now, else nil.
func (s *Session) compiledIn(dir string) *compiled {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.escapes.known[dir]
	if c == nil {
		return nil
	}
	for _, b := range s.builds {
		if b == c.build {
			return c
		}
	}
	return nil
}

// compile asks the compiler about those targets for which that is wanted. An edit
// ends it. Where something that a target imports has changed, what was said of the
// target is taken back until then.
func (s *Session) compile(ctx context.Context, targets []*target) {
	for _, t := range targets {
		if !s.compiles(t) {
			if c := s.compiledIn(t.dir); c != nil {
				if files, imports := c.current(t.snap); files && imports != c.shown {
					c.shown = imports
					s.client.Escaped(t.dir, t.snap)
				}
			}
			continue
		}
		c, err := t.compile(ctx)
		if ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		delete(s.escapes.wanted, t.dir)
		if err == nil {
			c.shown = true
			s.escapes.known[t.dir] = c
		}
		s.mu.Unlock()
		if err != nil {
			s.log.Info("escape analysis", "folder", t.dir, "error", err)
			continue
		}
		s.client.Escaped(t.dir, t.snap)
	}
}

// compiles reports whether the compiler is to be asked about a target.
func (s *Session) compiles(t *target) bool {
	mode := t.folder.Escape
	s.mu.Lock()
	wanted := s.escapes.wanted[t.dir]
	s.mu.Unlock()
	switch mode {
	case EscapeOnType:
	case EscapeOnSave:
		if !wanted || t.snap.unsaved(t.dir) {
			return false
		}
	default:
		return false
	}
	return !s.upToDate(t)
}

// upToDate reports whether the compiler has been asked about the state of a
// target.
func (s *Session) upToDate(t *target) bool {
	c := s.compiledIn(t.dir)
	if c == nil {
		return false
	}
	if _, imports := c.current(t.snap); !imports {
		return false
	}
	return !slices.ContainsFunc(t.snap.Documents(), func(d *Document) bool {
		_, covered := c.texts[d.Name]
		return filepath.Dir(d.Name) == t.dir && !covered
	})
}

// compile compiles a folder's package and joins what the compiler says to the
// syntax.
func (t *target) compile(ctx context.Context) (*compiled, error) {
	units := slices.DeleteFunc(t.build.units(t.snap, t.dir), func(u *driver.Unit) bool { return !u.Listed() })
	if len(units) == 0 {
		return nil, errors.New("no package that the go command knows")
	}
	overlay := make(map[string][]byte)
	for _, d := range t.snap.Documents() {
		if hash, err := t.snap.disk.Hash(d.Name); !d.Virtual && (err != nil || hash != d.hash) {
			overlay[d.Name] = d.Content
		}
	}
	began := time.Now()
	report := t.client.Quiet("mapdiag: escape analysis of "+filepath.Base(t.dir), Patience)
	defer report()
	done, err := escape.Run(ctx, escape.Config{
		Dir: t.build.Dir, Package: units[0].Path, Tests: slices.ContainsFunc(units, (*driver.Unit).Tests), BuildFlags: t.build.Flags, Overlay: overlay,
	})
	if err != nil {
		return nil, err
	}
	c := &compiled{build: t.build, texts: make(map[string]driver.Hash), keys: make(map[string]driver.Hash, len(units)), facts: make(map[string][]EscapeFact)}
	for _, u := range units {
		if c.keys[u.ID], err = t.build.Key(t.snap, u); err != nil {
			return nil, err
		}
		if err := t.join(ctx, c, u, done); err != nil {
			return nil, err
		}
	}
	t.log.Debug("escape analysis", "package", units[0].Path, "took", time.Since(began))
	return c, nil
}

// global reports whether a place is in no function.
func global(files []*ast.File, pos token.Pos) bool {
	for _, f := range files {
		for _, d := range f.Decls {
			if d.Pos() <= pos && pos < d.End() {
				g, ok := d.(*ast.GenDecl)
				if !ok {
					return false
				}
				inLiteral := false
				ast.Inspect(g, func(n ast.Node) bool {
					lit, ok := n.(*ast.FuncLit)
					inLiteral = inLiteral || ok && lit.Body.Pos() <= pos && pos < lit.Body.End()
					return !inLiteral
				})
				return !inLiteral
			}
		}
	}
	return false
}

// join adds the facts about the files of one unit that no other has told of.
func (t *target) join(ctx context.Context, c *compiled, u *driver.Unit, done *escape.Report) error {
	if !slices.ContainsFunc(u.Files, func(name string) bool { _, known := c.texts[name]; return !known }) {
		return nil
	}
	p, err := t.build.Check(ctx, t.snap, u)
	if err != nil {
		return err
	}
	defer p.Release()
	for _, f := range escape.Join(escape.Package{Fset: p.Fset, Files: p.Files, Types: p.Types, Info: p.Info, Sizes: p.Sizes}, done) {
		e := EscapeFact{Fact: f, Start: p.Fset.PositionFor(f.Pos, false), Stop: p.Fset.PositionFor(f.End, false)}
		if _, told := c.texts[e.Start.Filename]; told {
			continue
		}
		e.Global = global(p.Files, f.Pos)
		for _, step := range f.Steps {
			e.Ways = append(e.Ways, EscapeStep{Name: step.Pos.File, Line: step.Pos.Line, Column: step.Pos.Column, Text: step.Text})
		}
		c.facts[e.Start.Filename] = append(c.facts[e.Start.Filename], e)
	}
	for _, name := range u.Files {
		hash, err := t.snap.Hash(name)
		if err != nil {
			return err
		}
		c.texts[name] = hash
	}
	return nil
}
