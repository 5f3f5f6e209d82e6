// Package finding holds what a rule reported, with resolved positions: the
// form in which findings leave the go command and reach printers, baselines
// and fixes.
package finding

import (
	"cmp"
	"go/token"
	"reflect"
	"slices"

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

// Sort brings findings into the order in which they are read (by file and
// place) and removes repetitions: a file that belongs to several variants of
// a package is reported once.
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
	return slices.CompactFunc(list, func(a, b Finding) bool {
		a.Package = b.Package
		return reflect.DeepEqual(a, b)
	})
}

// ComparePos orders positions by file, line and column.
func ComparePos(a, b token.Position) int {
	return cmp.Or(
		cmp.Compare(a.Filename, b.Filename),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
	)
}
