// Package directive reads the comments by which a user silences a rule:
//
//	//mapdiag:ignore sizehint the map stays almost empty
//	//nolint:sizehint // golangci-lint's form, with or without a reason
//
// on the line of the finding or as a comment of its own on the line above.
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
	Rules   []string // as written; for nolint only those that may be ours
	Reason  string
	NoLint  bool // golangci-lint's form, of which nothing is demanded
}

// All is the name that stands for every rule in golangci-lint's form.
const All = "all"

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
// as written in the file (not as moved by a line directive), or nil.
func (x *Index) Covering(rule string, at token.Position) *Ignore {
	for _, ig := range x.byLine[line{at.Filename, at.Line}] {
		if slices.Contains(ig.Rules, rule) || ig.NoLint && (slices.Contains(ig.Rules, All) || slices.Contains(ig.Rules, "mapdiag")) {
			return ig
		}
	}
	return nil
}

func collect(pass *analysis.Pass) *Index {
	x := &Index{byLine: make(map[line][]*Ignore)}
	for _, f := range pass.Files {
		var code map[int]bool // lines of f on which code ends; made when first needed
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
				covered := at.Line
				if !code[at.Line] {
					// A comment of its own covers the first line of code below
					// it, whatever other comment lines stand between.
					covered = pass.Fset.PositionFor(group.End(), false).Line + 1
				}
				x.byLine[line{at.Filename, covered}] = append(x.byLine[line{at.Filename, covered}], ig)
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

// parse returns the suppression that a comment holds, or nil.
func parse(c *ast.Comment) *Ignore {
	if rest, ok := strings.CutPrefix(c.Text, "//mapdiag:ignore"); ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
		rules, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
		ig := &Ignore{Comment: c, Reason: strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(reason), "//"))}
		if rules != "" {
			ig.Rules = strings.Split(rules, ",")
		}
		return ig
	}
	text, ok := strings.CutPrefix(c.Text, "//")
	if !ok {
		return nil
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "nolint")
	if !ok {
		return nil
	}
	ig := &Ignore{Comment: c, NoLint: true, Rules: []string{All}}
	names, reason, _ := strings.Cut(rest, "//")
	ig.Reason = strings.TrimSpace(reason)
	if names = strings.TrimSpace(names); names != "" {
		names, ok = strings.CutPrefix(names, ":")
		if !ok {
			return nil // such as "nolinting is bad"
		}
		ig.Rules = nil
		for name := range strings.SplitSeq(names, ",") {
			ig.Rules = append(ig.Rules, strings.TrimSpace(name))
		}
	}
	return ig
}
