// Package patch changes a few files of Go's standard library so that programs built with them
// record what becomes of their maps. Nothing of Go's is kept here: a patch is a list of places
// and of what is added to them, and applies only to files whose sums are known. They stand in known.go,
// which go run ./internal/sums writes anew when Go has a new release.
package patch

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Config is what is decided when a program is built.
type Config struct {
	Depth  int // physical frames that tell one make from another
	First  int // so many maps of each site are tracked
	Every  int // of the others, one of so many
	Access int // one of so many look-ups and inserts is counted; 0 for none
}

// Default is what is used where nothing else is asked for.
var Default = Config{Depth: 8, First: 32, Every: 128}

// MaxDepth is the greatest depth that a Config may have.
const MaxDepth = 32

// A Result holds, by the path of a package, the files that stand in for others of its own (by
// base name), and those that are added.
type Result map[string]*Package

// A Package is what changes in one package.
type Package struct {
	Replaced map[string][]byte
	Added    map[string][]byte
}

// The packages that are changed.
const (
	Runtime = "runtime"
	Maps    = "internal/runtime/maps"
)

var (
	//go:embed added/runtime.go.txt
	addedRuntime string
	//go:embed added/maps.go.txt
	addedMaps string
)

// addedName is the name of the file that is added to each package.
const addedName = "mapdiag.go"

// An edit adds code to a line, so that all lines keep their numbers: they show in tracebacks.
type edit struct {
	at   string // occurs once in the file
	add  string // is added before at, or after it
	more bool   // after
	lack bool   // at may be missing: not all versions have what it is about
}

// A file is one of Go's that is changed. It has different names in different versions; the first
// of them that is there is the one.
type file struct {
	pkg    string
	names  []string
	edits  []edit
	access bool // changed where look-ups and inserts are counted, and only there
}

var files = []file{
	{pkg: Maps, names: []string{"map.go"}, edits: []edit{
		// In what is padding otherwise.
		{at: "\tclearSeq uint64\n}", add: "\tmapdiag uint32;"},
		{at: "\tgrp := newGroups(typ, 1)\n", add: "\tif m.mapdiag != 0 { mapdiagFilled(typ, m) };"},
		{at: "\ttab := newTable(typ, 2*abi.", add: "\tmapdiagTable(typ, m);"},
		{at: "\tif m.dirLen == 0 {\n\t\tm.deleteSmall(typ, hash, key)", add: "\tif int32(m.mapdiag) < 0 { mapdiagPeak(m) };"},
		{at: "\tif m.dirLen == 0 {\n\t\tm.clearSmall(typ)", add: "\tif m.mapdiag != 0 { mapdiagCleared(m) };"},
	}},
	{pkg: Maps, names: []string{"table.go"}, edits: []edit{
		{at: "\tnewCapacity := 2 * t.capacity\n", add: "\tmapdiagRehash(typ, m, t);"},
		{at: "\t\treturn // don't bother removing tombstones. Caller will grow instead.\n\t}", add: "; if m.mapdiag != 0 { mapdiagPruned(m) }", more: true, lack: true},
	}},
	{pkg: Runtime, names: []string{"map_swiss.go", "map.go"}, edits: []edit{
		{at: "\treturn maps.NewEmptyMap()\n", add: "\tif mapdiagOn { m := maps.NewEmptyMap(); mapdiagMade(nil, m, -1, false, getfp()); return m };"},
		{at: "\treturn maps.NewMap(t, uintptr(hint), m, maxAlloc)\n", add: "\tif mapdiagOn { h := maps.NewMap(t, uintptr(hint), m, maxAlloc); mapdiagMade(t, h, hint, m != nil, getfp()); return h };"},
		{at: "\tmap_ = map_.Clone(typ)", add: "; if mapdiagOn { mapdiagMade(typ, map_, -1, false, getfp()) }", more: true, lack: true},
		// Go 1.24 clones by inserting: makemap becomes mapdiagClone_makemap.
		{at: "makemap(t, int(src.Used()), nil)", add: "mapdiagClone_", lack: true},
	}},
	{pkg: Runtime, names: []string{"mheap.go"}, edits: []edit{
		{at: "func freeSpecial(s *special, p unsafe.Pointer, size uintptr) {", add: " if (s.kind == mapdiagKind || mapdiagMuted) && mapdiagFreed(s, p) { return }", more: true},
	}},
	{pkg: Maps, names: []string{"runtime_swiss.go", "runtime.go"}, access: true},
	{pkg: Maps, names: []string{"runtime_fast32_swiss.go", "runtime_fast32.go"}, access: true},
	{pkg: Maps, names: []string{"runtime_fast64_swiss.go", "runtime_fast64.go"}, access: true},
	{pkg: Maps, names: []string{"runtime_faststr_swiss.go", "runtime_faststr.go"}, access: true},
}

// An Error says why a toolchain cannot be patched.
type Error struct {
	Go   string // version
	File string // below GOROOT; empty where it is not about a file
	Why  string
}

func (e *Error) Error() string {
	if e.File == "" {
		return fmt.Sprintf("cannot record programs built by %s: %s", e.Go, e.Why)
	}
	return fmt.Sprintf("cannot record programs built by %s: %s %s", e.Go, e.File, e.Why)
}

// Supported are the minor versions of Go that can be patched.
var Supported = []string{"go1.24", "go1.25", "go1.26", "go1.27"}

