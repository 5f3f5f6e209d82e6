package driver

import (
	"fmt"
	"go/token"
	"go/types"
	"os"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// exports are packages made from export data. They refer to each other, so that
// each is read once and stays: a package whose source changes is checked from
// source from then on.
type exports struct {
	fset *token.FileSet

	mu   sync.Mutex
	pkgs map[string]*types.Package // by path; those that others mention are incomplete
	made map[string]Hash           // what a complete one was compiled from
}

func newExports(fset *token.FileSet) *exports {
	return &exports{fset: fset, pkgs: make(map[string]*types.Package), made: make(map[string]Hash)}
}

// source returns what a package that has been read was compiled from.
func (x *exports) source(path string) (Hash, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	h, ok := x.made[path]
	return h, ok
}

// read returns the package of a unit.
func (x *exports) read(u *Unit) (*types.Package, error) {
	if u.Path == "unsafe" {
		return types.Unsafe, nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, ok := x.made[u.Path]; ok {
		return x.pkgs[u.Path], nil
	}
	if u.export == "" {
		return nil, fmt.Errorf("package %s has not been compiled", u.Path)
	}
	f, err := os.Open(u.export)
	if err != nil {
		return nil, fmt.Errorf("reading what the go command compiled of %s: %w", u.Path, err)
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", u.Path, err)
	}
	pkg, err := gcexportdata.Read(r, x.fset, x.pkgs, u.Path)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", u.Path, err)
	}
	x.made[u.Path] = u.made
	return pkg, nil
}
