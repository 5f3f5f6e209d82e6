// Package source reads the files that findings point into, and converts
// places in them.
package source

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// Files reads each file once. The zero value reads the disk.
type Files struct {
	overlay map[string]string
	files   map[string]*File
}

// WithOverlay returns files as the go command sees them under -overlay with
// the given overlay file, whose relative names are relative to dir.
func WithOverlay(overlayFile, dir string) (*Files, error) {
	data, err := os.ReadFile(Abs(dir, overlayFile))
	if err != nil {
		return nil, fmt.Errorf("reading the overlay: %w", err)
	}
	var o struct{ Replace map[string]string }
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, fmt.Errorf("reading the overlay %s: %w", overlayFile, err)
	}
	f := &Files{overlay: make(map[string]string, len(o.Replace))}
	for from, to := range o.Replace {
		if to != "" {
			to = Abs(dir, to)
		}
		f.overlay[Abs(dir, from)] = to
	}
	return f, nil
}

// Abs returns a file name as seen from dir.
func Abs(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

// Overlay returns the replacements in effect; they must not be changed.
func (f *Files) Overlay() map[string]string { return f.overlay }

// Set makes a content that of the named file, whatever is on disk.
func (f *Files) Set(name string, data []byte) {
	if f.files == nil {
		f.files = make(map[string]*File)
	}
	f.files[name] = NewFile(data)
}

// Get returns the named file.
func (f *Files) Get(name string) (*File, error) {
	if file := f.files[name]; file != nil {
		return file, nil
	}
	from := name
	if to, ok := f.overlay[name]; ok {
		from = to // empty for a removed file: fails below as it should
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return nil, err
	}
	file := NewFile(data)
	if f.files == nil {
		f.files = make(map[string]*File)
	}
	f.files[name] = file
	return file, nil
}

// A File is the content of a file.
type File struct {
	Data  []byte
	lines []int // offset of the start of each line
}

// NewFile returns the file of that content.
func NewFile(data []byte) *File {
	f := &File{Data: data, lines: []int{0}}
	for i, b := range data {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// Place is a line and a column, both from 1; the column counts UTF-16 code
// units as editors and SARIF do, not bytes as Go does.
type Place struct {
	Line   int
	Column int
}

// Place converts a line and a column in bytes.
func (f *File) Place(line, column int) Place {
	if line < 1 || line > len(f.lines) {
		return Place{Line: max(line, 1), Column: max(column, 1)}
	}
	return f.PlaceAt(f.lines[line-1] + max(column-1, 0))
}

// PlaceAt converts an offset in bytes.
func (f *File) PlaceAt(offset int) Place {
	offset = min(max(offset, 0), len(f.Data))
	line := sort.SearchInts(f.lines, offset+1)
	text := f.Data[f.lines[line-1]:offset]
	column := 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		column += max(utf16.RuneLen(r), 1)
		text = text[size:]
	}
	return Place{Line: line, Column: column}
}
