package session

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path/filepath"
	"slices"

	"github.com/mapdiag/mapdiag/internal/driver"
)

// A Document is the text of an open document in one version.
type Document struct {
	URI     string // as the client calls it
	Name    string // of the file, or made up for a document that has none
	Virtual bool   // there is no such file
	Version int32
	Content []byte // not to be changed

	hash   driver.Hash
	opened int // the first snapshot that had it; a document is changed by copies
}

// Hash returns the hash of the content.
func (d *Document) Hash() driver.Hash { return d.hash }

// HashText returns a text that is another one for another content.
func (d *Document) HashText() string { return hex.EncodeToString(d.hash[:12]) }

// A Snapshot is the state of the open documents at one moment, in front of what is
// on disk, and what was measured of the folders' maps. It implements [driver.Files].
type Snapshot struct {
	Seq  int // counts snapshots
	docs map[string]*Document
	disk *driver.Disk
	// profiles are those of the folders, by file; see [Session.Profile].
	profiles map[string]*Profile
}

// Document returns an open document by the name of its file, or nil.
func (s *Snapshot) Document(name string) *Document { return s.docs[name] }

// Documents returns the open documents in the order of their names.
func (s *Snapshot) Documents() []*Document {
	var list []*Document
	for _, name := range slices.Sorted(maps.Keys(s.docs)) {
		list = append(list, s.docs[name])
	}
	return list
}

// Hash implements [driver.Files].
func (s *Snapshot) Hash(name string) (driver.Hash, error) {
	if d := s.docs[name]; d != nil {
		return d.hash, nil
	}
	return s.disk.Hash(name)
}

// Read implements [driver.Files].
func (s *Snapshot) Read(name string) ([]byte, error) {
	if d := s.docs[name]; d != nil {
		return d.Content, nil
	}
	return s.disk.Read(name)
}

// opened tells one opening of a document from another; it is 0 for one that is
// closed.
func (s *Snapshot) opened(name string) int {
	if d := s.docs[name]; d != nil {
		return d.opened
	}
	return 0
}

// unsaved reports whether an open document in a folder differs from its file; the
// empty folder stands for all. Nothing depends on one that has no file.
func (s *Snapshot) unsaved(dir string) bool {
	for _, d := range s.docs {
		if d.Virtual || dir != "" && filepath.Dir(d.Name) != dir {
			continue
		}
		if hash, err := s.disk.Hash(d.Name); err != nil || hash != d.hash {
			return true
		}
	}
	return false
}

// with returns a snapshot in which a document has taken the place of another, or
// has gone if it is nil.
func (s *Snapshot) with(name string, d *Document) *Snapshot {
	next := &Snapshot{Seq: s.Seq + 1, docs: maps.Clone(s.docs), disk: s.disk, profiles: s.profiles}
	if d == nil {
		delete(next.docs, name)
		return next
	}
	if d.opened == 0 {
		d.opened = next.Seq
	}
	d.hash = sha256.Sum256(d.Content)
	next.docs[name] = d
	return next
}
