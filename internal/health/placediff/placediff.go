// Package placediff tells what has changed between two profiles of recorded runs, place by place,
// and what hints that were given in between have saved.
package placediff

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/mapdiag/mapdiag/internal/health/places"
	"github.com/mapdiag/mapdiag/internal/sites"
)

// A Diff is what has changed from one profile to another.
type Diff struct {
	Module string  `json:"module"`
	Before Side    `json:"before"`
	After  Side    `json:"after"`
	Hints  Hints   `json:"hints"`
	Places []Place `json:"places"` // those that differ: by how many bytes, then by name
	Same   int     `json:"same"`   // places that do not
}

// A Side is one of the profiles, and what its places come to.
type Side struct {
	Source    string       `json:"source"`
	Recorded  time.Time    `json:"recorded"`
	Go        string       `json:"go"`
	Arch      string       `json:"arch"`
	Processes int          `json:"processes"`
	Command   []string     `json:"command"`
	Total     places.Total `json:"total"`
}

// Hints are what the hints that differ have saved, all places taken together. Runs differ in how many maps they
// make, so that it is counted for each map, times the maps of the later run.
type Hints struct {
	Changed     int   `json:"changed"` // places
	Bytes       int64 `json:"bytes"`   // that these would have allocated with the hints of before
	SavedBytes  int64 `json:"savedBytes"`
	SavedAllocs int64 `json:"savedAllocs"`
	Predicted   int64 `json:"predictedBytes"` // of SavedBytes, by the profile of before; of the places for which it asked for a change
}

// Change says what has become of a place.
type Change string

const (
	Changed Change = "changed"
	New     Change = "new"
	Gone    Change = "gone"
)

