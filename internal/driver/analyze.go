package driver

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"runtime/debug"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/internal/finding"
)

// A Result is what the rules say about one unit. It is never changed once made.
type Result struct {
	Key      Hash              // of what the unit and its findings follow from, measurements included
	Findings []finding.Finding // in no order; see [finding.Sort]
	Notes    []Note            // in no order
	Failures []string          // rules that failed, and how
	Facts    []byte            // see factSet
	// Broken says that the unit does not compile. Then Sound holds, for each
	// of its files, the declarations that were understood nevertheless, and
	// Findings lie in these.
	Broken   bool
	Sound    map[string][]Span
	Problems []Problem // what does not compile
	Missing  []string  // imports that the go command has not been asked about
}

// A Note is what a rule has found out about a variable or field.
type Note struct {
	Pos  token.Position // where it is declared
	Text string         // a few words
	// Guard is the lock to be named by an annotation, or empty.
	Guard string
}

// analysing is an analysis that is under way, or has been done.
type analysing struct {
	done   chan struct{}
	result *Result // nil if it was cancelled
	used   int
}

// keepResults is how many results are kept in memory.
const keepResults = 4096

// Key returns a hash of all that a unit follows from: its source and that of what
// it imports.
func (b *Build) Key(files Files, u *Unit) (Hash, error) {
	m := b.at(files)
	return m.key(u), m.err
}

// Known returns the result of a unit where it need not be computed, else nil.
func (b *Build) Known(files Files, u *Unit) *Result {
	m := b.at(files)
	key := m.resultKey(u)
	if m.err != nil {
		return nil
	}
	return m.known(key)
}

func (b *Build) known(key Hash) *Result {
	b.mu.Lock()
	c := b.results[key]
	if c != nil && c.result != nil {
		b.uses++
		c.used = b.uses
		b.mu.Unlock()
		return c.result
	}
	b.mu.Unlock()
	if c != nil {
		return nil // under way
	}
	if r := b.cache.get(key); r != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.keep(key, r)
		return r
	}
	return nil
}

// keep remembers a result in memory. Build.mu is held.
func (b *Build) keep(key Hash, r *Result) {
	done := make(chan struct{})
	close(done)
	b.uses++
	b.results[key] = &analysing{done: done, result: r, used: b.uses}
	if len(b.results) <= keepResults {
		return
	}
	var oldest []Hash
	for k, c := range b.results {
		if c.result != nil {
			oldest = append(oldest, k)
		}
	}
	slices.SortFunc(oldest, func(x, y Hash) int { return b.results[x].used - b.results[y].used })
	for _, k := range oldest[:len(oldest)/4] {
		delete(b.results, k)
	}
}

// Analyze runs the rules on a unit, and before it on what it imports and is not
// known yet. An error says that it was cancelled, that a file has changed
// meanwhile (see [Changed]) or that one cannot be read; what does not compile
// gives a result nevertheless.
func (b *Build) Analyze(ctx context.Context, files Files, u *Unit) (r *Result, err error) {
	err = b.retry(files, func(m *moment) error {
		r, err = m.analyze(ctx, u)
		return err
	})
	return r, err
}

func (m *moment) analyze(ctx context.Context, u *Unit) (*Result, error) {
	key := m.resultKey(u)
	if m.err != nil {
		return nil, m.err
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r := m.known(key); r != nil {
			return r, nil
		}
		m.mu.Lock()
		c := m.results[key]
		if c == nil {
			c = &analysing{done: make(chan struct{})}
			m.results[key] = c
			m.mu.Unlock()
			return m.analyzeFirst(ctx, u, key, c)
		}
		m.mu.Unlock()
		select {
		case <-c.done:
		case <-ctx.Done():
		}
	}
}

