package baseline

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// DefaultFile is where a baseline is written when no file is named.
const DefaultFile = "mapvet-baseline.tsv"

// header begins every baseline file.
const header = `# The findings that mapvet knew when this file was written.
# mapvet -baseline leaves them out; mapvet -write-baseline writes the file anew.
# package	declaration	rule	ordinal	code
`

// A Set is the content of a baseline file.
type Set map[Key]bool

// Read reads a baseline file.
func Read(name string) (Set, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; mapvet -baseline=FILE -write-baseline writes a baseline", err)
	} else if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	set := make(Set)
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("baseline %s, line %d: %w", name, n, err)
		}
		set[k] = true
	}
	return set, nil
}

func parse(line string) (Key, error) {
	f := strings.Split(line, "\t")
	if len(f) != 5 {
		return Key{}, fmt.Errorf("want 5 fields between tabs, found %d; write the file anew with mapvet -write-baseline", len(f))
	}
	n, err := strconv.Atoi(f[3])
	if err != nil || n < 1 {
		return Key{}, fmt.Errorf("want a number from 1 as fourth field, found %q", f[3])
	}
	return Key{Package: f[0], Decl: f[1], Rule: f[2], Ordinal: n, Text: f[4]}, nil
}

// Write writes the set as a baseline file, sorted, one finding a line.
func (s Set) Write(name string) error {
	var b bytes.Buffer
	b.WriteString(header)
	for _, k := range s.Keys() {
		b.WriteString(k.String())
		b.WriteByte('\n')
	}
	if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
		return fmt.Errorf("writing the baseline: %w", err)
	}
	return nil
}

// String returns the key as a line of a baseline file.
func (k Key) String() string {
	return strings.Join([]string{k.Package, k.Decl, k.Rule, strconv.Itoa(k.Ordinal), k.Text}, "\t")
}

// Keys returns the keys in the order of the file.
func (s Set) Keys() []Key {
	return slices.SortedFunc(maps.Keys(s), compareKeys)
}

// Missing returns the keys of the set that are not among those found.
func (s Set) Missing(found []Key) Set {
	missing := maps.Clone(s)
	for _, k := range found {
		delete(missing, k)
	}
	return missing
}
