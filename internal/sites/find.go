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
