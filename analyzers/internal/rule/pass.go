package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers/internal/directive"
)

// Result is what a rule's analyzer hands to the analyzers that require it.
type Result struct {
	// Used holds the suppressions that covered a finding of the rule.
	Used []*directive.Ignore
	// Known is what the rule has found out about variables and fields of the
	// package.
	Known map[types.Object]Knowledge
}

// Knowledge is what a rule knows of a variable or field.
type Knowledge struct {
	Text string // a few words for a reader who asks about it
	// Guard is the lock to be named by a guardedby annotation, empty where there
	// is none, or one already.
	Guard string
}

var resultType = reflect.TypeFor[*Result]()

// A Pass is one run of a rule over one package.
type Pass struct {
	*analysis.Pass

	meta       Meta
	level      Level
	config     *Config
	directives *directive.Index
	measured   *Measurements
	generated  map[*token.File]bool
	used       []*directive.Ignore
	known      map[types.Object]Knowledge
}

func newPass(ap *analysis.Pass, meta Meta, level Level, config *Config) *Pass {
	measured, _ := ap.ResultOf[config.Measuring()].(*Measurements)
	return &Pass{
		Pass:       ap,
		meta:       meta,
		level:      level,
		config:     config,
		directives: ap.ResultOf[directive.Analyzer].(*directive.Index),
		measured:   measured,
	}
}

// Report reports a finding, unless a suppression covers it, its file is
// generated, it is weaker than the level asked for, or it is about the cost
// of a test. It fills in the category and the link.
//
// It hides the field of the same name of [analysis.Pass], so that no rule
// reports around it by mistake.
func (p *Pass) Report(level Level, d analysis.Diagnostic) {
	file := p.Fset.File(d.Pos)
	if file == nil || p.isGenerated(file) || p.suppressed(d.Pos) {
		return
	}
	if level > p.level {
		return
	}
	if p.meta.Cost && !p.config.Tests && strings.HasSuffix(file.Name(), "_test.go") {
		return
	}
	if !p.meta.SafeFix && p.config.SafeFixesOnly != nil && p.config.SafeFixesOnly() {
		d.SuggestedFixes = nil
	}
	if p.Fset.Position(d.Pos) != p.Fset.PositionFor(d.Pos, false) {
		// A line directive says that the file was made from another one. An
		// edit would name that file with offsets of this one and spoil it.
		d.SuggestedFixes = nil
	}
	d.Category = Category(p.meta.Name, level)
	d.URL = URL(p.meta.Name)
	p.Pass.Report(d)
}

// Withhold stands in the place of a Report where measurements show that a
// finding does not matter: a suppression that covers it is still in use.
func (p *Pass) Withhold(pos token.Pos) {
	if file := p.Fset.File(pos); file != nil && !p.isGenerated(file) {
		p.suppressed(pos)
	}
}

// suppressed reports whether a suppression covers a place, and notes that it does.
func (p *Pass) suppressed(pos token.Pos) bool {
	ignore := p.directives.Covering(p.meta.Name, p.Fset.PositionFor(pos, false))
	if ignore == nil || p.config.GolangciLint && !ignore.Names(p.meta.Name) {
		return false
	}
	p.used = append(p.used, ignore)
	return true
}

// Note tells what the rule did not look at, where that is asked for.
func (p *Pass) Note(pos token.Pos, message string) {
	if p.config.Verbose {
		p.Pass.Report(analysis.Diagnostic{Pos: pos, Category: Note, Message: "rule " + p.meta.Name + ": " + message})
	}
}

// isGenerated reports whether a file says of itself that it is generated:
// nobody mends such a file by hand.
func (p *Pass) isGenerated(file *token.File) bool {
	if p.generated == nil {
		p.generated = make(map[*token.File]bool, len(p.Files))
		for _, f := range p.Files {
			p.generated[p.Fset.File(f.FileStart)] = ast.IsGenerated(f)
		}
	}
	return p.generated[file]
}

// Know records what has been found out about an object, for [Result].
func (p *Pass) Know(obj types.Object, k Knowledge) {
	if p.known == nil {
		p.known = make(map[types.Object]Knowledge)
	}
	p.known[obj] = k
}
