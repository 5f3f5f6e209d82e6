package driver_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapdiag/mapdiag/internal/driver"
	"github.com/mapdiag/mapdiag/internal/sites"
	"github.com/mapdiag/mapdiag/internal/sites/sitestest"
	"github.com/mapdiag/mapdiag/internal/testmod"
)

// Of p, sizehint has something to say from the source, of q from measurements alone.
const measuredSource = `
-- p/p.go --
package p

import "example.com/m/q"

type User struct{ ID int }

func Index(users []*User) map[int]*User {
	byID := make(map[int]*User) // measured: 1000 maps of 310
	for _, u := range users {
		byID[u.ID] = u
	}
	_ = q.New()
	return byID
}
-- q/q.go --
package q

func New() map[int]int {
	return make(map[int]int) // measured: 1000 maps of 310
}
`

func texts(t *testing.T, b *driver.Build, id string) string {
	t.Helper()
	var list []string
	for _, f := range analyze(t, b, new(driver.Disk), unit(t, b, id)).Findings {
		list = append(list, f.Message)
	}
	return strings.Join(list, "\n")
}

// Findings follow from the profile that the build has, and only those of packages that another
// one says something else of are computed anew.
func TestSetProfile(t *testing.T) {
	dir, at := testmod.Write(t, measuredSource), t.TempDir()
	b := cached(t, dir, nil, "", openCache(t, at, 1<<20))
	const p, q = "example.com/m/p", "example.com/m/q"
	before := texts(t, b, p)
	if before == "" || strings.Contains(before, "310") || texts(t, b, q) != "" {
		t.Fatalf("without a profile: %q, %q", before, texts(t, b, q))
	}
	all(t, b, new(driver.Disk))
	known := func() (list []string) {
		for _, id := range []string{p, q} {
			if b.Known(new(driver.Disk), unit(t, b, id)) != nil {
				list = append(list, filepath.Base(id))
			}
		}
		return list
	}
	if len(known()) != 2 {
		t.Fatal("nothing is known")
	}
	checked := b.Stats()

	profile := sitestest.Module(t, dir, nil)
	b.SetProfile(profile)
	if len(known()) != 0 {
		t.Errorf("results without the profile stand for those with it: %v", known())
	}
	measuredP, measuredQ := texts(t, b, p), texts(t, b, q)
	if !strings.Contains(measuredP, "310") || !strings.Contains(measuredQ, "310") {
		t.Errorf("with a profile: %q, %q", measuredP, measuredQ)
	}
	if s := b.Stats(); s.Generation != checked.Generation {
		t.Errorf("a profile made packages be read anew: %+v, %+v before", s, checked)
	}

	// A profile that says something else of q alone.
	other := sitestest.Module(t, dir, nil)
	other.Package(q).Sites[0].Makes++
	b.SetProfile(other)
	if got := known(); len(got) != 1 || got[0] != "p" {
		t.Errorf("%v known, want p alone", got)
	}
	// One that says nothing of them.
	b.SetProfile(&sites.Profile{Packages: []sites.Package{{Path: "example.com/m/other"}}})
	if got := known(); len(got) != 2 || texts(t, b, p) != before {
		t.Errorf("%v known, and p has %q", got, texts(t, b, p))
	}
	b.SetProfile(profile)
	if len(known()) != 2 || texts(t, b, p) != measuredP {
		t.Errorf("the first profile is back: %v known, and p has %q", known(), texts(t, b, p))
	}
	b.SetProfile(nil)
	if len(known()) != 2 || texts(t, b, p) != before {
		t.Errorf("the profile is gone: %v known, and p has %q", known(), texts(t, b, p))
	}

	// So it is on disk.
	second := cached(t, dir, nil, "", openCache(t, at, 1<<20))
	second.SetProfile(profile)
	if r := second.Known(new(driver.Disk), unit(t, second, q)); r == nil || len(r.Findings) != 1 {
		t.Errorf("from disk: %+v", r)
	}
}

// Numbers of a declaration follow it through unsaved edits elsewhere, and end with one inside.
func TestProfileOfUnsaved(t *testing.T) {
	dir := testmod.Write(t, measuredSource)
	b := load(t, dir)
	b.SetProfile(sitestest.Module(t, dir, nil))
	u := unit(t, b, "example.com/m/q")
	name := filepath.Join(dir, "q", "q.go")
	src := testmod.ReadFile(t, dir, "q/q.go")
	for _, c := range []struct {
		old, text string
		want      int
	}{
		{"func New", "// New is new.\n\nfunc New", 1},
		{"func New", "func old() {}\n\nfunc New", 1},
		{"\treturn", "\t// Here.\n\treturn", 1},
		{"\treturn", "\t_ = 1\n\treturn", 0},
		{"map[int]int)", "map[int]int, 310)", 0},
	} {
		r := analyze(t, b, edit(name, strings.Replace(src, c.old, c.text, 1)), u)
		if len(r.Findings) != c.want {
			t.Errorf("%q for %q: %d findings, want %d", c.text, c.old, len(r.Findings), c.want)
		}
	}
}

// A profile may come while packages are analysed: each result is that of one or the other.
func TestProfileMeanwhile(t *testing.T) {
	dir := testmod.Write(t, measuredSource)
	b := load(t, dir)
	profiles := [2]*sites.Profile{sitestest.Module(t, dir, nil), sitestest.Module(t, dir, nil)}
	profiles[1].Package("example.com/m/q").Sites[0].Makes = 1234
	u := unit(t, b, "example.com/m/q")
	name := filepath.Join(dir, "q", "q.go")
	src := testmod.ReadFile(t, dir, "q/q.go")
	b.SetProfile(profiles[0])
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 200 {
			b.SetProfile(profiles[i%2])
			if i%20 == 0 {
				more(t, b)
			}
		}
	}()
	for i := range 200 {
		r, err := b.Analyze(t.Context(), edit(name, src+fmt.Sprintf("// %d\n", i)), u)
		if err != nil || len(r.Findings) != 1 {
			t.Fatalf("%v: %+v", err, r)
		}
	}
	<-done
	b.SetProfile(profiles[1])
	if got := texts(t, b, u.ID); !strings.Contains(got, "1234") {
		t.Errorf("after the last profile: %q", got)
	}
}
