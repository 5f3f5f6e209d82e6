package atomicfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/atomicfile"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	check := func(want string) {
		t.Helper()
		got, err := os.ReadFile(name)
		if err != nil || string(got) != want {
			t.Errorf("the file has %q (%v), want %q", got, err, want)
		}
		if all, _ := os.ReadDir(dir); len(all) != 1 {
			t.Errorf("files are left: %v", all)
		}
	}
	if err := atomicfile.Write(name, false, text("one")); err != nil {
		t.Fatal(err)
	}
	check("one")
	if err := atomicfile.Write(name, false, text("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an existing file: %v", err)
	}
	check("one")
	oh := errors.New("oh")
	if err := atomicfile.Write(name, true, func(w io.Writer) error { _ = text("half")(w); return oh }); !errors.Is(err, oh) {
		t.Errorf("an error in between: %v", err)
	}
	check("one")
	if err := atomicfile.Write(name, true, text("three")); err != nil {
		t.Fatal(err)
	}
	check("three")
	// Somebody else takes the name while the file is written.
	other := filepath.Join(dir, "other")
	err := atomicfile.Write(other, false, func(w io.Writer) error { return os.WriteFile(other, []byte("theirs"), 0o666) })
	if got, _ := os.ReadFile(other); !errors.Is(err, fs.ErrExist) || string(got) != "theirs" {
		t.Errorf("a name that is taken meanwhile: %v, %q", err, got)
	}
}

func TestWhere(t *testing.T) {
	dir := t.TempDir()
	if err := atomicfile.Write(dir, true, text("x")); err == nil {
		t.Error("a directory was written to")
	}
	if err := atomicfile.Write(os.DevNull, false, text("x")); err != nil {
		t.Error(err)
	}
	err := atomicfile.Write(filepath.Join(dir, "no", "file"), false, text("x"))
	if !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), ".tmp") {
		t.Errorf("a folder that there is not: %v", err)
	}
	// A link stays a link.
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("target", link); err != nil {
		t.Skip(err)
	}
	if err := atomicfile.Write(link, true, text("new")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(target); string(got) != "new" {
		t.Errorf("the target of the link has %q", got)
	}
}
