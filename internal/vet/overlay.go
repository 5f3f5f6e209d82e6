package vet

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// An overlay is the file for the -overlay flag that hides broken tests.
type overlay struct {
	replace map[string]string
	file    string // empty until something is to be replaced
	dir     string // temporary, holds file
}

func newOverlay(replace map[string]string) (*overlay, error) {
	o := &overlay{replace: make(map[string]string, len(replace))}
	maps.Copy(o.replace, replace)
	if len(replace) == 0 {
		return o, nil
	}
	return o, o.write()
}

// remove hides a file and reports whether it was visible before.
func (o *overlay) remove(name string) bool {
	to, replaced := o.replace[name]
	o.replace[name] = ""
	return !replaced || to != ""
}

func (o *overlay) write() error {
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "mapvet")
		if err != nil {
			return fmt.Errorf("making a directory for the overlay: %w", err)
		}
		o.dir = dir
	}
	data, err := json.Marshal(map[string]any{"Replace": o.replace})
	if err != nil {
		return err
	}
	o.file = filepath.Join(o.dir, "overlay.json")
	if err := os.WriteFile(o.file, data, 0o666); err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	return nil
}

func (o *overlay) flags(buildFlags []string) []string {
	if o.file == "" {
		return buildFlags
	}
	return append(slices.Clone(buildFlags), "-overlay="+o.file)
}

func (o *overlay) close() {
	if o.dir != "" {
		os.RemoveAll(o.dir)
	}
}
