// Package places tells what a profile says of each place that makes maps: its figures, and what
// follows from them.
package places

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/internal/sites"
)

// A Place is a site of a profile with what follows from its numbers. Bytes and allocations are those of the
// size model, over all maps that were made; what was counted is said to be.
type Place struct {
	Package  string `json:"package"` // import path
	File     string `json:"file"`    // below the main module with slashes, absolute elsewhere
	Line     int    `json:"line"`
	Decl     string `json:"decl"` // the top-level declaration around it; empty where the source could not be read
	Type     string `json:"type"` // of the map
	Own      bool   `json:"own"`  // it belongs to the main module
	AtGrowth bool   `json:"atGrowth"`

	Makes uint64 `json:"makes"` // counted
	Asked int64  `json:"asked"` // the median of the hints given; 0 where most makes gave none

	P50   int64 `json:"p50"` // of the largest number of entries that maps had at a time
	P95   int64 `json:"p95"`
	Max   int64 `json:"max"`
	Exact bool  `json:"exact"` // sizes are those of a sample of the maps, not bounds by their slots

	Growths       uint64 `json:"growths"`       // counted
	Recopied      uint64 `json:"recopied"`      // entries copied again by growths, counted
	RecopiedBytes uint64 `json:"recopiedBytes"` // the slots that those took
	Tombstones    uint64 `json:"tombstones"`    // dropped by growths, counted

	Bytes  int64 `json:"bytes"` // allocated
	Allocs int64 `json:"allocs"`
	Waste  int64 `json:"wasteBytes"` // of them, not allocated by maps made with room for their entries

	Verdict     Verdict `json:"verdict"`
	Hint        int     `json:"hint"` // to be asked for, 0 for none; where the verdict asks for a change
	Why         string  `json:"why"`
	SavedBytes  int64   `json:"savedBytes"` // by the change
	SavedAllocs int64   `json:"savedAllocs"`

	Sizes  sites.Histogram `json:"sizes"`            // maps by their largest number of entries: fewest, most, maps
	Stacks []sites.Stack   `json:"stacks,omitempty"` // who made them
}

// A Verdict is what to do about the hint, in a word.
type Verdict string

// words are the verdicts of package sites.
var words = map[sites.Verdict]Verdict{
	sites.Unknown: "unknown", sites.Small: "small", sites.Right: "right", sites.Varied: "varied",
	sites.Add: "add", sites.TooSmall: "raise", sites.TooLarge: "lower",
}

// Change reports whether the verdict asks for a change.
func (v Verdict) Change() bool { return v == "add" || v == "raise" || v == "lower" }

// TypeName returns the type of the maps. The runtime is not told the type of a small map until
// something is put into it.
func (p *Place) TypeName() string { return cmp.Or(p.Type, "(never filled)") }

// Of returns the places of a profile, in its order.
func Of(p *sites.Profile) []Place {
	list := []Place{}
	for i := range p.Packages {
		pkg := &p.Packages[i]
		for j := range pkg.Sites {
			list = append(list, New(p, pkg.Path, &pkg.Sites[j]))
		}
	}
	return list
}

// New returns the place of a site of a profile, in the package of the given path.
func New(p *sites.Profile, pkg string, s *sites.Site) Place {
	a := s.Advise()
	sizes, _ := s.Sizes()
	return Place{
		Package: pkg, File: s.File, Line: s.Line, Decl: s.Decl, Type: s.Type, Own: own(p, pkg, s), AtGrowth: s.AtGrowth,
		Makes: s.Makes, Asked: asked(s), P50: a.P50, P95: a.P95, Max: sizes.Max(), Exact: a.Exact,
		Growths: s.Growths, Recopied: s.Recopied, RecopiedBytes: s.RecopiedBytes, Tombstones: s.Tombstones,
		Bytes: a.Now.Bytes, Allocs: a.Now.Allocs, Waste: s.Waste(),
		Verdict: words[a.Verdict], Hint: a.Hint, Why: a.Why, SavedBytes: a.Saved(), SavedAllocs: a.Now.Allocs - a.Then.Allocs,
		Sizes: append(sites.Histogram{}, sizes...), Stacks: s.Stacks,
	}
}

// own reports whether a site belongs to the main module. The standard library as main module
// has no prefix in its import paths, vendored packages lie below the module.
func own(p *sites.Profile, pkg string, s *sites.Site) bool {
	if pkg == p.Module || strings.HasPrefix(pkg, p.Module+"/") {
		return true
	}
	return s.File != "" && !path.IsAbs(s.File) && !strings.HasPrefix(s.File, "vendor/")
}

