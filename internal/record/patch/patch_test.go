package patch

import (
	"bytes"
	"errors"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestApply patches the toolchain that runs the test. All lines keep their numbers.
func TestApply(t *testing.T) {
	c := Default
	c.Access = 100
	result, err := Apply(runtime.GOROOT(), runtime.Version(), c)
	if err != nil {
		t.Fatal(err)
	}
	for pkg, p := range result {
		if len(p.Replaced) == 0 || len(p.Added) != 1 {
			t.Errorf("%s: %d files replaced, %d added", pkg, len(p.Replaced), len(p.Added))
		}
		for name, text := range p.Replaced {
			src, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "src", pkg, name))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Count(src, []byte("\n")) != bytes.Count(text, []byte("\n")) || bytes.Equal(src, text) {
				t.Errorf("%s/%s: has other lines, or is the same", pkg, name)
			}
			if _, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution); err != nil {
				t.Error(err)
			}
		}
		for name, text := range p.Added {
			if _, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestUnknown is refused, with the version and the file.
func TestUnknown(t *testing.T) {
	goroot := t.TempDir()
	for _, file := range Files() {
		path := filepath.Join(goroot, "src", file)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("package x\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ goroot, version, want string }{
		{goroot, "go1.26.8", "go1.26.8: src/internal/runtime/maps/map.go is none of those that were released up to go1.26"},
		{goroot, "go1.23.4", "go1.23.4: its maps are not known; use one of go1.24"},
		{goroot, "go1.28", "go1.28: its maps are not known"},
		{goroot, "devel +abc", "devel +abc: its maps are not known"},
		{t.TempDir(), "go1.26.8", "is missing"},
	} {
		_, err := Apply(test.goroot, test.version, Default)
		if _, ok := errors.AsType[*Error](err); !ok || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.version, err, test.want)
		}
	}
	for _, c := range []Config{{}, {Depth: MaxDepth + 1, Every: 1}, {Depth: 1, Every: 0}, {Depth: 1, Every: 1, Access: -1}} {
		if _, err := Apply(runtime.GOROOT(), runtime.Version(), c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}

// TestKnown has sums of all files for each minor version.
func TestKnown(t *testing.T) {
	for _, minor := range Supported {
		if newest(minor) == minor {
			t.Errorf("%s: no release is known", minor)
		}
		for _, f := range files {
			found := false
			for _, name := range f.names {
				found = found || len(known[minor][f.pkg+"/"+name]) > 0
			}
			if !found {
				t.Errorf("%s: no sum of %s/%s", minor, f.pkg, f.names[0])
			}
		}
	}
}
