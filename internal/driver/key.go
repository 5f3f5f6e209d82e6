package driver

import (
	"crypto/sha256"
	"fmt"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// A moment answers questions about the units of a build for one state of the
// files. It belongs to one goroutine.
type moment struct {
	*Build
	files  Files
	keys   map[string]Hash
	source map[string]bool
	deps   map[string][]string
}

func (b *Build) at(files Files) *moment {
	return &moment{Build: b, files: files, keys: make(map[string]Hash), source: make(map[string]bool), deps: make(map[string][]string)}
}

// key identifies everything that the analysis of a unit depends on: the rules,
// its source and, by their keys, what it imports.
func (m *moment) key(u *Unit) Hash {
	if k, ok := m.keys[u.ID]; ok {
		return k
	}
	m.keys[u.ID] = Hash{} // imports have no cycles, but units of different loads may
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s %s %s %s\n", m.salt, u.ID, u.GoVersion, u.Module, u.Version)
	if !u.Local && u.export != "" {
		fmt.Fprintln(h, "export", u.export) // named by its content
	} else {
		src := m.sourceHash(u, m.files)
		h.Write(src[:])
		for _, id := range m.imports(u) {
			if d := m.Unit(id); d != nil {
				k := m.key(d)
				fmt.Fprintf(h, "%s %x\n", id, k)
			} else {
				fmt.Fprintln(h, id, "is missing")
			}
		}
	}
	k := Hash(h.Sum(nil))
	m.keys[u.ID] = k
	return k
}

// imports returns the IDs of what a unit imports at the moment: where its source
// has changed, the go command's list is out of date.
func (m *moment) imports(u *Unit) []string {
	if list, ok := m.deps[u.ID]; ok {
		return list
	}
	list := u.deps
	if u.Local && m.sourceHash(u, m.files) != u.listed {
		list = nil
		for _, name := range u.Files {
			for _, path := range m.importsOf(name) {
				if id := u.dep(path); path != "C" && !slices.Contains(list, id) {
					list = append(list, id)
				}
			}
		}
	}
	list = slices.Sorted(slices.Values(list))
	m.deps[u.ID] = list
	return list
}

// importsOf returns the import paths in a file, as far as it can be parsed.
func (m *moment) importsOf(name string) []string {
	hash, err := m.files.Hash(name)
	if err != nil {
		return nil
	}
	key := parseKey{name, hash}
	m.mu.Lock()
	list, ok := m.importLists[name]
	m.mu.Unlock()
	if ok && list.key == key {
		return list.paths
	}
	list = importList{key: key}
	if data, err := m.files.Read(name); err == nil {
		f, _ := parser.ParseFile(token.NewFileSet(), name, data, parser.ImportsOnly)
		if f != nil {
			for _, spec := range f.Imports {
				if path, err := strconv.Unquote(spec.Path.Value); err == nil {
					list.paths = append(list.paths, path)
				}
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.importLists[name] = list
	return list.paths
}

// importList is what a file imports in one version.
type importList struct {
	key   parseKey
	paths []string
}

// sourceHash returns a hash of the names and contents of a unit's files.
func (b *Build) sourceHash(u *Unit, files Files) Hash {
	h := sha256.New()
	for _, name := range u.Files {
		f, err := files.Hash(name)
		if err != nil {
			fmt.Fprintln(h, name, "cannot be read")
			continue
		}
		fmt.Fprintf(h, "%s %x\n", name, f)
	}
	return Hash(h.Sum(nil))
}

// fromSource reports whether a unit has to be checked from source where others
// import it: it has no export data, the data is of another source, or something
// that it imports has none.
func (m *moment) fromSource(u *Unit) bool {
	if s, ok := m.source[u.ID]; ok {
		return s
	}
	m.source[u.ID] = false
	s := u.variant() || u.export == "" && u.Path != "unsafe" && u.Path != "C" || u.Local && m.sourceHash(u, m.files) != m.madeFrom(u)
	for _, id := range m.imports(u) {
		if d := m.Unit(id); !s && d != nil {
			s = m.fromSource(d)
		}
	}
	m.source[u.ID] = s
	return s
}

// madeFrom returns the hash of the source that the export data of a unit, as
// read first, was compiled from.
func (m *moment) madeFrom(u *Unit) Hash {
	if h, ok := m.exports.source(u.Path); ok {
		return h
	}
	return u.made
}