// Apply reads the files concerned of a toolchain and returns them changed. The version is what
// its go env GOVERSION says. An *Error tells that it is one that is not known.
func Apply(goroot, goversion string, c Config) (Result, error) {
	if c.Depth < 1 || c.Depth > MaxDepth || c.First < 0 || c.Every < 1 || c.Access < 0 {
		return nil, fmt.Errorf("recorder: depth %d, first %d, every %d, access %d: depth is 1 to %d, every at least 1, and none below 0", c.Depth, c.First, c.Every, c.Access, MaxDepth)
	}
	minor := version.Lang(goversion)
	if !slices.Contains(Supported, minor) {
		return nil, &Error{Go: goversion, Why: "its maps are not known; use one of " + strings.Join(Supported, ", ") + ", for example with GOTOOLCHAIN=" + newest(Supported[len(Supported)-1])}
	}
	result := Result{
		Runtime: {Replaced: map[string][]byte{}},
		Maps:    {Replaced: map[string][]byte{}},
	}
	for _, f := range files {
		if f.access && c.Access == 0 {
			continue
		}
		name, src, err := f.read(goroot, goversion)
		if err != nil {
			return nil, err
		}
		changed, err := f.apply(src)
		if err != nil {
			return nil, &Error{goversion, "src/" + f.pkg + "/" + name, "is known, but " + err.Error() + "; please report this"}
		}
		result[f.pkg].Replaced[name] = changed
	}
	for pkg, text := range map[string]string{Runtime: addedRuntime, Maps: addedMaps} {
		result[pkg].Added = map[string][]byte{addedName: added(text, goversion, pkg, c)}
	}
	return result, nil
}

// read returns the file under the name that it has in the toolchain, if its sum is known.
func (f *file) read(goroot, goversion string) (name string, src []byte, err error) {
	for _, name := range f.names {
		src, err = os.ReadFile(filepath.Join(goroot, "src", f.pkg, name))
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue
		case err != nil:
			return "", nil, fmt.Errorf("recorder: %w", err)
		case slices.Contains(known[version.Lang(goversion)][f.pkg+"/"+name], Sum(src)):
			return name, src, nil
		}
		return "", nil, &Error{goversion, "src/" + f.pkg + "/" + name, "is none of those that were released up to " + newest(version.Lang(goversion)) +
			"; use a released toolchain, for example with GOTOOLCHAIN=" + newest(version.Lang(goversion)) + ", or a newer mapdiag"}
	}
	return "", nil, &Error{goversion, "src/" + f.pkg + "/" + f.names[0], "is missing in " + goroot}
}

// Sum is the sum by which a file is known: SHA-256, in hex.
func Sum(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

func (f *file) apply(src []byte) ([]byte, error) {
	if f.access {
		return countAccesses(src)
	}
	for _, e := range f.edits {
		switch n := bytes.Count(src, []byte(e.at)); {
		case n == 0 && e.lack:
			continue
		case n != 1:
			return nil, fmt.Errorf("%q is in it %d times", e.at, n)
		}
		i := bytes.Index(src, []byte(e.at))
		if e.more {
			i += len(e.at)
		}
		src = slices.Concat(src[:i], []byte(e.add), src[i:])
	}
	return src, nil
}

// countAccesses adds a call to the start of each function that looks up or inserts.
func countAccesses(src []byte) ([]byte, error) {
	var out bytes.Buffer
	found := 0
	for line := range bytes.Lines(src) {
		text := bytes.TrimSuffix(line, []byte("\n"))
		read := bytes.HasPrefix(text, []byte("func runtime_mapaccess"))
		write := bytes.HasPrefix(text, []byte("func runtime_mapassign"))
		if (read || write) && bytes.HasSuffix(text, []byte("{")) && bytes.Contains(text, []byte("m *Map")) {
			fmt.Fprintf(&out, "%s mapdiagAccessed(m, %t)\n", text, write)
			found++
			continue
		}
		out.Write(line)
	}
	if found == 0 {
		return nil, errors.New("no function in it looks up")
	}
	return out.Bytes(), nil
}

// added returns the file that is added to a package, with its settings.
func added(text, goversion, pkg string, c Config) []byte {
	if version.Compare(goversion, "go1.26") < 0 {
		text = strings.ReplaceAll(text, "abi.MapType", "abi.SwissMapType")
		text = strings.ReplaceAll(text, "abi.MapGroupSlots", "abi.SwissMapGroupSlots")
		text = strings.ReplaceAll(text, `"internal/runtime/syscall/linux"`, `"internal/runtime/syscall"`)
	}
	if pkg == Runtime {
		text += fmt.Sprintf("\nconst (\n\tmapdiagDepth = %d\n\tmapdiagFirst = %d\n\tmapdiagEvery = %d\n\tmapdiagAccess = %d\n)\n", c.Depth, c.First, c.Every, c.Access)
	}
	return []byte(text)
}

// Files returns the paths below GOROOT's src of all files whose sums have to be known.
func Files() []string {
	var paths []string
	for _, f := range files {
		for _, name := range f.names {
			paths = append(paths, f.pkg+"/"+name)
		}
	}
	return paths
}

// Known returns a copy of the known sums, by minor version and path below GOROOT's src.
func Known() map[string]map[string][]string {
	sums := make(map[string]map[string][]string, len(known))
	for minor, byName := range known {
		sums[minor] = make(map[string][]string, len(byName))
		for name, of := range byName {
			sums[minor][name] = slices.Clone(of)
		}
	}
	return sums
}

// Releases returns the releases of Go whose files are known, oldest first.
func Releases() []string { return slices.Clone(releases) }

// newest returns the newest known release of a minor version.
func newest(minor string) string {
	for _, v := range slices.Backward(releases) {
		if version.Lang(v) == minor {
			return v
		}
	}
	return minor
}
