package unit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
	"github.com/mapdiag/mapdiag/internal/testmod"
	"github.com/mapdiag/mapdiag/internal/unit"
)

// counted is code of which only measurements say something.
const counted = `
-- p/p.go --
package p

func New() map[int]int {
	return make(map[int]int) // measured: 900 maps of 310
}
-- q/q.go --
package q

import "example.com/m/p"

var _ = p.New()
`

// flags returns the flags for a file as the shell would make them.
func flags(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return unit.ProfileFlags(file, data)
}

// A profile is part of what the go command knows a result by.
func TestProfile(t *testing.T) {
	dir := testmod.Write(t, counted)
	file := filepath.Join(dir, "maps.json")
	sitestest.Write(t, file, sitestest.Module(t, dir, nil))
	vet := func(extra ...string) testmod.Result {
		return testmod.Run(t, dir, "go", append(append([]string{"vet", "-vettool=" + mapvet}, extra...), "./...")...)
	}
	if r := vet(); r.Code != 0 {
		t.Fatalf("without a profile: exit code %d\n%s", r.Code, r.Stderr)
	}
	first := flags(t, file)
	for _, run := range []string{"first", "second"} {
		if r := vet(first...); r.Code != 1 || strings.Count(r.Stderr, "p/p.go:4:9: ") != 1 || !strings.Contains(r.Stderr, "made 900 times") {
			t.Errorf("%s run: exit code %d\n%s", run, r.Code, r.Stderr)
		}
	}

	// Another profile has another result, with the name of the file the same.
	other := sitestest.Module(t, dir, nil)
	other.Package("example.com/m/p").Sites[0].Makes = 1234
	sitestest.Write(t, file, other)
	second := flags(t, file)
	if r := vet(second...); r.Code != 1 || !strings.Contains(r.Stderr, "made 1234 times") {
		t.Errorf("another profile: exit code %d\n%s", r.Code, r.Stderr)
	}
	// The same one costs nothing: nobody looks at the file.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if r := vet(second...); r.Code != 1 || !strings.Contains(r.Stderr, "made 1234 times") {
		t.Errorf("a result is not cached: exit code %d\n%s", r.Code, r.Stderr)
	}
	if r := vet(first...); r.Code != 1 || !strings.Contains(r.Stderr, "made 900 times") {
		t.Errorf("the result with the first profile is not cached: exit code %d\n%s", r.Code, r.Stderr)
	}
}

func TestFixWithProfile(t *testing.T) {
	dir := testmod.Write(t, counted)
	file := filepath.Join(dir, "maps.json")
	sitestest.Write(t, file, sitestest.Module(t, dir, nil))
	for range 2 { // the second time, the profile is of another function
		r := testmod.Run(t, dir, "go", append(append([]string{"fix", "-fixtool=" + mapvet}, flags(t, file)...), "./...")...)
		if got := testmod.ReadFile(t, dir, "p/p.go"); r.Code != 0 || !strings.Contains(got, "make(map[int]int, 310) //") {
			t.Errorf("exit code %d\n%s\n%s", r.Code, r.Stderr, got)
		}
	}
}

func TestBadProfile(t *testing.T) {
	dir := testmod.Write(t, counted)
	file := filepath.Join(dir, "maps.json")
	sitestest.Write(t, file, sitestest.Module(t, dir, nil))
	broken := filepath.Join(dir, "broken.json")
	testmod.WriteFile(t, broken, testmod.ReadFile(t, file)[:300]+`"example.com/m/p"`)
	sum := func(name string) string {
		s := sha256.Sum256([]byte(testmod.ReadFile(t, name)))
		return hex.EncodeToString(s[:])
	}
	for _, c := range []struct {
		name  string
		flags []string
		want  string
	}{
		{"no sum", []string{"-profile=" + file}, "-profilesum=$(sha256sum <" + file + " | cut -c1-64)"},
		{"relative", []string{"-profile=maps.json", "-profilesum=" + sum(file)}, "-profile=$PWD/maps.json"},
		{"sum alone", []string{"-profilesum=" + sum(file)}, "-profilesum stands without -profile"},
		{"wrong sum", []string{"-profile=" + file, "-profilesum=" + sum(broken)}, "maps.json is not the one that -profilesum tells"},
		{"no file", []string{"-profile=" + file + "x", "-profilesum=" + sum(file)}, "maps.jsonx: no such file"},
		{"no profile", flags(t, broken), "broken.json is no mapdiag profile"},
	} {
		for range 2 { // nothing of it is cached
			r := testmod.Run(t, dir, "go", append(append([]string{"vet", "-vettool=" + mapvet}, c.flags...), "./...")...)
			if r.Code == 0 || !strings.Contains(r.Stderr, c.want) {
				t.Errorf("%s: exit code %d, want %q\n%s", c.name, r.Code, c.want, r.Stderr)
			}
		}
	}
}
