package sites

import (
	"cmp"
	"fmt"
	"slices"
)

// Merge sums up profiles of one module. Sites are the same if place, type and hash are. What is
// said once for a profile is taken from the one that was recorded last.
func Merge(profiles ...*Profile) (*Profile, error) {
	if len(profiles) == 0 {
		return &Profile{Schema: Schema}, nil
	}
	sum := new(Profile)
	type key struct {
		pkg string
		Place
		typ      string
		atGrowth bool
	}
	sites := make(map[key]*Site)
	var order []key
	for i, p := range profiles {
		if p.Module != profiles[0].Module {
			return nil, fmt.Errorf("profiles of the modules %s and %s cannot be merged", profiles[0].Module, p.Module)
		}
		if i == 0 || p.Recorded.After(sum.Recorded) {
			sum.Go, sum.Arch, sum.Module, sum.Command, sum.Recorded = p.Go, p.Arch, p.Module, p.Command, p.Recorded
		}
		sum.Processes += p.Processes
		sum.Lost += p.Lost
		sum.Access = max(sum.Access, p.Access)
		for _, pkg := range p.Packages {
			for i := range pkg.Sites {
				s := &pkg.Sites[i]
				k := key{pkg.Path, s.Place, s.Type, s.AtGrowth}
				into := sites[k]
				if into == nil {
					into = &Site{Place: s.Place, Type: s.Type, Shape: s.Shape, AtGrowth: s.AtGrowth}
					sites[k] = into
					order = append(order, k)
				}
				into.Add(s)
			}
		}
	}
	packages := make(map[string]*Package)
	for _, k := range order {
		pkg := packages[k.pkg]
		if pkg == nil {
			pkg = &Package{Path: k.pkg}
			packages[k.pkg] = pkg
		}
		pkg.Sites = append(pkg.Sites, *sites[k])
	}
	for _, pkg := range packages {
		pkg.Fold()
		sum.Packages = append(sum.Packages, *pkg)
	}
	sum.Schema = Schema
	sum.Sort()
	return sum, nil
}

// Fold adds the sites whose type is not known, because nothing was ever put into their maps, to
// the one of the same expression whose type is, where there is one.
func (p *Package) Fold() {
	folded := make([]bool, len(p.Sites))
	for i := range p.Sites {
		s := &p.Sites[i]
		if s.Type != "" || s.Token < 0 {
			continue
		}
		var typed *Site
		for j := range p.Sites {
			if t := &p.Sites[j]; t.Place == s.Place && t.Type != "" && !t.AtGrowth {
				if folded[i] = typed == nil; typed != nil {
					break // generic code: nothing tells whose they are
				}
				typed = t
			}
		}
		if folded[i] {
			typed.Add(s)
		}
	}
	kept := p.Sites[:0]
	for i, s := range p.Sites {
		if !folded[i] {
			kept = append(kept, s)
		}
	}
	p.Sites = kept
}

// Add adds the numbers of another site.
func (s *Site) Add(t *Site) {
	s.Makes += t.Makes
	s.OnStack += t.OnStack
	s.Hints = s.Hints.Add(t.Hints)
	s.Slots = addClasses(s.Slots, t.Slots)
	s.Tracked += t.Tracked
	s.Peaks = s.Peaks.Add(t.Peaks)
	s.Finals = s.Finals.Add(t.Finals)
	s.Alive = s.Alive.Add(t.Alive)
	s.Growths += t.Growths
	s.Splits += t.Splits
	s.Prunes += t.Prunes
	s.Clears += t.Clears
	s.Recopied += t.Recopied
	s.RecopiedBytes += t.RecopiedBytes
	s.Tombstones += t.Tombstones
	s.Reads += t.Reads
	s.Writes += t.Writes
	for _, st := range t.Stacks {
		i := slices.IndexFunc(s.Stacks, func(have Stack) bool { return slices.Equal(have.Frames, st.Frames) })
		if i < 0 {
			s.Stacks = append(s.Stacks, st)
			continue
		}
		have := &s.Stacks[i]
		have.Makes += st.Makes
		have.Growths += st.Growths
		have.RecopiedBytes += st.RecopiedBytes
		have.WastedBytes += st.WastedBytes
	}
	slices.SortStableFunc(s.Stacks, func(a, b Stack) int { return cmp.Compare(b.Makes, a.Makes) })
}

func addClasses(a, b []Class) []Class {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(a, b Class) int { return cmp.Compare(a.Slots, b.Slots) })
	sum := all[:0]
	for _, c := range all {
		if n := len(sum); n > 0 && sum[n-1].Slots == c.Slots {
			sum[n-1].Maps += c.Maps
		} else if c.Maps > 0 {
			sum = append(sum, c)
		}
	}
	return sum
}
