package driver

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/mapdiag/mapdiag/internal/golist"
)

// A Unit is one variant of a package: the package as others import it, with its
// internal tests, or its external tests. Units are never changed once made.
type Unit struct {
	ID      string // the import path, with " [p.test]" for a variant that tests need
	Path    string // the import path alone
	Name    string // empty for one that takes the name in its file
	Dir     string
	ForTest string   // the package under test, for a variant that tests need
	Files   []string // absolute names, those that use cgo included
	Ignored []string // absolute names of files that build constraints leave out

	// Local says that the unit belongs to a main module, or to none and not to
	// the standard library: the rules report on it and keep facts of it.
	Local     bool
	GoVersion string // of the module, such as "1.24"; may be empty
	Module    string // path of the module; empty for the standard library
	Version   string // of the module
	Err       *golist.Error

	editable bool              // its source may change: it is local, or another module replaced by a folder
	deps     []string          // IDs of what it imports
	idOf     map[string]string // import path in the source → ID, where they differ
	export   string            // the file with its export data, or empty
	listed   Hash              // of the files when the go command listed the unit, if it is editable
	made     Hash              // the key of what the export data was compiled from
}

// newUnit makes the unit of a package that was listed in the folder root. It
// returns nil for what has no source of its own: the main package of a test
// binary.
func newUnit(p *golist.Package, root string) *Unit {
	path, _, _ := strings.Cut(p.ImportPath, " ")
	if strings.HasSuffix(path, ".test") && p.Name == "main" && len(p.GoFiles) > 0 && filepath.IsAbs(p.GoFiles[0]) {
		return nil
	}
	u := &Unit{
		ID: p.ImportPath, Path: path, Name: p.Name, Dir: p.Dir, ForTest: p.ForTest,
		export: p.Export, deps: p.Imports, idOf: p.ImportMap, Err: p.Error,
	}
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		u.Files = append(u.Files, u.abs(name))
	}
	slices.Sort(u.Files)
	for _, name := range p.IgnoredGoFiles {
		u.Ignored = append(u.Ignored, u.abs(name))
	}
	if m := p.Module; m != nil {
		u.Local = m.Main || m.Version == ""
		u.GoVersion, u.Module, u.Version = m.GoVersion, m.Path, m.Version
		u.editable = m.Replace != nil && m.Replace.Version == ""
	}
	if !p.Standard && p.Module == nil {
		u.Local = true // files outside of any module
	}
	if p.Standard && p.Dir == filepath.Join(root, filepath.FromSlash(path)) {
		u.Local = true // the standard library is what is worked on
	}
	u.editable = u.editable || u.Local
	return u
}

func (u *Unit) abs(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(u.Dir, name)
}

// singleID begins the ID of a unit that is made of one file.
const singleID = "file="

// Single returns a unit made of one file: a document that was never saved, or a
// file that belongs to no package, be it for a build constraint.
func Single(name string) *Unit {
	return &Unit{ID: singleID + name, Path: "command-line-arguments", Dir: filepath.Dir(name), Files: []string{name}, Local: true, editable: true}
}

// Listed reports whether the go command knows the unit; it knows none that was
// made by [Single].
func (u *Unit) Listed() bool { return !strings.HasPrefix(u.ID, singleID) }

// variant reports whether the unit exists for the tests of some package only.
func (u *Unit) variant() bool { return u.ID != u.Path && !strings.HasPrefix(u.ID, singleID) }

// forOthers reports whether the unit exists for the tests of another package.
func (u *Unit) forOthers() bool {
	return u.variant() && u.ForTest != u.Path && u.ForTest+"_test" != u.Path
}

// Tests reports whether the unit holds test files, internal or external.
func (u *Unit) Tests() bool {
	return slices.ContainsFunc(u.Files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}
