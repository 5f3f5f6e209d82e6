package driver

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"slices"
	"strconv"
)

// A moment answers questions about the units of a build for one state of the
// files. It looks at the hash of each file once: what comes of a moment belongs
// to one state of the program or is an error. It belongs to one goroutine.
type moment struct {
	*Build
	files Files
	units map[string]*Unit // of the build when the moment began; never changed
	gen   *generation
	// measured is what rules know of the program's runs: results follow from it, keys do not.
	measured measured

	hashes map[string]fileHash
	keys   map[*Unit]Hash
	deps   map[*Unit][]string
	cycles components
	source map[*Unit]bool
	err    error // why what follows from the moment is not to be used
}

type fileHash struct {
	hash Hash
	err  error
}

func (b *Build) at(files Files) *moment {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.momentOf(files, b.units, b.gen)
	m.measured = b.measured
	return m
}

func (b *Build) momentOf(files Files, units map[string]*Unit, gen *generation) *moment {
	m := &moment{
		Build: b, files: files, units: units, gen: gen,
		hashes: make(map[string]fileHash),
		keys:   make(map[*Unit]Hash),
		deps:   make(map[*Unit][]string),
		source: make(map[*Unit]bool),
	}
	m.cycles = components{next: m.edges, seen: make(map[*Unit]*visited)}
	return m
}

// errChanged says that a file has changed between two looks at it.
var errChanged = errors.New("a file has changed meanwhile")

// Changed reports whether an error says that a file has changed while it was
// looked at: the caller tries again with what is there now.
func Changed(err error) bool { return errors.Is(err, errChanged) }

// hash returns the hash of a file at the moment.
func (m *moment) hash(name string) (Hash, error) {
	f, ok := m.hashes[name]
	if !ok {
		f.hash, f.err = m.files.Hash(name)
		m.hashes[name] = f
	}
	return f.hash, f.err
}

// readFile returns the content of a file, which has to have a hash. It may be
// used by several goroutines.
func (b *Build) readFile(files Files, name string, want Hash) ([]byte, error) {
	data, err := files.Read(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && hashOf(data) != want {
		return nil, fmt.Errorf("%s: %w", name, errChanged)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return data, nil
}

// read returns the content of a file at the moment.
func (m *moment) read(name string) ([]byte, error) {
	hash, err := m.hash(name)
	if err != nil {
		return nil, err
	}
	data, err := m.readFile(m.files, name, hash)
	if err != nil {
		m.err = err
	}
	return data, err
}

// key identifies everything that the analysis of a unit depends on: the rules,
// its source and, by their keys, what it imports.
func (m *moment) key(u *Unit) Hash {
	if k, ok := m.keys[u]; ok {
		return k
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%q %q %q %q\n", m.salt, u.ID, u.GoVersion, u.Module, u.Version)
	if !u.editable && u.export != "" {
		fmt.Fprintln(h, "export", u.export) // named by its content
	} else {
		src := m.sourceHash(u)
		h.Write(src[:])
		for _, name := range u.Ignored {
			m.hashFile(h, name)
		}
		for _, id := range m.imports(u) {
			switch d := m.units[id]; {
			case d == nil:
				fmt.Fprintf(h, "%q is missing\n", id)
			case m.cyclic(u, d):
				fmt.Fprintf(h, "%q leads back\n", id)
			default:
				fmt.Fprintf(h, "%q %x\n", id, m.key(d))
			}
		}
	}
	k := Hash(h.Sum(nil))
	m.keys[u] = k
	return k
}

// sourceHash returns a hash of the names and contents of a unit's files.
func (m *moment) sourceHash(u *Unit) Hash {
	h := sha256.New()
	for _, name := range u.Files {
		m.hashFile(h, name)
	}
	return Hash(h.Sum(nil))
}

func (m *moment) hashFile(w interface{ Write([]byte) (int, error) }, name string) {
	if f, err := m.hash(name); err != nil {
		fmt.Fprintf(w, "%q cannot be read\n", name)
	} else {
		fmt.Fprintf(w, "%q %x\n", name, f)
	}
}

// imports returns the IDs of what a unit imports at the moment: where its source
// has changed, the go command's list is out of date.
func (m *moment) imports(u *Unit) []string {
	if list, ok := m.deps[u]; ok {
		return list
	}
	list := slices.Clone(u.deps)
	if u.editable && m.sourceHash(u) != u.listed {
		list = nil
		for _, name := range u.Files {
			for _, path := range m.importsOf(name) {
				list = append(list, m.dep(u, path))
			}
		}
	}
	list = slices.DeleteFunc(list, func(id string) bool { return id == "C" || id == "unsafe" })
	slices.Sort(list)
	list = slices.Compact(list)
	m.deps[u] = list
	return list
}

// dep returns the ID of what an import in a unit's source means. Something that
// the go command has not seen there is the variant for the same tests, if there
// is one.
func (m *moment) dep(u *Unit, path string) string {
	if id, ok := u.idOf[path]; ok {
		return id
	}
	if u.variant() && !slices.Contains(u.deps, path) {
		if id := path + " [" + u.ForTest + ".test]"; m.units[id] != nil {
			return id
		}
	}
	return path
}

// importsOf returns the import paths in a file, as far as it can be parsed.
func (m *moment) importsOf(name string) []string {
	hash, err := m.hash(name)
	if err != nil {
		return nil
	}
	m.mu.Lock()
	list, ok := m.importLists[name]
	m.mu.Unlock()
	if ok && list.hash == hash {
		return list.paths
	}
	data, err := m.read(name)
	if err != nil {
		return nil
	}
	list = importList{hash: hash}
	f, _ := parser.ParseFile(token.NewFileSet(), name, data, parser.ImportsOnly|parser.SkipObjectResolution)
	if f != nil {
		for _, spec := range f.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				list.paths = append(list.paths, path)
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
	hash  Hash
	paths []string
}

// importsFirst returns a unit and what it imports, imports first.
func (m *moment) importsFirst(u *Unit) []*Unit {
	var list []*Unit
	seen := make(map[*Unit]bool)
	var visit func(u *Unit)
	visit = func(u *Unit) {
		seen[u] = true
		for _, id := range m.imports(u) {
			if d := m.units[id]; d != nil && !seen[d] && !m.cyclic(u, d) {
				visit(d)
			}
		}
		list = append(list, u)
	}
	visit(u)
	return list
}