// A Place is one place that differs. It stands where it is after, or was.
type Place struct {
	Package string `json:"package"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Decl    string `json:"decl"`
	Type    string `json:"type"`
	Own     bool   `json:"own"`
	Change  Change `json:"change"`

	// Edited says that the declaration was changed in between, and the place found again as the
	// n-th of its type there.
	Edited bool `json:"edited"`

	Makes         Count `json:"makes"`
	P95           Count `json:"p95"`
	Growths       Count `json:"growths"`
	RecopiedBytes Count `json:"recopiedBytes"`
	Bytes         Count `json:"bytes"` // allocated, by the size model
	Allocs        Count `json:"allocs"`
	WasteBytes    Count `json:"wasteBytes"`
	Asked         Count `json:"asked"` // the median of the hints given, 0 for none

	SavedBytes  int64 `json:"savedBytes"`  // as in Hints, where Asked differs
	SavedAllocs int64 `json:"savedAllocs"` // likewise
	Predicted   int64 `json:"predictedBytes"`

	where string
}

// Where names the place as [places.Place.Where] does.
func (p *Place) Where() string { return p.where }

// A Count is a number before and after; 0 where there was no place.
type Count struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// Delta returns the difference.
func (c Count) Delta() int64 { return c.After - c.Before }

// Of compares two profiles of one module; all says whether places of other modules are compared too.
func Of(before, after *sites.Profile, all bool) (Diff, error) {
	if before.Module != after.Module {
		return Diff{}, fmt.Errorf("profiles of two modules have nothing in common: %s and %s", places.Module(before), places.Module(after))
	}
	d := Diff{Module: after.Module, Before: side(before), After: side(after), Places: []Place{}}
	var was, is []places.Place
	for _, p := range pair(expressions(before), expressions(after)) {
		var old, now *places.Place
		if p.before != nil {
			old = new(places.New(before, p.before.pkg, p.before.site))
		}
		if p.after != nil {
			now = new(places.New(after, p.after.pkg, p.after.site))
		}
		c := compare(old, now)
		c.Edited = p.edited
		if !c.Own && !all {
			continue
		}
		if old != nil {
			was = append(was, *old)
		}
		if now != nil {
			is = append(is, *now)
		}
		if !c.differs() {
			d.Same++
			continue
		}
		d.Places = append(d.Places, c)
		d.Hints.add(&c)
	}
	d.Before.Total, d.After.Total = places.Sum(was), places.Sum(is)
	slices.SortFunc(d.Places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(distance(b.Bytes), distance(a.Bytes)), cmp.Compare(distance(b.RecopiedBytes), distance(a.RecopiedBytes)),
			cmp.Compare(a.Package, b.Package), cmp.Compare(a.where, b.where), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Change, b.Change))
	})
	return d, nil
}

func distance(c Count) int64 { return max(c.Delta(), -c.Delta()) }

func side(p *sites.Profile) Side {
	return Side{Recorded: p.Recorded, Go: p.Go, Arch: p.Arch, Processes: p.Processes, Command: p.Command}
}

// compare compares a place before and after, one of which may be nil.
func compare(was, is *places.Place) Place {
	c := Place{Change: Changed}
	shown := is
	switch {
	case was == nil:
		c.Change, was = New, new(places.Place)
	case is == nil:
		c.Change, shown, is = Gone, was, new(places.Place)
	}
	c.Package, c.File, c.Line, c.Decl, c.Type, c.Own, c.where = shown.Package, shown.File, shown.Line, shown.Decl, shown.Type, shown.Own, shown.Where()
	c.Makes = Count{clamp(was.Makes), clamp(is.Makes)}
	c.P95 = Count{was.P95, is.P95}
	c.Growths = Count{clamp(was.Growths), clamp(is.Growths)}
	c.RecopiedBytes = Count{clamp(was.RecopiedBytes), clamp(is.RecopiedBytes)}
	c.Bytes = Count{was.Bytes, is.Bytes}
	c.Allocs = Count{was.Allocs, is.Allocs}
	c.WasteBytes = Count{was.Waste, is.Waste}
	c.Asked = Count{was.Asked, is.Asked}
	if c.Change == Changed && c.Asked.Delta() != 0 && was.Makes > 0 {
		maps := float64(is.Makes) / float64(was.Makes)
		c.SavedBytes = int64(float64(was.Bytes)*maps) - is.Bytes
		c.SavedAllocs = int64(float64(was.Allocs)*maps) - is.Allocs
		c.Predicted = int64(float64(was.SavedBytes) * maps)
	}
	return c
}

func clamp(n uint64) int64 { return int64(min(n, 1<<62)) }

func (p *Place) differs() bool {
	return p.Change != Changed || p.Makes.Delta() != 0 || p.Growths.Delta() != 0 || p.RecopiedBytes.Delta() != 0 ||
		p.Bytes.Delta() != 0 || p.Asked.Delta() != 0
}

func (h *Hints) add(c *Place) {
	if c.Change != Changed || c.Asked.Delta() == 0 {
		return
	}
	h.Changed++
	h.Bytes += c.Bytes.After + c.SavedBytes
	h.SavedBytes += c.SavedBytes
	h.SavedAllocs += c.SavedAllocs
	h.Predicted += c.Predicted
}

// An expression is what makes maps of one type at one place. A profile may have several sites of it, of maps on
// the stack and on the heap: it is one for this.
type expression struct {
	pkg  string
	site *sites.Site
}

// expressions returns those of a profile in the order of packages, files, lines and tokens.
func expressions(p *sites.Profile) []expression {
	type key struct {
		pkg, typ string
		sites.Place
	}
	found := make(map[key][]*sites.Site)
	var order []key
	for i := range p.Packages {
		pkg := &p.Packages[i]
		for j := range pkg.Sites {
			s := &pkg.Sites[j]
			k := key{pkg.Path, s.Type, s.Place}
			if found[k] == nil {
				order = append(order, k)
			}
			found[k] = append(found[k], s)
		}
	}
	list := make([]expression, len(order))
	for i, k := range order {
		list[i] = expression{k.pkg, sites.Sum(found[k])}
	}
	return list
}

// A pairing is an expression before and after, one of which may be nil.
type pairing struct {
	before, after *expression
	edited        bool
}

// pair finds the expressions of one profile in the other: those in declarations that are as they were, then,
// of what is left, the n-th of its type in a declaration of the same name.
func pair(before, after []expression) []pairing {
	type exact struct {
		pkg, decl, hash, typ string
		token                int
	}
	type near struct{ pkg, decl, typ string }
	exactly := func(e *expression) exact {
		s := e.site
		return exact{e.pkg, s.Decl, s.Hash, s.Type, s.Token}
	}
	nearly := func(e *expression) near {
		decl := e.site.Decl
		if decl == "" { // the source could not be read: the best that there is
			decl = "file " + e.site.File
		}
		return near{e.pkg, decl, e.site.Type}
	}
	same := make(map[exact][]*expression)
	for i := range before {
		if s := before[i].site; s.Hash != "" && s.Token >= 0 {
			k := exactly(&before[i])
			same[k] = append(same[k], &before[i])
		}
	}
	list := make([]pairing, len(after))
	taken := make(map[*expression]bool)
	for i := range after {
		list[i].after = &after[i]
		if left := same[exactly(&after[i])]; len(left) > 0 {
			list[i].before, same[exactly(&after[i])] = left[0], left[1:]
			taken[left[0]] = true
		}
	}
	rest := make(map[near][]*expression)
	for i := range before {
		if e := &before[i]; !taken[e] {
			rest[nearly(e)] = append(rest[nearly(e)], e)
		}
	}
	for i := range list {
		p := &list[i]
		if p.before != nil {
			continue
		}
		if left := rest[nearly(p.after)]; len(left) > 0 {
			p.before, rest[nearly(p.after)] = left[0], left[1:]
			p.edited = p.before.site.Hash != p.after.site.Hash
			taken[left[0]] = true
		}
	}
	for i := range before {
		if e := &before[i]; !taken[e] {
			list = append(list, pairing{before: e})
		}
	}
	return list
}
