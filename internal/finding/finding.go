// Package finding holds what a rule reported, with resolved positions: the
// form in which findings leave the go command and reach printers, baselines
// and fixes.
package finding

import (
	"cmp"
	"go/token"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/mapdiag/mapdiag/analyzers"
)

// A Finding is one report of a rule. File names are absolute.
type Finding struct {
	Rule    string
	Level   analyzers.Level
	Package string // import path of the package or external test package
	Pos     token.Position
	End     token.Position
	Message string
	Related []Related
	Fixes   []Fix // alternatives; the first is the preferred one
}

// Related is a further place that belongs to the evidence of a finding.
type Related struct {
	Pos     token.Position
	End     token.Position
	Message string
}

// A Fix is a change that is to be made as a whole or not at all.
type Fix struct {
	Message string
	Edits   []Edit
}

// An Edit replaces the bytes [Start, End) of a file.
type Edit struct {
	Filename string
	Start    int
	End      int
	New      string
}

// New converts what a rule reported about a package. The result is not ok where
// the diagnostic has no place.
func New(fset *token.FileSet, pkg string, d analysis.Diagnostic) (f Finding, ok bool) {
	if !d.Pos.IsValid() {
		return Finding{}, false
	}
	at := func(pos, end token.Pos) (token.Position, token.Position) {
		p := fset.PositionFor(pos, false)
		if !end.IsValid() {
			return p, p
		}
		return p, fset.PositionFor(end, false)
	}
	f = Finding{Package: pkg, Message: d.Message}
	f.Rule, f.Level = analyzers.ParseCategory(d.Category)
	f.Pos, f.End = at(d.Pos, d.End)
	for _, r := range d.Related {
		related := Related{Message: r.Message}
		related.Pos, related.End = at(r.Pos, r.End)
		f.Related = append(f.Related, related)
	}
	for _, x := range d.SuggestedFixes {
		fix := Fix{Message: x.Message}
		for _, e := range x.TextEdits {
			from, to := at(e.Pos, e.End)
			fix.Edits = append(fix.Edits, Edit{Filename: from.Filename, Start: from.Offset, End: to.Offset, New: string(e.NewText)})
		}
		f.Fixes = append(f.Fixes, fix)
	}
	return f, true
}

// Sort brings findings into the order in which they are read (by file and
// place) and takes together what the variants of a package, without and with
// its tests, say of the same place. The tests may be evidence against: the
// level is that of the variant that is least sure, and a fix stays if all
// variants offer it.
func Sort(list []Finding) []Finding {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(
			ComparePos(a.Pos, b.Pos),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Message, b.Message),
			ComparePos(a.End, b.End),
			cmp.Compare(a.Package, b.Package),
		)
	})
	var merged []Finding
	for _, f := range list {
		if n := len(merged); n > 0 && merged[n-1].same(f) {
			merged[n-1].merge(f)
			continue
		}
		merged = append(merged, f)
	}
	return merged
}

func (f *Finding) same(g Finding) bool {
	return f.Pos == g.Pos && f.End == g.End && f.Rule == g.Rule && f.Message == g.Message
}

func (f *Finding) merge(g Finding) {
	f.Level = max(f.Level, g.Level)
	f.Fixes = slices.DeleteFunc(slices.Clone(f.Fixes), func(x Fix) bool {
		return !slices.ContainsFunc(g.Fixes, func(y Fix) bool { return reflect.DeepEqual(x, y) })
	})
	for _, r := range g.Related {
		if !slices.Contains(f.Related, r) {
			f.Related = append(slices.Clip(f.Related), r) // the list may be somebody else's, too
		}
	}
}

// ComparePos orders positions by file, line and column.
func ComparePos(a, b token.Position) int {
	return cmp.Or(
		cmp.Compare(a.Filename, b.Filename),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
	)
}
