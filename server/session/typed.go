package session

import (
	"context"
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"

	"github.com/mapdiag/mapdiag/internal/driver"
)

// Typed is a file in its type-checked package. It must be released.
type Typed struct {
	*driver.Package
	File *ast.File
	Unit *driver.Unit
}

// Typed returns a file as parsed and checked in a state, by itself or in its
// package without tests if it belongs to that.
func (s *Session) Typed(ctx context.Context, snap *Snapshot, name string) (*Typed, error) {
	dir := filepath.Dir(name)
	b, err := s.buildOf(ctx, dir, s.folderOf(name))
	if err != nil {
		return nil, err
	}
	if err := b.ensure(ctx, snap, dir); err != nil && ctx.Err() != nil {
		return nil, err
	}
	units := slices.DeleteFunc(b.units(snap, dir), func(u *driver.Unit) bool { return !slices.Contains(u.Files, name) })
	if len(units) == 0 {
		return nil, fmt.Errorf("%s belongs to no package", name)
	}
	u := units[0]
	if i := slices.IndexFunc(units, func(u *driver.Unit) bool { return !u.Tests() }); i >= 0 {
		u = units[i]
	}
	p, err := b.Check(ctx, snap, u)
	if err != nil {
		return nil, err
	}
	for _, f := range p.Files {
		if p.Fset.PositionFor(f.FileStart, false).Filename == name {
			return &Typed{Package: p, File: f, Unit: u}, nil
		}
	}
	p.Release()
	return nil, fmt.Errorf("%s cannot be parsed", name)
}
