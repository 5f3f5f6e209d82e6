package driver

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/internal/golist"
)

// Load asks the go command for packages and what they import. Names of files
// may stand for patterns. Overlay is the go command's overlay file, or empty.
// Unsaved text that is not in the overlay is unknown to the go command: of a
// package that has some, the units are those of the text on disk.
func (b *Build) Load(ctx context.Context, overlay string, patterns ...string) error {
	flags := b.Flags
	if overlay != "" {
		flags = append(slices.Clip(flags), "-overlay="+overlay)
	}
	disk, err := newOverlaid(overlay)
	if err != nil {
		return err
	}
	began := time.Now()
	list, err := golist.Export(ctx, b.Dir, flags, patterns)
	if err != nil {
		return fmt.Errorf("listing %s in %s: %w", strings.Join(patterns, " "), b.Dir, err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var fresh []*Unit
	units := make(map[string]*Unit)
	for _, p := range list {
		if u := newUnit(p, b.Dir); u != nil {
			fresh = append(fresh, u)
			units[u.ID] = u
		}
	}
	// What was compiled is what is on disk now, unless that is younger.
	m := b.momentOf(disk, units, nil)
	for _, u := range fresh {
		if !u.editable {
			continue
		}
		u.listed = m.sourceHash(u)
		if disk.changedSince(u, began) {
			u.export = ""
		}
	}
	for _, u := range fresh {
		u.made = m.key(u)
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	b.loads++
	stale := false
	for _, u := range fresh {
		delete(b.lost, u.export)
		if u.export == "" || u.variant() {
			continue
		}
		if made, ok := b.gen.made[u.Path]; ok && made != u.made || b.gen.fromSource[u.made] {
			stale = true // there is export data now, or newer
		}
	}
	if stale {
		b.gen = newGeneration()
	}
	all := maps.Clone(b.units)
	if all == nil {
		all = make(map[string]*Unit, len(units))
	}
	maps.Copy(all, units)
	b.setUnits(all)
	return nil
}

// overlaid is what the go command sees: the disk behind an overlay.
type overlaid struct {
	Disk
	replace map[string]string
}

func newOverlaid(file string) (*overlaid, error) {
	o := new(overlaid)
	if file == "" {
		return o, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the overlay: %w", err)
	}
	var content struct{ Replace map[string]string }
	if err := json.Unmarshal(data, &content); err != nil {
		return nil, fmt.Errorf("reading the overlay %s: %w", file, err)
	}
	o.replace = content.Replace
	return o, nil
}

// real returns the name of the file that stands in a file's place.
func (o *overlaid) real(name string) (string, error) {
	to, ok := o.replace[name]
	switch {
	case !ok:
		return name, nil
	case to == "":
		return "", fs.ErrNotExist
	}
	return to, nil
}

func (o *overlaid) Hash(name string) (Hash, error) {
	name, err := o.real(name)
	if err != nil {
		return Hash{}, err
	}
	return o.Disk.Hash(name)
}

func (o *overlaid) Read(name string) ([]byte, error) {
	name, err := o.real(name)
	if err != nil {
		return nil, err
	}
	return o.Disk.Read(name)
}

// tick is by how much a file's time may lie before that of its change.
const tick = 20 * time.Millisecond

// changedSince reports whether a file of a unit has changed after a time.
func (o *overlaid) changedSince(u *Unit, t time.Time) bool {
	return slices.ContainsFunc(u.Files, func(name string) bool {
		name, err := o.real(name)
		if err != nil {
			return true
		}
		info, err := os.Stat(name)
		return err != nil || info.ModTime().After(t.Add(-tick))
	})
}
