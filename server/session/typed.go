package session

import (
	"context"
	"fmt"
	"go/ast"
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
	b, units, err := s.unitsOf(ctx, snap, name)
	if err != nil {
		return nil, err
	}
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
