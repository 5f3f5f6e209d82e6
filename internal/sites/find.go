package sites

import "go/token"

// At returns the sites at the expression that begins at pos in a declaration that is as it was
// when they were measured: one, or several types of one generic expression.
func (p *Package) At(d *Decl, pos token.Pos) []*Site {
	i := d.Token(pos)
	if p == nil || i < 0 {
		return nil
	}
	var found []*Site
	for j := range p.Sites {
		if s := &p.Sites[j]; s.Token == i && s.Decl == d.Name && s.Hash == d.Hash {
			found = append(found, s)
		}
	}
	return found
}

// Stale returns the sites of a declaration that was changed since they were measured, by the
// type that the map had, in source order. It is empty for one that is as it was.
func (p *Package) Stale(d *Decl) map[string][]*Site {
	if p == nil {
		return nil
	}
	var found map[string][]*Site
	for j := range p.Sites {
		s := &p.Sites[j]
		if s.Decl != d.Name {
			continue
		}
		if s.Hash == d.Hash {
			return nil
		}
		if found == nil {
			found = make(map[string][]*Site)
		}
		found[s.Type] = append(found[s.Type], s)
	}
	return found
}

// Sum takes sites of one expression together: instances of generic code, or maps that begin on
// the stack in one caller and on the heap in another. What differs between them, it has from the
// one with the most makes. It returns nil for no sites, and the site itself for one.
func Sum(sites []*Site) *Site {
	if len(sites) < 2 {
		if len(sites) == 1 {
			return sites[0]
		}
		return nil
	}
	most := sites[0]
	for _, s := range sites {
		if most.Type == "" || s.Type != "" && s.Makes > most.Makes {
			most = s
		}
	}
	sum := &Site{Place: most.Place, Type: most.Type, Shape: most.Shape}
	for _, s := range sites {
		sum.Add(s)
		sum.AtGrowth = sum.AtGrowth || s.AtGrowth
	}
	return sum
}

// Agree returns the sum of sites of one expression and what is to be done about its hint. One
// hint serves all of them: where a site asks for something else than the sum does, or would
// lose by it, the verdict is Unknown. Sites that decide nothing do not count.
func Agree(list []*Site) (*Site, Advice) {
	sum := Sum(list)
	if sum == nil {
		return nil, Advice{Why: "nothing was measured"}
	}
	a := sum.Advise()
	if len(list) == 1 {
		return sum, a
	}
	for _, s := range list {
		if v := s.Advise().Verdict; v != a.Verdict && v != Unknown {
			a.Verdict, a.Hint, a.Then, a.Why = Unknown, 0, a.Now, "the types of this generic code differ"
		}
	}
	return sum, a
}