// analyzeFirst analyses for all who want the unit in this state.
func (m *moment) analyzeFirst(ctx context.Context, u *Unit, key Hash, c *analysing) (r *Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			r, err = nil, fmt.Errorf("analysing package %s: panic: %v\n%s", u.Path, v, debug.Stack())
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		defer close(c.done)
		if err != nil {
			delete(m.results, key)
			return
		}
		m.keep(key, r)
	}()
	r, err = m.judge(ctx, u)
	if err != nil {
		return nil, err
	}
	r.Key = key
	if !r.Broken && len(r.Problems) == 0 && len(r.Failures) == 0 {
		m.cache.put(key, r)
	}
	return r, nil
}

// judge analyses what a unit imports for its facts, and then the unit.
func (m *moment) judge(ctx context.Context, u *Unit) (*Result, error) {
	imports := m.importsFirst(u)
	closure := closureOf(imports)
	facts := make(map[string][]byte)
	for _, d := range imports {
		if !d.Local || d == u || len(d.Files) == 0 {
			continue
		}
		r, err := m.analyze(ctx, d)
		if err != nil {
			return nil, err
		}
		if len(r.Facts) > 0 && closure[d.Path] == d {
			facts[d.Path] = r.Facts
		}
	}
	p, err := m.check(ctx, u)
	if err != nil {
		return nil, err
	}
	defer p.Release()
	result := &Result{Missing: p.Missing, Problems: p.Problems, Broken: p.Broken()}
	r := &run{Package: p, ctx: ctx, moment: m, result: result}
	for path := range facts {
		if pkg := m.seenBy(p, closure[path]); pkg != nil {
			r.factual = append(r.factual, pkg)
		}
	}
	decoded := make(map[*types.Package]map[factKey]analysis.Fact)
	r.imported = func(pkg *types.Package) map[factKey]analysis.Fact {
		set, ok := decoded[pkg]
		if !ok {
			set = m.decode(closure[pkg.Path()], pkg, facts[pkg.Path()])
			decoded[pkg] = set
		}
		return set
	}
	if err := r.do(m.analyzers); err != nil {
		return nil, err
	}
	if m.err != nil {
		return nil, m.err
	}
	if result.Broken {
		result.Sound = p.sound
		result.Failures = nil // rules expect code that compiles
		result.Findings = slices.DeleteFunc(result.Findings, func(f finding.Finding) bool { return !result.Judges(f.Pos.Filename, f.Pos.Offset) })
	}
	if result.Facts, err = r.own.encode(); err != nil {
		result.Failures = append(result.Failures, err.Error())
	}
	return result, nil
}

// seenBy returns the package of a unit as p refers to it, nil if it does not.
func (m *moment) seenBy(p *Package, u *Unit) *types.Package {
	if !m.fromSource(u) {
		return m.gen.exports.mentioned(u.Path)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.gen.checked[m.key(u)]; c != nil && c.pkg != nil {
		return c.pkg.Types
	}
	return nil
}

// Judges reports whether the rules could judge the code at an offset.
func (r *Result) Judges(filename string, offset int) bool {
	return !r.Broken || slices.ContainsFunc(r.Sound[filename], func(s Span) bool { return s.Start <= offset && offset <= s.End })
}

// decode returns facts about the objects of a package that is imported. Those of
// packages from export data are kept.
func (m *moment) decode(u *Unit, pkg *types.Package, data []byte) map[factKey]analysis.Fact {
	if u == nil || len(data) == 0 {
		return nil
	}
	if m.fromSource(u) {
		facts, _ := decodeFacts(pkg, data)
		return facts
	}
	m.mu.Lock()
	facts, ok := m.gen.facts[pkg]
	m.mu.Unlock()
	if ok {
		return facts
	}
	if _, err := m.compiled(u); err != nil { // it may only have been mentioned
		m.err = err
		return nil
	}
	facts, _ = decodeFacts(pkg, data)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gen.facts[pkg] = facts
	return facts
}

// closureOf returns units by path: of several, the variant.
func closureOf(units []*Unit) map[string]*Unit {
	byPath := make(map[string]*Unit)
	for _, d := range units {
		if old := byPath[d.Path]; old == nil || d.variant() {
			byPath[d.Path] = d
		}
	}
	return byPath
}
