package driver

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/mapdiag/mapdiag/internal/sites"
)

// measured is a profile with a hash of each package's part.
type measured struct {
	profile *sites.Profile  // nil for none
	parts   map[string]Hash // by import path; never changed
}

// SetProfile gives the rules what was measured of the program, nil for nothing. The profile
// must not change any more. What is analysed from now on follows from it; of the results that
// there are, those stay in use of which it says what the one before said.
//
// It hashes all of the profile, so it is not for a goroutine that an editor waits for.
func (b *Build) SetProfile(p *sites.Profile) {
	m := measured{profile: p}
	if p != nil {
		m.parts = make(map[string]Hash, len(p.Packages))
		for i := range p.Packages {
			h := sha256.New()
			// What messages say of the profile as a whole belongs to each part.
			fmt.Fprintf(h, "%s %d\n", p.Recorded.Format("2006-01-02"), p.Access)
			_ = json.NewEncoder(h).Encode(&p.Packages[i]) // numbers and texts
			m.parts[p.Packages[i].Path] = Hash(h.Sum(nil))
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.measured = m
}

// resultKey identifies everything that a unit's result depends on: its source, what it
// imports, and what was measured of its package. Measurements of what it imports do not
// count, since no fact follows from them.
func (m *moment) resultKey(u *Unit) Hash {
	key := m.key(u)
	part, ok := m.measured.parts[u.Path]
	if !ok {
		return key
	}
	return sha256.Sum256(append(key[:], part[:]...))
}
