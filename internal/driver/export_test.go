package driver

import "go/token"

// Stats says how much a build holds.
type Stats struct {
	Checked, Parsed int // packages and files
	Users           int // that have not released a package
	Bytes           int // of source that is checked
	Files           int // in the file set, those of export data included
	Results         int
	Generation      int // identity
}

var generations = make(map[*generation]int)

func (b *Build) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Stats{Checked: len(b.gen.checked), Parsed: len(b.gen.parsed), Results: len(b.results)}
	for _, c := range b.gen.checked {
		if c.pkg != nil {
			s.Users += c.pkg.users
			s.Bytes += c.pkg.bytes
		}
	}
	b.gen.fset.Iterate(func(*token.File) bool { s.Files++; return true })
	if generations[b.gen] == 0 {
		generations[b.gen] = len(generations) + 1
	}
	s.Generation = generations[b.gen]
	return s
}

const KeepBytes = keepBytes

// Shrink makes a cache remove what is too much.
func (c *Cache) Shrink() { c.shrink() }
