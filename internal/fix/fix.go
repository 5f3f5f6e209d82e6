// Package fix applies the fixes of findings to files.
package fix

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"

	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/internal/source"
)

// A Plan is what applying fixes would change.
type Plan struct {
	Files   []File
	Applied []bool // for each finding whether the plan holds its fix
	Clashes int    // fixes left out because they overlap others
	Broken  []error
}

// A File is a file before and after its fixes.
type File struct {
	Name   string
	Before []byte
	After  []byte
}

// Make plans the first fix of each of the findings for which it is wanted.
// Of fixes that overlap, the first is taken and the others are left for
// another run, which sees the changed code. A fix after which a file would
// no longer parse is left out and reported in Broken.
func Make(findings []finding.Finding, wanted func(finding.Finding) bool, files *source.Files) *Plan {
	out := make([]bool, len(findings)) // whether the fix is left out
	for i, f := range findings {
		out[i] = len(f.Fixes) == 0 || !wanted(f)
	}
	var broken []error
	for {
		p := &Plan{Applied: make([]bool, len(findings)), Broken: broken}
		accepted := make(map[string][]finding.Edit)
		for i, f := range findings {
			if out[i] {
				continue
			}
			fresh, ok := merge(accepted, f.Fixes[0].Edits)
			if !ok {
				p.Clashes++
				continue
			}
			p.Applied[i] = true
			for _, e := range fresh {
				accepted[e.Filename] = append(accepted[e.Filename], e)
			}
		}
		bad := p.rewrite(accepted, files)
		if bad == "" {
			return p
		}
		broken = p.Broken
		for i, f := range findings {
			if p.Applied[i] && touches(f.Fixes[0], bad) {
				out[i] = true // as a whole: it may change other files too
			}
		}
	}
}

func touches(x finding.Fix, filename string) bool {
	return slices.ContainsFunc(x.Edits, func(e finding.Edit) bool { return e.Filename == filename })
}

// rewrite makes the files of the plan. It returns the name of the first that
// the edits would break.
func (p *Plan) rewrite(edits map[string][]finding.Edit, files *source.Files) (bad string) {
	for _, name := range slices.Sorted(maps.Keys(edits)) {
		file, err := rewrite(name, edits[name], files)
		if err != nil {
			p.Broken = append(p.Broken, err)
			return name
		}
		p.Files = append(p.Files, file)
	}
	return ""
}

// Count returns how many fixes the plan holds.
func (p *Plan) Count() int {
	n := 0
	for _, a := range p.Applied {
		if a {
			n++
		}
	}
	return n
}

// merge returns the edits that are not yet accepted. An insertion of the
// same text at the same place, such as of an import, is shared by fixes; any
// other overlap is a clash.
func merge(accepted map[string][]finding.Edit, edits []finding.Edit) (fresh []finding.Edit, ok bool) {
	for _, e := range edits {
		shared := false
		for _, a := range accepted[e.Filename] {
			switch {
			case a == e:
				shared = true
			case overlap(a, e):
				return nil, false
			}
		}
		if !shared {
			fresh = append(fresh, e)
		}
	}
	return fresh, true
}

// overlap reports whether two edits of a file change the same bytes, or
// insert at the same point, where their order would be a guess.
func overlap(a, b finding.Edit) bool {
	if a.Start == b.Start {
		return true
	}
	return a.Start < b.End && b.Start < a.End
}

// rewrite applies edits that do not overlap. The result is formatted where
// the file was: nobody wants other lines of a file changed because of a fix.
func rewrite(name string, edits []finding.Edit, files *source.Files) (File, error) {
	src, err := files.Get(name)
	if err != nil {
		return File{}, err
	}
	slices.SortStableFunc(edits, func(a, b finding.Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		if e.Start < at || e.End < e.Start || e.End > len(src.Data) {
			return File{}, fmt.Errorf("%s: a fix lies outside of the file; it is not fixed", name)
		}
		out.Write(src.Data[at:e.Start])
		out.WriteString(e.New)
		at = e.End
	}
	out.Write(src.Data[at:])
	after := out.Bytes()
	if _, err := parser.ParseFile(token.NewFileSet(), name, after, parser.SkipObjectResolution); err != nil {
		return File{}, fmt.Errorf("%s: the fixed file would not parse; it is not fixed (please report this): %w", name, err)
	}
	if clean, err := format.Source(src.Data); err == nil && bytes.Equal(clean, src.Data) {
		if formatted, err := format.Source(after); err == nil {
			after = formatted
		}
	}
	return File{Name: name, Before: src.Data, After: after}, nil
}
