package sizehint_test

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// FuzzRule runs the rule over any code that compiles: it must not fail, its
// fixes must leave code that compiles, and it must not offer them again.
func FuzzRule(f *testing.F) {
	files, err := filepath.Glob("testdata/odd/*.go")
	if err != nil {
		f.Fatal(err)
	}
	fixtures, err := filepath.Glob("../../testdata/src/sizehint/*/*.go")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(files, fixtures...) {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	l := newLoader(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		r := &round{TB: t, loader: l, dir: t.TempDir(), after: make(map[string][]byte), failed: make(map[string]bool), alone: true}
		r.write("dep/dep.go", []byte("package dep\n"))
		r.units = []unit{{name: "x", src: string(packageClause.ReplaceAll(src, []byte("package p\n")))}}
		p := r.load("before", r.sources())
		if len(p.errors) > 0 {
			if bytes.Equal(src, oddCode(t)) {
				t.Fatalf("the odd code does not compile: %v", p.errors)
			}
			t.Skip("it does not compile")
		}
		fixed := r.apply(p, r.analyze(p))
		r.secondRun(fixed)
	})
}

var packageClause = regexp.MustCompile(`(?m)^package \w+\n`)

func oddCode(t *testing.T) []byte {
	src, err := os.ReadFile("testdata/odd/odd.go")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// formatted reports whether gofmt has nothing to change.
func formatted(src []byte) bool {
	clean, err := format.Source(src)
	return err == nil && bytes.Equal(behind.ReplaceAll(clean, nil), behind.ReplaceAll(src, nil))
}
