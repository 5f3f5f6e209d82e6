package source_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mapdiag/mapdiag/internal/source"
)

func TestPlace(t *testing.T) {
	// é is 2 bytes, 😀 is 4 bytes and 2 UTF-16 code units, \xff is no UTF-8.
	f := source.NewFile([]byte("é=1\n😀 x\n\xff y"))
	for _, test := range []struct {
		line, column int // in bytes
		want         source.Place
	}{
		{1, 1, source.Place{Line: 1, Column: 1}},
		{1, 3, source.Place{Line: 1, Column: 2}},
		{2, 1, source.Place{Line: 2, Column: 1}},
		{2, 6, source.Place{Line: 2, Column: 4}},
		{3, 3, source.Place{Line: 3, Column: 3}},
		{3, 4, source.Place{Line: 3, Column: 4}},
		{3, 99, source.Place{Line: 3, Column: 4}}, // beyond the end
		{9, 2, source.Place{Line: 9, Column: 2}},  // not in the file
		{0, 0, source.Place{Line: 1, Column: 1}},
	} {
		if got := f.Place(test.line, test.column); got != test.want {
			t.Errorf("Place(%d, %d) = %v, want %v", test.line, test.column, got, test.want)
		}
	}
	if got, want := f.PlaceAt(4), (source.Place{Line: 1, Column: 4}); got != want {
		t.Errorf("the end of a line is at %v, want %v", got, want)
	}
	if got, want := f.PlaceAt(5), (source.Place{Line: 2, Column: 1}); got != want {
		t.Errorf("the start of a line is at %v, want %v", got, want)
	}
}

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.go": "old", "b.go": "old", "c.go": "old", "new.go": "new",
		"overlay.json": `{"Replace": {"a.go": "new.go", "b.go": ""}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	files, err := source.WithOverlay("overlay.json", dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a.go": "new", "c.go": "old"} {
		f, err := files.Get(filepath.Join(dir, name))
		if err != nil || string(f.Data) != want {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
	if _, err := files.Get(filepath.Join(dir, "b.go")); err == nil {
		t.Error("a removed file can be read")
	}
}