func asked(s *sites.Site) int64 {
	if 2*s.Hints.Count() <= s.Makes {
		return 0
	}
	return s.Hints.Quantile(0.5)
}

// Where names the place as short as it is clear: the file and line, with the import path for a file elsewhere.
func (p *Place) Where() string {
	switch {
	case p.File == "":
		return p.Name()
	case path.IsAbs(p.File) || strings.Contains(p.File, `:\`):
		base := p.File[strings.LastIndexAny(p.File, `/\`)+1:]
		return fmt.Sprintf("%s:%d", path.Join(p.Package, base), p.Line)
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Name is the declaration around the place, with its package: a function, a method or variables.
func (p *Place) Name() string {
	name := cmp.Or(strings.TrimPrefix(p.Decl, "var "), "?")
	if p.Package == "" {
		return name
	}
	return p.Package + "." + name
}

// Do says what to do about the hint, in a few words; a word for nothing.
func (p *Place) Do() string {
	switch {
	case p.Verdict == "add":
		return fmt.Sprintf("add %d", p.Hint)
	case p.Verdict.Change() && p.Hint == 0:
		return "drop it"
	case p.Verdict.Change():
		return fmt.Sprintf("%s to %d", p.Verdict, p.Hint)
	case p.Verdict == "unknown":
		return "-"
	}
	return string(p.Verdict)
}

// A Total is what places come to.
type Total struct {
	Places        int    `json:"places"`
	Makes         uint64 `json:"makes"`
	Growths       uint64 `json:"growths"`
	RecopiedBytes uint64 `json:"recopiedBytes"`
	Bytes         int64  `json:"bytes"`
	Allocs        int64  `json:"allocs"`
	WasteBytes    int64  `json:"wasteBytes"`

	Worth       int   `json:"worth"` // places worth changing
	SavedBytes  int64 `json:"savedBytes"`
	SavedAllocs int64 `json:"savedAllocs"`
}

// Sum adds places up.
func Sum(list []Place) (t Total) {
	for i := range list {
		p := &list[i]
		t.Places++
		t.Makes += p.Makes
		t.Growths += p.Growths
		t.RecopiedBytes += p.RecopiedBytes
		t.Bytes += p.Bytes
		t.Allocs += p.Allocs
		t.WasteBytes += p.Waste
		if p.Verdict.Change() {
			t.Worth++
			t.SavedBytes += p.SavedBytes
			t.SavedAllocs += p.SavedAllocs
		}
	}
	return t
}

// A key is an order of places.
type key struct {
	name string
	of   func(*Place) float64
}

var keys = []key{
	{"waste", func(p *Place) float64 { return float64(p.Waste) }},
	{"saving", func(p *Place) float64 { return float64(p.SavedBytes) }},
	{"makes", func(p *Place) float64 { return float64(p.Makes) }},
	{"growths", func(p *Place) float64 { return float64(p.Growths) }},
	{"recopied", func(p *Place) float64 { return float64(p.RecopiedBytes) }},
	{"bytes", func(p *Place) float64 { return float64(p.Bytes) }},
	{"p50", func(p *Place) float64 { return float64(p.P50) }},
	{"p95", func(p *Place) float64 { return float64(p.P95) }},
	{"max", func(p *Place) float64 { return float64(p.Max) }},
	{"tombstones", func(p *Place) float64 { return float64(p.Tombstones) }},
}

// Keys are the names of what places are ordered by, with "where" for their names.
func Keys() []string {
	names := make([]string, 0, len(keys)+1)
	for _, k := range keys {
		names = append(names, k.name)
	}
	return append(names, "where")
}

// Sort orders places, those with most of what key names first, then those that waste most, then by package, file and
// line.
func Sort(list []Place, by string) error {
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == by })
	if i < 0 && by != "where" {
		return fmt.Errorf("cannot sort by %q: want %s", by, strings.Join(Keys(), ", "))
	}
	slices.SortStableFunc(list, func(a, b Place) int {
		if i >= 0 {
			if c := cmp.Or(cmp.Compare(keys[i].of(&b), keys[i].of(&a)), cmp.Compare(b.Waste, a.Waste)); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Type, b.Type))
	})
	return nil
}

// Own returns the places of the main module, and those of others.
func Own(list []Place) (own, others []Place) {
	for _, p := range list {
		if p.Own {
			own = append(own, p)
		} else {
			others = append(others, p)
		}
	}
	return own, others
}

// PerMap returns the bytes that one map of the place allocates.
func (p *Place) PerMap() float64 {
	if p.Makes == 0 {
		return 0
	}
	return float64(p.Bytes) / float64(p.Makes)
}
