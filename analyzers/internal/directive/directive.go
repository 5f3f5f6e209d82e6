// Package directive reads the comments by which a user silences a rule:
//
//	//mapdiag:ignore sizehint the map stays almost empty
//	//nolint:sizehint // golangci-lint's form, with or without a reason
//
// beside the finding or as a comment of its own on the line above. As in
// golangci-lint, a nolint comment of its own covers all of the statement or
// declaration below it; a mapdiag:ignore covers one line, so that it does not
// outgrow its reason.
package directive

import (
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Analyzer collects the suppressions of a package as an [*Index].
var Analyzer = &analysis.Analyzer{
	Name:       "directive",
	Doc:        "collect the comments that suppress findings",
	Run:        func(pass *analysis.Pass) (any, error) { return collect(pass), nil },
	ResultType: reflect.TypeFor[*Index](),
}

// An Ignore is one suppressing comment.
type Ignore struct {
	Comment *ast.Comment
	Rules   []string // as written, of nolint in lower case
	Reason  string
	NoLint  bool // golangci-lint's form, of which nothing is demanded
}

// Names that stand for every rule in golangci-lint's form.
const (
	All    = "all"
	Linter = "mapdiag" // what the plug-in for golangci-lint is called there
)

// Judge is the rule that judges suppressions. A mapdiag:ignore does not
// silence it, or one beside code would silence what is said about itself.
const Judge = "suppression"

type line struct {
	file string
	line int
}

// An Index answers which suppression covers a place.
type Index struct {
	Ignores []*Ignore // in source order
	byLine  map[line][]*Ignore
}

// Covering returns the suppression of the named rule that covers a position
// as written in the file (not as moved by a line directive), or nil. Of
// several it returns the one that speaks most clearly of the rule, since the
// others are not needed.
func (x *Index) Covering(rule string, at token.Position) *Ignore {
	var best *Ignore
	for _, ig := range x.byLine[line{at.Filename, at.Line}] {
		if ig.covers(rule) && (best == nil || ig.clarity(rule) > best.clarity(rule)) {
			best = ig
		}
	}
	return best
}

func (ig *Ignore) covers(rule string) bool {
	if rule == Judge && !ig.NoLint {
		return false
	}
	return ig.Names(rule) || ig.NoLint && (slices.Contains(ig.Rules, All) || slices.Contains(ig.Rules, Linter))
}

// Names reports whether the comment names the rule itself.
func (ig *Ignore) Names(rule string) bool { return slices.Contains(ig.Rules, rule) }

func (ig *Ignore) clarity(rule string) int {
	switch {
	case !ig.NoLint:
		return 2
	case ig.Names(rule):
		return 1
	}
	return 0
}

func collect(pass *analysis.Pass) *Index {
	x := &Index{byLine: make(map[line][]*Ignore)}
	for _, f := range pass.Files {
		var code map[int]bool // lines of f on which code stands; made when first needed
		for _, group := range f.Comments {
			for _, c := range group.List {
				ig := parse(c)
				if ig == nil {
					continue
				}
				if code == nil {
					code = codeLines(pass.Fset, f)
				}
				at := pass.Fset.PositionFor(c.Pos(), false)
				x.Ignores = append(x.Ignores, ig)
				first, last := at.Line, at.Line
				if !code[at.Line] {
					// A comment of its own covers the first line of code below
					// it, whatever other comment lines stand between.
					first = pass.Fset.PositionFor(group.End(), false).Line + 1
					last = first
					if ig.NoLint {
						last = lastLine(pass.Fset, f, first, pass.Fset.PositionFor(group.Pos(), false).Column)
					}
				}
				for l := first; l <= last; l++ {
					x.byLine[line{at.Filename, l}] = append(x.byLine[line{at.Filename, l}], ig)
				}
			}
		}
	}
	return x
}

// codeLines returns the lines on which a node of the file begins or ends: a
// comment on such a line stands beside code.
func codeLines(fset *token.FileSet, f *ast.File) map[int]bool {
	lines := make(map[int]bool)
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.File, *ast.Comment, *ast.CommentGroup:
			return true
		}
		lines[fset.PositionFor(n.Pos(), false).Line] = true
		lines[fset.PositionFor(n.End(), false).Line] = true
		return true
	})
	return lines
}

// lastLine returns the last line of what begins at the given line and
// column, or that line.
func lastLine(fset *token.FileSet, f *ast.File, line, column int) int {
	last := line
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return true
		}
		if at := fset.PositionFor(n.Pos(), false); at.Line == line && at.Column == column {
			last = max(last, fset.PositionFor(n.End(), false).Line)
		}
		return true
	})
	return last
}

// parse returns the suppression that a comment holds, or nil.
func parse(c *ast.Comment) *Ignore {
	text, ok := strings.CutPrefix(c.Text, "//")
	if !ok {
		return nil
	}
	if rest, ok := strings.CutPrefix(text, "mapdiag:ignore"); ok && (rest == "" || strings.ContainsAny(rest[:1], blank)) {
		ig := &Ignore{Comment: c}
		ig.Rules, rest = names(rest)
		ig.Reason = strings.Trim(strings.TrimPrefix(rest, "//"), blank)
		return ig
	}
	// What counts as such a comment, and what as one about all linters, is
	// as in golangci-lint.
	rest, ok := strings.CutPrefix(strings.TrimLeft(text, "/ "), "nolint")
	if !ok || rest != "" && !strings.ContainsAny(rest[:1], ": ") {
		return nil
	}
	ig := &Ignore{Comment: c, NoLint: true}
	linters, reason, _ := strings.Cut(rest, "//")
	ig.Reason = strings.Trim(reason, blank)
	linters, ok = strings.CutPrefix(linters, ":")
	if !ok {
		ig.Rules = []string{All}
		return ig
	}
	for name := range strings.SplitSeq(linters, ",") {
		ig.Rules = append(ig.Rules, strings.ToLower(strings.Trim(name, blank)))
	}
	return ig
}

const blank = " \t"

// names splits off the rules at the beginning of a mapdiag:ignore, which
// commas separate, with blanks or without.
func names(text string) (rules []string, rest string) {
	for {
		text = strings.TrimLeft(text, blank)
		i := strings.IndexAny(text, blank+",")
		if strings.HasPrefix(text, "//") {
			i = 0 // a reason without a rule
		} else if i < 0 {
			i = len(text)
		}
		if i > 0 {
			rules = append(rules, text[:i])
		}
		text = strings.TrimLeft(text[i:], blank)
		if !strings.HasPrefix(text, ",") {
			return rules, text
		}
		text = text[1:]
	}
}
